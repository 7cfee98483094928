// The answers to the chapter's last questions: other labels, what an additive score can do, and
// where packed sequences end.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "tagger.hpp"

using namespace tapestry;

namespace {

// The label of letter t of x, (n), or -100.
using Label = int (*)(const Indices& x, std::size_t t);

int after(const Indices& x, std::size_t t) { return t + 1 < x.size() ? x(t + 1) : -100; }
int both_b(const Indices& x, std::size_t t) {
  return t == 0 || t + 1 == x.size() ? -100 : x(t - 1) == 1 && x(t + 1) == 1;
}

// The share of right labels after training. Seeds 1 to 5: the worst and the best.
void row(const char* what, std::size_t layers, bool bidirectional, Label label) {
  double worst = 1, best = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Rng rng(seed);
    LetterTagger tagger(
        {.input_size = 4, .hidden_size = 8, .num_layers = layers, .bidirectional = bidirectional},
        rng);
    nn::Adam adam(tagger.parameters(), {.lr = 0.01});
    for (int step = 0; step < 300; ++step) {
      const LetterBatch batch = random_batch(64, rng, label);
      adam.zero_grad();
      Tape tape;
      tape.backward(cross_entropy(tagger(batch.letters), batch.labels));
      adam.step();
    }
    const double share = accuracy(tagger, random_batch(4000, rng, label));
    worst = std::min(worst, share), best = std::max(best, share);
  }
  fmt::print("  {:<30}{:>8.2f}{:>8.2f}\n", what, worst, best);
}

void table(const char* title, Label label) {
  fmt::print("{}\n  {:<30}{:>8}{:>8}\n", title, "right, of five seeds", "worst", "best");
  row("one direction, one layer", 1, false, label);
  row("one direction, two layers", 2, false, label);
  row("two directions, one layer", 1, true, label);
  row("two directions, two layers", 2, true, label);
  fmt::print("\n");
}

// The loss of p(l) + q(r) over the four pairs, as a function of p(a), p(b), q(a), q(b), trained
// from a random start. -> the loss, the sum of the scores' sizes
std::pair<double, double> additive(std::uint64_t seed) {
  Rng rng(seed);
  const Parameter p("p", normal({2, 1}, 0, 2, rng)), q("q", normal({1, 2}, 0, 2, rng));
  nn::Adam adam({p, q}, {.lr = 0.05});
  const Var equal = constant({{1, 0}, {0, 1}});
  double last = 0, size = 0;
  for (int step = 0; step < 2000; ++step) {
    adam.zero_grad();
    Tape tape;
    const Var scores = Var(p) + Var(q); // (2, 2): s(l, r)
    const Var loss = binary_cross_entropy(scores, equal);
    tape.backward(loss);
    adam.step();
    last = loss.item(), size = 0;
    for (double s : scores.value()) size = std::max(size, std::abs(s));
  }
  return {last, size};
}

} // namespace

int main() {
  table("The label is the letter after:", after);
  table("The label is 1 where both neighbours are b:", both_b);

  fmt::print("A sum p(l) + q(r), set by hand to p(a) = q(a) = 1, p(b) = q(b) = -2:\n ");
  const double p[] = {1, -2};
  double loss = 0;
  int right = 0;
  for (int l = 0; l < 2; ++l)
    for (int r = 0; r < 2; ++r) {
      const double s = p[l] + p[r];
      loss += std::log1p(std::exp(l == r ? -s : s)) / 4;
      right += (s > 0) == (l == r);
      fmt::print(" {}{} {:+.0f}", "ab"[l], "ab"[r], s);
    }
  fmt::print("\n  {} of 4 are right, the loss is {:.3f}\n", right, loss);
  double most = 0, least = 1, size = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto [end, largest] = additive(seed);
    most = std::max(most, end), least = std::min(least, end), size = std::max(size, largest);
  }
  fmt::print("  trained from ten random starts: the loss is {:.3f} to {:.3f}, all scores {:.3f}\n",
             least, most, size);

  // Three sequences of lengths 5, 3 and 2, packed: the top layer's last states, against rows of its
  // output.
  Rng rng(1);
  const nn::GRU net({.input_size = 3, .hidden_size = 4, .num_layers = 2, .bidirectional = true},
                    rng);
  const Lengths lengths{5, 3, 2};
  const Var x = constant(normal({5, 3, 3}, 0, 1, rng));
  const auto result = net(pack_padded_sequence(x, lengths));
  const Var output = pad_packed_sequence(result.output).output; // (T, B, 2H)
  const auto apart = [&](std::size_t half, auto step_of) {
    double d = 0;
    for (std::size_t b = 0; b < 3; ++b)
      for (std::size_t j = 0; j < 4; ++j)
        d = std::max(d, std::abs(result.state.value()(2 + half, b, j) -
                                 output.value()(step_of(b), b, 4 * half + j)));
    return d;
  };
  fmt::print("\nLengths 5, 3 and 2, packed:\n");
  fmt::print("  {:<46}{:.4f}\n", "forward, and the left half at the last step",
             apart(0, [](std::size_t) { return 4; }));
  fmt::print("  {:<46}{:.4f}\n", "reverse, and the right half at the first step",
             apart(1, [](std::size_t) { return 0; }));
  fmt::print("  {:<46}{:.4f}\n", "forward, and the left half at step n_b - 1",
             apart(0, [&](std::size_t b) { return static_cast<std::size_t>(lengths[b]) - 1; }));
}
