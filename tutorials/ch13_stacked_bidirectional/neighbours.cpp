// A task that one direction cannot solve, and one layer neither: are the letters before and after
// the same?
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"
#include "tagger.hpp"

using namespace tapestry;

namespace {

// The loss, every five steps the mean over five.
std::vector<double> train(LetterTagger& tagger, int steps, Rng& rng) {
  nn::Adam adam(tagger.parameters(), {.lr = 0.01});
  std::vector<double> curve;
  double sum = 0;
  for (int step = 1; step <= steps; ++step) {
    const LetterBatch batch = random_batch(64, rng);
    adam.zero_grad();
    Tape tape;
    const Var loss = cross_entropy(tagger(batch.letters), batch.labels);
    tape.backward(loss);
    adam.step();
    sum += loss.item();
    if (step % 5 == 0) curve.push_back(sum / 5), sum = 0;
  }
  return curve;
}

//> score
// How far the middle letter of l a r is from "different" towards "equal".
double score(const LetterTagger& tagger, int l, int r) {
  Indices letters = Indices::from_shape({3, 1});
  letters(0, 0) = l, letters(1, 0) = 0, letters(2, 0) = r;
  const PackedSequence scores = tagger(pack_padded_sequence(letters, {3}));
  return scores.data.value()(1, 1) - scores.data.value()(1, 0);
}
//< score

} // namespace

int main() {
  struct Case {
    const char* name;
    std::size_t layers;
    bool bidirectional;
  };
  const Case cases[] = {{"one direction, one layer", 1, false},
                        {"one direction, two layers", 2, false},
                        {"two directions, one layer", 1, true},
                        {"two directions, two layers", 2, true}};
  constexpr int steps = 300;
  std::vector<std::vector<double>> curves;
  std::string sums;
  fmt::print("After {} steps:\n  {:<30}{:>8}{:>8}\n", steps, "", "loss", "right");
  for (const Case& c : cases) {
    Rng rng(3);
    LetterTagger tagger({.input_size = 4,
                         .hidden_size = 8,
                         .num_layers = c.layers,
                         .bidirectional = c.bidirectional},
                        rng);
    curves.push_back(train(tagger, steps, rng));
    fmt::print("  {:<30}{:>8.2f}{:>8.2f}\n", c.name, curves.back().back(),
               accuracy(tagger, random_batch(20000, rng)));
    const double equal = score(tagger, 0, 0) + score(tagger, 1, 1);
    const double different = score(tagger, 0, 1) + score(tagger, 1, 0);
    if (c.bidirectional)
      sums += fmt::format("  {:<30}{:>10.3f}{:>10.3f}\n", c.name, equal, different);
  }
  fmt::print("\nScores of the middle of l a r, in sums:\n  {:<30}{:>10}{:>10}\n{}", "", "aa + bb",
             "ab + ba", sums);

  std::string tsv = "step\tone 1\tone 2\ttwo 1\ttwo 2\n";
  for (std::size_t i = 0; i < curves[0].size(); ++i)
    tsv += fmt::format("{}\t{:.2f}\t{:.2f}\t{:.2f}\t{:.2f}\n", 5 * (i + 1), curves[0][i],
                       curves[1][i], curves[2][i], curves[3][i]);
  keep("neighbours.tsv", tsv);
}
