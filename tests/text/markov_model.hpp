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
    steps = 0;
    return [this, all = std::vector<std::vector<int>>(1)](const std::vector<std::size_t>& parents,
                                                          const std::vector<int>& tokens) mutable {
      ++steps;
      Tensor result = Tensor::from_shape({parents.size(), vocabulary});
      all = appended(all, parents, tokens);
      for (std::size_t i = 0; i < parents.size(); ++i) scores(all[i], &result(i, 0));
      return NextTokens{result};
    };
  }

  /// The next tokens' log probabilities. row: (vocabulary)
  void scores(const std::vector<int>& past, real* row) const {
    for (std::size_t v = 0; v < vocabulary; ++v)
      row[v] = log_probability(past, static_cast<int>(v));
  }

  /// What each row has said, with one token more.
  static std::vector<std::vector<int>> appended(const std::vector<std::vector<int>>& said,
                                                const std::vector<std::size_t>& parents,
                                                const std::vector<int>& tokens) {
    std::vector<std::vector<int>> next;
    for (std::size_t i = 0; i < parents.size(); ++i) {
      next.push_back(said.at(parents[i]));
      next.back().push_back(tokens[i]);
    }
    return next;
  }

  int steps = 0;

private:
  std::vector<real> table_;
};

/// One model for each sentence of a batch. Each says of a row, as its attention, how many tokens it
/// has and which was the last.
inline StepFunction together(std::vector<MarkovModel> models) {
  std::vector<std::size_t> model_of(models.size());
  for (std::size_t i = 0; i < models.size(); ++i) model_of[i] = i;
  const std::vector<std::vector<int>> nothing(models.size());
  return [models = std::move(models), model_of, said = nothing](
             const std::vector<std::size_t>& parents, const std::vector<int>& tokens) mutable {
    NextTokens next{Tensor::from_shape({parents.size(), vocabulary}),
                    Tensor::from_shape({parents.size(), 2})};
    said = MarkovModel::appended(said, parents, tokens);
    const std::vector<std::size_t> before = std::move(model_of);
    model_of.clear();
    for (std::size_t i = 0; i < parents.size(); ++i) {
      model_of.push_back(before.at(parents[i]));
      models[model_of[i]].scores(said[i], &next.log_probabilities(i, 0));
      next.attention(i, 0) = static_cast<real>(said[i].size());
      next.attention(i, 1) = static_cast<real>(said[i].back());
    }
    return next;
  };
}

} // namespace tapestry::testing
