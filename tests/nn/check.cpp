#include "tests/nn/check.hpp"
#include "tests/nn/json_tensor.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "autograd/base/file.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::testing {
namespace {

using nlohmann::json;

const json& cases() {
  static const json all = [] {
    json layers = json::parse(read_file(TAPESTRY_FIXTURES "/layers.json"));
    layers.update(json::parse(read_file(TAPESTRY_FIXTURES "/optimizers.json")));
    layers.update(json::parse(read_file(TAPESTRY_FIXTURES "/networks.json")));
    return layers;
  }();
  return all;
}

nn::StateDict state(const json& of, const std::string& key) {
  nn::StateDict all;
  if (of.contains(key))
    for (const auto& [name, x] : of.at(key).items()) all[name] = tensor(x);
  return all;
}

void check_close(const std::string& what, const Tensor& actual, const Tensor& expected) {
  BOOST_TEST_CONTEXT(what) BOOST_TEST(difference(actual, expected) < same_in_double);
}

// Output, then the gradients of inputs and parameters for one random cotangent.
std::vector<Tensor> run(const Function& f, const std::vector<Tensor>& inputs,
                        const std::vector<Parameter>& parameters) {
  std::vector<Var> x;
  for (const Tensor& in : inputs) x.push_back(variable(in));
  for (const Parameter& p : parameters) p.zero_grad();
  Tape tape;
  const Var y = f(x);
  Rng rng(7);
  tape.backward(y, normal(y.shape(), 0, 1, rng));
  std::vector<Tensor> all{y.value()};
  for (const Var& in : x) all.push_back(in.grad());
  for (const Parameter& p : parameters) all.push_back(p.grad());
  return all;
}

} // namespace

double difference(const Tensor& actual, const Tensor& expected) {
  if (actual.shape() != expected.shape()) return std::numeric_limits<double>::infinity();
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double distance = std::abs(double{actual.data()[i]} - double{expected.data()[i]});
    worst = distance <= worst ? worst : distance; // a NaN stays
    largest = std::max(largest, std::abs(double{expected.data()[i]}));
  }
  return largest < 1e-3 ? worst : worst / largest;
}

bool identical(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) return false;
  return a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(real)) == 0;
}

bool identical(const nn::OptimizerState& a, const nn::OptimizerState& b) {
  return identical(a.tensors, b.tensors) && a.steps == b.steps;
}

bool identical(const nn::StateDict& a, const nn::StateDict& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && identical(x.second, y.second);
  });
}

Indices indices(const std::vector<std::size_t>& shape, const std::vector<int>& values) {
  Indices x = Indices::from_shape(shape);
  std::copy(values.begin(), values.end(), x.data());
  return x;
}

void check_gradients(const Function& f, const std::vector<GradcheckInput>& inputs,
                     std::vector<Parameter> parameters) {
  const GradcheckReport report =
      gradcheck_all(f, inputs, {.max_entries = 64, .parameters = std::move(parameters)});
  BOOST_TEST(report.passed, report.text());
}

void check_equal(const Function& f, const Function& g, const std::vector<Tensor>& inputs,
                 const std::vector<Parameter>& parameters) {
  const std::vector<Tensor> a = run(f, inputs, parameters), b = run(g, inputs, parameters);
  for (std::size_t i = 0; i < a.size(); ++i)
    check_close(i == 0 ? "output" : "gradient " + std::to_string(i), a[i], b[i]);
}

Indices Fixture::indices(const std::string& key) const {
  const json& j = cases().at(name).at(key);
  return testing::indices(j.at("shape").get<std::vector<std::size_t>>(),
                          j.at("data").get<std::vector<int>>());
}

Fixture fixture(const std::string& name) {
  const json& j = cases().at(name);
  return {tensors(j.at("inputs")),   tensors(j.at("outputs")),
          tensors(j.at("seeds")),    tensors(j.at("input_gradients")),
          state(j, "parameters"),    state(j, "gradients"),
          state(j, "buffers_after"), name};
}

OptimizerFixture optimizer_fixture(const std::string& name) {
  const json& j = cases().at(name);
  OptimizerFixture all{state(j, "before"), state(j, "after"), {}, j.value("norm", 0.0)};
  if (j.contains("steps"))
    for (const json& step : j.at("steps")) all.steps.push_back(state({{"", step}}, ""));
  return all;
}

std::vector<double> number_fixture(const std::string& name, const std::string& key) {
  return cases().at(name).at(key).get<std::vector<double>>();
}

void check_parity(const std::string& name, nn::Module* layer,
                  const std::function<std::vector<Var>(const std::vector<Var>&)>& f) {
  BOOST_TEST_CONTEXT("case " << name) {
    const Fixture torch = fixture(name);
    if (layer) layer->load_state_dict(torch.parameters);
    if (layer)
      for (const Parameter& p : layer->parameters()) p.zero_grad();
    std::vector<Var> inputs;
    for (const Tensor& x : torch.inputs) inputs.push_back(variable(x));
    Tape tape;
    const std::vector<Var> outputs = f(inputs);
    BOOST_REQUIRE(outputs.size() == torch.outputs.size());
    Var total = sum(outputs[0] * constant(torch.seeds[0]));
    for (std::size_t i = 1; i < outputs.size(); ++i)
      total = total + sum(outputs[i] * constant(torch.seeds[i]));
    tape.backward(total);
    for (std::size_t i = 0; i < outputs.size(); ++i)
      check_close("output " + std::to_string(i), outputs[i].value(), torch.outputs[i]);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      check_close("gradient of input " + std::to_string(i), inputs[i].grad(),
                  torch.input_gradients[i]);
    if (!layer) return;
    std::size_t compared = 0;
    for (const auto& [key, p] : layer->named_parameters()) {
      check_close("gradient of " + key, p.grad(), torch.gradients.at(key));
      ++compared;
    }
    BOOST_TEST(compared == torch.gradients.size());
    const nn::StateDict after = layer->state_dict();
    for (const auto& [key, x] : torch.buffers_after) check_close(key, after.at(key), x);
  }
}

} // namespace tapestry::inline TAPESTRY_PRECISION::testing
