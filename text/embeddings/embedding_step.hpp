// One step of training word vectors: the same gradients as the tape's, without a tape.
//
// An example is a bag of input rows whose mean h must score some output rows high and others low:
// for CBOW the words around a place, and the word there beside negatives. All examples of a step
// see the tables as they were before it, so the step is that of the tape's gradient, and its result
// does not depend on how many threads share it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Rows padded with zeros to whole registers. A step leaves the padding zero.
class EmbeddingTable {
public:
  EmbeddingTable(std::size_t rows, std::size_t dim);
  /// x: (rows, dim)
  explicit EmbeddingTable(const Tensor& x);

  std::size_t rows() const { return rows_; }
  std::size_t dim() const { return dim_; }
  std::size_t stride() const { return stride_; } ///< numbers from a row to the next
  real* row(std::size_t i) { return data_.data() + i * stride_; }
  const real* row(std::size_t i) const { return data_.data() + i * stride_; }
  /// Without the padding. -> (rows, dim)
  Tensor values() const;

private:
  std::size_t rows_, dim_, stride_;
  Tensor data_;
};

/// The examples of a step. Example i has the inputs input_begins[i] .. input_begins[i+1]-1, at
/// least one, and targets likewise.
struct EmbeddingExamples {
  std::vector<std::size_t> input_begins{0}, target_begins{0};
  std::vector<std::int32_t> inputs;  ///< rows of `in`; one that comes twice counts twice
  std::vector<std::int32_t> targets; ///< rows of `out`
  std::vector<real> labels;          ///< of each target: 1 if it is wanted, else 0

  std::size_t size() const { return input_begins.size() - 1; }
  void clear();
};

/// What word2vec.c does with the gradient of h on its way to the C input rows: `whole` adds all of
/// it to each, as if h were their sum; `shared` adds a C-th, which is the gradient (Irsoy et al.
/// 2020 tell what comes of it).
enum class InputGradient { whole, shared };

/// Computes and applies steps. It keeps its memory from step to step.
class EmbeddingStep {
public:
  EmbeddingStep(EmbeddingTable& in, EmbeddingTable& out, InputGradient input_gradient)
      : in_(in), out_(out), input_gradient_(input_gradient) {}

  /// in -= rate dL/din, out -= rate dL/dout, where L is the sum over examples and targets of
  /// -log sigmoid(h . out[target]), or of its negative where the label is 0. On as many threads as
  /// there are cores. Returns L before the step.
  double operator()(const EmbeddingExamples& examples, double rate);

  // The same in pieces, for a trainer that draws the targets in between: begin(); forward() for
  // ranges that make up all examples, in any order and at once; then apply() for every part.
  void begin(const EmbeddingExamples& examples, double rate);
  void forward(const EmbeddingExamples& examples, std::size_t first, std::size_t last);
  void apply(const EmbeddingExamples& examples, std::size_t part, std::size_t parts);
  double loss(const EmbeddingExamples& examples) const;

private:
  EmbeddingTable &in_, &out_;
  InputGradient input_gradient_;
  real rate_ = 0;
  std::vector<real, PoolAllocator<real>> hidden_, back_; // h of each example, and its step
  std::vector<real> scales_;                             // of each target: its step is this times h
  std::vector<double> losses_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
