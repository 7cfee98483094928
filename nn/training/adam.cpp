#include <cmath>

#include "nn/option.hpp"
#include "nn/training/optimizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {
namespace {

std::vector<std::string> memory(const AdamOptions& o) {
  if (o.amsgrad) return {"mean", "square", "largest"};
  return {"mean", "square"};
}

AdamOptions options(const AdamWOptions& o) {
  return {o.lr, o.beta1, o.beta2, o.eps, o.weight_decay, o.amsgrad, false};
}

} // namespace

Adam::Adam(const char* what, std::vector<ParameterGroup> groups, const AdamOptions& o)
    : Optimizer(what, std::move(groups), o.lr, o.weight_decay, memory(o)), options_(o) {
  expect_option(o.beta1 >= 0 && o.beta1 < 1, what, "beta1", o.beta1, "0 to below 1");
  expect_option(o.beta2 >= 0 && o.beta2 < 1, what, "beta2", o.beta2, "0 to below 1");
  expect_at_least_0(what, "eps", o.eps);
}

Adam::Adam(std::vector<Parameter> parameters, const AdamOptions& o)
    : Adam("Adam", {ParameterGroup{std::move(parameters)}}, o) {}
Adam::Adam(std::vector<ParameterGroup> groups, const AdamOptions& o)
    : Adam("Adam", std::move(groups), o) {}

AdamW::AdamW(std::vector<Parameter> parameters, const AdamWOptions& o)
    : AdamW({ParameterGroup{std::move(parameters)}}, o) {}
AdamW::AdamW(std::vector<ParameterGroup> groups, const AdamWOptions& o)
    : Adam("AdamW", std::move(groups), options(o)) {
  decoupled_ = true;
}

bool Adam::may_skip_rows(const Stepped& p) const { return options_.lazy && p.weight_decay == 0; }

//> adam
void Adam::update(Stepped& p, std::size_t first, std::size_t last) const {
  const double t = static_cast<double>(p.steps), decay = p.weight_decay;
  const real b1 = static_cast<real>(options_.beta1), b2 = static_cast<real>(options_.beta2);
  const real rest1 = static_cast<real>(1 - options_.beta1); // in double: 1 - b2 in float is off by
  const real rest2 = static_cast<real>(1 - options_.beta2); // more than the rest of the step
  // Both averages start at zero; dividing by 1 - beta^t takes that bias out.
  const real rate = static_cast<real>(p.rate / (1 - std::pow(options_.beta1, t)));
  const double bias2 = 1 / std::sqrt(1 - std::pow(options_.beta2, t));
  // SparseAdam adds eps before the bias is taken out.
  const real root = static_cast<real>(bias2);
  const real eps = static_cast<real>(options_.eps * (p.by_rows ? bias2 : 1));
  const real to_gradient = static_cast<real>(decoupled_ ? 0 : decay);
  const real shrink = static_cast<real>(decoupled_ ? 1 - p.rate * decay : 1);
  real* mean = p.memory[0].data();
  real* square = p.memory[1].data();
  real* largest = options_.amsgrad ? p.memory[2].data() : nullptr;
  for (std::size_t j = first; j < last; ++j) {
    const real g = p.gradient[j] + to_gradient * p.w[j];
    mean[j] = b1 * mean[j] + rest1 * g;
    square[j] = b2 * square[j] + rest2 * g * g;
    real under = square[j];
    if (largest) under = largest[j] = std::max(largest[j], under);
    p.w[j] = shrink * p.w[j] - rate * mean[j] / (std::sqrt(under) * root + eps);
  }
}
//< adam

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
