// A long text in pieces: the state is carried on, the tape is cut; what that saves and what it
// costs.
#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "banana.hpp"
#include "keep.hpp"
#include "matrices.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/rnn.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

struct Speller : nn::Module {
  nn::RNN rnn;
  nn::Linear out;

  explicit Speller(Rng& rng)
      : rnn({.input_size = 4, .hidden_size = 16}, rng),
        out({.in_features = 16, .out_features = 4}, rng) {}
  void visit(nn::Visitor& v) override { v("rnn", rnn), v("out", out); }
};

//> truncated
// Adds the gradient of the loss over a text, where each letter is to be followed by the next one;
// the tape is cut every k letters.
void read(const Speller& net, const std::string& text, std::size_t k) {
  const std::size_t count = text.size() - 1; // the last letter is only an answer
  Var state = constant(zeros({1, 1, 16}));
  for (std::size_t begin = 0; begin < count; begin += k) {
    const std::size_t n = std::min(k, count - begin);
    Tape tape;                                              // of this piece
    const Var x = constant(one_hot(text.substr(begin, n))); // (n, 1, 4)
    const auto [states, last] = net.rnn(x, state);          // (n, 1, 16), (1, 1, 16)
    const Var scores = reshape(net.out(states), {n, 4});
    const Var mean = cross_entropy(scores, numbers_of(text.substr(begin + 1, n)));
    tape.backward(mean * (static_cast<double>(n) / static_cast<double>(count)));
    state = detach(last); // its numbers go on; the gradient ends here
  }
}
//< truncated

// Words b aaaaa b and n aaaaa n, at random: the letter after the fifth a is the one before the
// first.
std::string recall_words(std::size_t n, Rng& rng) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += rng.chance(0.5) ? "baaaaab." : "naaaaan.";
  return text;
}

// How often the net tells b from n after the fifth a.
double recalled(const Speller& net, const std::string& text) {
  const Tensor scores = net.out(net.rnn(constant(one_hot(text))).output).value();
  double right = 0;
  for (std::size_t t = 5; t < text.size(); t += 8)
    right += (scores(t, 0, 0) > scores(t, 0, 2)) == (text[t + 1] == 'b');
  return 8 * right / static_cast<double>(text.size());
}

double train_and_test(std::uint64_t seed, std::size_t k) {
  Rng rng(seed);
  Speller net(rng);
  nn::Adam adam(net.parameters(), {.lr = 0.01});
  for (int step = 0; step < 400; ++step) {
    adam.zero_grad();
    read(net, recall_words(40, rng), k); // 320 letters
    nn::clip_grad_norm(net.parameters(), 1);
    adam.step();
  }
  return recalled(net, recall_words(200, rng));
}

} // namespace

int main() {
  nlohmann::json kept;
  fmt::print("Memory for a text of 70000 letters, cut every\n");
  for (std::size_t k : {70u, 700u, 7000u, 70000u}) {
    Rng rng(1);
    const Speller net(rng);
    read(net, bananas(70001), k);
    const double mib = static_cast<double>(pool_stats().bytes_held) / (1 << 20);
    fmt::print("  {:>5} letters  {:>5.1f} MiB\n", k, mib);
    kept["memory"][fmt::format("{}", k)] = std::round(10 * mib) / 10;
  }

  fmt::print("\nOf 5 networks, those that recall the letter before five a's, cut every\n");
  for (std::size_t k : {1u, 4u, 6u, 8u, 320u}) {
    int good = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) good += train_and_test(seed, k) > 0.9;
    fmt::print("  {:>5} letters  {}\n", k, good);
    kept["recall"][fmt::format("{}", k)] = good;
  }
  keep("truncated.json", kept.dump(1) + "\n");
}
