#include "nn/module.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION::nn {

void Visitor::operator()(const std::string& name, Parameter& parameter) {
  on_parameter(prefix_ + name, parameter);
}

void Visitor::operator()(const std::string& name, Tensor& buffer) {
  on_buffer(prefix_ + name, buffer);
}

//> walk
void Visitor::operator()(const std::string& name, Module& module) {
  const std::size_t before = prefix_.size();
  prefix_ += name + ".";
  root(module);
  prefix_.resize(before);
}

void Visitor::root(Module& module) {
  on_module(module);
  module.visit(*this);
}
//< walk

namespace {

struct ListParameters : Visitor {
  std::vector<std::pair<std::string, Parameter>> found;
  void on_parameter(const std::string& name, Parameter& p) override {
    p.rename(name);
    found.emplace_back(name, p);
  }
};

struct ReadState : Visitor {
  StateDict state;
  void on_parameter(const std::string& name, Parameter& p) override { state[name] = p.value(); }
  void on_buffer(const std::string& name, Tensor& b) override { state[name] = b; }
};

// Where each value of a state dict belongs.
struct ListTargets : Visitor {
  std::map<std::string, Tensor*> targets;
  void on_parameter(const std::string& name, Parameter& p) override { targets[name] = &p.value(); }
  void on_buffer(const std::string& name, Tensor& b) override { targets[name] = &b; }
};

} // namespace

std::vector<std::pair<std::string, Parameter>> Module::named_parameters() {
  ListParameters list;
  list.root(*this);
  return list.found;
}

std::vector<Parameter> Module::parameters() {
  std::vector<Parameter> parameters;
  for (const auto& [name, p] : named_parameters()) parameters.push_back(p);
  return parameters;
}

StateDict Module::state_dict() {
  ReadState read;
  read.root(*this);
  return read.state;
}

void Module::load_state_dict(const StateDict& state) {
  ListTargets list;
  list.root(*this);
  std::string problems;
  for (const auto& [name, target] : list.targets) {
    const auto given = state.find(name);
    if (given == state.end())
      problems += fmt::format("; \"{}\" {} is missing", name, to_string(target->shape()));
    else if (given->second.shape() != target->shape())
      problems += fmt::format("; \"{}\" is {}, expected {}", name, to_string(given->second.shape()),
                              to_string(target->shape()));
  }
  for (const auto& [name, value] : state)
    if (!list.targets.contains(name))
      problems += fmt::format("; \"{}\" {} is not a part of it", name, to_string(value.shape()));
  if (!problems.empty())
    throw std::invalid_argument("state dict of another model: " + problems.substr(2));
  for (const auto& [name, target] : list.targets) *target = state.at(name);
}

void Module::train(bool on) {
  struct SetMode : Visitor {
    bool on;
    explicit SetMode(bool value) : on(value) {}
    void on_module(Module& m) override { m.training_ = on; }
  };
  SetMode(on).root(*this);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
