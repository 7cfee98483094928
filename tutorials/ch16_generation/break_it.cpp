// Three mistakes in the training of a language model, over three seeds: the target is what has just
// been read; the state is not carried; the windows are short.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "small.hpp"
#include "text/models/evaluation.hpp"

using namespace tapestry;

namespace {

std::string least_and_most(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return fmt::format("{:.2f} to {:.2f}", *least, *most);
}

} // namespace

int main() {
  const SmallText text;
  constexpr std::uint64_t seeds = 3;
  fmt::print("The target is what is read:\n  {:<8}{:>16}{:>16}    {}\n", "seed", "training loss",
             "test, shifted", "it writes after \"The dog\"");
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    LanguageModel model = small_model(text, seed);
    const double trained = train(model, text.train_part, {.shifted = false});
    fmt::print("  {:<8}{:>16.3f}{:>16.2f}    {}\n", seed, trained,
               evaluate_stream(model, text.test_part).nats(),
               written(model, text.symbols, "The dog", 24, {.temperature = 0}, 1));
    std::fflush(stdout);
  }

  fmt::print("\nNats on the test part, three seeds:\n  {:<28}{:>18}{:>22}\n", "steps of a window",
             "state carried", "zeros in training");
  for (const std::size_t window : {32, 8, 2}) {
    std::vector<double> carried, zeros;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
      for (const bool carry : {true, false}) {
        LanguageModel model = small_model(text, seed);
        // An update sees 512 characters, whatever the window.
        train(model, text.train_part,
              {.passes = 8, .batch = 512 / window, .window = window, .carry = carry});
        (carry ? carried : zeros).push_back(evaluate_stream(model, text.test_part).nats());
      }
    fmt::print("  {:<28}{:>18}{:>22}\n", window, least_and_most(carried), least_and_most(zeros));
    std::fflush(stdout);
  }

  LanguageModel model = small_model(text, 1);
  train(model, text.train_part, {});
  fmt::print("\nThe trained model forgets while it is tested:\n  {:<28}{:>18}\n",
             "zeros after so many steps", "nats");
  for (const std::size_t steps : {1, 2, 4, 8, 16, 64, 256})
    fmt::print("  {:<28}{:>18.2f}\n", steps, forgetful(model, text.test_part, steps));
  fmt::print("  {:<28}{:>18.2f}\n", "never", evaluate_stream(model, text.test_part).nats());
}
