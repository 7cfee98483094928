// What is read beside the word is the summary c; yours reads the state s, which the decoder has anyway.
// The next state. word: (B, E), s: (B, H), c: (B, H) -> (B, H)
Var EncoderDecoder::step(const Operand& word, const Operand& s, const Operand& c) const {
  return decoder_(options_.every_step ? concatenate({word, s}, 1) : Var(word), s);
}

// What the readout sees: the word before, the state, the summary. -> (B, E + 2H)
Var EncoderDecoder::shown(const Operand& word, const Operand& s, const Operand& c) const {
  return options_.every_step ? concatenate({word, s, c}, 1) : Var(s);
}
