// What recurrent layers say to bad input: the argument, what it was, and what it must be.
#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
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
  SAYS(ShapeError, "the batch is empty", lstm(zero({5, 0, 3})));
  SAYS(ShapeError, "the batch is empty", gru(zero({0, 5, 3})));
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
  nn::LSTM one({.input_size = 1, .hidden_size = 2}, rng);
  SAYS(std::invalid_argument, "LSTM has no weights of forward layer 1", one.weights(1));
  SAYS(std::invalid_argument, "LSTM has no weights of reverse layer 0", one.weights(0, true));
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
