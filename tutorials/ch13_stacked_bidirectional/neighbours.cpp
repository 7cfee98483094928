// A task that one direction cannot solve, and one layer neither: are the letters before and after
// the same?
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/sequences/padding.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

//> batch
struct Batch {
  PackedIndices letters, labels; // (N)
};

// `count` random sequences of 3 to 12 letters, a or b. A letter's label is 1 if the one before it
// and the one after it are equal, else 0. The first and the last have none: -100 is ignored.
Batch random_batch(std::size_t count, Rng& rng) {
  std::vector<Indices> letters, labels;
  Lengths lengths;
  for (std::size_t b = 0; b < count; ++b) {
    const std::size_t n = 3 + rng.below(10);
    Indices x = Indices::from_shape({n}), y = Indices::from_shape({n});
    for (std::size_t t = 0; t < n; ++t) x(t) = static_cast<std::int32_t>(rng.below(2));
    for (std::size_t t = 0; t < n; ++t)
      y(t) = t == 0 || t == n - 1 ? -100 : x(t - 1) == x(t + 1) ? 1 : 0;
    letters.push_back(x), labels.push_back(y), lengths.push_back(static_cast<int>(n));
  }
  const PackOptions any{.enforce_sorted = false};
  return {pack_padded_sequence(pad_sequence(letters), lengths, any),
          pack_padded_sequence(pad_sequence(labels), lengths, any)};
}
//< batch

//> tagger
struct Tagger : nn::Module {
  nn::Embedding embed;
  nn::GRU gru;
  nn::Linear to_labels;

  Tagger(const nn::GRUOptions& options, Rng& rng)
      : embed({.num_embeddings = 2, .embedding_dim = options.input_size}, rng), gru(options, rng),
        to_labels({.in_features = (options.bidirectional ? 2 : 1) * options.hidden_size,
                   .out_features = 2},
                  rng) {}
  void visit(nn::Visitor& v) override {
    v("embed", embed), v("gru", gru), v("to_labels", to_labels);
  }

  // (N) -> (N, 2)
  PackedSequence operator()(const PackedIndices& letters) const {
    return to_labels(gru(embed(letters)).output);
  }
};
//< tagger

double accuracy(const Tagger& tagger, Rng& rng) {
  const Batch batch = random_batch(20000, rng);
  const Tensor scores = tagger(batch.letters).data.value();
  double right = 0, all = 0;
  for (std::size_t i = 0; i < batch.labels.data.size(); ++i) {
    const std::int32_t label = batch.labels.data(i);
    if (label < 0) continue;
    right += (scores(i, 1) > scores(i, 0)) == (label == 1);
    all += 1;
  }
  return right / all;
}

// The loss, every five steps the mean over five.
std::vector<double> train(Tagger& tagger, int steps, Rng& rng) {
  nn::Adam adam(tagger.parameters(), {.lr = 0.01});
  std::vector<double> curve;
  double sum = 0;
  for (int step = 1; step <= steps; ++step) {
    const Batch batch = random_batch(64, rng);
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
double score(const Tagger& tagger, int l, int r) {
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
    Tagger tagger({.input_size = 4,
                   .hidden_size = 8,
                   .num_layers = c.layers,
                   .bidirectional = c.bidirectional},
                  rng);
    curves.push_back(train(tagger, steps, rng));
    fmt::print("  {:<30}{:>8.2f}{:>8.2f}\n", c.name, curves.back().back(), accuracy(tagger, rng));
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
