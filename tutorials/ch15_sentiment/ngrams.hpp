// The baseline: a logistic regression on bags of n-grams, each weighted by how much more often it
// praises than blames (Wang and Manning 2012).
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <vector>

#include "autograd/random.hpp"

namespace tapestry {

/// The different n-grams of one to `most` words of a sentence, with a space between their words.
inline std::vector<std::string> ngrams_of(const std::vector<std::string>& words, std::size_t most) {
  std::vector<std::string> all;
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    std::string gram;
    for (std::size_t n = 0; n < most && begin + n < words.size(); ++n)
      all.push_back(gram += (n ? " " : "") + words[begin + n]);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// Two classes, 0 and 1.
class NgramClassifier {
public:
  /// `penalty`: of the squared weights. Ten passes of gradient descent, one sentence at a time.
  NgramClassifier(const std::vector<std::vector<std::string>>& sentences,
                  const std::vector<int>& labels, std::size_t most_words, double penalty)
      : most_words_(most_words) {
    std::vector<std::vector<std::size_t>> features;
    std::vector<double> in_good, in_bad;
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      auto& own = features.emplace_back();
      for (const std::string& gram : ngrams_of(sentences[i], most_words)) {
        const std::size_t id = ids_.emplace(gram, ids_.size()).first->second;
        if (id == in_good.size()) in_good.push_back(1), in_bad.push_back(1); // one for the unseen
        ++(labels[i] == 1 ? in_good : in_bad)[id];
        own.push_back(id);
      }
    }
    double good = 0, bad = 0;
    for (std::size_t id = 0; id < ids_.size(); ++id) good += in_good[id], bad += in_bad[id];
    for (std::size_t id = 0; id < ids_.size(); ++id)
      ratio_.push_back(std::log(in_good[id] / good) - std::log(in_bad[id] / bad));
    weight_.assign(ids_.size(), 1.0);
    Rng rng(1);
    std::vector<std::size_t> order(sentences.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (int pass = 0; pass < 10; ++pass) {
      rng.shuffle(order);
      const double rate = 0.1 / (1 + pass);
      for (const std::size_t i : order) {
        const double error = labels[i] - 1 / (1 + std::exp(-score(features[i])));
        for (const std::size_t id : features[i]) // the penalty pulls to 1: to naive Bayes
          weight_[id] += rate * (error * ratio_[id] - penalty * (weight_[id] - 1));
        bias_ += rate * error;
      }
    }
  }

  int operator()(const std::vector<std::string>& words) const {
    std::vector<std::size_t> features;
    for (const std::string& gram : ngrams_of(words, most_words_))
      if (const auto found = ids_.find(gram); found != ids_.end())
        features.push_back(found->second);
    return score(features) > 0;
  }
  /// ln of how much likelier a word is in class 1 than in class 0; 0 for one that was never seen.
  double ratio(const std::string& word) const {
    const auto found = ids_.find(word);
    return found == ids_.end() ? 0 : ratio_[found->second];
  }

private:
  double score(const std::vector<std::size_t>& features) const {
    double sum = bias_;
    for (const std::size_t id : features) sum += weight_[id] * ratio_[id];
    return sum;
  }

  std::size_t most_words_;
  std::unordered_map<std::string, std::size_t> ids_;
  std::vector<double> ratio_, weight_;
  double bias_ = 0;
};

} // namespace tapestry
