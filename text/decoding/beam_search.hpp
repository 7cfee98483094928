// From a model that scores the next word to a sentence that scores well as a whole.
//
// The search knows nothing of the model. It calls a step function, which keeps one state (an
// LSTM's h and c, say) for each live beam and must reorder them as it is told:
//
//     auto step = [&](const std::vector<std::size_t>& parents, const std::vector<int>& tokens) {
//       state = state.rows(parents);           // beam i goes on from what beam parents[i] was
//       state = cell(embedding(tokens), state);
//       return log_softmax(project(state));    // (beams, V)
//     };
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "autograd/tensor.hpp"
#include "text/tokens/vocabulary.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Appends tokens[i] to beam i, which continues beam parents[i] of the call before, and returns
/// the log probabilities of what comes next. The first call has one beam, token start_id, parent 0.
/// parents: (beams), tokens: (beams) -> (beams, V)
using StepFunction =
    std::function<Tensor(const std::vector<std::size_t>& parents, const std::vector<int>& tokens)>;

struct BeamOptions {
  int beam_size = 3;
  int max_length = 20; ///< tokens at most, the end token included
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
};

/// At most beam_size finished sentences, best score first. Only if none was finished within
/// max_length, the unfinished ones. Empty only if no token had a probability above 0.
///
/// Each step extends all live beams and keeps the best beam_size of the extensions; those that end
/// leave the beam. The search stops once no live beam can beat the best finished one, so the first
/// sentence is what a search to max_length would give, and the others are what it found on the way.
/// Equal log probabilities go to the lower parent, then to the lower token.
///
/// Throws std::invalid_argument for options out of range or a NaN from the step function, and
/// ShapeError for a result that is not (beams, V) with end_id < V.
std::vector<Hypothesis> beam_search(const StepFunction& step, const BeamOptions& options = {});

/// Takes the most probable token each time: beam search with one beam.
Hypothesis greedy_search(const StepFunction& step, BeamOptions options = {});

} // namespace tapestry::inline TAPESTRY_PRECISION
