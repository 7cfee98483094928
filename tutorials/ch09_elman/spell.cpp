// Learns to spell one word, with a state and without, and shows where the states lie.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "banana.hpp"
#include "keep.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/rnn.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

const std::string banana = "banana", after_banana = "anana."; // what it reads, what it is to say

//> speller
struct Speller : nn::Module {
  nn::RNN rnn;    // (T, B, 4) -> (T, B, H)
  nn::Linear out; // (T, B, H) -> (T, B, 4): a score for each letter

  Speller(std::size_t hidden, Rng& rng)
      : rnn({.input_size = 4, .hidden_size = hidden}, rng),
        out({.in_features = hidden, .out_features = 4}, rng) {}
  void visit(nn::Visitor& v) override { v("rnn", rnn), v("out", out); }
};
//< speller

// Returns the losses. Without a state, weight_hh is 0 and stays so.
std::vector<double> train(Speller& net, bool with_state, const std::string& word = banana,
                          const std::string& next = after_banana) {
  std::vector<Parameter> parameters = net.parameters();
  if (!with_state) {
    net.rnn.weights().weight_hh.value().fill(0);
    std::erase_if(parameters, [](const Parameter& p) { return p.name() == "rnn.weight_hh_l0"; });
  }
  std::vector<double> losses;
  //> train
  const Var x = constant(one_hot(word)); // (T, 1, 4), here T = 6
  const Indices targets = numbers_of(next);
  nn::Adam adam(parameters, {.lr = 0.05});
  for (int step = 0; step < 400; ++step) {
    adam.zero_grad();
    Tape tape;
    const auto [states, last] = net.rnn(x);                        // (T, 1, H), (1, 1, H)
    const Var scores = reshape(net.out(states), {word.size(), 4}); // a row for each letter
    const Var loss = cross_entropy(scores, targets);               // the mean of all
    tape.backward(loss);
    adam.step();
    losses.push_back(loss.item());
  }
  //< train
  return losses;
}

// Returns what the first unit says at the three a's.
std::vector<double> show(const Speller& net) {
  const std::string &word = banana, &next = after_banana;
  const Var states = net.rnn(constant(one_hot(word))).output;
  const Tensor h = states.value(), p = softmax(net.out(states)).value();
  std::string tsv = "h1\th2\tafter\n";
  fmt::print("  reads         h          P(b)  P(a)  P(n)  P(.)   is to say\n");
  for (std::size_t t = 0; t < word.size(); ++t) {
    fmt::print("  {}     {:>6.2f} {:>6.2f}   ", word[t], h(t, 0, 0), h(t, 0, 1));
    for (std::size_t i = 0; i < 4; ++i) fmt::print("  {:.2f}", p(t, 0, i));
    fmt::print("   {}\n", next[t]);
    tsv += fmt::format("{:.2f}\t{:.2f}\t{}\n", h(t, 0, 0), h(t, 0, 1), word.substr(0, t + 1));
  }
  keep("states.tsv", tsv);
  return {h(1, 0, 0), h(3, 0, 0), h(5, 0, 0)};
}

// Words to read, each to be said with a full stop behind it: which can two units learn?
nlohmann::json other_words() {
  nlohmann::json kept;
  fmt::print("\nOf 80 networks with two units, those that learn to read\n");
  for (const std::string word : {"ban", "bana", "banan", "banana", "bananan", "bananana"}) {
    int learned = 0;
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
      Rng rng(seed);
      Speller speller(2, rng);
      learned += train(speller, true, word, word.substr(1) + ".").back() < 0.1;
    }
    fmt::print("  {:<9} {:>3}\n", word, learned);
    kept[word] = learned;
  }
  return kept;
}

} // namespace

int main() {
  Rng rng(7);
  Speller net(2, rng), blind(2, rng);
  const std::vector<double> with = train(net, true), without = train(blind, false);
  std::string tsv = "step\twith\twithout\n";
  for (std::size_t step = 0; step < with.size(); step += 5)
    tsv += fmt::format("{}\t{:.2f}\t{:.2f}\n", step, with[step], without[step]);
  keep("spell.tsv", tsv);
  fmt::print("Loss after 400 steps\n");
  fmt::print("  with a state  {:.3f}\n  without       {:.3f}\n\n", with.back(), without.back());
  const std::vector<double> at_a = show(net);
  const auto rounded = [](double x, double parts) { return std::round(x * parts) / parts; };
  nlohmann::json kept{{"without", rounded(without.back(), 1000)},
                      {"first", rounded(at_a[0], 100)},
                      {"second", rounded(at_a[1], 100)},
                      {"third", rounded(at_a[2], 100)}};

  fmt::print("\nOf 20 networks, those that learn it:\n");
  for (std::size_t hidden : {1u, 2u, 4u, 8u, 16u}) {
    int learned = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      Rng other(seed);
      Speller speller(hidden, other);
      learned += train(speller, true).back() < 0.1;
    }
    fmt::print("  {:>2} units   {:>2}\n", hidden, learned);
  }
  kept["words"] = other_words();
  keep("spell.json", kept.dump(1) + "\n");
}
