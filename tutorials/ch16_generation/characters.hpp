// A language model of a text's characters: made, trained, and measured.
#pragma once

#include "language.hpp"
#include "symbols.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/corpora/text_stream.hpp"

namespace tapestry {

inline std::string read_text(const std::string& path) {
  if (path.empty()) return small_stories(60'000, 1);
  TextStream stream(path);
  std::string text;
  for (std::string piece; stream.next(piece);) text += piece;
  return text;
}

struct CharacterModel {
  explicit CharacterModel(const LanguageSettings& settings)
      : s(settings), text(decode_utf8(read_text(s.data))),
        symbols(learnt_from(text, borders_of(text.size(), s))),
        parts(parts_of_text(symbols.encode(text), s)), rng(s.seed),
        model({.vocabulary = symbols.all.size(),
               .embedding = s.embedding,
               .hidden = s.hidden,
               .layers = s.layers,
               .dropout = s.dropout,
               .tied = s.tied},
              rng) {
    fmt::print("{} characters to train on, {} to choose on, {} to test on; {} different ones\n",
               parts.train.size(), parts.dev.size(), parts.test.size(), symbols.all.size() - 1);
    std::fflush(stdout);
  }
  Curve train() {
    return train_language(model, parts, s, "characters", {{"symbols", encode_utf8(symbols.all)}});
  }
  // Each character by itself.
  std::vector<std::string> letters(const std::vector<int>& ids) const {
    std::vector<std::string> all;
    for (const int id : ids) all.push_back(symbols.decode({id}));
    return all;
  }

  static std::u32string_view learnt_from(std::u32string_view text, const Borders& b) {
    return text.substr(b.train, b.test - b.train);
  }

  LanguageSettings s;
  std::u32string text;
  Symbols symbols;
  Parts parts;
  Rng rng;
  LanguageModel model;
};

} // namespace tapestry
