// Elman's own training, beside back-propagation through time: the gradient is cut in every step.
#include <string>
#include <vector>

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
#include "nn/recurrent/elman_cell.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

const std::string word = "banana", next = "anana.";

// Trains one network. -> its last loss
double train(std::size_t hidden, bool cut, std::uint64_t seed) {
  Rng rng(seed);
  nn::RNNCell cell({.input_size = 4, .hidden_size = hidden}, rng);
  nn::Linear out({.in_features = hidden, .out_features = 4}, rng);
  std::vector<Parameter> parameters = cell.parameters();
  for (const Parameter& p : out.parameters()) parameters.push_back(p);
  nn::Adam adam(parameters, {.lr = 0.05});
  const Tensor x = one_hot(word);
  double last = 0;
  for (int step = 0; step < 400; ++step) {
    adam.zero_grad();
    Tape tape;
    //> cut
    Var h = constant(zeros({1, hidden}));
    std::vector<Var> scores;
    for (std::size_t t = 0; t < word.size(); ++t) {
      h = cell(constant(at(x, t)), cut ? detach(h) : h);
      scores.push_back(out(h));
    }
    //< cut
    const Var all = reshape(stack(scores), {word.size(), 4});
    const Var loss = cross_entropy(all, numbers_of(next));
    tape.backward(loss);
    adam.step();
    last = loss.item();
  }
  return last;
}

} // namespace

int main() {
  nlohmann::json kept;
  fmt::print("Of 20 networks, those that learn banana:\n");
  fmt::print("             cut in every step   not cut\n");
  for (std::size_t hidden : {4u, 8u, 16u}) {
    int learned[2] = {0, 0};
    for (int cut = 0; cut < 2; ++cut)
      for (std::uint64_t seed = 1; seed <= 20; ++seed)
        learned[cut] += train(hidden, cut, seed) < 0.1;
    fmt::print("  {:>2} units   {:>17}   {:>7}\n", hidden, learned[1], learned[0]);
    kept[fmt::format("units{}", hidden)] = {{"cut", learned[1]}, {"whole", learned[0]}};
  }
  keep("cut.json", kept.dump(1) + "\n");
}
