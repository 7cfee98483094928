// The summary goes into every step, beside the word; your decoder reads the word alone.
// The next state. word: (B, E), s: (B, H), c: (B, H) -> (B, H)
Var EncoderDecoder::step(const Operand& word, const Operand& s, const Operand& c) const {
  return decoder_(word, s);
}

// What the readout sees: the word before, the state, the summary. -> (B, E + 2H)
Var EncoderDecoder::shown(const Operand& word, const Operand& s, const Operand& c) const {
  return options_.every_step ? concatenate({word, s, c}, 1) : Var(s);
}
