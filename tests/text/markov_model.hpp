// A language model small enough to try every sentence of.
#pragma once

#include <cmath>
#include <vector>

#include "autograd/random.hpp"
#include "text/decoding/beam_search.hpp"

namespace tapestry::testing {

inline constexpr std::size_t vocabulary = 8; // four special tokens and the words 4 to 7

/// A second-order Markov model: what comes next depends on the last two tokens, so that a state
/// that is not reordered with its beam gives wrong numbers. Each beam's state is all its tokens.
class MarkovModel {
public:
  explicit MarkovModel(std::uint64_t seed) : table_(vocabulary * vocabulary * vocabulary) {
    Rng rng{seed};
    for (std::size_t row = 0; row < vocabulary * vocabulary; ++row) {
      double sum = 0;
      std::vector<double> weights(vocabulary);
      for (double& weight : weights) sum += weight = std::exp(rng.normal());
      for (std::size_t i = 0; i < vocabulary; ++i)
        table_[row * vocabulary + i] = static_cast<real>(std::log(weights[i] / sum));
    }
  }

  real log_probability(const std::vector<int>& past, int next) const {
    const auto last = static_cast<std::size_t>(past.back());
    const auto before = past.size() > 1 ? static_cast<std::size_t>(past[past.size() - 2]) : 0;
    return table_[(before * vocabulary + last) * vocabulary + static_cast<std::size_t>(next)];
  }

  /// Of a sentence without the start token, summed in the order in which the search sums it.
  double log_probability(const std::vector<int>& sentence) const {
    std::vector<int> past{Vocabulary::start_id};
    double sum = 0;
    for (const int token : sentence) {
      sum += static_cast<double>(log_probability(past, token));
      past.push_back(token);
    }
    return sum;
  }

  StepFunction step() {
    beams_ = {std::vector<int>{}};
    steps = 0;
    return [this](const std::vector<std::size_t>& parents, const std::vector<int>& tokens) {
      ++steps;
      std::vector<std::vector<int>> next;
      Tensor result = Tensor::from_shape({parents.size(), vocabulary});
      for (std::size_t i = 0; i < parents.size(); ++i) {
        next.push_back(beams_.at(parents[i]));
        next[i].push_back(tokens[i]);
        for (std::size_t v = 0; v < vocabulary; ++v)
          result(i, v) = log_probability(next[i], static_cast<int>(v));
      }
      beams_ = next;
      return result;
    };
  }

  int steps = 0;

private:
  std::vector<real> table_;
  std::vector<std::vector<int>> beams_;
};

} // namespace tapestry::testing
