// Modules: the names and shapes of parameters, a state dict, and what errors say.
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "two_spirals.hpp"

using namespace tapestry;

namespace {

// What an error says, in lines of at most 90 characters.
template <class F> void show_error(F work) {
  try {
    work();
    fmt::print("  no error\n");
  } catch (const std::invalid_argument& e) {
    std::istringstream words(e.what());
    std::string line = " ";
    for (std::string word; words >> word; line += ' ' + word)
      if (line.size() + 1 + word.size() > 90) fmt::print("{}\n", std::exchange(line, "   "));
    fmt::print("{}\n", line);
  }
}

//> visitor
// Sums up what a module and all its parts hold.
struct CountNumbers : nn::Visitor {
  std::size_t total = 0;
  void on_parameter(const std::string&, Parameter& p) override { total += p.value().size(); }
};
//< visitor

} // namespace

int main() {
  const Spirals data = two_spirals();
  //> parameters
  Rng rng(1);
  Mlp model(rng);
  for (const auto& [name, p] : model.named_parameters())
    fmt::print("{:<12} {:<8} {:>5}\n", name, to_string(p.shape()), p.value().size());
  //< parameters
  //> count
  CountNumbers count;
  count.root(model);
  fmt::print("{:<12} {:<8} {:>5}\n", "", "", count.total);
  //< count

  //> state
  Rng other_rng(2);
  Mlp copy(other_rng);
  copy.load_state_dict(model.state_dict());
  //< state
  const Var x = constant({{1, 2}});
  fmt::print("\nA point through the model and its copy: {:.3f} and {:.3f}\n", model(x).item(),
             copy(x).item());

  fmt::print("\nA state dict of another model:\n");
  //> wrong-state
  nn::StateDict state = model.state_dict();
  state["fc4.bias"] = state["fc3.bias"];
  state.erase("fc3.bias");
  show_error([&] { model.load_state_dict(state); });
  //< wrong-state

  fmt::print("\nPoints with three coordinates:\n");
  //> wrong-shape
  show_error([&] { model(constant(zeros({194, 3}))); });
  //< wrong-shape

  fmt::print("\nThe gradient of fc3.bias:\n");
  //> twice
  const auto walk_back = [&] {
    Tape tape;
    const Var logits = model(constant(data.x));
    const Var loss = binary_cross_entropy(logits, constant(data.t));
    tape.backward(loss);
  };
  walk_back();
  const double once = static_cast<double>(model.fc3.bias.grad()(0));
  walk_back();
  const double twice = static_cast<double>(model.fc3.bias.grad()(0));
  //< twice
  fmt::print("  after one backward {:.3f}, after two {:.3f}\n", once, twice);

  fmt::print("\nThe same gradient, from two halves of the points:\n");
  const auto from_halves = [&](double divisor) {
    for (const Parameter& p : model.parameters()) p.zero_grad();
    //> halves
    for (std::size_t half : {0, 97}) {
      Tape tape;
      const Var logits = model(slice(constant(data.x), 0, half, half + 97));
      const Var loss =
          binary_cross_entropy(logits, slice(constant(data.t), 0, half, half + 97)) / divisor;
      tape.backward(loss);
    }
    //< halves
    return static_cast<double>(model.fc3.bias.grad()(0));
  };
  const double added = from_halves(1), halved = from_halves(2);
  fmt::print("  the losses as they are {:.3f}, each divided by two {:.3f}\n", added, halved);

  //> handles
  std::vector<Parameter> parameters = model.parameters();
  parameters[5].value().fill(7); // fc3.bias
  //< handles
  fmt::print("\nparameters[5] is {}; the model's own fc3.bias is now {}\n", parameters[5].name(),
             model.fc3.bias.value()(0));
}
