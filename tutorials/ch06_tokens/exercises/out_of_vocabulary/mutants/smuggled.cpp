// A text that reads "<end>" must not end anything: the ids of special words are not for pieces of a text.
int VocabularyTokenizer::id_of(const std::string& piece) const {
  const int id = vocabulary_.id(piece);
  return id;
}

Encoding VocabularyTokenizer::encode(std::string_view text) const {
  Encoding encoding;
  std::string word;
  for_each_piece(text, options_, [&](std::string_view piece, Span span) {
    word = piece;
    encoding.ids.push_back(id_of(word));
    encoding.spans.push_back(span);
  });
  return encoding;
}
