#include <boost/test/unit_test.hpp>

#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"
#include "tests/nn/check.hpp"
#include "tests/nn/composed.hpp"

using namespace tapestry;
using namespace tapestry::testing;

BOOST_AUTO_TEST_SUITE(lstm)

BOOST_AUTO_TEST_CASE(gradients_of_a_step) {
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

BOOST_AUTO_TEST_CASE(steps_are_the_layer) {
  Rng rng(2);
  nn::LSTM layer({.input_size = 3, .hidden_size = 4}, rng);
  check_equal([&](const auto& x) { return layer(x[0]).output; },
              [&](const auto& x) {
                LSTMState state = layer.zero_state(2);
                std::vector<Var> outputs;
                for (std::size_t t = 0; t < 5; ++t) {
                  state = layer.step(select(x[0], 0, t), state);
                  outputs.push_back(state.h);
                }
                return stack(outputs);
              },
              {normal({5, 2, 3}, 0, 1, rng)}, layer.parameters());
  nn::LSTM two({.input_size = 3, .hidden_size = 4, .num_layers = 2}, rng);
  BOOST_CHECK_THROW(two.step(constant(zeros({2, 3})), two.zero_state(2)), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  Rng rng(1);
  nn::LSTM layer({.input_size = 3, .hidden_size = 4}, rng);
  const auto parts = [](const nn::LSTM::Result& r) {
    return std::vector{r.output, select(r.state.h, 0, 0), select(r.state.c, 0, 0)};
  };
  const auto as_layer = [](const Var& x) { return reshape(x, {1, x.shape()[0], x.shape()[1]}); };
  for (const std::string name : {"lstm_1_1", "lstm_5_2"}) {
    check_parity(name, &layer, [&](const auto& x) { return parts(layer(x[0])); });
    check_parity(name + "_from_state", &layer, [&](const auto& x) {
      return parts(layer(x[0], {as_layer(x[1]), as_layer(x[2])}));
    });
  }
}

BOOST_AUTO_TEST_CASE(a_sequence_in_two_halves_is_the_sequence) {
  Rng rng(4);
  nn::LSTM layer({.input_size = 3, .hidden_size = 4}, rng);
  check_equal([&](const auto& x) { return layer(x[0]).output; },
              [&](const auto& x) {
                const auto first = layer(slice(x[0], 0, 0, 2));
                return concatenate({first.output, layer(slice(x[0], 0, 2, 5), first.state).output});
              },
              {normal({5, 2, 3}, 0, 1, rng)}, layer.parameters());
}

// The second tape starts from the first one's state and cannot reach behind it: its gradients are
// those of its own half, from a start that happens to be there.
BOOST_AUTO_TEST_CASE(truncated_back_propagation) {
  Rng rng(5);
  nn::LSTM layer({.input_size = 3, .hidden_size = 4}, rng);
  const Tensor x = normal({6, 2, 3}, 0, 1, rng);
  LSTMState carried;
  {
    Tape tape;
    const Var early = variable(x);
    const auto first = layer(slice(early, 0, 0, 4));
    tape.backward(sum(first.output));
    carried = detach(first.state);
  }
  BOOST_TEST(!carried.h.needs_grad());
  for (const Parameter& p : layer.parameters()) p.zero_grad();
  const Var late = variable(x);
  Var h, c;
  {
    Tape tape;
    const auto second = layer(slice(late, 0, 4, 6), carried);
    tape.backward(sum(second.output));
    BOOST_TEST(identical(second.output.value(),
                         Tensor{slice(layer(constant(x)).output, 0, 4, 6).value()}));
  }
  for (std::size_t i = 0; i < x.size(); ++i) // steps 0 to 3 get nothing
    BOOST_TEST((late.grad().data()[i] == 0) == (i < 4 * 2 * 3));
  const Tensor truncated = layer.weights().weight_hh.grad();
  for (const Parameter& p : layer.parameters()) p.zero_grad();
  Tape tape;
  const auto r = layer(slice(constant(x), 0, 4, 6),
                       {constant(carried.h.value()), constant(carried.c.value())});
  tape.backward(sum(r.output));
  BOOST_TEST(identical(truncated, layer.weights().weight_hh.grad()));
}

BOOST_AUTO_TEST_SUITE_END()
