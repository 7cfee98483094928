// A language model of a text's words: made, trained, and measured.
#pragma once

#include "autograd/ids.hpp"
#include "language.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/corpora/text_stream.hpp"
#include "text/decoding/sampling.hpp"
#include "text/tokens/lines.hpp"
#include "text/tokens/vocabulary.hpp"
#include "text/tokens/word_tokenizer.hpp"

namespace tapestry {

inline const std::string line_end = "<line>"; // no word has these brackets

// The words of all lines, each line with its end.
inline std::vector<std::string> words_of(const std::string& path) {
  std::vector<std::string> words;
  const auto add = [&](const std::string& piece) {
    for (const std::string& line : split_lines(piece)) {
      for (std::string& word : tokenize_words(line)) words.push_back(std::move(word));
      words.push_back(line_end);
    }
  };
  if (path.empty()) {
    add(small_stories(200'000, 1));
    return words;
  }
  TextStream stream(path);
  for (std::string piece; stream.next(piece);) add(piece);
  return words;
}

// What the program begins with; LanguageSettings has what is best for characters.
inline LanguageSettings word_settings() {
  LanguageSettings s;
  s.embedding = s.hidden = 256;
  s.epochs = 10;
  s.dropout = 0.4;
  s.tied = true;
  s.batch = 20;
  s.window = 35;
  return s;
}

struct WordModel {
  WordModel(const LanguageSettings& settings, std::size_t min_count)
      : s(settings), words(words_of(s.data)), vocabulary(seen(), static_cast<int>(min_count)),
        parts(parts_of_text(vocabulary.encode(words), s)), rng(s.seed),
        model({.vocabulary = vocabulary.size(),
               .embedding = s.embedding,
               .hidden = s.hidden,
               .layers = s.layers,
               .dropout = s.dropout,
               .tied = s.tied},
              rng) {
    fmt::print("{} words to train on, {} to choose on, {} to test on; {} different ones\n",
               parts.train.size(), parts.dev.size(), parts.test.size(), vocabulary.size() - 4);
    fmt::print("{:.1f} % of the test's words are not among them\n", 100 * unknown());
    std::fflush(stdout);
  }
  Curve train() {
    return train_language(model, parts, s, "words", {{"words", vocabulary.to_text()}});
  }
  double unknown() const { // the share in the test part
    return static_cast<double>(
               std::count(parts.test.begin(), parts.test.end(), Vocabulary::unk_id)) /
           static_cast<double>(parts.test.size());
  }
  // What it writes, as lines.
  std::string written(std::size_t length, const SamplingOptions& how) const {
    LSTMState state = model.start(1);
    Rng drawn(s.seed);
    const auto next = [&](int id) {
      Tensor scores = model.next(ids_from(std::vector<int>{id}), state);
      for (const std::size_t special : {0, 1, 2, 3})
        scores(0, special) = -std::numeric_limits<real>::infinity();
      return scores;
    };
    std::vector<std::string> line;
    std::string text;
    for (const int id :
         generate(next, std::vector<int>{vocabulary.id(line_end)}, -1, length, how, drawn)) {
      if (vocabulary.word(id) != line_end) {
        line.push_back(vocabulary.word(id));
        continue;
      }
      text += fmt::format("  {}\n", join_words(line));
      line.clear();
    }
    return text + fmt::format("  {}\n", join_words(line));
  }

  LanguageSettings s;
  std::vector<std::string> words;
  Vocabulary vocabulary;
  Parts parts;
  Rng rng;
  LanguageModel model;

private:
  std::vector<std::vector<std::string>> seen() const {
    const Borders b = borders_of(words.size(), s);
    return {{words.begin() + static_cast<std::ptrdiff_t>(b.train),
             words.begin() + static_cast<std::ptrdiff_t>(b.test)}};
  }
};

} // namespace tapestry
