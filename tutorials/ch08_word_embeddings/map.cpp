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
    fmt::print("{:>18}", fmt::format("{:.0f} ({:.0f} to {:.0f})", 100 * sum / double(all.size()),
                                     100 * least, 100 * most));
  }
  fmt::print("\n");
}

// The words' places in the plane in which they differ most. -> (words, 2)
Tensor places_of(const WordVectors& v, const Words& words) {
  Tensor rows = Tensor::from_shape({words.size(), v.dim()});
  for (std::size_t i = 0; i < words.size(); ++i)
    std::copy_n(v.units().data() + v.at(words[i]) * v.dim(), v.dim(), rows.data() + i * v.dim());
  return principal_components(rows, 2);
}

// How often c itself is nearest to b - a + c, if the three words of a question may answer.
double share_of_c(const WordVectors& v, const Words& left, const Words& right) {
  const real* const u = v.units().data();
  std::vector<real> wanted(v.dim());
  int asked = 0, is_c = 0;
  for (std::size_t i = 0; i < left.size(); ++i)
    for (std::size_t j = 0; j < left.size(); ++j) {
      if (i == j) continue;
      const std::size_t a = v.at(left[i]), b = v.at(right[i]), c = v.at(left[j]);
      for (std::size_t k = 0; k < v.dim(); ++k)
        wanted[k] = u[b * v.dim() + k] - u[a * v.dim() + k] + u[c * v.dim() + k];
      is_c += v.nearest(wanted, 1)[0].word == c;
      ++asked;
    }
  return double(is_c) / double(asked);
}

std::string map_of_partners(const WordVectors& v, const Words& left, const Words& right) {
  Words both = left;
  both.insert(both.end(), right.begin(), right.end());
  const Tensor at = places_of(v, both);
  std::string tsv = "word\tx\ty\tpartner\tpx\tpy\n";
  for (std::size_t i = 0, n = left.size(); i < n; ++i)
    tsv += fmt::format("{}\t{:.2f}\t{:.2f}\t{}\t{:.2f}\t{:.2f}\n", left[i], at(i, 0), at(i, 1),
                       right[i], at(n + i, 0), at(n + i, 1));
  return tsv;
}

std::string map_of_kinds(const WordVectors& v, const std::vector<Words>& kinds) {
  Words all;
  for (const Words& kind : kinds) all.insert(all.end(), kind.begin(), kind.end());
  const Tensor at = places_of(v, all);
  std::string tsv = "kind\tx\ty\tword\n";
  std::size_t i = 0;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind)
    for (const std::string& word : kinds[kind]) {
      tsv += fmt::format("{}\t{:.2f}\t{:.2f}\t{}\n", kind, at(i, 0), at(i, 1), word);
      ++i;
    }
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
  double places_c = 0, persons_c = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const WordVectors v = train(seed);
    trained.push_back(score(v));
    places_c += share_of_c(v, small_text::capitals, small_text::countries) / 5;
    persons_c += share_of_c(v, small_text::men, small_text::women) / 5;
    Words names = v.words();
    Rng(seed).shuffle(names);
    shuffled.push_back(score(WordVectors(names, v.vectors())));
    if (seed > 1) continue;
    fmt::print("Nearest, by cosine:\n");
    for (const char* word : {"cat", "bread", "paris", "france", "queen"}) {
      fmt::print("  {:<8}", word);
      for (const Neighbour& n : v.nearest(v.at(word), 4))
        fmt::print(" {:<8} {:.2f} ", v.words()[n.word], n.cosine);
      fmt::print("\n");
    }
    fmt::print("\nparis is to france as rome is to:\n ");
    for (const Neighbour& n : v.analogy(v.at("paris"), v.at("france"), v.at("rome"), 3))
      fmt::print(" {} {:.2f} ", v.words()[n.word], n.cosine);
    fmt::print("\n\n");
    keep("places.tsv", map_of_partners(v, small_text::capitals, small_text::countries));
    keep("kinds.tsv",
         map_of_kinds(v, {small_text::animals, small_text::foods, small_text::countries,
                          small_text::capitals, small_text::languages}));
  }
  fmt::print("Percent right, mean of five seeds (least to most):\n  {:<26}{:>18}{:>18}{:>18}\n", "",
             "nearest is kin", "capitals", "persons");
  print("trained", trained);
  print("the same rows, shuffled", shuffled);

  fmt::print(
      "\nThe three words may answer: c itself is nearest for\n  {:.0f} % of capitals, {:.0f} % of "
      "persons\n",
      100 * places_c, 100 * persons_c);
  fmt::print("\nBatches of 256:\n");
  try {
    Word2VecOptions o = options;
    o.batch = 256;
    Word2Vec trainer(corpus, o);
    double loss = 0;
    trainer.train([&](const Word2VecProgress& p) { loss = p.loss; });
    fmt::print("  the loss ends {}\n", loss > 10 ? "above 10" : "below 10");
  } catch (const std::runtime_error& e) {
    fmt::print("  {}\n", e.what());
  }
}
