// The encoder-decoder: a sentence becomes one vector, and the vector a sentence.
#pragma once

#include "nn/recurrent/gru.hpp"
#include "text/models/translator.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct EncoderDecoderOptions : TranslatorOptions {
  /// The summary enters every step of the decoder and the readout (Cho et al. 2014). false: the
  /// decoder merely starts from the encoder's last state, and the readout sees its state alone
  /// (Sutskever et al. 2014, of whose four layers of LSTM this is one GRU).
  bool every_step = true;
  /// The source is read from its end (Sutskever et al. 2014, section 3.3): its first words are then
  /// near the first words of the translation.
  bool reverse_source = false;
};

/// c = tanh(V h_T), s_0 = tanh(V' c), s_t = GRU([y_(t-1), c], s_(t-1)) and a readout of maxout from
/// y_(t-1), s_t and c (Cho et al. 2014, appendix A; both GRUs with the reset gate before the
/// product).
class EncoderDecoder : public Translator {
public:
  EncoderDecoder(const EncoderDecoderOptions& options, Rng& rng);
  /// From a checkpoint that has this model's notes, in evaluation mode. A FormatError if it is
  /// another's.
  static EncoderDecoder load(const std::string& path);

  nn::Notes notes() const override;
  const EncoderDecoderOptions& options() const { return options_; }
  void visit(nn::Visitor& v) override;

private:
  // What is known of B sentences before the first word.
  struct Summary {
    Var c; // (B, H), or ()
    Var s; // (B, H)
  };
  Summary summarise(const PackedIndices& source, Rng& rng) const;
  Var step(const Operand& word, const Operand& s, const Operand& c) const;
  Var shown(const Operand& word, const Operand& s, const Operand& c) const;
  struct Parts {
    Var weight, from_summary;
  };
  Parts parts(const Operand& c) const;
  Var walk(const Operand& x, const Steps& steps, const Operand& s, const Parts& p) const;
  Var states(const PackedSequence& words, const Summary& from) const;
  Var known(const PackedIndices& source, const TeacherForcing& forced, Rng& rng) const override;
  const DeepOutput& output() const override { return output_; }
  std::vector<std::vector<Hypothesis>> search(const PackedIndices& source,
                                              const BeamOptions& options) override;

  EncoderDecoderOptions options_;
  nn::Embedding source_words_, target_words_;
  nn::GRU encoder_;
  nn::Linear to_summary_, to_start_; // V and V'
  nn::ChoGRUCell decoder_;
  DeepOutput output_;
  nn::Dropout dropout_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
