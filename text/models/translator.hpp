// What the translators share: how they are called, what they read and predict in training, and the
// layers from a decoder's state to the next word.
#pragma once

#include <string>
#include <vector>

#include "nn/dropout.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/gru_cell.hpp"
#include "nn/recurrent/recurrent_panels.hpp"
#include "nn/sequences/packed_sequence.hpp"
#include "nn/training/checkpoint.hpp"
#include "text/decoding/beam_search.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct TranslatorOptions {
  std::size_t source_vocabulary, target_vocabulary; ///< words, the special ones included
  std::size_t embedding = 256, hidden = 512;
  std::size_t maxout = 256; ///< L, of the layer before the softmax
  double dropout = 0;       ///< of the words' vectors, and of the layer before the softmax
  /// The fused operators over whole sequences; false: cells composed of tape operators, step by
  /// step. The numbers are the same.
  bool fused = true;
};

/// A batch of targets as teacher forcing uses them: the words that are read, <start> to the last
/// word, and after each of them the one that is wanted, the first word to <end>.
struct TeacherForcing {
  /// target: (T, B). The std::invalid_argument of `loss` for one that is not so, or if there are
  /// not as many targets as `sentences`.
  TeacherForcing(const Indices& target, std::size_t sentences);
  PackedIndices read;
  Indices wanted; ///< (N), for each row that is read
};

/// The readout: pairs of candidates from all that is known, the larger of each, scores of all words
/// (Cho et al. 2014, appendix A.1.2; Bahdanau et al. 2015, appendix A.2.2).
class DeepOutput : public nn::Module {
public:
  DeepOutput(std::size_t inputs, const TranslatorOptions& options, Rng& rng);

  /// The mean cross entropy. x: (N, inputs), wanted: (N)
  Var loss(const Operand& x, const Indices& wanted, Rng& rng) const;
  /// What the layer makes of some of its inputs, those from `begin` on. x: (n, some) -> (n, 2L)
  Var part(const Operand& x, std::size_t begin) const;
  /// x: (n, some), the first of the inputs; rest: (n, 2L), the part of the others, or () -> (n, V)
  Tensor log_probabilities(const Operand& x, const Operand& rest = Var{}) const;
  void visit(nn::Visitor& v) override;

private:
  nn::Linear to_pairs_; // inputs -> 2L
  nn::Linear to_words_; // L -> V
  nn::Dropout dropout_;
  std::shared_ptr<RecurrentPanels> panels_ = std::make_shared<RecurrentPanels>(); // of to_words_
};

/// From sentences of one language to sentences of another.
class Translator : public nn::Module {
public:
  /// The mean negative log-likelihood of every target word and <end>, each predicted from the words
  /// before it (teacher forcing). source: B sentences, closed with <end> or not. target: (T, B),
  /// <start> first, <pad> after <end>; a std::invalid_argument names a sentence that is not so.
  /// rng: of dropout, if training() is on.
  Var loss(const PackedIndices& source, const Indices& target, Rng& rng) const;

  /// log P of every target word and <end> after the words before it, and 0 behind them. Nothing is
  /// dropped. target: as above -> (T - 1, B)
  Tensor log_probabilities(const PackedIndices& source, const Indices& target);

  /// For each sentence the best translations that a beam search finds, in the order in which they
  /// came. Nothing is dropped.
  std::vector<std::vector<Hypothesis>> translate(const PackedIndices& source,
                                                 const BeamOptions& options);

  /// What a checkpoint must say of the model beside its tensors: "translator", which one it is, the
  /// vocabularies' sizes, and the other options that its shapes depend on.
  virtual nn::Notes notes() const = 0;

protected:
  /// What the readout knows before each word that is wanted. -> (N, ...), a row for each that is
  /// read
  virtual Var known(const PackedIndices& source, const TeacherForcing& forced, Rng& rng) const = 0;
  virtual const DeepOutput& output() const = 0;
  virtual std::vector<std::vector<Hypothesis>> search(const PackedIndices& source,
                                                      const BeamOptions& options) = 0;
};

/// Words' vectors that begin small: N(0, 1) would drown what the state says.
nn::Embedding small_embedding(std::size_t words, std::size_t width, Rng& rng);

/// The notes of both translators, and back from a checkpoint's file. `kind` is what "translator"
/// says. A FormatError names `path`: that the checkpoint is of another model, or the option that is
/// missing or larger than the file allows.
nn::Notes translator_notes(const std::string& kind, const TranslatorOptions& options);
TranslatorOptions translator_options(const std::string& path, const std::string& kind,
                                     const nn::SafetensorsFile& file);
/// The note of this name, one of `choices`.
std::string noted_choice(const std::string& path, const nn::SafetensorsFile& file,
                         const std::string& name, const std::vector<std::string>& choices);

} // namespace tapestry::inline TAPESTRY_PRECISION
