// From gradients to steps.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

/// Parameters that are stepped alike.
struct ParameterGroup {
  std::vector<Parameter> parameters;
  double rate = 1;                         ///< times the optimiser's lr
  std::optional<double> weight_decay = {}; ///< in place of the optimiser's
};

/// What an optimiser remembers, by the parameters' names: tensors ("fc1.weight.momentum"), and how
/// many steps each parameter has taken ("fc1.weight"). Saved with a checkpoint.
struct OptimizerState {
  StateDict tensors;
  std::map<std::string, std::uint64_t> steps;
};

/// The base of all optimisers. The formulas and their defaults are PyTorch's.
///
///   nn::AdamW adam(model.parameters(), {.lr = 1e-3});
///   nn::SGD sgd({{.parameters = model.cnn.parameters(), .rate = 0.1},
///                {.parameters = model.decoder.parameters()}}, {.lr = 0.1});
///
/// Parameters are known by the names that they have when the optimiser is made. One that is given
/// twice (a tied weight) is stepped once; two different ones under one name are a
/// std::invalid_argument, and so are options out of range and an optimiser of nothing.
class Optimizer {
public:
  virtual ~Optimizer() = default;

  void zero_grad() const;
  /// Changes every parameter that a gradient has reached, and counts its step.
  void step();

  /// The learning rate; a schedule sets it before each step.
  double lr;

  OptimizerState state_dict() const;
  /// Takes it back; a std::invalid_argument names what does not fit, and nothing is changed.
  void load_state_dict(const OptimizerState& state);

protected:
  /// memory: names of the tensors of each parameter's shape, zeros at first, that belong to its
  /// state. what: for errors, "Adam".
  Optimizer(const char* what, std::vector<ParameterGroup> groups, double rate, double weight_decay,
            std::vector<std::string> memory);

  /// One parameter, and what is remembered of it.
  struct Stepped {
    std::string name;
    Parameter parameter;
    double group_rate, weight_decay;
    std::vector<Tensor> memory;
    std::uint64_t steps = 0; ///< taken so far, and the present one
    double rate = 0;         ///< in the present step: lr times the group's
    bool by_rows = false;    ///< in the present step: only rows that a gradient touched
    real* w = nullptr;       ///< its entries in the present step, and their gradients
    const real* gradient = nullptr;

    bool is_wanted() const { return parameter.needs_grad() && parameter.has_grad(); }
  };
  /// Changes the entries first .. last-1 of p. Several threads call it at once for parts of one p.
  virtual void update(Stepped& p, std::size_t first, std::size_t last) const = 0;
  /// Whether rows that no gradient touched may be passed over.
  virtual bool may_skip_rows(const Stepped& p) const = 0;

private:
  void check(const Stepped& p) const;

  const char* what_;
  std::vector<std::string> memory_names_;
  std::vector<Stepped> stepped_;
};

/// The norm of all gradients, seen as one long vector; if it is above max_norm, all are scaled down
/// to it (Pascanu et al. 2013), by max_norm / (norm + 1e-6) as in PyTorch. Returns the norm before.
/// A norm that is not finite is returned as it is, and no gradient is changed: test it before the
/// step. A std::invalid_argument if max_norm is negative or not a number.
double clip_grad_norm(const std::vector<Parameter>& parameters, double max_norm);

struct SGDOptions {
  double lr = 1e-3, momentum = 0, dampening = 0, weight_decay = 0;
  bool nesterov = false;
};

/// v = momentum v + (1 - dampening) g, w -= lr v; the first v is g. Without momentum and decay, a
/// step costs as many rows as a gradient touched.
class SGD : public Optimizer {
public:
  SGD(std::vector<Parameter> parameters, const SGDOptions& options);
  SGD(std::vector<ParameterGroup> groups, const SGDOptions& options);

private:
  void update(Stepped& p, std::size_t first, std::size_t last) const override;
  bool may_skip_rows(const Stepped& p) const override;
  SGDOptions options_;
};

struct AdamOptions {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0;
  bool amsgrad = false; ///< divide by the largest mean square so far (Reddi et al. 2018)
  /// Of a table of which only some rows were looked up, step these alone, as PyTorch's SparseAdam
  /// does. false: all rows, of which the others move by what they remember, as PyTorch's Adam does.
  bool lazy = true;
};

/// Kingma and Ba 2015, algorithm 1. Weight decay is added to the gradient.
class Adam : public Optimizer {
public:
  Adam(std::vector<Parameter> parameters, const AdamOptions& options);
  Adam(std::vector<ParameterGroup> groups, const AdamOptions& options);

protected:
  Adam(const char* what, std::vector<ParameterGroup> groups, const AdamOptions& options);
  bool decoupled_ = false;

private:
  void update(Stepped& p, std::size_t first, std::size_t last) const override;
  bool may_skip_rows(const Stepped& p) const override;
  AdamOptions options_;
};

struct AdamWOptions {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 1e-2;
  bool amsgrad = false;
};

/// Adam whose weight decay shrinks the weights themselves (Loshchilov and Hutter 2019, algorithm
/// 2).
class AdamW : public Adam {
public:
  AdamW(std::vector<Parameter> parameters, const AdamWOptions& options);
  AdamW(std::vector<ParameterGroup> groups, const AdamWOptions& options);
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
