// What recurrent layers say to bad input: the argument, what it was, and what it must be.
#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/elman_sequence.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/recurrent/rnn.hpp"
#include "tests/nn/check.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

template <class Error> std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

#define SAYS(Error, what, ...)                                                                     \
  do {                                                                                             \
    const std::string said = message<Error>([&] { __VA_ARGS__; });                                 \
    BOOST_TEST(said.find(what) != std::string::npos, said);                                        \
  } while (false)

Var zero(const Shape& shape) { return constant(zeros(shape)); }

} // namespace

BOOST_AUTO_TEST_SUITE(recurrent_errors)

BOOST_AUTO_TEST_CASE(inputs) {
  Rng rng(1);
  nn::LSTM lstm({.input_size = 3, .hidden_size = 4}, rng);
  nn::GRU gru({.input_size = 3, .hidden_size = 4, .batch_first = true}, rng);
  SAYS(ShapeError, "the last axis of the input is 4, expected input_size = 3",
       lstm(zero({5, 2, 4})));
  SAYS(ShapeError, "LSTM at nn/test_recurrent_errors.cpp:", lstm(zero({5, 2, 4})));
  SAYS(ShapeError, "expected (T, B, I) or (T, I)", lstm(zero({3})));
  SAYS(ShapeError, "expected (B, T, I) or (T, I)", gru(zero({1, 1, 1, 3})));
  SAYS(ShapeError, "there are no steps", lstm(zero({0, 2, 3})));
  SAYS(ShapeError, "there are no steps", lstm(zero({0, 3})));
  const PackedSequence packed = pack_padded_sequence(zero({5, 2, 4}), {5, 3});
  SAYS(ShapeError, "the last axis of the input is 4, expected input_size = 3", lstm(packed));
  SAYS(ShapeError, "expected packed data of shape (N, I)",
       lstm(pack_padded_sequence(zero({5, 2}), {5, 3})));
  SAYS(ShapeError, "the packed data is (2, 3), its layout has 8 rows",
       lstm(packed.with(zero({2, 3}))));
}

BOOST_AUTO_TEST_CASE(states) {
  Rng rng(1);
  nn::LSTM lstm({.input_size = 3, .hidden_size = 4, .num_layers = 2, .bidirectional = true}, rng);
  const Var x = zero({5, 2, 3}), good = zero({4, 2, 4});
  lstm(x, {good, good});
  SAYS(ShapeError, "the state h is (2, 4), expected (4, 2, 4)", lstm(x, {zero({2, 4}), good}));
  SAYS(ShapeError, "the state h is (4, 3, 4), expected (4, 2, 4)",
       lstm(x, {zero({4, 3, 4}), good}));
  SAYS(ShapeError, "the state c is (4, 2, 5), expected (4, 2, 4)",
       lstm(x, {good, zero({4, 2, 5})}));
  SAYS(ShapeError, "the state h is (4, 2, 4), expected (4, 4)", lstm(zero({5, 3}), {good, good}));
  SAYS(ShapeError, "the state c is (4, 1, 4), expected (4, 2, 4)",
       lstm(pack_padded_sequence(x, {5, 3}), {good, zero({4, 1, 4})}));
  nn::LSTM projected({.input_size = 3, .hidden_size = 4, .proj_size = 2}, rng);
  SAYS(ShapeError, "the state h is (1, 2, 4), expected (1, 2, 2)",
       projected(x, {zero({1, 2, 4}), zero({1, 2, 4})}));
}

BOOST_AUTO_TEST_CASE(options) {
  Rng rng(1);
  const auto lstm = [&](nn::LSTMOptions o) { nn::LSTM(o, rng); };
  SAYS(std::invalid_argument, "RNN: input_size is 0, hidden_size 4, num_layers 1",
       nn::RNN({.input_size = 0, .hidden_size = 4}, rng));
  SAYS(std::invalid_argument, "num_layers 0; each must be at least 1",
       nn::GRU({.input_size = 1, .hidden_size = 4, .num_layers = 0}, rng));
  SAYS(std::invalid_argument, "dropout is 1; it must be in [0, 1)",
       lstm({.input_size = 1, .hidden_size = 4, .dropout = 1}));
  SAYS(std::invalid_argument, "proj_size is 4; it must be less than hidden_size, 4",
       lstm({.input_size = 1, .hidden_size = 4, .proj_size = 4}));
  SAYS(std::invalid_argument, "gradient_clip is -1; it must not be negative",
       lstm({.input_size = 1, .hidden_size = 4, .gradient_clip = -1}));
  SAYS(std::invalid_argument, "GRU: proj_size is for an LSTM",
       nn::GRU({.input_size = 1, .hidden_size = 4, .proj_size = 2}, rng));
  SAYS(std::invalid_argument, "LSTM: nonlinearity is for an RNN",
       lstm({.input_size = 1, .hidden_size = 4, .nonlinearity = Nonlinearity::relu}));
  lstm({.input_size = 1, .hidden_size = 2, .dropout = 0.1});
  nn::LSTM dropping_nothing({.input_size = 1, .hidden_size = 2, .dropout = 0.1}, rng);
  dropping_nothing(zero({2, 1, 1})); // one layer: nothing is between layers
  nn::LSTM one({.input_size = 1, .hidden_size = 2}, rng);
  SAYS(std::invalid_argument, "LSTM has no weights of forward layer 1", one.weights(1));
  SAYS(std::invalid_argument, "LSTM has no weights of reverse layer 0", one.weights(0, true));
}

// As in PyTorch: a batch without sequences gives outputs and states without any.
BOOST_AUTO_TEST_CASE(empty_batches) {
  Rng rng(1);
  nn::LSTM lstm({.input_size = 3, .hidden_size = 4, .num_layers = 2, .bidirectional = true}, rng);
  nn::GRU gru({.input_size = 3, .hidden_size = 4, .batch_first = true}, rng);
  nn::RNN rnn({.input_size = 3, .hidden_size = 4}, rng);
  const Var x = variable(zeros({5, 0, 3}));
  Tape tape;
  const auto r = lstm(x);
  BOOST_TEST(r.output.shape() == (Shape{5, 0, 8}));
  BOOST_TEST(r.state.h.shape() == (Shape{4, 0, 4}));
  BOOST_TEST(r.state.c.shape() == (Shape{4, 0, 4}));
  tape.backward(r.output, zeros({5, 0, 8}));
  BOOST_TEST(x.grad().size() == 0u);
  const Tensor& dw = lstm.weights().weight_ih.grad();
  BOOST_TEST(std::all_of(dw.begin(), dw.end(), [](real g) { return g == 0; }));
  BOOST_TEST(gru(zero({0, 5, 3})).output.shape() == (Shape{0, 5, 4}));
  BOOST_TEST(rnn(zero({5, 0, 3})).output.shape() == (Shape{5, 0, 4}));
}

BOOST_AUTO_TEST_CASE(fused_operators) {
  const Var x = zero({5, 2, 3}), w = zero({4, 3}), u = zero({4, 4});
  SequenceInput in{.x = x, .steps = {5, 2}, .directions = {}};
  SAYS(ShapeError, "there are 0 directions; expected one or two",
       elman_sequence(in, Nonlinearity::tanh));
  in.directions = {{w, u}, {w, u}, {w, u}};
  SAYS(ShapeError, "there are 3 directions; expected one or two",
       elman_sequence(in, Nonlinearity::tanh));
  in.directions = {{w, u}, {zero({2, 3}), zero({2, 2})}};
  SAYS(ShapeError, "weight_hh of the second direction is (2, 2), expected (4, 4)",
       elman_sequence(in, Nonlinearity::tanh));
  in.directions = {{w, u}};
  for (const double clip : {-1.0, std::nan("")}) {
    in.gradient_clip = clip;
    SAYS(std::invalid_argument, "it must not be negative", elman_sequence(in, Nonlinearity::tanh));
  }
  in.gradient_clip = 0;
  SAYS(ShapeError, "there is no layout", in.steps = Steps(nullptr));
  Rng rng(1);
  nn::GRU gru({.input_size = 3, .hidden_size = 4}, rng);
  SAYS(ShapeError, "has no layout", gru(PackedSequence{zero({5, 3}), nullptr}));
}

// In PyTorch as well: not a number stays what it is, also behind a relu.
BOOST_AUTO_TEST_CASE(not_a_number_goes_through) {
  Rng rng(1);
  nn::RNN rnn({.input_size = 1, .hidden_size = 3, .nonlinearity = Nonlinearity::relu}, rng);
  Tensor in = ones({2, 1, 1});
  in.data()[0] = std::nan("");
  const Var x = variable(in);
  const Tensor y = rnn(x).output.value();
  BOOST_TEST(std::all_of(y.begin(), y.end(), [](real v) { return std::isnan(v); }));
  const Tensor stepped = rnn.step(select(x, 0, 0), rnn.zero_state(1)).value();
  BOOST_TEST(std::isnan(stepped.data()[0]));
}

BOOST_AUTO_TEST_CASE(state_dicts) {
  Rng rng(1);
  nn::GRU gru({.input_size = 3, .hidden_size = 4}, rng);
  nn::StateDict state = gru.state_dict();
  state.erase("bias_hh_l0");
  state["weight_ih_l0"] = zeros({12, 5});
  state["weight_ih_l1"] = zeros({12, 4});
  const nn::StateDict before = gru.state_dict();
  SAYS(std::invalid_argument, R"("bias_hh_l0" (12) is missing)", gru.load_state_dict(state));
  SAYS(std::invalid_argument, R"("weight_ih_l0" is (12, 5), expected (12, 3))",
       gru.load_state_dict(state));
  SAYS(std::invalid_argument, R"("weight_ih_l1" (12, 4) is not a part of it)",
       gru.load_state_dict(state));
  BOOST_TEST(identical(gru.state_dict(), before)); // and nothing has changed
}

BOOST_AUTO_TEST_SUITE_END()
