#include "nn/module.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION::nn {

void Visitor::meet(const std::string& name, const void* part) {
  const auto [place, is_new] = met_.emplace(name, part);
  if (!is_new && place->second != part)
    throw std::invalid_argument(fmt::format("two different parts are called \"{}\"", name));
}

void Visitor::operator()(const std::string& name, Parameter& parameter) {
  meet(prefix_ + name, parameter.identity());
  on_parameter(prefix_ + name, parameter);
}

void Visitor::operator()(const std::string& name, Tensor& buffer) {
  meet(prefix_ + name, &buffer);
  on_buffer(prefix_ + name, buffer);
}

//> walk
void Visitor::operator()(const std::string& name, Module& module) {
  const std::size_t before = prefix_.size();
  const std::string path = prefix_ + name;
  if (!module.path_.ends_with("." + path)) module.path_ = path;
  prefix_ += name + ".";
  on_module(module);
  module.visit(*this);
  prefix_.resize(before);
}

void Visitor::root(Module& module, const std::string& prefix) {
  prefix_ = prefix;
  on_module(module);
  module.visit(*this);
}
//< walk

namespace {

struct ListParameters : Visitor {
  std::vector<std::pair<std::string, Parameter>> found;
  void on_parameter(const std::string& name, Parameter& p) override {
    for (const auto& [_, other] : found)
      if (other.identity() == p.identity()) return; // tied
    p.rename(name);
    found.emplace_back(name, p);
  }
};

// Where a value of a state dict belongs. A tied parameter has several names.
struct Target {
  std::vector<std::string> names;
  Parameter* parameter;
  Tensor* buffer; // one of the two

  const Tensor& value() const { return parameter ? std::as_const(*parameter).value() : *buffer; }
  void set(const Tensor& x) const {
    if (parameter)
      parameter->set(x);
    else
      *buffer = x;
  }
};

struct ListTargets : Visitor {
  std::vector<Target> targets;
  void on_parameter(const std::string& name, Parameter& p) override {
    for (Target& t : targets)
      if (t.parameter && t.parameter->identity() == p.identity()) return t.names.push_back(name);
    targets.push_back({{name}, &p, nullptr});
  }
  void on_buffer(const std::string& name, Tensor& b) override {
    targets.push_back({{name}, nullptr, &b});
  }
};

bool equal(const Tensor& x, const Tensor& y) {
  return x.shape() == y.shape() && std::equal(x.data(), x.data() + x.size(), y.data());
}

// The one of its names' values that t takes, or nullptr; what is wrong is added to `problems`.
const Tensor* value_for(const Target& t, const StateDict& state, std::string& problems) {
  const Tensor* value = nullptr;
  for (const std::string& name : t.names) {
    const auto given = state.find(name);
    if (given == state.end()) continue;
    const Tensor& x = given->second;
    if (x.shape() != t.value().shape())
      problems += fmt::format("; \"{}\" is {}, expected {}", name, to_string(x.shape()),
                              to_string(t.value().shape()));
    else if (value && !equal(*value, x))
      problems += fmt::format("; \"{}\" and \"{}\" are one parameter here, but differ",
                              t.names.front(), name);
    value = &x;
  }
  if (!value)
    problems +=
        fmt::format("; \"{}\" {} is missing", t.names.front(), to_string(t.value().shape()));
  return value;
}

std::string dotted(const std::string& name) { return name.empty() ? name : name + "."; }

} // namespace

std::vector<std::pair<std::string, Parameter>> Module::named_parameters(const std::string& name) {
  ListParameters list;
  list.root(*this, dotted(name));
  return list.found;
}

std::vector<Parameter> Module::parameters(const std::string& name) {
  std::vector<Parameter> parameters;
  for (const auto& [_, p] : named_parameters(name)) parameters.push_back(p);
  return parameters;
}

StateDict Module::state_dict() {
  ListTargets list;
  list.root(*this);
  StateDict state;
  for (const Target& t : list.targets) state[t.names.front()] = t.value();
  return state;
}

void Module::load_state_dict(const StateDict& state) {
  ListTargets list;
  list.root(*this);
  std::sort(list.targets.begin(), list.targets.end(),
            [](const Target& a, const Target& b) { return a.names.front() < b.names.front(); });
  std::string problems;
  std::set<std::string> known;
  std::vector<const Tensor*> values; // one for each target
  for (const Target& t : list.targets) {
    known.insert(t.names.begin(), t.names.end());
    values.push_back(value_for(t, state, problems));
  }
  for (const auto& [name, value] : state)
    if (!known.contains(name))
      problems += fmt::format("; \"{}\" {} is not a part of it", name, to_string(value.shape()));
  if (!problems.empty())
    throw std::invalid_argument("state dict of another model: " + problems.substr(2));
  for (std::size_t i = 0; i < values.size(); ++i) list.targets[i].set(*values[i]);
}

void Module::requires_grad(bool on) {
  for (Parameter& p : parameters()) p.requires_grad(on);
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
