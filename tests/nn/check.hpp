// What the tests of layers share: comparisons, gradients, and the values that PyTorch computes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "autograd/check/gradcheck.hpp"
#include "nn/training/optimizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::testing {

/// The largest difference of two entries, divided by the largest entry of `expected` (or by 1, if
/// all of those are smaller than 1e-3); infinite if the shapes differ.
double difference(const Tensor& actual, const Tensor& expected);
/// Same shape, same bits.
bool identical(const Tensor& a, const Tensor& b);
bool identical(const nn::StateDict& a, const nn::StateDict& b);
bool identical(const nn::OptimizerState& a, const nn::OptimizerState& b);

Indices indices(const std::vector<std::size_t>& shape, const std::vector<int>& values);

/// Sums of a few dozen products in double, in another order: they differ by far less than this.
inline constexpr double same_in_double = 1e-12;

using Function = std::function<Var(const std::vector<Var>&)>;

/// Checks the pull-backs of f, with respect to inputs and parameters, by finite differences. The
/// tolerance is gradcheck's own.
void check_gradients(const Function& f, const std::vector<GradcheckInput>& inputs,
                     std::vector<Parameter> parameters = {});

/// Checks that two functions agree: outputs, and for one random cotangent every gradient.
void check_equal(const Function& f, const Function& g, const std::vector<Tensor>& inputs,
                 const std::vector<Parameter>& parameters = {});

/// A case of tests/fixtures/layers.json.
struct Fixture {
  std::vector<Tensor> inputs, outputs, seeds, input_gradients;
  nn::StateDict parameters, gradients, buffers_after;
  Indices indices(const std::string& name) const;
  std::string name;
};
Fixture fixture(const std::string& name);

/// A case of an optimiser: parameters before, the gradients of every step, parameters after.
struct OptimizerFixture {
  nn::StateDict before, after;
  std::vector<nn::StateDict> steps;
  double norm = 0;
};
OptimizerFixture optimizer_fixture(const std::string& name);
/// A list of numbers.
std::vector<double> number_fixture(const std::string& name, const std::string& key);

/// Loads the case's parameters into the layer, if there is one, runs f on the case's inputs, and
/// compares outputs, gradients and the layer's buffers afterwards with PyTorch's.
void check_parity(const std::string& name, nn::Module* layer,
                  const std::function<std::vector<Var>(const std::vector<Var>&)>& f);

} // namespace tapestry::inline TAPESTRY_PRECISION::testing
