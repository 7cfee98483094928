// Without every_step there is no summary, and c is empty: the decoder then reads the word alone, and the readout sees the state alone.
// The next state. word: (B, E), s: (B, H), c: (B, H) -> (B, H)
Var EncoderDecoder::step(const Operand& word, const Operand& s, const Operand& c) const {
  return decoder_(concatenate({word, c}, 1), s);
}

// What the readout sees: the word before, the state, the summary. -> (B, E + 2H)
Var EncoderDecoder::shown(const Operand& word, const Operand& s, const Operand& c) const {
  return concatenate({word, s, c}, 1);
}
