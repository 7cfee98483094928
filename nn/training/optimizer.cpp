#include "nn/training/optimizer.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "nn/option.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {
Optimizer::Optimizer(const char* what, std::vector<ParameterGroup> groups, double rate,
                     double weight_decay, std::vector<std::string> memory)
    : lr(rate), what_(what), memory_names_(std::move(memory)) {
  expect_at_least_0(what, "lr", lr);
  expect_at_least_0(what, "weight_decay", weight_decay);
  for (ParameterGroup& group : groups) {
    const double decay = group.weight_decay.value_or(weight_decay);
    expect_at_least_0(what, "the rate of a group", group.rate);
    expect_at_least_0(what, "the weight_decay of a group", decay);
    for (Parameter& p : group.parameters) {
      const auto same = std::find_if(stepped_.begin(), stepped_.end(), [&](const Stepped& s) {
        return s.name == p.name() || s.parameter.identity() == p.identity();
      });
      if (same == stepped_.end())
        stepped_.push_back({p.name(), p, group.rate, decay,
                            std::vector<Tensor>(memory_names_.size(), zeros(p.shape()))});
      else if (same->parameter.identity() != p.identity())
        throw std::invalid_argument(fmt::format(
            "{}: two different parameters are called \"{}\"; name the modules that they belong "
            "to: encoder.parameters(\"encoder\")",
            what, p.name()));
    }
  }
  if (stepped_.empty()) throw std::invalid_argument(fmt::format("{}: no parameters", what));
  // Room for the gradients is taken now. In the first step they would take it from what that step's
  // temporary values gave back, and the second step would have to ask for more.
  for (const Stepped& s : stepped_)
    if (!s.parameter.has_grad()) {
      s.parameter.grad();
      s.parameter.zero_grad();
    }
}

void Optimizer::zero_grad() const {
  for (const Stepped& s : stepped_) s.parameter.zero_grad();
}

void Optimizer::check(const Stepped& s) const {
  const auto expect = [&](const char* part, const Shape& shape) {
    if (shape != s.parameter.shape())
      throw std::invalid_argument(fmt::format(
          "{}: \"{}\" is {}, {} {}; make a new optimiser for a parameter of another shape", what_,
          s.name, to_string(s.parameter.shape()), part, to_string(shape)));
  };
  expect("its gradient", s.parameter.stored_grad().shape());
  for (const Tensor& x : s.memory) expect("what was remembered of it", x.shape());
}

void Optimizer::step() {
  expect_at_least_0(what_, "lr", lr);
  for (const Stepped& s : stepped_)
    if (s.is_wanted()) check(s);
  for (Stepped& s : stepped_) {
    if (!s.is_wanted()) continue;
    ++s.steps;
    s.rate = lr * s.group_rate;
    const auto rows = may_skip_rows(s) ? s.parameter.touched_rows() : std::nullopt;
    s.by_rows = rows.has_value();
    s.gradient = s.parameter.stored_grad().data();
    s.parameter.update([&](Tensor& x) {
      s.w = x.data();
      const auto range = [&](std::size_t first, std::size_t last, std::size_t) {
        update(s, first, last);
      };
      if (!rows)
        return parallel_ranges(x.size(),
                               std::clamp<std::size_t>(x.size() / 50'000, 1, thread_count()),
                               std::ref(range));
      const std::size_t width = x.shape()[0] ? x.size() / x.shape()[0] : 0;
      for (std::int32_t r : *rows) {
        const std::size_t first = static_cast<std::size_t>(r) * width;
        update(s, first, first + width);
      }
    });
  }
}

OptimizerState Optimizer::state_dict() const {
  OptimizerState state;
  for (const Stepped& s : stepped_) {
    state.steps[s.name] = s.steps;
    for (std::size_t i = 0; i < s.memory.size(); ++i)
      state.tensors[s.name + "." + memory_names_[i]] = s.memory[i];
  }
  return state;
}

void Optimizer::load_state_dict(const OptimizerState& state) {
  const auto refuse = [](const std::string& name, const std::string& is, const Shape& expected) {
    throw std::invalid_argument(fmt::format("state of another optimiser: \"{}\" is {}, expected {}",
                                            name, is, to_string(expected)));
  };
  std::vector<Stepped> loaded = stepped_; // all of it fits, or none is taken
  for (Stepped& s : loaded) {
    const auto steps = state.steps.find(s.name);
    if (steps == state.steps.end())
      throw std::invalid_argument(
          fmt::format("state of another optimiser: the steps of \"{}\" are missing", s.name));
    s.steps = steps->second;
    for (std::size_t i = 0; i < s.memory.size(); ++i) {
      const std::string name = s.name + "." + memory_names_[i];
      const auto found = state.tensors.find(name);
      if (found == state.tensors.end()) refuse(name, "missing", s.memory[i].shape());
      if (found->second.shape() != s.memory[i].shape())
        refuse(name, to_string(found->second.shape()), s.memory[i].shape());
      s.memory[i] = found->second;
    }
  }
  const std::size_t used = loaded.size() * memory_names_.size();
  if (state.tensors.size() != used || state.steps.size() != loaded.size())
    throw std::invalid_argument(
        fmt::format("state of another optimiser: {} tensors of {} parameters, expected {} of {}",
                    state.tensors.size(), state.steps.size(), used, loaded.size()));
  stepped_ = std::move(loaded);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
