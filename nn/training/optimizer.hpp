// From gradients to steps.
#pragma once

#include <string>
#include <vector>

#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

/// The base of all optimisers. The formulas and their defaults are PyTorch's.
class Optimizer {
public:
  Optimizer(std::vector<Parameter> parameters, double rate);
  virtual ~Optimizer() = default;

  void zero_grad() const;
  /// Changes every parameter that a gradient has reached.
  virtual void step() = 0;

  /// The learning rate; a schedule sets it before each step.
  double lr;

  /// What the optimiser remembers, by names such as "weight.momentum": saved with a checkpoint.
  StateDict state_dict() const;
  /// Takes it back; a std::invalid_argument names what does not fit, and nothing is changed.
  void load_state_dict(const StateDict& state);

protected:
  /// Tensors of the parameters' shapes, zero at first, that belong to the state under this name.
  std::vector<Tensor>& slots(const std::string& name);

  std::vector<Parameter> parameters_;
  std::size_t steps_ = 0; ///< taken so far

private:
  std::map<std::string, std::vector<Tensor>> slots_;
};

/// The norm of all gradients, seen as one long vector; if it is above max_norm, all are scaled down
/// to it (Pascanu et al. 2013), by max_norm / (norm + 1e-6) as in PyTorch. Returns the norm before.
double clip_grad_norm(const std::vector<Parameter>& parameters, double max_norm);

struct SGDOptions {
  double lr = 1e-3, momentum = 0, weight_decay = 0;
  bool nesterov = false;
};

/// v = momentum v + g, w -= lr v
class SGD : public Optimizer {
public:
  SGD(std::vector<Parameter> parameters, const SGDOptions& options);
  void step() override;

private:
  SGDOptions options_;
};

struct AdamOptions {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0;
};

/// Kingma and Ba 2015, algorithm 1. Weight decay is added to the gradient.
class Adam : public Optimizer {
public:
  Adam(std::vector<Parameter> parameters, const AdamOptions& options);
  void step() override;

protected:
  AdamOptions options_;
  bool decoupled_ = false;
};

struct AdamWOptions {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 1e-2;
};

/// Adam whose weight decay shrinks the weights themselves (Loshchilov and Hutter 2019, algorithm
/// 2).
class AdamW : public Adam {
public:
  AdamW(std::vector<Parameter> parameters, const AdamWOptions& options);
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
