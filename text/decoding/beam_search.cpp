#include "text/decoding/beam_search.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

namespace {

struct Extension {
  std::size_t parent;
  int token;
  double log_probability;
};

bool is_better(const Extension& a, const Extension& b) {
  if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
  return a.parent != b.parent ? a.parent < b.parent : a.token < b.token;
}

void check(const BeamOptions& options) {
  if (options.beam_size < 1 || options.max_length < 1 || !(options.length_penalty >= 0))
    throw std::invalid_argument(fmt::format(
        "beam_search: expected beam_size >= 1, max_length >= 1 and length_penalty >= 0, not {}, {} "
        "and {}",
        options.beam_size, options.max_length, options.length_penalty));
}

void check(const Tensor& scores, std::size_t beams, const BeamOptions& options) {
  const Shape& shape = scores.shape();
  if (shape.size() != 2 || shape[0] != beams || options.end_id < 0 ||
      static_cast<std::size_t>(options.end_id) >= shape[1])
    throw ShapeError(fmt::format(
        "beam_search: the step function returned {}; expected ({}, V) with V > {}, the end token",
        to_string(shape), beams, options.end_id));
}

double score_of(double log_probability, int length, const BeamOptions& options) {
  return log_probability / std::pow(length, options.length_penalty);
}

/// The best `beam_size` of all ways to append one token to one live beam, best first.
std::vector<Extension> best_extensions(const std::vector<Hypothesis>& live, const Tensor& scores,
                                       const BeamOptions& options) {
  const std::size_t vocabulary = scores.shape()[1];
  std::vector<bool> allowed(vocabulary, true);
  for (const int token : options.banned)
    if (token >= 0 && static_cast<std::size_t>(token) < vocabulary)
      allowed[static_cast<std::size_t>(token)] = false;

  std::vector<Extension> extensions;
  for (std::size_t i = 0; i < live.size(); ++i)
    for (std::size_t token = 0; token < vocabulary; ++token) {
      if (!allowed[token]) continue;
      const double log_p = static_cast<double>(scores.data()[i * vocabulary + token]);
      if (std::isnan(log_p))
        throw std::invalid_argument(fmt::format("beam_search: the step function returned NaN for "
                                                "token {} after {} tokens",
                                                token, live[i].tokens.size()));
      if (std::isinf(log_p)) continue; // probability 0
      extensions.push_back({i, static_cast<int>(token), live[i].log_probability + log_p});
    }
  const auto kept = std::min(extensions.size(), static_cast<std::size_t>(options.beam_size));
  std::partial_sort(extensions.begin(), extensions.begin() + static_cast<std::ptrdiff_t>(kept),
                    extensions.end(), is_better);
  extensions.resize(kept);
  return extensions;
}

} // namespace

std::vector<Hypothesis> beam_search(const StepFunction& step, const BeamOptions& options) {
  check(options);
  const auto by_score = [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; };
  std::vector<Hypothesis> live(1), finished;
  std::vector<std::size_t> parents{0};
  std::vector<int> tokens{options.start_id};

  //> beam-search
  for (int length = 1; length <= options.max_length; ++length) {
    const Tensor scores = step(parents, tokens);
    check(scores, live.size(), options);
    std::vector<Hypothesis> extended;
    parents.clear();
    tokens.clear();
    for (const Extension& best : best_extensions(live, scores, options)) {
      Hypothesis next = live[best.parent];
      next.tokens.push_back(best.token);
      next.log_probability = best.log_probability;
      next.score = score_of(best.log_probability, length, options);
      next.finished = best.token == options.end_id;
      if (next.finished) {
        finished.push_back(std::move(next));
        continue;
      }
      extended.push_back(std::move(next));
      parents.push_back(best.parent);
      tokens.push_back(best.token);
    }
    live = std::move(extended);
    if (live.empty()) break;

    // Every further token only lowers a log probability, and no length divides it by more than
    // max_length does: a live beam can still reach at most this score.
    std::stable_sort(finished.begin(), finished.end(), by_score);
    const double bound = score_of(live.front().log_probability, options.max_length, options);
    if (!finished.empty() && bound <= finished.front().score) break;
  }
  //< beam-search

  std::vector<Hypothesis>& result = finished.empty() ? live : finished;
  std::stable_sort(result.begin(), result.end(), by_score);
  if (result.size() > static_cast<std::size_t>(options.beam_size))
    result.resize(static_cast<std::size_t>(options.beam_size));
  return std::move(result);
}

Hypothesis greedy_search(const StepFunction& step, BeamOptions options) {
  options.beam_size = 1;
  std::vector<Hypothesis> found = beam_search(step, options);
  return found.empty() ? Hypothesis{} : std::move(found.front());
}

} // namespace tapestry::inline TAPESTRY_PRECISION
