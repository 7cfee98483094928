// Layers and models: things with named parameters.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "autograd/var.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

class Module;

/// Meets every part of a module, under its full name ("decoder.lstm.weight_ih_l0").
class Visitor {
public:
  virtual ~Visitor() = default;
  void operator()(const std::string& name, Parameter& parameter);
  void operator()(const std::string& name, Tensor& buffer);
  void operator()(const std::string& name, Module& module);
  void root(Module& module);

protected:
  virtual void on_parameter(const std::string& name, Parameter& parameter) {}
  virtual void on_buffer(const std::string& name, Tensor& buffer) {}
  virtual void on_module(Module& module) {}

private:
  std::string prefix_;
};

/// Names and values of all parameters and buffers.
using StateDict = std::map<std::string, Tensor>;

/// The base of every layer and model. A module lists its parts once, in `visit`; names, training
/// mode, saving and loading follow from the list.
///
///   struct Mlp : nn::Module {
///     nn::Linear fc1, fc2;
///     void visit(nn::Visitor& v) override { v("fc1", fc1); v("fc2", fc2); }
///   };
class Module {
public:
  Module() = default;
  Module(Module&&) = default;
  Module& operator=(Module&&) = default;
  virtual ~Module() = default;

  /// Names its parts to the visitor: parameters, buffers (tensors that are saved but not trained),
  /// and other modules.
  virtual void visit(Visitor& visitor) = 0;

  /// All parameters, in the order of `visit`. Each is renamed to its full name, which errors show.
  std::vector<Parameter> parameters();
  std::vector<std::pair<std::string, Parameter>> named_parameters();

  /// Parameters and buffers by name.
  StateDict state_dict();
  /// Takes over the values. Names and shapes must be exactly this module's: a std::invalid_argument
  /// lists what is missing, what is not known, and what has another shape, and nothing is changed.
  void load_state_dict(const StateDict& state);

  /// Training mode (dropout drops, batch norm counts) for this module and all its parts.
  void train(bool on = true);
  void eval() { train(false); }
  bool training() const { return training_; }

private:
  bool training_ = true;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
