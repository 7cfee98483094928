// The readout's weights are stored in the order word, state, summary; yours puts the state first.
// The next state. word: (B, E), s: (B, H), c: (B, H) -> (B, H)
Var EncoderDecoder::step(const Operand& word, const Operand& s, const Operand& c) const {
  return decoder_(options_.every_step ? concatenate({word, c}, 1) : Var(word), s);
}

// What the readout sees: the word before, the state, the summary. -> (B, E + 2H)
Var EncoderDecoder::shown(const Operand& word, const Operand& s, const Operand& c) const {
  return options_.every_step ? concatenate({s, word, c}, 1) : Var(s);
}
