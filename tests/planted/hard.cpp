// Mistakes that are hard to see: small beside what is right, few among many, lost in large numbers.
#include "autograd/xt.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

// tanh with a pull-back that adds d(y, dy) to every entry.
template <class D> Var my_tanh(const Var& x, D d) {
  return mine(xt::tanh(x.value()), {x}, [x, d](const Var& y) {
    for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] += d(v(y)[i], g(y)[i]);
  });
}

// 3 x with a pull-back that is wrong in one entry.
template <class Wrong> Var three_times(const Var& x, std::size_t entry, Wrong wrong) {
  return mine(x.value() * real(3), {x}, [x, entry, wrong](const Var& y) {
    for (std::size_t i = 0; i < x.value().size(); ++i)
      g(x)[i] += (i == entry ? real(wrong) : real(3)) * g(y)[i];
  });
}

} // namespace

std::vector<Planted> hard_to_see() {
  const Points any{{random({2, 3}, 1)}, {random({4, 5}, 2)}};
  const Points pairs{{random({2, 3}, 3), random({2, 3}, 4)},
                     {random({4, 5}, 5), random({4, 5}, 6)}};
  const Points large{{random({50, 40}, 7)}};

  return {
      plant("tanh", "a factor of 1.00001", "constant factor", any,
            [](const Var& x) {
              return my_tanh(x, [](real y, real dy) { return real(1.00001) * dy * (1 - y * y); });
            }),
      plant("tanh", "0.0001 too much, whatever arrives", "upstream ignored", any,
            [](const Var& x) {
              return my_tanh(x, [](real y, real dy) { return dy * (1 - y * y) + real(1e-4); });
            }),
      plant("square", "a value of a call before the check", "stale value", {{random({2, 3}, 1)}},
            [](const Var& x) {
              static const Tensor stale = random({2, 3}, 99);
              return mine(xt::square(x.value()), {x},
                          [x](const Var& y) { x.grad() += 2 * stale * y.grad(); });
            }),
      plant("3 x", "one entry of 9, by a thousandth", "constant factor", {{random({3, 3}, 8)}},
            [](const Var& x) { return three_times(x, 5, 3.001); }),
      plant("3 x", "one entry of 2,000", "constant factor", large,
            [](const Var& x) { return three_times(x, 777, 4); }),
      plant("tanh", "a row of 2,000 entries forgotten", "zero", large,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i + 40 < x.value().size(); ++i)
                  g(x)[i] += g(y)[i] * (1 - v(y)[i] * v(y)[i]);
              });
            }),
      plant("tanh", "minus, beside an output of 1e10", "sign flipped", pairs,
            [](const Var& a, const Var& b) {
              const Var wrong = my_tanh(b, [](real y, real dy) { return -dy * (1 - y * y); });
              return concatenate({a * 1e10, wrong});
            }),
      plant("1e8 + x", "minus", "sign flipped", any,
            [](const Var& x) {
              return mine(real(1e8) + x.value(), {x}, [x](const Var& y) { x.grad() -= y.grad(); });
            }),
      plant("1e12 + x", "nothing, beside a gradient of 0.001", "", any,
            [](const Var& x) {
              return x * 1e-3 + mine(real(1e12) + x.value(), {x}, [x](const Var&) {});
            }),
      plant("layer norm", "the variance detached", "missing term | zero", any,
            [](const Var& x) {
              return (x - mean(x, {-1}, true)) / sqrt(detach(var(x, {-1}, true)) + 1e-5);
            }),
      plant("mse_loss of a layer", "a factor 2 deep inside", "constant factor", pairs,
            [](const Var& a, const Var& b) {
              const Var h = tanh(a) * b;
              const Var wrong = my_tanh(h, [](real y, real dy) { return 2 * dy * (1 - y * y); });
              return mse_loss(softmax(wrong), sigmoid(b));
            }),
      plant("mse_loss of a layer", "the upstream gradient ignored deep inside", "upstream ignored",
            pairs,
            [](const Var& a, const Var& b) {
              const Var h = tanh(a) * b;
              return mse_loss(softmax(my_tanh(h, [](real y, real) { return 1 - y * y; })), b);
            }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
