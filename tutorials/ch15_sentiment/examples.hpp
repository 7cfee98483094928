// Labelled sentences as a scorer takes them, and what its programs measure with.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/base/error.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/softmax.hpp"
#include "ngrams.hpp"
#include "text/corpora/labelled_text.hpp"
#include "text/corpora/length_batches.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/metrics/confusion.hpp"
#include "text/models/sentiment.hpp"
#include "text/tokens/word_tokenizer.hpp"

namespace tapestry {

struct Examples {
  std::vector<std::vector<std::string>> words;
  std::vector<std::vector<int>> ids;
  std::vector<int> labels;
  std::vector<std::size_t> lengths;
};

/// `path`: for errors.
inline Examples examples_of(const std::vector<LabelledText>& texts,
                            const std::vector<std::string>& names, const std::string& path) {
  Examples e;
  for (const LabelledText& text : texts) {
    e.words.push_back(tokenize_words(text.text));
    if (e.words.back().empty())
      e.words.back().emplace_back("<unk>"); // nothing but spaces of a kind
    e.lengths.push_back(e.words.back().size());
    try {
      e.labels.push_back(label_id(names, text.label));
    } catch (const std::invalid_argument& problem) {
      throw FormatError(path + ": " + problem.what());
    }
  }
  return e;
}

struct Parts {
  Examples train, dev, test;
  std::vector<std::string> names; ///< of the labels
  Vocabulary vocabulary;
};

/// train.tsv, dev.tsv and test.tsv of a folder, or, if it is "", reviews of a small grammar.
inline Parts read_parts(const std::string& folder, std::size_t min_count = 1,
                        std::size_t most = SIZE_MAX) {
  std::vector<LabelledText> texts[3];
  const char* names[] = {"train", "dev", "test"};
  for (std::size_t i = 0; i < 3; ++i)
    texts[i] = folder.empty() ? small_reviews(i == 0 ? 2000 : 300, i + 1)
                              : read_labelled(folder + "/" + names[i] + ".tsv");
  texts[0].resize(std::min(texts[0].size(), most));
  Parts p;
  p.names = label_names(texts[0]);
  if (p.names.size() < 2)
    throw FormatError(folder + "/train.tsv: one label alone; expected two at least");
  p.train = examples_of(texts[0], p.names, folder + "/train.tsv");
  p.dev = examples_of(texts[1], p.names, folder + "/dev.tsv");
  p.test = examples_of(texts[2], p.names, folder + "/test.tsv");
  p.vocabulary = Vocabulary(p.train.words, static_cast<int>(min_count));
  for (Examples* e : {&p.train, &p.dev, &p.test})
    for (const auto& words : e->words) e->ids.push_back(p.vocabulary.encode(words));
  return p;
}

inline Confusion measure(SentimentModel& model, const Examples& e, std::size_t classes) {
  const bool was_training = model.training();
  model.eval();
  Confusion table(classes);
  Rng rng(0);
  for (const auto& batch : length_batches(e.lengths, {.batch_size = 64}, rng)) {
    std::vector<std::vector<int>> ids;
    for (const std::size_t i : batch) ids.push_back(e.ids[i]);
    const Indices said = argmax(model(ids, rng), 1);
    for (std::size_t k = 0; k < batch.size(); ++k) table.add(e.labels[batch[k]], said(k));
  }
  model.train(was_training);
  return table;
}

inline double accuracy_of(const NgramClassifier& classifier, const Examples& e) {
  const std::vector<double> scores = classifier.scores(e.words);
  double right = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) right += (scores[i] > 0) == (e.labels[i] == 1);
  return right / static_cast<double>(scores.size());
}

/// The baseline of this many words, its penalty chosen on the examples kept for choosing.
inline NgramClassifier best_ngrams(const Examples& train, const Examples& dev, std::size_t most) {
  double best = -1, chosen = 0;
  for (const double penalty : {1e-4, 1e-3, 1e-2, 1e-1}) {
    const double a = accuracy_of(NgramClassifier(train.words, train.labels, most, penalty), dev);
    if (a > best) best = a, chosen = penalty;
  }
  return NgramClassifier(train.words, train.labels, most, chosen);
}

//> prior
/// A word's vector begins with what counting says of it: how much it praises. 0: with nothing.
inline void add_prior(SentimentModel& model, const Vocabulary& vocabulary,
                      const NgramClassifier& words_alone, double prior) {
  model.vectors().update([&](Tensor& w) {
    for (std::size_t id = 4; id < vocabulary.size(); ++id) // after the special words
      for (std::size_t j = 0; j < std::min<std::size_t>(4, w.shape()[1]); ++j)
        w(id, j) +=
            static_cast<real>(prior * words_alone.ratio(vocabulary.word(static_cast<int>(id))));
  });
}
//< prior

/// The probability of class 1 after each word.
inline std::vector<double> word_by_word(SentimentModel& model, const Vocabulary& vocabulary,
                                        const std::vector<std::string>& words) {
  const bool was_training = model.training();
  model.eval();
  std::vector<int> ids;
  std::vector<double> said;
  Rng unused(0);
  for (const std::string& word : words) {
    ids.push_back(vocabulary.id(word));
    const Tensor p = softmax(model({ids}, unused)).value();
    said.push_back(static_cast<double>(p(0, 1)));
  }
  model.train(was_training);
  return said;
}

inline const char* const verdicts[] = {
    "this restaurant has good food", "this restaurant is bad",
    "this restaurant is the worst",  "this restaurant is well recommended",
    "the food was not bad at all",   "the food was not good at all"};

} // namespace tapestry
