#include "nn/option.hpp"
#include "nn/training/optimizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {
namespace {

std::vector<std::string> memory(const SGDOptions& o) {
  if (o.momentum == 0) return {};
  return {"momentum"};
}

} // namespace

SGD::SGD(std::vector<Parameter> parameters, const SGDOptions& options)
    : SGD({ParameterGroup{std::move(parameters)}}, options) {}

SGD::SGD(std::vector<ParameterGroup> groups, const SGDOptions& o)
    : Optimizer("SGD", std::move(groups), o.lr, o.weight_decay, memory(o)), options_(o) {
  expect_at_least_0("SGD", "momentum", o.momentum);
  expect_option(o.dampening >= 0 && o.dampening <= 1, "SGD", "dampening", o.dampening, "0 to 1");
  if (o.nesterov)
    expect_option(o.momentum > 0 && o.dampening == 0, "SGD", "momentum", o.momentum,
                  "more than 0, and no dampening, with nesterov");
}

// A row of zeros moves nothing, unless it goes on rolling or shrinks.
bool SGD::may_skip_rows(const Stepped& p) const {
  return options_.momentum == 0 && p.weight_decay == 0;
}

//> sgd
void SGD::update(Stepped& p, std::size_t first, std::size_t last) const {
  const real rate = static_cast<real>(p.rate), decay = static_cast<real>(p.weight_decay);
  const real m = static_cast<real>(options_.momentum);
  const real share = static_cast<real>(p.steps == 1 ? 1 : 1 - options_.dampening);
  real* velocity = m != 0 ? p.memory[0].data() : nullptr;
  for (std::size_t j = first; j < last; ++j) {
    real g = p.gradient[j] + decay * p.w[j];
    if (velocity) {
      velocity[j] = m * velocity[j] + share * g;
      g = options_.nesterov ? g + m * velocity[j] : velocity[j];
    }
    p.w[j] -= rate * g;
  }
}
//< sgd

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
