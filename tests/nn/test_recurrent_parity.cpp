// Recurrent layers against PyTorch 1.13: outputs, last states and every gradient, for the random
// configurations of tests/fixtures/recurrent.json. Built in float and in double.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "autograd/base/file.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/recurrent/rnn.hpp"
#include "nn/training/safetensors.hpp"
#include "tests/nn/check.hpp"
#include "tests/nn/json_tensor.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;
using nlohmann::json;

namespace {

constexpr double tolerance = sizeof(real) == 8 ? 1e-10 : 1e-5;

const json& fixtures() {
  static const json all = json::parse(read_file(TAPESTRY_FIXTURES "/recurrent.json"));
  return all;
}

nn::StateDict state_dict(const json& j) {
  nn::StateDict all;
  for (const auto& [name, x] : j.items()) all[name] = tensor(x);
  return all;
}

void expect_close(const std::string& what, const Tensor& actual, const Tensor& expected) {
  BOOST_TEST(difference(actual, expected) < tolerance, what);
}

// Runs f on the case's input and states, pulls its seeds back, compares everything.
void compare(const json& j, nn::Module& layer,
             const std::function<std::vector<Var>(const Var&, const std::vector<Var>&)>& f) {
  layer.load_state_dict(state_dict(j.at("parameters")));
  const Var x = variable(tensor(j.at("x")));
  std::vector<Var> states;
  for (const Tensor& s : tensors(j.at("states"))) states.push_back(variable(s));
  const std::vector<Tensor> outputs = tensors(j.at("outputs")), seeds = tensors(j.at("seeds"));
  Tape tape;
  const std::vector<Var> y = f(x, states);
  BOOST_REQUIRE(y.size() == outputs.size());
  Var total = sum(y[0] * constant(seeds[0]));
  for (std::size_t i = 1; i < y.size(); ++i) total = total + sum(y[i] * constant(seeds[i]));
  tape.backward(total);
  for (std::size_t i = 0; i < y.size(); ++i)
    expect_close("output " + std::to_string(i), y[i].value(), outputs[i]);
  expect_close("gradient of x", x.grad(), tensor(j.at("x_gradient")));
  const std::vector<Tensor> state_gradients = tensors(j.at("state_gradients"));
  for (std::size_t i = 0; i < states.size(); ++i)
    expect_close("gradient of state " + std::to_string(i), states[i].grad(), state_gradients[i]);
  const nn::StateDict gradients = state_dict(j.at("gradients"));
  const auto parameters = layer.named_parameters();
  BOOST_TEST(parameters.size() == gradients.size());
  for (const auto& [name, p] : parameters)
    expect_close("gradient of " + name, p.grad(), gradients.at(name));
}

LSTMState state_of(const nn::LSTM&, const std::vector<Var>& s) { return {s[0], s[1]}; }
template <class Layer> Var state_of(const Layer&, const std::vector<Var>& s) { return s[0]; }

std::vector<Var> parts(const Var& output, const LSTMState& s) { return {output, s.h, s.c}; }
std::vector<Var> parts(const Var& output, const Var& h) { return {output, h}; }

template <class Layer> void compare_layer(const json& j, Layer layer) {
  const bool batch_first = j.at("options").at("batch_first");
  const auto counted = j.at("lengths").get<std::vector<int>>();
  const Lengths lengths(counted.begin(), counted.end());
  compare(j, layer, [&](const Var& x, const std::vector<Var>& start) {
    if (j.at("form") != "packed") {
      const auto r = start.empty() ? layer(x) : layer(x, state_of(layer, start));
      return parts(r.output, r.state);
    }
    const auto packed = pack_padded_sequence(
        x, lengths, {.batch_first = batch_first, .enforce_sorted = j.at("enforce_sorted")});
    const auto r = start.empty() ? layer(packed) : layer(packed, state_of(layer, start));
    return parts(r.output.data, r.state);
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(recurrent_parity)

BOOST_AUTO_TEST_CASE(layers) {
  Rng rng(1);
  for (const json& j : fixtures().at("layers"))
    BOOST_TEST_CONTEXT(j.at("kind") << " " << j.at("options") << " " << j.at("form") << ", lengths "
                                    << j.at("lengths")) {
      const json& o = j.at("options");
      const auto fill = [&](auto options) {
        options.input_size = o.at("input_size"), options.hidden_size = o.at("hidden_size");
        options.num_layers = o.at("num_layers"), options.bias = o.at("bias");
        options.batch_first = o.at("batch_first"), options.bidirectional = o.at("bidirectional");
        return options;
      };
      if (j.at("kind") == "RNN") {
        auto options = fill(nn::RNNOptions{});
        if (o.value("nonlinearity", "tanh") == "relu") options.nonlinearity = Nonlinearity::relu;
        compare_layer(j, nn::RNN(options, rng));
      } else if (j.at("kind") == "GRU") {
        compare_layer(j, nn::GRU(fill(nn::GRUOptions{}), rng));
      } else {
        auto options = fill(nn::LSTMOptions{});
        options.proj_size = o.value("proj_size", 0u);
        compare_layer(j, nn::LSTM(options, rng));
      }
    }
}

BOOST_AUTO_TEST_CASE(cells) {
  Rng rng(1);
  for (const json& j : fixtures().at("cells"))
    BOOST_TEST_CONTEXT(j.at("kind") << ", bias " << j.at("bias")) {
      const bool bias = j.at("bias");
      if (j.at("kind") == "RNNCell") {
        nn::RNNCell cell({.input_size = 3, .hidden_size = 4, .bias = bias}, rng);
        compare(j, cell, [&](const Var& x, const auto& s) { return std::vector{cell(x, s[0])}; });
      } else if (j.at("kind") == "GRUCell") {
        nn::GRUCell cell({.input_size = 3, .hidden_size = 4, .bias = bias}, rng);
        compare(j, cell, [&](const Var& x, const auto& s) { return std::vector{cell(x, s[0])}; });
      } else {
        nn::LSTMCell cell({.input_size = 3, .hidden_size = 4, .bias = bias}, rng);
        compare(j, cell, [&](const Var& x, const auto& s) {
          const LSTMState next = cell(x, {s[0], s[1]});
          return std::vector{next.h, next.c};
        });
      }
    }
}

// The file was written from PyTorch's state dict. What we write has the same names, shapes and
// values; `make_recurrent.py --load FILE` loads it back.
BOOST_AUTO_TEST_CASE(state_dicts_both_ways) {
  Rng rng(1);
  nn::LSTM layer(
      {.input_size = 3, .hidden_size = 5, .num_layers = 2, .bidirectional = true, .proj_size = 2},
      rng);
  const nn::StateDict given =
      nn::load_safetensors(TAPESTRY_FIXTURES "/recurrent.safetensors").tensors;
  layer.load_state_dict(given);
  const json& stored = fixtures().at("stored");
  const Var output = layer(constant(tensor(stored.at("x")))).output;
  expect_close("output", output.value(), tensor(stored.at("output")));
  const TemporaryFolder folder;
  nn::save_safetensors(folder / "ours.safetensors", {layer.state_dict(), {}});
  const nn::StateDict ours = nn::load_safetensors(folder / "ours.safetensors").tensors;
  BOOST_TEST(ours.size() == given.size());
  BOOST_TEST(identical(ours, given));
}

BOOST_AUTO_TEST_SUITE_END()
