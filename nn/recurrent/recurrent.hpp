// What nn::RNN, nn::LSTM and nn::GRU share: layers above layers, one direction or both, whole
// batches or packed ones. Names, defaults and shapes are PyTorch's.
#pragma once

#include "autograd/random.hpp"
#include "nn/module.hpp"
#include "nn/recurrent/elman_cell.hpp"
#include "nn/recurrent/recurrent_step.hpp"
#include "nn/recurrent/sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

/// The options of nn::RNN, nn::LSTM and nn::GRU.
struct RecurrentOptions {
  std::size_t input_size, hidden_size, num_layers = 1;
  Nonlinearity nonlinearity = Nonlinearity::tanh; ///< of an RNN; the others have their own
  bool bias = true;
  bool batch_first = false;   ///< the input is (B, T, I) instead of (T, B, I), and so the output
  double dropout = 0;         ///< on what goes from a layer to the next
  bool bidirectional = false; ///< D = 2: a second walk from the sequences' ends
  std::size_t proj_size = 0;  ///< P, of an LSTM: what is shown is weight_hr h, of this size; 0: h
  double gradient_clip = 0;   ///< bound of the gates' gradients in every step; 0: none
  /// Of a GRU: the reset gate after the product, as PyTorch has it; false: before it (Cho et al.
  /// 2014).
  bool reset_after = true;
};

/// The parameters of one direction of one layer. Biases may be missing, and weight_hr is there only
/// for an LSTM with a projection; what is missing has shape ().
struct RecurrentWeights {
  Parameter weight_ih, weight_hh, bias_ih, bias_hh, weight_hr;
};

/// The output of a layer and its last state. Data: Var or PackedSequence
template <class Data, class State> struct SequenceResult {
  Data output;
  State state;
};

class Recurrent : public Module {
public:
  void visit(Visitor& v) override;

  /// The parameters of one layer, "weight_ih_l0" and so on, or "weight_ih_l0_reverse".
  RecurrentWeights& weights(std::size_t layer = 0, bool reverse = false);
  const RecurrentWeights& weights(std::size_t layer = 0, bool reverse = false) const;

protected:
  /// `name` is for errors: "LSTM".
  Recurrent(const char* name, std::size_t gates, const RecurrentOptions& options, Rng& rng);

  struct Run {
    Var output, h, c;
  };
  /// x: (T, B, I) or (T, I), or (B, T, I) if batch_first. h, c: the first state, (D*L, B, H), or
  /// () for zeros. rng: of the dropout between layers; it must be there if anything is dropped.
  Run run(const Operand& x, const Var& h, const Var& c, Rng* rng) const;
  /// x.data: (N, I)
  Run run(const PackedSequence& x, const Var& h, const Var& c, Rng* rng, Caller at) const;

  /// One step of a net of one layer, one direction and no projection. x: (B, I), h, c: (B, H)
  Run run_step(const Operand& x, const Var& h, const Var& c) const;

  /// One layer; it calls the fused operator of its cell.
  virtual SequenceOutput layer(const SequenceInput& in) const = 0;
  /// One step of it.
  virtual SequenceOutput next(const char* name, const StepInput& in) const = 0;

  RecurrentOptions options_;

private:
  std::size_t directions() const { return options_.bidirectional ? 2 : 1; }
  std::size_t shown() const {
    return options_.proj_size ? options_.proj_size : options_.hidden_size;
  }
  void check(const Operand& x, std::size_t batch, const Var& h, const Var& c, bool batched,
             Rng* rng) const;
  Run stacked(const Operand& rows, const Steps& steps, const Var& h, const Var& c, Rng* rng) const;

  const char* name_;
  std::shared_ptr<RecurrentPanels> panels_ = std::make_shared<RecurrentPanels>(); // of the steps
  std::vector<RecurrentWeights> weights_; // layer after layer, in each forward before reverse
};

/// Recurrent for a state of some kind: the ways to call it.
///
///   auto [output, state] = layer(x);              // from zeros
///   auto [output, state] = layer(x, start);       // from a state, as to carry one on
///   auto [output, state] = layer(x, start, rng);  // with dropout between the layers, in training
template <class State> class RecurrentLayer : public Recurrent {
public:
  using Result = SequenceResult<Var, State>;
  using PackedResult = SequenceResult<PackedSequence, State>;

  /// x: (T, B, I) or (T, I) -> output (T, B, D*H) or (T, D*H), state (D*L, B, H) or (D*L, H)
  Result operator()(const Operand& x) const { return dense(run(x, {}, {}, nullptr)); }
  Result operator()(const Operand& x, Rng& rng) const { return dense(run(x, {}, {}, &rng)); }
  Result operator()(const Operand& x, const State& start) const {
    return dense(run(x, h_of(start), c_of(start), nullptr));
  }
  Result operator()(const Operand& x, const State& start, Rng& rng) const {
    return dense(run(x, h_of(start), c_of(start), &rng));
  }

  /// x.data: (N, I) -> output.data (N, D*H); the state (D*L, B, H) in the order in which the
  /// sequences came
  PackedResult operator()(const PackedSequence& x, Caller at = Caller::here()) const {
    return packed(x, run(x, {}, {}, nullptr, at));
  }
  PackedResult operator()(const PackedSequence& x, Rng& rng, Caller at = Caller::here()) const {
    return packed(x, run(x, {}, {}, &rng, at));
  }
  PackedResult operator()(const PackedSequence& x, const State& start,
                          Caller at = Caller::here()) const {
    return packed(x, run(x, h_of(start), c_of(start), nullptr, at));
  }
  PackedResult operator()(const PackedSequence& x, const State& start, Rng& rng,
                          Caller at = Caller::here()) const {
    return packed(x, run(x, h_of(start), c_of(start), &rng, at));
  }

  /// One step of a net of one layer, one direction and no projection: for decoders, which choose
  /// each input by the output before. Its packed weights are kept from step to step.
  /// x: (B, I), state: (B, H) -> the next state, (B, H)
  State step(const Operand& x, const State& state) const {
    return state_of(run_step(x, h_of(state), c_of(state)));
  }
  /// A state of zeros to step from, (B, H).
  State zero_state(std::size_t batch) const {
    const Shape shape{batch, options_.hidden_size};
    return state_of({{}, constant(zeros(shape)), constant(zeros(shape))});
  }

protected:
  using Recurrent::Recurrent;

  virtual State state_of(const Run& run) const = 0;
  virtual Var h_of(const State& state) const = 0;
  virtual Var c_of(const State&) const { return {}; }

private:
  Result dense(const Run& r) const { return {r.output, state_of(r)}; }
  PackedResult packed(const PackedSequence& x, const Run& r) const {
    return {x.with(r.output), state_of(r)};
  }
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
