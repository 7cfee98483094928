// Reviews of a small grammar, in which the order of the words decides: bags of n-grams beside
// scorers, and what a scorer says after each word.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "keep.hpp"
#include "training_run.hpp"

using namespace tapestry;

namespace {

Examples shuffled(Examples e, const Vocabulary& vocabulary) {
  Rng rng(7);
  for (std::size_t i = 0; i < e.words.size(); ++i) {
    rng.shuffle(e.words[i]);
    e.ids[i] = vocabulary.encode(e.words[i]);
  }
  return e;
}

// Ten words that say nothing, behind each or before.
Examples prolonged(Examples e, const Vocabulary& vocabulary, bool behind = true) {
  const std::vector<std::string> ten{"and", "we",  "left",    "at",   "nine",
                                     "in",  "the", "evening", "with", "them"};
  for (std::size_t i = 0; i < e.words.size(); ++i) {
    e.words[i].insert(behind ? e.words[i].end() : e.words[i].begin(), ten.begin(), ten.end());
    e.ids[i] = vocabulary.encode(e.words[i]);
    e.lengths[i] = e.words[i].size();
  }
  return e;
}

SentimentOptions sizes(Summary summary, bool bidirectional = true) {
  return {.vocabulary = 0,
          .embedding = 16,
          .hidden = 16,
          .bidirectional = bidirectional,
          .summary = summary,
          .dropout = 0.2,
          .word_dropout = 0.02};
}

RunOptions training(std::uint64_t seed, std::size_t epochs = 8) {
  return {.epochs = epochs,
          .batch = 16,
          .rate = 1e-2,
          .decay = 0.01,
          .average = 0.98,
          .prior = 0,
          .seed = seed};
}

// Mean, least and most of three seeds.
void print_three(const char* name, const Parts& parts, const SentimentOptions& options,
                 const NgramClassifier& words_alone, const Examples& test, std::size_t epochs = 8) {
  double sum = 0, least = 100, most = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const TrainedScorer t = train_scorer(parts, options, words_alone, training(seed, epochs));
    const double right = 100 * measure(*t.model, test, 2).accuracy();
    sum += right, least = std::min(least, right), most = std::max(most, right);
  }
  fmt::print("  {:<30}{:5.1f} %   ({:.1f} to {:.1f})\n", name, sum / 3, least, most);
}

} // namespace

int main() {
  Parts parts;
  const std::vector<LabelledText> train = small_reviews(800, 1), test = small_reviews(400, 2);
  parts.names = label_names(train);
  parts.train = examples_of(train, parts.names, "train");
  parts.test = examples_of(test, parts.names, "test");
  parts.vocabulary = Vocabulary(parts.train.words);
  for (Examples* e : {&parts.train, &parts.test})
    for (const auto& words : e->words) e->ids.push_back(parts.vocabulary.encode(words));

  fmt::print("Some reviews:\n");
  for (const std::size_t i : {0u, 1u, 2u, 3u, 5u})
    fmt::print("  {}  {}\n", train[i].label, train[i].text);

  std::vector<NgramClassifier> bags;
  for (const std::size_t most : {1u, 2u, 3u})
    bags.emplace_back(parts.train.words, parts.train.labels, most, 1e-3);
  const Examples mixed = shuffled(parts.test, parts.vocabulary);
  double ones = 0;
  for (const int label : parts.test.labels) ones += label;
  const double all = static_cast<double>(parts.test.labels.size());
  fmt::print("\nRight, of {} new reviews; with their words shuffled:\n", all);
  fmt::print("  {:<30}{:5.1f} %\n", "the more frequent class",
             100 * std::max(ones, all - ones) / all);
  const char* names[] = {"a bag of words", "a bag of up to 2 words", "a bag of up to 3 words"};
  for (std::size_t k = 0; k < 3; ++k)
    fmt::print("  {:<30}{:5.1f} %   {:5.1f} %\n", names[k], 100 * accuracy_of(bags[k], parts.test),
               100 * accuracy_of(bags[k], mixed));

  std::vector<TrainedScorer> scorers; // of the summaries, the first seed
  for (const auto& [name, summary] :
       {std::pair{"last", Summary::last}, {"mean", Summary::mean}, {"max", Summary::max}}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      TrainedScorer t = train_scorer(parts, sizes(summary), bags[0], training(seed));
      fmt::print("  {:<30}{:5.1f} %   {:5.1f} %\n",
                 fmt::format("the scorer, {}, seed {}", name, seed),
                 100 * measure(*t.model, parts.test, 2).accuracy(),
                 100 * measure(*t.model, mixed, 2).accuracy());
      if (seed == 1) scorers.push_back(std::move(t));
    }
  }

  fmt::print("\nThe same words:                words    pairs     last     mean      max\n");
  for (const char* text : {"the food was good , not bad", "the food was bad , not good"}) {
    const std::vector<std::string> words = tokenize_words(text);
    fmt::print("  {:<28}", text);
    for (const std::size_t k : {0u, 1u})
      fmt::print("{:>7.2f}  ", 1 / (1 + std::exp(-bags[k].scores({words})[0])));
    for (const TrainedScorer& t : scorers)
      fmt::print("{:>7.2f}  ", word_by_word(*t.model, parts.vocabulary, words).back());
    fmt::print("\n");
  }

  // One plot, two sentences.
  const std::vector<std::string> bad = tokenize_words("the food was not bad at all"),
                                 good = tokenize_words("the food was not good at all");
  std::string rows = "place\tword\tlast\tmax\tword\tlast\tmax\n";
  std::vector<std::vector<double>> said; // bad by last and max, good by last and max
  for (const auto* words : {&bad, &good})
    for (const std::size_t k : {0u, 2u})
      said.push_back(word_by_word(*scorers[k].model, parts.vocabulary, *words));
  fmt::print("\nAfter each word:\n");
  for (std::size_t k = 0; k < 4; ++k) {
    fmt::print("  {:<6}", k % 2 == 0 ? "last" : "max");
    const auto& words = k < 2 ? bad : good;
    for (std::size_t i = 0; i < words.size(); ++i) fmt::print("  {} {:.2f}", words[i], said[k][i]);
    fmt::print("\n");
  }
  for (std::size_t i = 0; i < bad.size(); ++i)
    rows += fmt::format("{}\t{}\t{:.3f}\t{:.3f}\t{}\t{:.3f}\t{:.3f}\n", i, bad[i], said[0][i],
                        said[1][i], good[i], said[2][i], said[3][i]);
  keep("not_bad.tsv", rows);

  fmt::print("\nTraining shuffled, and tests too:\n");
  Parts mixed_parts = parts;
  mixed_parts.train = shuffled(parts.train, parts.vocabulary);
  const NgramClassifier mixed_bag(mixed_parts.train.words, parts.train.labels, 1, 1e-3);
  fmt::print("  {:<30}{:5.1f} %\n", names[0], 100 * accuracy_of(mixed_bag, mixed));
  print_three("the scorer, last", mixed_parts, sizes(Summary::last), bags[0], mixed);
  print_three("the scorer, mean", mixed_parts, sizes(Summary::mean), bags[0], mixed);

  fmt::print("\nTen words behind each review, one direction:\n");
  Parts long_parts = parts;
  long_parts.train = prolonged(parts.train, parts.vocabulary);
  long_parts.vocabulary = Vocabulary(long_parts.train.words);
  for (std::size_t i = 0; i < long_parts.train.words.size(); ++i)
    long_parts.train.ids[i] = long_parts.vocabulary.encode(long_parts.train.words[i]);
  const Examples long_test = prolonged(parts.test, long_parts.vocabulary);
  print_three("last", long_parts, sizes(Summary::last, false), bags[0], long_test);
  print_three("last, four times as long", long_parts, sizes(Summary::last, false), bags[0],
              long_test, 32);
  print_three("max", long_parts, sizes(Summary::max, false), bags[0], long_test);
  print_three("mean", long_parts, sizes(Summary::mean, false), bags[0], long_test);
  print_three("last, without the ten words", parts, sizes(Summary::last, false), bags[0],
              parts.test);

  fmt::print("\nTen words before each review, one direction:\n");
  long_parts.train = prolonged(parts.train, long_parts.vocabulary, false);
  print_three("last", long_parts, sizes(Summary::last, false), bags[0],
              prolonged(parts.test, long_parts.vocabulary, false));
}
