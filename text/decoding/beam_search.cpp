#include "text/decoding/beam_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();

struct Extension {
  std::size_t parent; // among the live beams of its sentence
  int token;
  double log_probability;
};

/// The search for one sentence, in whose rows the others have no part.
struct SentenceSearch {
  int max_length = 0;
  std::size_t first_row = 0; // of its live beams in the batch
  std::vector<Hypothesis> live = std::vector<Hypothesis>(1), finished = {};
  std::vector<std::size_t> parents = {0}; // of the live beams, among those of the step before
};

bool is_better(const Extension& a, const Extension& b) {
  if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
  return a.parent != b.parent ? a.parent < b.parent : a.token < b.token;
}

void check(const BeamOptions& options, std::size_t sentences) {
  if (options.beam_size < 1 || options.max_length < 1 || !(options.length_penalty >= 0))
    throw std::invalid_argument(fmt::format(
        "beam_search: expected beam_size >= 1, max_length >= 1 and length_penalty >= 0, not {}, {} "
        "and {}",
        options.beam_size, options.max_length, options.length_penalty));
  const std::vector<int>& most = options.max_lengths;
  if (!most.empty() && most.size() != sentences)
    throw std::invalid_argument(fmt::format(
        "beam_search: {} max_lengths for {} sentences; expected as many", most.size(), sentences));
  for (std::size_t i = 0; i < most.size(); ++i)
    if (most[i] < 1)
      throw std::invalid_argument(
          fmt::format("beam_search: max_lengths[{}] is {}, expected >= 1", i, most[i]));
}

void check(const NextTokens& next, std::size_t beams, const BeamOptions& options) {
  const auto& shape = next.log_probabilities.shape();
  if (shape.size() != 2 || shape[0] != beams || options.end_id < 0 ||
      static_cast<std::size_t>(options.end_id) >= shape[1])
    throw ShapeError(fmt::format(
        "beam_search: the step function returned {}; expected ({}, V) with V > {}, the end token",
        to_string(shape), beams, options.end_id));
  const auto& looks = next.attention.shape();
  if (!looks.empty() && (looks.size() != 2 || looks[0] != beams))
    throw ShapeError(
        fmt::format("beam_search: the step function returned attention {}; expected ({}, S) or ()",
                    to_string(looks), beams));
}

double score_of(double log_probability, int length, const BeamOptions& options) {
  return log_probability / std::pow(length, options.length_penalty);
}

/// Whether all are at most `limit`; a NaN is not.
bool none_above(const real* scores, std::size_t n, real limit) {
  std::size_t above = 0;
  for (std::size_t j = 0; j < n; ++j) above += !(scores[j] <= limit);
  return above == 0;
}

/// The best `beam_size` of all ways to append one token to one live beam, best first. Read row by
/// row and token by token, an equal one that comes later is never better: nothing but the worst of
/// those kept must be compared with.
/// scores: (V) for each live beam
std::vector<Extension> best_extensions(const std::vector<Hypothesis>& live, const real* scores,
                                       std::size_t vocabulary, const BeamOptions& options) {
  const auto beam_size = static_cast<std::size_t>(options.beam_size);
  std::vector<Extension> kept; // a heap with the worst in front
  double worst = impossible;
  constexpr std::size_t together = 64; // tokens, of which nearly always none can be kept
  for (std::size_t i = 0; i < live.size(); ++i, scores += vocabulary)
    for (std::size_t token = 0; token < vocabulary; ++token) {
      if (token % together == 0 && token + together <= vocabulary) {
        constexpr real lowest = -std::numeric_limits<real>::infinity();
        const real limit =
            std::nextafter(static_cast<real>(worst - live[i].log_probability), lowest);
        if (none_above(scores + token, together, limit)) {
          token += together - 1;
          continue;
        }
      }
      const double sum = live[i].log_probability + static_cast<double>(scores[token]);
      if (sum <= worst) continue; // nearly always; never for NaN
      const auto id = static_cast<int>(token);
      if (std::find(options.banned.begin(), options.banned.end(), id) != options.banned.end())
        continue;
      if (!std::isfinite(sum))
        throw std::invalid_argument(
            fmt::format("beam_search: the step function returned {} for token {} after {} tokens",
                        std::isnan(sum) ? "NaN" : "inf", token, live[i].tokens.size()));
      if (kept.size() == beam_size) {
        std::pop_heap(kept.begin(), kept.end(), is_better);
        kept.pop_back();
      }
      kept.push_back({i, id, sum});
      std::push_heap(kept.begin(), kept.end(), is_better);
      if (kept.size() == beam_size) worst = kept.front().log_probability;
    }
  std::sort_heap(kept.begin(), kept.end(), is_better);
  return kept;
}

/// `from` with one token more. row: of `from`, in the batch
Hypothesis extended(const Hypothesis& from, const Extension& by, const Tensor& attention,
                    std::size_t row, const BeamOptions& options) {
  Hypothesis next = from;
  next.tokens.push_back(by.token);
  next.log_probability = by.log_probability;
  next.score = score_of(by.log_probability, static_cast<int>(next.tokens.size()), options);
  next.finished = by.token == options.end_id;
  if (attention.dimension() == 2) {
    const std::size_t places = attention.shape()[1];
    const real* look = attention.data() + row * places;
    next.attention.emplace_back(look, look + places);
  }
  return next;
}

//> beam-search
/// One more token for the live beams of one sentence; none is left when it is done.
void extend(SentenceSearch& s, const NextTokens& next, int length, const BeamOptions& options) {
  const std::size_t vocabulary = next.log_probabilities.shape()[1];
  const real* scores = next.log_probabilities.data() + s.first_row * vocabulary;
  std::vector<Hypothesis> live;
  s.parents.clear();
  for (const Extension& best : best_extensions(s.live, scores, vocabulary, options)) {
    Hypothesis longer =
        extended(s.live[best.parent], best, next.attention, s.first_row + best.parent, options);
    if (longer.finished) {
      s.finished.push_back(std::move(longer));
      continue;
    }
    live.push_back(std::move(longer));
    s.parents.push_back(best.parent);
  }
  s.live = std::move(live);

  const auto by_score = [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; };
  std::stable_sort(s.finished.begin(), s.finished.end(), by_score);
  if (s.finished.size() > static_cast<std::size_t>(options.beam_size))
    s.finished.resize(static_cast<std::size_t>(options.beam_size));

  // Every further token only lowers a log probability, and no length divides it by more than
  // max_length does: a live beam can still reach at most this score.
  const double bound =
      s.live.empty() ? impossible : score_of(s.live.front().log_probability, s.max_length, options);
  if (length == s.max_length || (!s.finished.empty() && bound <= s.finished.front().score)) {
    if (s.finished.empty()) s.finished = std::move(s.live);
    s.live.clear();
  }
}
//< beam-search

} // namespace

std::vector<std::vector<Hypothesis>> beam_search(const StepFunction& step, std::size_t sentences,
                                                 const BeamOptions& options) {
  check(options, sentences);
  std::vector<SentenceSearch> searches(sentences);
  for (std::size_t i = 0; i < sentences; ++i)
    searches[i].first_row = i, searches[i].max_length = options.max_lengths.empty()
                                                            ? options.max_length
                                                            : options.max_lengths[i];

  //> beam-batch
  std::vector<std::size_t> parents(sentences);
  std::iota(parents.begin(), parents.end(), 0);
  std::vector<int> tokens(sentences, options.start_id);
  for (int length = 1; !parents.empty(); ++length) {
    const NextTokens next = step(parents, tokens);
    check(next, parents.size(), options);
    parallel_parts(sentences, [&](std::size_t i) {
      if (!searches[i].live.empty()) extend(searches[i], next, length, options);
    });
    parents.clear();
    tokens.clear();
    for (SentenceSearch& s : searches) { // its live beams become neighbouring rows
      const std::size_t first_row = parents.size();
      for (std::size_t i = 0; i < s.live.size(); ++i) {
        parents.push_back(s.first_row + s.parents[i]);
        tokens.push_back(s.live[i].tokens.back());
      }
      s.first_row = first_row;
    }
  }
  //< beam-batch

  std::vector<std::vector<Hypothesis>> found;
  for (SentenceSearch& s : searches) found.push_back(std::move(s.finished));
  return found;
}

std::vector<Hypothesis> beam_search(const StepFunction& step, const BeamOptions& options) {
  return beam_search(step, 1, options).front();
}

Hypothesis greedy_search(const StepFunction& step, BeamOptions options) {
  options.beam_size = 1;
  std::vector<Hypothesis> found = beam_search(step, options);
  return found.empty() ? Hypothesis{} : std::move(found.front());
}

std::vector<Hypothesis> sample_search(const StepFunction& step, std::size_t sentences,
                                      const SamplingOptions& sampling, Rng& rng,
                                      BeamOptions options) {
  options.beam_size = 1;
  const auto drawn = [&](const std::vector<std::size_t>& parents, const std::vector<int>& tokens) {
    constexpr real never = -std::numeric_limits<real>::infinity();
    NextTokens next = step(parents, tokens);
    check(next, parents.size(), options);
    const std::size_t vocabulary = next.log_probabilities.shape()[1];
    real* row = next.log_probabilities.data();
    for (std::size_t i = 0; i < parents.size(); ++i, row += vocabulary) {
      for (const int token : options.banned)
        if (token >= 0 && static_cast<std::size_t>(token) < vocabulary) row[token] = never;
      const int token = sample({row, vocabulary}, sampling, rng);
      const real log_p = row[token];
      std::fill_n(row, vocabulary, never);
      row[token] = log_p;
    }
    return next;
  };
  std::vector<Hypothesis> said;
  for (std::vector<Hypothesis>& found : beam_search(drawn, sentences, options))
    said.push_back(std::move(found.front())); // what was drawn had a probability above 0
  return said;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
