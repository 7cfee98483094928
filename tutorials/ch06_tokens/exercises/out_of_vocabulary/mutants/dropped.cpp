// An unknown piece is left out, and the reader never learns that something stood there: it becomes <unk>, with its span.
int VocabularyTokenizer::id_of(const std::string& piece) const {
  const int id = vocabulary_.id(piece);
  return id > Vocabulary::unk_id ? id : Vocabulary::unk_id;
}

Encoding VocabularyTokenizer::encode(std::string_view text) const {
  Encoding encoding;
  std::string word;
  for_each_piece(text, options_, [&](std::string_view piece, Span span) {
    word = piece;
    if (!vocabulary_.contains(word)) return;
    encoding.ids.push_back(id_of(word));
    encoding.spans.push_back(span);
  });
  return encoding;
}
