// Show and Tell: a neural image caption generator (Vinyals, Toshev, Bengio and Erhan 2015).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "nn/dropout.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"
#include "text/decoding/beam_search.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct ShowAndTellOptions {
  std::size_t vocabulary;      ///< words, the special ones included
  std::size_t picture = 0;     ///< of a picture's vector; 0: that of a word, and it enters as it is
  std::size_t embedding = 512; ///< of a word
  std::size_t hidden = 512;    ///< of the LSTM
  double dropout = 0;          ///< of what enters the LSTM, and of what it shows
  double first_words = 1;      ///< deviation of the words' vectors before training
  bool every_step = false;     ///< the picture is added to every word, not read once only
};

/// The picture's vector enters the LSTM once, before <start>; from then on the LSTM sees only words
/// (equations 10 to 12):
///
///   x(-1) = CNN(I),  x(t) = We S(t),  p(t+1) = LSTM(x(t))
///
/// Where the vectors come from is not its business: a CNN that was taught for it, one that knows a
/// million photographs, a file. If their size is not that of a word, a linear layer lies between.
class ShowAndTell : public nn::Module {
public:
  ShowAndTell(const ShowAndTellOptions& options, Rng& rng);

  /// From now on a vector's entries are made comparable before they enter: minus their mean over
  /// these vectors, and divided by their deviation. For vectors of another network, whose entries
  /// differ in size. A std::logic_error without a `picture` size. vectors: (n, picture)
  void standardise(const Tensor& vectors);

  /// The mean negative log-likelihood of every word and <end>, each predicted from the words before
  /// it (teacher forcing). vectors: (B, picture). picture_of: (N), the row of `vectors` that each
  /// of N captions belongs to. captions: (T, N), <start> first, <pad> after <end>.
  /// `label_smoothing`: the share of each target that goes to all words alike (Szegedy et al.
  /// 2016).
  Var loss(const Operand& vectors, const Indices& picture_of, const Indices& captions, Rng& rng,
           double label_smoothing = 0);

  /// The most probable captions that a beam search finds, best first, as word ids up to <end>.
  /// vector: (picture)
  std::vector<Hypothesis> tell(const Tensor& vector, const BeamOptions& options);

  /// The log-probability of each word of a caption, after the words before it. tokens: without
  /// <start>. A std::invalid_argument for an id that is no word. vector: (picture)
  std::vector<double> log_probabilities(const Tensor& vector, const std::vector<int>& tokens);

  const ShowAndTellOptions& options() const { return options_; }
  void visit(nn::Visitor& v) override;

private:
  friend std::vector<Hypothesis> tell_together(std::span<ShowAndTell* const>, const Tensor&,
                                               const BeamOptions&);
  // What the LSTM knows of one picture, before <start>, and what it reads of it. vector: (picture)
  struct Look {
    Var seen; // (1, embedding)
    LSTMState state;
  };
  Look look(const Tensor& vector) const;
  // The next words' log-probabilities of some sentences; look.state goes on. -> (beams, V)
  Var next(Look& look, const std::vector<std::size_t>& parents, const std::vector<int>& tokens);
  Var enter(const Operand& vectors) const; // (B, picture) -> (B, embedding)

  ShowAndTellOptions options_;
  std::optional<nn::Linear> from_picture_;
  Tensor mean_, scale_; // (picture), of the vectors' entries
  nn::Embedding embed_;
  nn::LSTM lstm_;
  nn::Linear to_words_;
  nn::Dropout dropout_;
};

/// An ensemble (section 4.3.1): each word's probability is the mean of what the models say, which
/// share a vocabulary and are shown the same vector. A std::invalid_argument without any model.
std::vector<Hypothesis> tell_together(std::span<ShowAndTell* const> models, const Tensor& vector,
                                      const BeamOptions& options);

} // namespace tapestry::inline TAPESTRY_PRECISION
