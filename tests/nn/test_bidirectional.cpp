#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/recurrent/bidirectional.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/sequences/padding.hpp"
#include "tests/nn/check.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const ShapeError& e) {
    return e.what();
  }
  return "nothing was thrown";
}

#define SAYS(what, ...)                                                                            \
  do {                                                                                             \
    const std::string said = message([&] { __VA_ARGS__; });                                        \
    BOOST_TEST(said.find(what) != std::string::npos, said);                                        \
  } while (false)

} // namespace

BOOST_AUTO_TEST_SUITE(two_directions)

BOOST_AUTO_TEST_CASE(each_in_its_own_length) { // padding stays behind it
  const Var x = constant({{1, 4, 6}, {2, 5, 0}, {3, 0, 0}});
  BOOST_TEST(
      identical(reverse_sequences(x, {3, 2, 1}).value(), Tensor{{3, 5, 6}, {2, 4, 0}, {1, 0, 0}}));
}

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  check_gradients(
      [](const auto& x) {
        return reverse_sequences(x[0], {2, 4, 1});
      },
      {normal({4, 3, 2}, 0, 1, rng)});
  check_equal(
      [](const auto& x) {
        return reverse_sequences(x[0], {4, 4});
      },
      [](const auto& x) {
        return stack(
            {select(x[0], 0, 3), select(x[0], 0, 2), select(x[0], 0, 1), select(x[0], 0, 0)});
      },
      {normal({4, 2, 3}, 0, 1, rng)});
}

BOOST_AUTO_TEST_CASE(composed_is_fused) {
  Rng rng(2);
  const Lengths lengths{2, 5, 1, 5};
  nn::GRU both({.input_size = 3, .hidden_size = 4, .bidirectional = true}, rng);
  nn::GRU forward({.input_size = 3, .hidden_size = 4}, rng);
  nn::GRU reverse({.input_size = 3, .hidden_size = 4}, rng);
  for (const auto& [net, backward] : {std::pair{&forward, false}, {&reverse, true}}) {
    const nn::RecurrentWeights& w = both.weights(0, backward);
    net->load_state_dict({{"weight_ih_l0", w.weight_ih.value()},
                          {"weight_hh_l0", w.weight_hh.value()},
                          {"bias_ih_l0", w.bias_ih.value()},
                          {"bias_hh_l0", w.bias_hh.value()}});
  }
  const PackOptions any{.enforce_sorted = false};
  check_equal(
      [&](const auto& x) { return both(pack_padded_sequence(x[0], lengths, any)).output.data; },
      [&](const auto& x) {
        const Var y = bidirectional(
            x[0], lengths, [&](const Var& v) { return forward(v).output; },
            [&](const Var& v) { return reverse(v).output; });
        return pack_padded_sequence(y, lengths, any).data;
      },
      {normal({5, 4, 3}, 0, 1, rng)});
}

BOOST_AUTO_TEST_CASE(bad_input) {
  const Var x = constant(zeros({4, 3, 2}));
  SAYS("reverse_sequences at nn/test_bidirectional.cpp:", reverse_sequences(x, {4, 0, 1}));
  SAYS("lengths[1] is 0; it must be in 1 .. 4", reverse_sequences(x, {4, 0, 1}));
  SAYS("lengths[0] is 5; it must be in 1 .. 4", reverse_sequences(x, {5, 1, 1}));
  SAYS("lengths[2] is -3; it must be in 1 .. 4", reverse_sequences(x, {4, 1, -3}));
  SAYS("lengths has 2 entries; it must have 3", reverse_sequences(x, {4, 1}));
  SAYS("the batch is empty", reverse_sequences(constant(zeros({4, 0, 2})), {}));
  SAYS("expected (T, B, ...)", reverse_sequences(constant(zeros({4})), {4}));
}

BOOST_AUTO_TEST_SUITE_END()
