#include "nn/training/optimizer.hpp"

#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

Optimizer::Optimizer(std::vector<Parameter> parameters, double rate)
    : lr(rate), parameters_(std::move(parameters)) {
  // Room for the gradients is taken now. In the first step they would take it from what that step's
  // temporary values gave back, and the second step would have to ask for more.
  for (const Parameter& p : parameters_)
    if (!p.has_grad()) {
      p.grad();
      p.zero_grad();
    }
}

void Optimizer::zero_grad() const {
  for (const Parameter& p : parameters_) p.zero_grad();
}

std::vector<Tensor>& Optimizer::slots(const std::string& name) {
  std::vector<Tensor>& tensors = slots_[name];
  for (std::size_t i = tensors.size(); i < parameters_.size(); ++i)
    tensors.push_back(zeros(parameters_[i].shape()));
  return tensors;
}

StateDict Optimizer::state_dict() const {
  StateDict state{{"steps", Tensor(static_cast<real>(steps_))}};
  for (const auto& [name, tensors] : slots_)
    for (std::size_t i = 0; i < tensors.size(); ++i)
      state[parameters_[i].name() + "." + name] = tensors[i];
  return state;
}

void Optimizer::load_state_dict(const StateDict& state) {
  std::map<std::string, std::vector<Tensor>> loaded = slots_; // all of it fits, or none is taken
  std::size_t used = 1;
  const auto take = [&](const std::string& name, const Shape& shape) -> const Tensor& {
    const auto found = state.find(name);
    if (found == state.end() || found->second.shape() != shape)
      throw std::invalid_argument(fmt::format(
          "state of another optimiser: \"{}\" is {}, expected {}", name,
          found == state.end() ? "missing" : to_string(found->second.shape()), to_string(shape)));
    return found->second;
  };
  const Tensor& steps = take("steps", {});
  for (auto& [name, tensors] : loaded)
    for (std::size_t i = 0; i < tensors.size(); ++i, ++used)
      tensors[i] = take(parameters_[i].name() + "." + name, parameters_[i].shape());
  if (used != state.size())
    throw std::invalid_argument(
        fmt::format("state of another optimiser: {} tensors, expected {}", state.size(), used));
  slots_ = std::move(loaded);
  steps_ = static_cast<std::size_t>(steps.data()[0]);
}

namespace {

double sum_of_squares(const Tensor& x) {
  constexpr std::size_t parts = 8; // whatever the number of cores, so that they add up alike
  double sums[parts] = {};
  const auto part = [&](std::size_t begin, std::size_t end, std::size_t p) {
    double partial[16] = {}; // two vector registers' worth
    const auto add = [&](std::size_t i, std::size_t j) {
      const double v = static_cast<double>(x.data()[i + j]);
      partial[j] += v * v;
    };
    std::size_t i = begin;
    for (; i + 16 <= end; i += 16)
      for (std::size_t j = 0; j < 16; ++j) add(i, j);
    for (std::size_t j = 0; i + j < end; ++j) add(i, j);
    sums[p] = std::accumulate(partial, partial + 16, 0.0);
  };
  parallel_ranges(x.size(), x.size() < 50'000 ? 1 : parts, std::ref(part));
  return std::accumulate(sums, sums + parts, 0.0);
}

} // namespace

//> clip-grad-norm
double clip_grad_norm(const std::vector<Parameter>& parameters, double max_norm) {
  double squares = 0;
  for (const Parameter& p : parameters)
    if (p.has_grad()) squares += sum_of_squares(p.grad());
  const double norm = std::sqrt(squares);
  const double scale = max_norm / (norm + 1e-6);
  if (scale < 1)
    for (const Parameter& p : parameters)
      if (p.has_grad())
        parallel_entries(p.grad().size(), [g = p.grad().data(), scale](std::size_t i) {
          g[i] *= static_cast<real>(scale);
        });
  return norm;
}
//< clip-grad-norm

SGD::SGD(std::vector<Parameter> parameters, const SGDOptions& options)
    : Optimizer(std::move(parameters), options.lr), options_(options) {
  if (options_.momentum != 0) slots("momentum");
}

//> sgd
void SGD::step() {
  ++steps_;
  const real rate = static_cast<real>(lr), decay = static_cast<real>(options_.weight_decay);
  const real m = static_cast<real>(options_.momentum);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Parameter& p = parameters_[i];
    if (!p.has_grad()) continue;
    real* w = p.value().data();
    const real* gradient = p.grad().data();
    real* velocity = m != 0 ? slots("momentum")[i].data() : nullptr;
    parallel_entries(p.value().size(), [=, nesterov = options_.nesterov](std::size_t j) {
      real g = gradient[j] + decay * w[j];
      if (velocity) {
        velocity[j] = m * velocity[j] + g;
        g = nesterov ? g + m * velocity[j] : velocity[j];
      }
      w[j] -= rate * g;
    });
  }
}
//< sgd

Adam::Adam(std::vector<Parameter> parameters, const AdamOptions& options)
    : Optimizer(std::move(parameters), options.lr), options_(options) {
  slots("mean");
  slots("square");
}

AdamW::AdamW(std::vector<Parameter> parameters, const AdamWOptions& o)
    : Adam(std::move(parameters), {o.lr, o.beta1, o.beta2, o.eps, o.weight_decay}) {
  decoupled_ = true;
}

//> adam
void Adam::step() {
  ++steps_;
  const double t = static_cast<double>(steps_), decay = options_.weight_decay;
  const real b1 = static_cast<real>(options_.beta1), b2 = static_cast<real>(options_.beta2);
  // Both averages start at zero; dividing by 1 - beta^t takes that bias out.
  const real rate = static_cast<real>(lr / (1 - std::pow(options_.beta1, t)));
  const real bias2 = static_cast<real>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
  const real eps = static_cast<real>(options_.eps);
  const real to_gradient = static_cast<real>(decoupled_ ? 0 : decay);
  const real shrink = static_cast<real>(decoupled_ ? 1 - lr * decay : 1);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Parameter& p = parameters_[i];
    if (!p.has_grad()) continue;
    real* w = p.value().data();
    const real* gradient = p.grad().data();
    real* mean = slots("mean")[i].data();
    real* square = slots("square")[i].data();
    parallel_entries(p.value().size(), [=](std::size_t j) {
      const real g = gradient[j] + to_gradient * w[j];
      mean[j] = b1 * mean[j] + (1 - b1) * g;
      square[j] = b2 * square[j] + (1 - b2) * g * g;
      w[j] = shrink * w[j] - rate * mean[j] / (std::sqrt(square[j]) * bias2 + eps);
    });
  }
}
//< adam

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
