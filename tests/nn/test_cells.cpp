#include <cmath>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/functions.hpp"
#include "tests/nn/check.hpp"
#include "tests/nn/composed.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

// The parts of a cell as the cell functions take them, with random values.
std::vector<Tensor> cell_inputs(std::size_t gates, std::size_t batch, std::size_t input,
                                std::size_t hidden, Rng& rng) {
  const auto draw = [&](const Shape& shape) { return normal(shape, 0, 0.7, rng); };
  return {draw({batch, input}),           draw({batch, hidden}),  draw({gates * hidden, input}),
          draw({gates * hidden, hidden}), draw({gates * hidden}), draw({gates * hidden})};
}

Var both(const LSTMState& s) { return stack({s.h, s.c}); }

} // namespace

BOOST_AUTO_TEST_SUITE(cells)

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  for (const std::size_t input : {3u, 4u}) // 4: all weights square
    for (const std::size_t batch : {1u, 5u}) {
      const auto check = [&](std::size_t gates, const auto& cell) {
        const std::vector<Tensor> x = cell_inputs(gates, batch, input, 4, rng);
        check_gradients(cell, {x.begin(), x.end()});
      };
      for (const Nonlinearity f : {Nonlinearity::tanh, Nonlinearity::relu})
        check(1, [f](const auto& x) { return elman_cell(x[0], x[1], x[2], x[3], x[4], x[5], f); });
      check(3, [](const auto& x) { return gru_cell(x[0], x[1], x[2], x[3], x[4], x[5]); });
      check(3, [](const auto& x) { return cho_gru_cell(x[0], x[1], x[2], x[3], x[4], x[5]); });
      const Tensor c = normal({batch, 4}, 0, 1, rng), peephole = normal({3, 4}, 0, 1, rng);
      std::vector<Tensor> x = cell_inputs(4, batch, input, 4, rng);
      x.push_back(c);
      check_gradients(
          [](const auto& v) {
            return both(lstm_cell(v[0], {v[1], v[6]}, v[2], v[3], v[4], v[5]));
          },
          {x.begin(), x.end()});
      x.push_back(peephole);
      check_gradients(
          [](const auto& v) {
            return both(peephole_lstm_cell(v[0], {v[1], v[6]}, v[2], v[3], v[4], v[5], v[7]));
          },
          {x.begin(), x.end()});
    }
}

BOOST_AUTO_TEST_CASE(twice) { // the weights' gradients add up over the steps
  Rng rng(2);
  nn::GRUCell cell({.input_size = 3, .hidden_size = 4}, rng);
  check_gradients([&](const auto& x) { return cell(x[0], cell(x[0], x[1])); },
                  {normal({2, 3}, 0, 1, rng), normal({2, 4}, 0, 1, rng)}, cell.parameters());
}

// Peepholes of zero see nothing; otherwise each is what the equations of Graves 2013 say.
BOOST_AUTO_TEST_CASE(peepholes) {
  Rng rng(3);
  std::vector<Tensor> in = cell_inputs(4, 2, 3, 4, rng);
  in.push_back(normal({2, 4}, 0, 1, rng));
  check_equal(
      [](const auto& v) {
        return both(peephole_lstm_cell(v[0], {v[1], v[6]}, v[2], v[3], v[4], v[5],
                                       constant(zeros({3, 4}))));
      },
      [](const auto& v) {
        return both(lstm_cell(v[0], {v[1], v[6]}, v[2], v[3], v[4], v[5]));
      },
      in);
  // One unit, by hand: all weights 0, biases 0, peepholes 1, 2, 3 and c = 0.5.
  const auto s = [](double x) { return 1 / (1 + std::exp(-x)); };
  const LSTMState next = peephole_lstm_cell(
      constant(zeros({1, 1})), {constant(zeros({1, 1})), constant(full({1, 1}, real(0.5)))},
      constant(zeros({4, 1})), constant(zeros({4, 1})), constant(zeros({4})),
      constant(Tensor{0, 0, 1, 0}), constant(reshaped(Tensor{1, 2, 3}, {3, 1})));
  const double c = s(2 * 0.5) * 0.5 + s(1 * 0.5) * std::tanh(1.0);
  BOOST_TEST(std::abs(double{next.c.item()} - c) < 1e-6);
  BOOST_TEST(std::abs(double{next.h.item()} - s(3 * c) * std::tanh(c)) < 1e-6);
}

// The inputs of cell_inputs as plain numbers, and what a cell makes of one row and one unit.
struct ByHand {
  const std::vector<Tensor>& in;
  std::size_t hidden;

  // Entry (r, j) of x w_ih^T + b_ih, and of s w_hh^T + b_hh for some (B, H) in place of the state.
  double from_input(std::size_t r, std::size_t j) const {
    double sum = in[4](j);
    for (std::size_t i = 0; i < in[0].shape()[1]; ++i) sum += in[0](r, i) * in[2](j, i);
    return sum;
  }
  double from_state(const Tensor& s, std::size_t r, std::size_t j) const {
    double sum = in[5](j);
    for (std::size_t i = 0; i < hidden; ++i) sum += s(r, i) * in[3](j, i);
    return sum;
  }
};

double squash(double x) { return 1 / (1 + std::exp(-x)); }

// Graves 2013, eqs. 7 to 11, number by number.
BOOST_AUTO_TEST_CASE(peepholes_by_hand) {
  Rng rng(6);
  std::vector<Tensor> in = cell_inputs(4, 2, 3, 5, rng);
  const Tensor c = normal({2, 5}, 0, 1, rng), p = normal({3, 5}, 0, 1, rng);
  const auto v = [&](std::size_t i) { return constant(in[i]); };
  const LSTMState next =
      peephole_lstm_cell(v(0), {v(1), constant(c)}, v(2), v(3), v(4), v(5), constant(p));
  const ByHand hand{in, 5};
  Tensor h_wanted = zeros({2, 5}), c_wanted = zeros({2, 5});
  for (std::size_t r = 0; r < 2; ++r)
    for (std::size_t j = 0; j < 5; ++j) {
      const auto sum = [&](std::size_t gate) {
        return hand.from_input(r, gate * 5 + j) + hand.from_state(in[1], r, gate * 5 + j);
      };
      const double i = squash(sum(0) + p(0, j) * c(r, j)), f = squash(sum(1) + p(1, j) * c(r, j));
      const double kept = f * c(r, j) + i * std::tanh(sum(2));
      c_wanted(r, j) = kept;
      h_wanted(r, j) = squash(sum(3) + p(2, j) * kept) * std::tanh(kept);
    }
  BOOST_TEST(difference(next.c.value(), c_wanted) < same_in_double);
  BOOST_TEST(difference(next.h.value(), h_wanted) < same_in_double);
}

// Cho et al. 2014, eqs. 5 to 8, number by number, with z for what is kept.
BOOST_AUTO_TEST_CASE(cho_by_hand) {
  Rng rng(7);
  const std::vector<Tensor> in = cell_inputs(3, 2, 3, 5, rng);
  const auto v = [&](std::size_t i) { return constant(in[i]); };
  const Var next = cho_gru_cell(v(0), v(1), v(2), v(3), v(4), v(5));
  const ByHand hand{in, 5};
  Tensor open = zeros({2, 5}), wanted = zeros({2, 5}); // r h; h'
  const auto gate = [&](std::size_t k, std::size_t r, std::size_t j) {
    return squash(hand.from_input(r, k * 5 + j) + hand.from_state(in[1], r, k * 5 + j));
  };
  for (std::size_t r = 0; r < 2; ++r)
    for (std::size_t j = 0; j < 5; ++j) open(r, j) = gate(0, r, j) * in[1](r, j);
  for (std::size_t r = 0; r < 2; ++r)
    for (std::size_t j = 0; j < 5; ++j) {
      const double z = gate(1, r, j);
      const double n = std::tanh(hand.from_input(r, 10 + j) + hand.from_state(open, r, 10 + j));
      wanted(r, j) = z * in[1](r, j) + (1 - z) * n;
    }
  BOOST_TEST(difference(next.value(), wanted) < same_in_double);
}

// The two forms of the GRU differ in where the reset gate stands. Where it is fully open, and the
// bias beside it zero, they agree; elsewhere they do not.
BOOST_AUTO_TEST_CASE(forms_of_the_gru) {
  Rng rng(4);
  std::vector<Tensor> in = cell_inputs(3, 2, 3, 4, rng);
  const auto difference_of_forms = [&] {
    std::vector<Var> v;
    for (const Tensor& x : in) v.push_back(constant(x));
    return difference(gru_cell(v[0], v[1], v[2], v[3], v[4], v[5]).value(),
                      cho_gru_cell(v[0], v[1], v[2], v[3], v[4], v[5]).value());
  };
  BOOST_TEST(difference_of_forms() > 1e-3);
  std::fill_n(in[4].data(), 4, real{60}); // reset gates at 1
  BOOST_TEST(difference_of_forms() < 1e-6);
}

BOOST_AUTO_TEST_CASE(without_biases) {
  Rng rng(5);
  const std::vector<Tensor> in = cell_inputs(3, 2, 3, 4, rng);
  const auto without = [](const auto& cell) {
    return [cell](const std::vector<Var>& v) { return cell(v[0], v[1], v[2], v[3], Var{}, Var{}); };
  };
  const auto with_zeros = [](const auto& cell, std::size_t n) {
    return [cell, n](const std::vector<Var>& v) {
      return cell(v[0], v[1], v[2], v[3], constant(zeros({n})), constant(zeros({n})));
    };
  };
  const auto gru = [](auto... v) { return gru_cell(v...); };
  const auto cho = [](auto... v) { return cho_gru_cell(v...); };
  const std::vector<Tensor> weights(in.begin(), in.begin() + 4);
  check_equal(without(gru), with_zeros(gru, 12), weights);
  check_equal(without(cho), with_zeros(cho, 12), weights);
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  Rng rng(1);
  nn::RNNCell cell({.input_size = 3, .hidden_size = 4}, rng);
  check_parity("rnn_cell", &cell, [&](const auto& x) { return std::vector{cell(x[0], x[1])}; });
}

BOOST_AUTO_TEST_CASE(wrong_shapes) {
  Rng rng(1);
  nn::RNNCell elman({.input_size = 3, .hidden_size = 4}, rng);
  nn::GRUCell gru({.input_size = 3, .hidden_size = 4}, rng);
  nn::LSTMCell lstm({.input_size = 3, .hidden_size = 4}, rng);
  const auto zero = [](const Shape& shape) { return constant(zeros(shape)); };
  const auto run_all = [&](const Shape& x, const Shape& h, auto expect) {
    expect([&] { elman(zero(x), zero(h)); });
    expect([&] { gru(zero(x), zero(h)); });
    expect([&] { lstm(zero(x), {zero(h), zero(h)}); });
  };
  const auto works = [](const auto& f) { f(); };
  const auto throws = [](const auto& f) { BOOST_CHECK_THROW(f(), ShapeError); };
  run_all({2, 3}, {2, 4}, works);
  run_all({2, 4}, {2, 4}, throws);
  run_all({2, 3}, {2, 3}, throws);
  run_all({2, 3}, {3, 4}, throws);
  run_all({2, 3}, {1, 4}, throws); // which would be broadcast
  // A c narrower than h would cut the gates at the wrong places.
  BOOST_CHECK_THROW(lstm(zero({2, 3}), {zero({2, 4}), zero({2, 2})}), ShapeError);
  BOOST_CHECK_THROW(lstm(zero({2, 3}), {zero({2, 4}), zero({1, 4})}), ShapeError);
  BOOST_CHECK_THROW(peephole_lstm_cell(zero({2, 3}), {zero({2, 4}), zero({2, 4})}, lstm.weight_ih,
                                       lstm.weight_hh, lstm.bias_ih, lstm.bias_hh, zero({4, 3})),
                    ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
