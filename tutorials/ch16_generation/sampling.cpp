// One distribution of the next word, and what temperature, top-k and top-p make of it.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "keep.hpp"
#include "text/decoding/sampling.hpp"

using namespace tapestry;

namespace {

const std::array<const char*, 6> words{"dog", "cat", "car", "light", "works", "zorbit"};
const std::array<double, 6> probabilities{0.40, 0.25, 0.15, 0.10, 0.06, 0.04};

void print(const std::string& name, const std::vector<double>& p) {
  fmt::print("  {:<22}", name);
  for (const double x : p) fmt::print("{:>8.3f}", x);
  fmt::print("\n");
}

} // namespace

int main() {
  //> scores
  std::vector<real> scores;
  for (const double p : probabilities) scores.push_back(static_cast<real>(std::log(p)));
  const auto with = [&](const SamplingOptions& how) { return sampling_probabilities(scores, how); };
  //< scores
  const auto head = [](const char* title) {
    fmt::print("{}\n  {:<22}", title, "");
    for (const char* word : words) fmt::print("{:>8}", word);
    fmt::print("\n");
  };
  head("After \"the\":");
  print("the model says", with({}));
  fmt::print("\n");
  head("Temperature:");
  for (const double t : {0.0, 0.25, 0.5, 1.0, 2.0, 10.0})
    print(fmt::format("{}", t), with({.temperature = t}));
  fmt::print("\n");
  head("Only some:");
  print("top-k, k = 3", with({.top_k = 3}));
  print("top-p, p = 0.6", with({.top_p = 0.6}));
  print("top-p, p = 0.85", with({.top_p = 0.85}));
  print("0.5, then p = 0.9", with({.temperature = 0.5, .top_p = 0.9}));
  fmt::print("\n");

  // A model that is sure, and one that is not: the same k, the same p.
  const auto left = [](std::vector<double> p, const SamplingOptions& how) {
    std::vector<real> s;
    for (const double x : p) s.push_back(static_cast<real>(std::log(x)));
    std::size_t n = 0;
    for (const double x : sampling_probabilities(s, how)) n += x > 0;
    return n;
  };
  const std::vector<double> sure{0.93, 0.03, 0.01, 0.01, 0.01, 0.01}, unsure(6, 1.0 / 6);
  fmt::print("How many can be drawn:\n  {:<22}{:>8}{:>8}\n", "", "sure", "unsure");
  fmt::print("  {:<22}{:>8}{:>8}\n", "top-k, k = 3", left(sure, {.top_k = 3}),
             left(unsure, {.top_k = 3}));
  fmt::print("  {:<22}{:>8}{:>8}\n", "top-p, p = 0.9", left(sure, {.top_p = 0.9}),
             left(unsure, {.top_p = 0.9}));

  std::string tsv = "temperature";
  for (const char* word : words) tsv += fmt::format("\t{}", word);
  for (int i = 1; i <= 60; ++i) {
    tsv += fmt::format("\n{:.2f}", 0.05 * i);
    for (const double p : with({.temperature = 0.05 * i})) tsv += fmt::format("\t{:.3f}", p);
  }
  keep("sampling.tsv", tsv + "\n");
}
