#include <boost/test/unit_test.hpp>

#include "autograd/arithmetic.hpp"
#include "autograd/error.hpp"
#include "autograd/reduce.hpp"
#include "autograd/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/lstm.hpp"
#include "tests/nn/check.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

// Output and last state as one variable, so that gradients arrive at all three.
Var joined(const nn::LSTMResult& r) {
  const auto as_step = [](const Var& x) { return reshape(x, {1, x.shape()[0], x.shape()[1]}); };
  return concatenate({r.output, as_step(r.state.h), as_step(r.state.c)});
}

nn::LSTMResult by_cells(const nn::LSTM& lstm, const Var& x, LSTMState state) {
  std::vector<Var> outputs;
  for (std::size_t t = 0; t < x.shape()[0]; ++t) {
    state = lstm_cell(select(x, 0, t), state, lstm.weight_ih, lstm.weight_hh, lstm.bias_ih,
                      lstm.bias_hh);
    outputs.push_back(state.h);
  }
  return {stack(outputs), state};
}

} // namespace

BOOST_AUTO_TEST_SUITE(lstm)

BOOST_AUTO_TEST_CASE(gradients_of_a_cell) {
  Rng rng(1);
  nn::LSTM layer({.input_size = 3, .hidden_size = 4}, rng);
  check_gradients(
      [&](const auto& x) {
        const LSTMState next = layer.step(x[0], {x[1], x[2]});
        return stack({next.h, next.c});
      },
      {normal({5, 3}, 0, 1, rng), normal({5, 4}, 0, 1, rng), normal({5, 4}, 0, 1, rng)},
      layer.parameters());
}

BOOST_AUTO_TEST_CASE(gradients_of_a_layer) {
  Rng rng(2);
  nn::LSTM layer({.input_size = 3, .hidden_size = 2}, rng);
  for (const std::size_t steps : {1u, 5u})
    for (const std::size_t batch : {1u, 4u})
      BOOST_TEST_CONTEXT("T = " << steps << ", B = " << batch) {
        const Tensor x = normal({steps, batch, 3}, 0, 1, rng);
        check_gradients([&](const auto& in) { return joined(layer(in[0])); }, {x},
                        // one step from zeros does not use weight_hh
                        steps > 1 ? layer.parameters()
                                  : std::vector<Parameter>{layer.weight_ih, layer.bias_hh});
        check_gradients(
            [&](const auto& in) {
              return joined(layer(in[0], {in[1], in[2]}));
            },
            {x, normal({batch, 2}, 0, 1, rng), normal({batch, 2}, 0, 1, rng)}, layer.parameters());
      }
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  Rng rng(1);
  nn::LSTM layer({.input_size = 3, .hidden_size = 4}, rng);
  const auto from_zeros = [&](const std::vector<Var>& x) {
    const nn::LSTMResult r = layer(x[0]);
    return std::vector{r.output, r.state.h, r.state.c};
  };
  const auto from_state = [&](const std::vector<Var>& x) {
    const nn::LSTMResult r = layer(x[0], {x[1], x[2]});
    return std::vector{r.output, r.state.h, r.state.c};
  };
  check_parity("lstm_1_1", &layer, from_zeros);
  check_parity("lstm_1_1_from_state", &layer, from_state);
  check_parity("lstm_5_2", &layer, from_zeros);
  check_parity("lstm_5_2_from_state", &layer, from_state);
}

BOOST_AUTO_TEST_CASE(a_layer_is_a_loop_over_cells) {
  Rng rng(3);
  nn::LSTM layer({.input_size = 3, .hidden_size = 4}, rng);
  check_equal(
      [&](const auto& x) {
        return joined(layer(x[0], {x[1], x[2]}));
      },
      [&](const auto& x) {
        return joined(by_cells(layer, x[0], {x[1], x[2]}));
      },
      {normal({6, 2, 3}, 0, 1, rng), normal({2, 4}, 0, 1, rng), normal({2, 4}, 0, 1, rng)},
      layer.parameters());
}

BOOST_AUTO_TEST_CASE(a_sequence_in_two_halves_is_the_sequence) {
  Rng rng(4);
  nn::LSTM layer({.input_size = 3, .hidden_size = 4}, rng);
  check_equal([&](const auto& x) { return layer(x[0]).output; },
              [&](const auto& x) {
                const nn::LSTMResult first = layer(slice(x[0], 0, 0, 2));
                return concatenate({first.output, layer(slice(x[0], 0, 2, 5), first.state).output});
              },
              {normal({5, 2, 3}, 0, 1, rng)}, layer.parameters());
}

// The chain of 2000 records or more frees flat, and gradients reach its beginning.
BOOST_AUTO_TEST_CASE(a_long_sequence) {
  Rng rng(5);
  nn::LSTM layer({.input_size = 2, .hidden_size = 3}, rng);
  const Var x = variable(normal({2000, 1, 2}, 0, 1, rng));
  Tape tape;
  tape.backward(sum(layer(x).output));
  BOOST_TEST(x.grad().data()[0] != 0);
}

BOOST_AUTO_TEST_CASE(wrong_shapes) {
  Rng rng(6);
  nn::LSTM layer({.input_size = 3, .hidden_size = 4}, rng);
  const auto zero = [](const Shape& shape) { return constant(zeros(shape)); };
  BOOST_CHECK_THROW(layer(zero({2, 3})), ShapeError);
  BOOST_CHECK_THROW(layer(zero({5, 2, 4})), ShapeError);
  BOOST_CHECK_THROW(layer(zero({5, 2, 3}), {zero({2, 3}), zero({2, 4})}), ShapeError);
  BOOST_CHECK_THROW(layer(zero({5, 2, 3}), {zero({3, 4}), zero({3, 4})}), ShapeError);
  // A c narrower than h would cut the gates at the wrong places.
  BOOST_CHECK_THROW(layer(zero({5, 2, 3}), {zero({2, 4}), zero({2, 2})}), ShapeError);
  BOOST_CHECK_THROW(layer(zero({0, 2, 3})), ShapeError); // no step, no output
}

BOOST_AUTO_TEST_SUITE_END()
