// step() of nn::RNN, nn::LSTM and nn::GRU: the fused operators against the composed cells, finite
// differences and PyTorch's cells; and pull-backs that run again.
#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/sequence.hpp"
#include "tests/nn/check.hpp"
#include "tests/nn/composed.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

Var both(const LSTMState& s) { return stack({s.h, s.c}); }

// Calls f(layer, its cell as a function of x, state and weights) for every kind of layer.
template <class F> void for_each_layer(const nn::RecurrentOptions& o, F f) {
  Rng rng(3);
  nn::RecurrentOptions with_relu = o;
  with_relu.nonlinearity = Nonlinearity::relu;
  nn::RNN tanh_net(o, rng), relu_net(with_relu, rng);
  nn::GRU gru_net(o, rng);
  nn::LSTM lstm_net(o, rng);
  f(tanh_net, elman());
  f(relu_net, elman(Nonlinearity::relu));
  f(gru_net, gru());
  f(lstm_net, lstm());
}

// A state of any kind from h and c, and what it holds as one variable.
template <class Layer> auto state_of(const Layer&, const Var& h, const Var&) { return h; }
LSTMState state_of(const nn::LSTM&, const Var& h, const Var& c) { return {h, c}; }
Var all_of(const Var& h) { return h; }
Var all_of(const LSTMState& s) { return both(s); }
Var all_of(const nn::LSTM&, const LSTMState& s) { return both(s); }
template <class Layer> Var all_of(const Layer&, const LSTMState& s) { return s.h; }

// The records of a pull-back run a second time, and third: the same gradient is added again.
void check_repeats(Tape& tape, std::size_t i, const std::vector<Var>& inputs) {
  const auto gradients = [&] {
    std::vector<Tensor> all;
    for (const Var& x : inputs) all.push_back(x.grad());
    return all;
  };
  const std::vector<Tensor> start = gradients();
  tape.pull_back(i);
  const std::vector<Tensor> once = gradients();
  tape.pull_back(i);
  const std::vector<Tensor> twice = gradients();
  for (std::size_t j = 0; j < inputs.size(); ++j) {
    const Tensor first = once[j] - start[j], second = twice[j] - once[j];
    // The sums start from other numbers, so they are rounded elsewhere.
    BOOST_TEST(difference(second, first) < same_in_double, tape.line(i).op << ", input " << j);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(recurrent_steps)

// With the reset gate before the product, a step is a sequence of one.
BOOST_AUTO_TEST_CASE(a_step_of_chos_gru) {
  Rng rng(4);
  nn::GRU net({.input_size = 3, .hidden_size = 4, .gradient_clip = 0.1, .reset_after = false}, rng);
  const std::vector<Tensor> in{normal({5, 3}, 0, 1, rng), normal({5, 4}, 0, 1, rng)};
  check_equal([&](const auto& x) { return net.step(x[0], x[1]); },
              [&](const auto& x) {
                return select(net(reshape(x[0], {1, 5, 3}), reshape(x[1], {1, 5, 4})).output, 0, 0);
              },
              in, net.parameters());
  BOOST_CHECK_THROW(net.step(constant(zeros({3})), constant(zeros({1, 4}))), ShapeError);
  BOOST_CHECK_THROW(net.step(constant(zeros({2, 3})), constant(zeros({3, 4}))), ShapeError);
}

BOOST_AUTO_TEST_CASE(a_step_is_the_cell) {
  for (const std::size_t input : {3u, 4u}) // 4: all weights square
    for (const std::size_t batch : {1u, 5u, 18u})
      for (const bool bias : {true, false})
        for_each_layer({.input_size = input, .hidden_size = 4, .bias = bias},
                       [&](const auto& layer, const Cell& cell) {
                         Rng rng(1);
                         check_equal(
                             [&](const auto& x) {
                               return all_of(layer.step(x[0], state_of(layer, x[1], x[2])));
                             },
                             [&](const auto& x) {
                               return all_of(layer, cell(x[0], {x[1], x[2]}, layer.weights()));
                             },
                             {normal({batch, input}, 0, 1, rng), normal({batch, 4}, 0, 1, rng),
                              normal({batch, 4}, 0, 1, rng)},
                             const_cast<std::decay_t<decltype(layer)>&>(layer).parameters());
                       });
}

BOOST_AUTO_TEST_CASE(gradients) {
  for_each_layer({.input_size = 3, .hidden_size = 4}, [](auto& layer, const Cell&) {
    Rng rng(2);
    std::vector<GradcheckInput> in{normal({5, 3}, 0, 1, rng), normal({5, 4}, 0, 1, rng)};
    if (std::is_same_v<std::decay_t<decltype(layer)>, nn::LSTM>)
      in.push_back(normal({5, 4}, 0, 1, rng));
    check_gradients(
        [&](const auto& x) { return all_of(layer.step(x[0], state_of(layer, x[1], x.back()))); },
        in, layer.parameters());
  });
}

BOOST_AUTO_TEST_CASE(steps_are_the_layer) {
  for (const double clip : {0.0, 0.1})
    for_each_layer({.input_size = 3, .hidden_size = 4, .gradient_clip = clip},
                   [](auto& layer, const Cell&) {
                     Rng rng(4);
                     check_equal([&](const auto& x) { return layer(x[0]).output; },
                                 [&](const auto& x) {
                                   auto state = layer.zero_state(2);
                                   std::vector<Var> outputs;
                                   for (std::size_t t = 0; t < 5; ++t) {
                                     state = layer.step(select(x[0], 0, t), state);
                                     const Var all = all_of(state);
                                     outputs.push_back(all.rank() == 3 ? select(all, 0, 0) : all);
                                   }
                                   return stack(outputs);
                                 },
                                 {normal({5, 2, 3}, 0, 1, rng)}, layer.parameters());
                   });
}

BOOST_AUTO_TEST_CASE(few_records) {
  for_each_layer({.input_size = 3, .hidden_size = 4}, [](auto& layer, const Cell&) {
    Tape tape;
    auto state = layer.zero_state(2);
    for (int t = 0; t < 7; ++t) state = layer.step(constant(ones({2, 3})), state);
    const bool has_c = all_of(state).rank() == 3;
    BOOST_TEST(tape.size() >= (has_c ? 14u : 7u));
    BOOST_TEST(tape.size() <= (has_c ? 15u : 7u)); // one is the stack of h and c
  });
}

// What is kept of the weights must not outlive them.
BOOST_AUTO_TEST_CASE(changed_weights_are_seen) {
  Rng rng(5);
  nn::GRU net({.input_size = 3, .hidden_size = 4}, rng);
  const Var x = constant(normal({2, 3}, 0, 1, rng)), h = constant(normal({2, 4}, 0, 1, rng));
  const Tensor before = net.step(x, h).value();
  BOOST_TEST(identical(net.step(x, h).value(), before));
  nn::GRU other({.input_size = 3, .hidden_size = 4}, rng);
  net.load_state_dict(other.state_dict());
  const Tensor after = net.step(x, h).value();
  BOOST_TEST(identical(after, other.step(x, h).value()));
  BOOST_TEST(!identical(after, before));
}

BOOST_AUTO_TEST_CASE(pull_backs_run_again) {
  Rng rng(6);
  for (const bool both_ways : {false, true})
    for_each_layer({.input_size = 3, .hidden_size = 4, .bidirectional = both_ways},
                   [&](auto& layer, const Cell&) {
                     const std::size_t d = both_ways ? 2 : 1;
                     const Var x = variable(normal({5, 3, 3}, 0, 1, rng));
                     const Var h = variable(normal({d, 3, 4}, 0, 1, rng));
                     const Var c = variable(normal({d, 3, 4}, 0, 1, rng));
                     Tape tape;
                     const auto r = layer(x, state_of(layer, h, c));
                     const Var last = all_of(r.state);
                     const Var y = joined({r.output, last});
                     tape.backward(y, normal(y.shape(), 0, 1, rng));
                     for (std::size_t i = 0; i < tape.size(); ++i) {
                       const auto inputs = tape.line(i).inputs;
                       check_repeats(tape, i, {inputs.begin(), inputs.end()});
                     }
                   });
  for_each_layer({.input_size = 3, .hidden_size = 4}, [&](auto& layer, const Cell&) {
    const Var x = variable(normal({5, 3}, 0, 1, rng)), h = variable(normal({5, 4}, 0, 1, rng));
    Tape tape;
    const Var y = all_of(layer.step(x, state_of(layer, h, h)));
    tape.backward(y, normal(y.shape(), 0, 1, rng));
    for (std::size_t i = 0; i < tape.size(); ++i) {
      const auto inputs = tape.line(i).inputs;
      check_repeats(tape, i, {inputs.begin(), inputs.end()});
    }
  });
}

BOOST_AUTO_TEST_CASE(errors) {
  Rng rng(7);
  nn::LSTM lstm({.input_size = 3, .hidden_size = 4}, rng);
  nn::GRU gru({.input_size = 3, .hidden_size = 4}, rng);
  nn::RNN two({.input_size = 3, .hidden_size = 4, .num_layers = 2}, rng);
  const auto zero = [](const Shape& shape) { return constant(zeros(shape)); };
  BOOST_CHECK_THROW(gru.step(zero({2, 4}), gru.zero_state(2)), ShapeError);
  BOOST_CHECK_THROW(gru.step(zero({3}), gru.zero_state(1)), ShapeError);
  BOOST_CHECK_THROW(gru.step(zero({2, 3}), gru.zero_state(1)), ShapeError); // no broadcasting
  BOOST_CHECK_THROW(gru.step(zero({2, 3}), Var{}), ShapeError);
  BOOST_CHECK_THROW(lstm.step(zero({2, 3}), {zero({2, 4}), zero({2, 3})}), ShapeError);
  BOOST_CHECK_THROW(two.step(zero({2, 3}), two.zero_state(2)), std::invalid_argument);
  BOOST_TEST(gru.step(zero({0, 3}), gru.zero_state(0)).shape() == (Shape{0, 4}));
}

BOOST_AUTO_TEST_SUITE_END()
