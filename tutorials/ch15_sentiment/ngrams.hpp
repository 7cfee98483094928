// The baseline: a logistic regression on bags of n-grams, each weighted by how much more often it
// praises than blames (Wang and Manning 2012).
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "autograd/random.hpp"
#include "text/counting/ngrams.hpp"

namespace tapestry {

/// Two classes, 0 and 1. What counts is whether a sentence has an n-gram, not how often.
class NgramClassifier {
public:
  using Sentences = std::vector<std::vector<std::string>>;

  /// `penalty`: of the squared weights. Ten passes of gradient descent, one sentence at a time.
  NgramClassifier(const Sentences& sentences, const std::vector<int>& labels,
                  std::size_t most_words, double penalty)
      : ngrams_(sentences, {.longest = most_words}) {
    const SparseRows rows = ngrams_.count(sentences);
    //> log-ratios
    std::vector<double> in_good(rows.columns, 1), in_bad(rows.columns, 1); // one for the unseen
    for (std::size_t i = 0; i < rows.rows(); ++i)
      for (const std::int32_t id : rows.ids_of(i))
        ++(labels[i] == 1 ? in_good : in_bad)[static_cast<std::size_t>(id)];
    double good = 0, bad = 0;
    for (std::size_t id = 0; id < rows.columns; ++id) good += in_good[id], bad += in_bad[id];
    for (std::size_t id = 0; id < rows.columns; ++id)
      ratio_.push_back(std::log(in_good[id] / good) - std::log(in_bad[id] / bad));
    //< log-ratios
    weight_.assign(rows.columns, 1.0);
    Rng rng(1);
    std::vector<std::size_t> order(rows.rows());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (int pass = 0; pass < 10; ++pass) {
      rng.shuffle(order);
      const double rate = 0.1 / (1 + pass);
      for (const std::size_t i : order) {
        const double error = labels[i] - 1 / (1 + std::exp(-score(rows, i)));
        for (const std::int32_t id : rows.ids_of(i)) { // the penalty pulls to 1: to naive Bayes
          double& w = weight_[static_cast<std::size_t>(id)];
          w += rate * (error * ratio_[static_cast<std::size_t>(id)] - penalty * (w - 1));
        }
        bias_ += rate * error;
      }
    }
  }

  /// ln of the odds that each sentence is of class 1.
  std::vector<double> scores(const Sentences& sentences) const {
    const SparseRows rows = ngrams_.count(sentences);
    std::vector<double> all;
    for (std::size_t i = 0; i < rows.rows(); ++i) all.push_back(score(rows, i));
    return all;
  }
  /// ln of how much likelier a word is in class 1 than in class 0; 0 for one that was never seen.
  double ratio(const std::string& word) const {
    const SparseRows row = ngrams_.count({{word}});
    return row.ids.empty() ? 0 : ratio_[static_cast<std::size_t>(row.ids.front())];
  }

private:
  double score(const SparseRows& rows, std::size_t i) const {
    double sum = bias_;
    for (const std::int32_t id : rows.ids_of(i))
      sum += weight_[static_cast<std::size_t>(id)] * ratio_[static_cast<std::size_t>(id)];
    return sum;
  }

  Ngrams ngrams_;
  std::vector<double> ratio_, weight_;
  double bias_ = 0;
};

} // namespace tapestry
