// An unknown piece has a span too: it says what the text had there.
int VocabularyTokenizer::id_of(const std::string& piece) const {
  const int id = vocabulary_.id(piece);
  return id > Vocabulary::unk_id ? id : Vocabulary::unk_id;
}

Encoding VocabularyTokenizer::encode(std::string_view text) const {
  Encoding encoding;
  std::string word;
  for_each_piece(text, options_, [&](std::string_view piece, Span span) {
    word = piece;
    encoding.ids.push_back(id_of(word));
    encoding.spans.push_back(encoding.ids.back() == Vocabulary::unk_id ? Span{} : span);
  });
  return encoding;
}
