// One text in streams and windows; what a state that is carried keeps, and what the gradient loses.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/tape.hpp"
#include "small.hpp"

using namespace tapestry;

namespace {

std::string row(const Indices& ids, std::size_t stream, const Symbols& symbols) {
  std::string shown;
  for (std::size_t t = 0; t < ids.shape()[0]; ++t) shown += symbols.decode({ids(t, stream)}) + " ";
  return shown;
}

} // namespace

int main() {
  const std::u32string line = U"my_dog_ate_the_assignment";
  const Symbols letters{line};
  const StreamBatches two(letters.encode(line), 2, 5);
  fmt::print("{} characters in 2 streams, windows of 5 steps:\n", line.size());
  fmt::print("  {:<10}{:<10}{:<14}{}\n", "window", "stream", "is read", "is asked for");
  for (std::size_t i = 0; i < two.size(); ++i)
    for (std::size_t b = 0; b < 2; ++b) {
      const StreamWindow w = two.window(i);
      fmt::print("  {:<10}{:<10}{:<14}{}\n", i, b, row(w.ids, b, letters),
                 row(w.targets, b, letters));
    }

  const SmallText text(20'000);
  LanguageModel model = small_model(text, 1);
  train(model, text.train_part, {});
  const std::vector<int> passage(text.dev_part.begin(), text.dev_part.begin() + 961);

  //> carried
  const auto nats = [&](std::size_t steps, bool carry) {
    const StreamBatches stream(passage, 4, steps);
    LSTMState state = model.start(4);
    Rng unused(0);
    LanguageScore score;
    for (std::size_t i = 0; i < stream.size(); ++i) {
      const StreamWindow w = stream.window(i);
      if (!carry) state = model.start(4);
      score.add(static_cast<double>(model.loss(w.ids, w.targets, state, unused).item()),
                w.targets.size());
    }
    return score.nats();
  };
  //< carried
  fmt::print("\nThe loss of 4 streams of 240 steps:\n  {:<26}{:>12}{:>12}\n", "steps of a window",
             "carried", "zeros");
  for (const std::size_t steps : {240, 60, 15, 5, 1})
    fmt::print("  {:<26}{:>12.4f}{:>12.4f}\n", steps, nats(steps, true), nats(steps, false));

  // The gradient of the recurrent weights, summed over all windows.
  const auto gradient = [&](std::size_t steps) {
    const StreamBatches stream(passage, 4, steps);
    LSTMState state = model.start(4);
    Rng unused(0);
    std::vector<Parameter> parameters = model.parameters();
    for (Parameter& p : parameters) p.zero_grad();
    for (std::size_t i = 0; i < stream.size(); ++i) {
      const StreamWindow w = stream.window(i);
      Tape tape;
      tape.backward(model.loss(w.ids, w.targets, state, unused) *
                    static_cast<double>(w.ids.shape()[0]));
    }
    for (const Parameter& p : parameters)
      if (p.name().ends_with("weight_hh_l0")) return p.grad();
    return Tensor();
  };
  const Tensor whole = gradient(240);
  const auto product = [](const Tensor& a, const Tensor& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
      sum += static_cast<double>(a.data()[i]) * static_cast<double>(b.data()[i]);
    return sum;
  };
  fmt::print("\nThe gradient of weight_hh, beside that of one window:\n  {:<26}{:>12}{:>12}\n",
             "steps of a window", "length", "cosine");
  for (const std::size_t steps : {240, 60, 15, 5, 1}) {
    const Tensor part = gradient(steps);
    fmt::print("  {:<26}{:>12.2f}{:>12.2f}\n", steps,
               std::sqrt(product(part, part) / product(whole, whole)),
               product(part, whole) / std::sqrt(product(part, part) * product(whole, whole)));
  }
}
