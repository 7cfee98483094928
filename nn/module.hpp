// Layers and models: things with named parameters.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "autograd/parameter.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

class Module;

/// Meets every part of a module, under its full name ("decoder.lstm.weight_ih_l0"). Two different
/// parts under one name are a std::invalid_argument; one part may have two names (a tied weight).
class Visitor {
public:
  virtual ~Visitor() = default;
  void operator()(const std::string& name, Parameter& parameter);
  void operator()(const std::string& name, Tensor& buffer);
  void operator()(const std::string& name, Module& module);
  /// Begins with `module`, all of whose parts have names that begin with `prefix` ("encoder.").
  void root(Module& module, const std::string& prefix = "");

protected:
  virtual void on_parameter(const std::string& name, Parameter& parameter) {}
  virtual void on_buffer(const std::string& name, Tensor& buffer) {}
  virtual void on_module(Module& module) {}

private:
  void meet(const std::string& name, const void* part);

  std::string prefix_;
  std::map<std::string, const void*> met_;
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

  /// All parameters, in the order of `visit`, each once. Each gets its full name, which errors and
  /// optimisers use; a part that is asked later leaves the longer names that its owner gave.
  /// `name` goes before them, for a module that has no owner: encoder.parameters("encoder").
  std::vector<Parameter> parameters(const std::string& name = "");
  std::vector<std::pair<std::string, Parameter>> named_parameters(const std::string& name = "");

  /// Parameters and buffers by name. A tied weight is there once, under its first name.
  StateDict state_dict();
  /// Takes over the values. Names and shapes must be exactly this module's: a std::invalid_argument
  /// lists what is missing, what is not known, and what has another shape, and nothing is changed.
  /// A tied weight may come under each of its names, as in PyTorch's files, if all are equal.
  void load_state_dict(const StateDict& state);

  /// false: freezes all its parameters (see Parameter::requires_grad).
  void requires_grad(bool on);

  /// Training mode (dropout drops, batch norm counts) for this module and all its parts.
  void train(bool on = true);
  void eval() { train(false); }
  bool training() const { return training_; }

  /// "decoder.lstm", once a model that it belongs to has named its parts; else "".
  const std::string& path() const { return path_; }

protected:
  /// What a layer opens before it calls operators: they then report the line `at`, and this layer.
  Inside inside(Caller at) const { return {path_, at}; }

private:
  friend class Visitor;
  bool training_ = true;
  std::string path_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
