// Translation with attention: the decoder looks for each word where in the source it should.
#pragma once

#include "nn/attention/attention_decoder.hpp"
#include "nn/recurrent/gru.hpp"
#include "text/models/translator.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// How well a state and a place of the source fit: v' tanh(W s + U h), s' U h, or s' h, for which
/// each direction of the encoder has half the decoder's size. (Bahdanau et al. 2015; Luong et al.
/// 2015, equation 8, here with the state before the word, as Bahdanau has it.) `uniform` is 0 for
/// all places: every context is the mean of the sentence. It is what the others are to be compared
/// with.
enum class AttentionScore { additive, general, dot, uniform };

struct AttentionTranslatorOptions : TranslatorOptions {
  AttentionScore score = AttentionScore::additive;
};

/// Bahdanau, Cho and Bengio 2015, appendix A: h_j, the states of both directions of the encoder at
/// source word j; s_0 = tanh(W_s of the backward state at the first word); for each target word the
/// context c_i that s_(i-1) asks for, s_i = GRU([y_(i-1), c_i], s_(i-1)), and a readout of maxout
/// from y_(i-1), s_(i-1) and c_i.
class AttentionTranslator : public Translator {
public:
  /// A std::invalid_argument for the dot score with a `hidden` that is odd.
  AttentionTranslator(const AttentionTranslatorOptions& options, Rng& rng);
  /// From a checkpoint that has this model's notes, in evaluation mode. A FormatError if it is
  /// another's.
  static AttentionTranslator load(const std::string& path);

  nn::Notes notes() const override;
  const AttentionTranslatorOptions& options() const { return options_; }
  void visit(nn::Visitor& v) override;

private:
  struct Encoded {
    AttentionPlaces places; // in the order of the sentences
    Lengths lengths;
    Var s; // (B, H), to start from
  };
  Encoded encode(const PackedIndices& source, Rng& rng) const;
  AttentionWeights weights() const;
  Var seen(const PackedSequence& words, const Encoded& source) const;
  Var seen_step_by_step(const PackedSequence& words, const Encoded& source) const;
  Var known(const PackedIndices& source, const TeacherForcing& forced, Rng& rng) const override;
  const DeepOutput& output() const override { return output_; }
  std::vector<std::vector<Hypothesis>> search(const PackedIndices& source,
                                              const BeamOptions& options) override;

  AttentionTranslatorOptions options_;
  std::size_t values_; // A: both directions of the encoder
  nn::Embedding source_words_, target_words_;
  nn::GRU encoder_;
  nn::Linear to_start_, to_keys_; // W_s, U
  Parameter query_, v_;           // W: (H, H), v: (H), of the additive score
  nn::ChoGRUCell decoder_;
  DeepOutput output_;
  nn::Dropout dropout_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
