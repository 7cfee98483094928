// Vectors trained on the small text: what is near what, analogies, and two maps of them; over five
// seeds, beside vectors that say nothing.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "keep.hpp"
#include "small_text.hpp"
#include "text/embeddings/word2vec.hpp"
#include "text/embeddings/word_tests.hpp"

using namespace tapestry;
using small_text::Words;

namespace {

struct Scores {
  double kind = 0, places = 0, persons = 0;
};

// a : b = c : d for all ordered pairs of two lists of partners.
double analogies(const WordVectors& v, const std::vector<std::pair<Words, Words>>& partners) {
  std::vector<AnalogyQuestion> questions;
  for (const auto& [left, right] : partners)
    for (std::size_t i = 0; i < left.size(); ++i)
      for (std::size_t j = 0; j < left.size(); ++j)
        if (i != j) questions.push_back({"pairs", left[i], right[i], left[j], right[j]});
  return total_of(score_analogies(v, questions)).share();
}

Scores score(const WordVectors& v) {
  using namespace small_text;
  const std::vector<Words> kinds{animals, foods, countries, capitals, languages};
  Scores s;
  std::size_t asked = 0;
  for (const Words& kind : kinds)
    for (const std::string& word : kind) {
      const std::string& nearest = v.words()[v.nearest(v.at(word), 1)[0].word];
      s.kind += std::find(kind.begin(), kind.end(), nearest) != kind.end();
      ++asked;
    }
  s.kind /= static_cast<double>(asked);
  s.places = analogies(v, {{capitals, countries}, {countries, capitals}});
  s.persons = analogies(v, {{men, women}, {women, men}});
  return s;
}

void print(const std::string& name, const std::vector<Scores>& all) {
  fmt::print("  {:<26}", name);
  for (const auto member : {&Scores::kind, &Scores::places, &Scores::persons}) {
    double sum = 0, least = 1, most = 0;
    for (const Scores& s : all)
      sum += s.*member, least = std::min(least, s.*member), most = std::max(most, s.*member);
    fmt::print("{:>16}", fmt::format("{:.0f} ({:.0f} to {:.0f})", 100 * sum / double(all.size()),
                                     100 * least, 100 * most));
  }
  fmt::print("\n");
}

std::string map_of(const WordVectors& v, const Words& left, const Words& right) {
  Tensor rows = Tensor::from_shape({left.size() + right.size(), v.dim()});
  for (std::size_t i = 0; i < rows.shape()[0]; ++i) {
    const std::size_t id = v.at(i < left.size() ? left[i] : right[i - left.size()]);
    std::copy_n(v.units().data() + id * v.dim(), v.dim(), rows.data() + i * v.dim());
  }
  const Tensor at = principal_components(rows, 2);
  std::string tsv = "word\tx\ty\tpartner\tpx\tpy\n";
  for (std::size_t i = 0; i < left.size(); ++i)
    tsv += fmt::format("{}\t{:.2f}\t{:.2f}\t{}\t{:.2f}\t{:.2f}\n", left[i], at(i, 0), at(i, 1),
                       right[i], at(left.size() + i, 0), at(left.size() + i, 1));
  return tsv;
}

} // namespace

int main() {
  const WordCorpus corpus = word_corpus(small_text::make(20'000, 1));
  //> train
  const Word2VecOptions options{
      .dim = 20, .window = 4, .negatives = 10, .epochs = 5, .sample = 1e-2, .batch = 16};
  const auto train = [&](std::uint64_t seed) {
    Word2VecOptions o = options;
    o.seed = seed;
    Word2Vec trainer(corpus, o);
    trainer.train();
    return WordVectors(corpus.words, trainer.vectors());
  };
  //< train
  std::vector<Scores> trained, shuffled;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const WordVectors v = train(seed);
    trained.push_back(score(v));
    Words names = v.words();
    Rng(seed).shuffle(names);
    shuffled.push_back(score(WordVectors(names, v.vectors())));
    if (seed > 1) continue;
    fmt::print("Nearest, by cosine:\n");
    for (const char* word : {"cat", "bread", "paris", "france", "queen"}) {
      fmt::print("  {:<8}", word);
      for (const Neighbour& n : v.nearest(v.at(word), 4))
        fmt::print(" {:<9} {:.1f} ", v.words()[n.word], n.cosine);
      fmt::print("\n");
    }
    fmt::print("\nparis is to france as rome is to:\n ");
    for (const Neighbour& n : v.analogy(v.at("paris"), v.at("france"), v.at("rome"), 3))
      fmt::print(" {} {:.1f} ", v.words()[n.word], n.cosine);
    fmt::print("\n\n");
    keep("places.tsv", map_of(v, small_text::capitals, small_text::countries));
    keep("persons.tsv", map_of(v, small_text::men, small_text::women));
  }
  fmt::print("Percent right, mean of five seeds (least to most):\n  {:<26}{:>16}{:>16}{:>16}\n", "",
             "nearest is kin", "capitals", "persons");
  print("trained", trained);
  print("the same rows, shuffled", shuffled);
}
