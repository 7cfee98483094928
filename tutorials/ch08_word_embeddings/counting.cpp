// What counting sees: bags of words and of n-grams, tf-idf, and counts of what stands near a word.
#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "small_text.hpp"
#include "text/counting/bag_classifier.hpp"
#include "text/counting/ngrams.hpp"
#include "text/counting/tf_idf.hpp"
#include "text/embeddings/word_corpus.hpp"
#include "text/embeddings/word_vectors.hpp"

using namespace tapestry;

namespace {

std::vector<std::string> split(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// Words "not good at all" and the like, with a label: not turns the verdict round.
void verdicts(std::size_t longest) {
  std::vector<std::vector<std::string>> texts;
  std::vector<int> labels;
  for (const char* thing : {"the film is ", "the food is ", "the book is "})
    for (const char* turn : {"", "not "})
      for (const char* word : {"good", "bad"}) {
        texts.push_back(split(std::string(thing) + turn + word));
        labels.push_back((word == std::string("good")) == (*turn == 0));
      }
  const Ngrams ngrams(texts, {.longest = longest});
  const SparseRows rows = ngrams.count(texts);
  Indices classes = Indices::from_shape({labels.size()});
  std::copy(labels.begin(), labels.end(), classes.begin());
  //> classifier
  nn::BagClassifier model({.features = ngrams.size(), .classes = 2});
  nn::Adam adam(model.parameters(), {.lr = 0.1});
  for (int step = 0; step < 200; ++step) {
    adam.zero_grad();
    Tape tape;
    tape.backward(cross_entropy(model(rows), classes));
    adam.step();
  }
  //< classifier
  const Tensor scores = model(rows).value();
  int right = 0;
  for (std::size_t i = 0; i < texts.size(); ++i)
    right += (scores(i, 1) > scores(i, 0) + 1e-6) == (labels[i] == 1);
  fmt::print("  up to {} word{}: {:2} columns, loss {:.2f}, {:2} of {} right\n", longest,
             longest == 1 ? " " : "s", ngrams.size(),
             std::abs(cross_entropy(model(rows), classes).item()), right, texts.size());
}

} // namespace

int main() {
  //> bags
  const std::vector<std::vector<std::string>> texts{
      split("the dog bites the man"), split("the man bites the dog"), split("the cat sleeps")};
  const Ngrams words(texts), pairs(texts, {.shortest = 2, .longest = 2});
  const SparseRows counts = words.count(texts);
  //< bags
  const auto table = [&](const Ngrams& ngrams, const SparseRows& rows, int width, int digits) {
    for (std::size_t j = 0; j < ngrams.size(); ++j) fmt::print("{:>{}}", ngrams.name(j), width);
    fmt::print("\n");
    const Tensor dense = rows.dense();
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      for (std::size_t j = 0; j < rows.columns; ++j)
        fmt::print("{:>{}.{}f}", dense(i, j), width, digits);
      fmt::print("\n");
    }
  };
  fmt::print("A bag of words:\n");
  table(words, counts, 8, 0);
  fmt::print("\nA bag of pairs:\n");
  table(pairs, pairs.count(texts), 11, 0);
  fmt::print("\ntf-idf:\n");
  table(words, tf_idf(counts, inverse_document_frequencies(counts)), 8, 2);

  fmt::print("\nNot good is bad:\n");
  verdicts(1);
  verdicts(2);

  // What stands within two words of each, counted over the small text.
  const WordCorpus corpus = word_corpus(small_text::make(20'000, 1));
  const std::size_t n = corpus.words.size();
  //> co-occurrence
  Tensor near = zeros({n, n});
  for (std::size_t i = 0; i < corpus.ids.size(); ++i)
    for (std::size_t j = i + 1; j < corpus.ids.size() && j <= i + 2; ++j) {
      if (corpus.ids[i] < 0 || corpus.ids[j] < 0) break; // a sentence ends
      const auto a = static_cast<std::size_t>(corpus.ids[i]);
      const auto b = static_cast<std::size_t>(corpus.ids[j]);
      near(a, b) += 1;
      near(b, a) += 1;
    }
  const WordVectors rows(corpus.words, near);
  //< co-occurrence
  fmt::print("\nCounts of what is within two words:\n{:<8}", "");
  const std::vector<std::string> columns{"of", "they", "in", "chases", "and", "fresh"};
  for (const auto& column : columns) fmt::print("{:>8}", column);
  fmt::print("\n");
  for (const char* word : {"paris", "rome", "cat", "dog", "bread"}) {
    fmt::print("{:<8}", word);
    for (const auto& column : columns)
      fmt::print("{:>8}", static_cast<int>(near(rows.at(word), rows.at(column))));
    fmt::print("\n");
  }
  fmt::print("\nCosines of the rows of counts, {} numbers each:\n", n);
  for (const auto& [a, b] : std::vector<std::pair<const char*, const char*>>{
           {"paris", "rome"}, {"cat", "dog"}, {"paris", "cat"}, {"bread", "cat"}})
    fmt::print("  {:<6} {:<6} {:.2f}\n", a, b, rows.similarity(rows.at(a), rows.at(b)));
}
