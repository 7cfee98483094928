// The pieces must be cut and normalised as the options say: hand options_ on.
int VocabularyTokenizer::id_of(const std::string& piece) const {
  const int id = vocabulary_.id(piece);
  return id > Vocabulary::unk_id ? id : Vocabulary::unk_id;
}

Encoding VocabularyTokenizer::encode(std::string_view text) const {
  Encoding encoding;
  std::string word;
  for_each_piece(text, {.split = options_.split}, [&](std::string_view piece, Span span) {
    word = piece;
    encoding.ids.push_back(id_of(word));
    encoding.spans.push_back(span);
  });
  return encoding;
}
