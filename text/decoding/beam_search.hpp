// From a model that scores the next word to a sentence that scores well as a whole.
//
// The search knows nothing of the model. It calls a step function, which keeps one state (an
// LSTM's h and c, say) for each live beam and must reorder them as it is told:
//
//     auto step = [&](const std::vector<std::size_t>& parents,
//                     const std::vector<int>& tokens) -> NextTokens {
//       state = state.rows(parents);           // row i goes on from what row parents[i] was
//       state = cell(embedding(tokens), state);
//       return {log_softmax(project(state))};  // (beams, V)
//     };
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "autograd/tensor.hpp"
#include "text/decoding/sampling.hpp"
#include "text/tokens/vocabulary.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct NextTokens {
  Tensor log_probabilities; ///< (beams, V)
  Tensor attention = {}; ///< (beams, S): where the model looked for this word; or (): it says not
};

/// Appends tokens[i] to row i, which continues row parents[i] of the call before, and returns the
/// log probabilities of what comes next. The rows are the live beams of all sentences, those of the
/// first sentence first; one that is done has none. The first call has one row for each sentence,
/// token start_id, parents 0, 1, 2 and so on. parents: (beams), tokens: (beams)
using StepFunction = std::function<NextTokens(const std::vector<std::size_t>& parents,
                                              const std::vector<int>& tokens)>;

struct BeamOptions {
  int beam_size = 3;
  int max_length = 20;               ///< tokens at most, the end token included
  std::vector<int> max_lengths = {}; ///< the same for each sentence; empty: max_length for all
  /// alpha in score = log probability / length^alpha. 0 ranks by the plain sum, as in Show and Tell
  /// (Vinyals et al. 2015, section 3.1), which favours short sentences.
  double length_penalty = 0;
  int start_id = Vocabulary::start_id;
  int end_id = Vocabulary::end_id;
  /// Tokens that are never produced.
  std::vector<int> banned = {Vocabulary::pad_id, Vocabulary::start_id, Vocabulary::unk_id};
};

/// A sentence without the start token. It closes with the end token if it is finished.
struct Hypothesis {
  std::vector<int> tokens;
  double log_probability = 0;
  double score = 0;
  bool finished = false;
  std::vector<std::vector<real>> attention{}; ///< (S) for each token; empty if the model gives none
};

/// For each sentence at most beam_size finished hypotheses, best score first. Only if none was
/// finished within the length allowed, the unfinished ones. Empty only if no token had a
/// probability above 0.
///
/// Each step extends all live beams and keeps the best beam_size of a sentence's extensions; those
/// that end leave the beam. A sentence is done once none of its live beams can beat its best
/// finished one, so the first hypothesis is what a search to the end would give, and the others are
/// what it found on the way. Equal log probabilities go to the lower parent, then to the lower
/// token. A beam may be larger than the vocabulary. What a sentence gets does not depend on the
/// others, if no row of the step function does.
///
/// Throws std::invalid_argument for options out of range or a NaN or +inf from the step function,
/// and ShapeError for a result that is not (beams, V) with end_id < V and (beams, S) or ().
std::vector<std::vector<Hypothesis>> beam_search(const StepFunction& step, std::size_t sentences,
                                                 const BeamOptions& options);

/// One sentence.
std::vector<Hypothesis> beam_search(const StepFunction& step, const BeamOptions& options = {});

/// Takes the most probable token each time: beam search with one beam.
Hypothesis greedy_search(const StepFunction& step, BeamOptions options = {});

/// Draws each token, as `sample` does, of those that are not banned: a search with one beam whose
/// step function leaves only the token that was drawn. Log probabilities are those of the model.
/// Throws as beam_search and sample do.
std::vector<Hypothesis> sample_search(const StepFunction& step, std::size_t sentences,
                                      const SamplingOptions& sampling, Rng& rng,
                                      BeamOptions options = {});

} // namespace tapestry::inline TAPESTRY_PRECISION
