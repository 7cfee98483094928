// Functions of one tensor, entry by entry.
#include "autograd/xt.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {

std::vector<Planted> in_functions() {
  const Points any{{random({2, 3}, 1)}, {random({4, 5}, 2)}, {random({3, 3}, 3)}};
  const Points above{{positive({2, 3}, 4)}, {positive({4, 5}, 5)}, {positive({3, 3}, 6)}};

  return {
      plant("tanh", "minus", "sign flipped", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x}, [x](const Var& y) {
                x.grad() -= y.grad() * (1 - xt::square(y.value()));
              });
            }),
      plant("tanh", "what arrives is forgotten", "upstream ignored", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x},
                          [x](const Var& y) { x.grad() += 1 - xt::square(y.value()); });
            }),
      plant("tanh", "the input saved for the output", "wrong saved value", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x}, [x](const Var& y) {
                x.grad() += y.grad() * (1 - xt::square(x.value()));
              });
            }),
      plant("tanh", "the square forgotten", "missing factor", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x},
                          [x](const Var& y) { x.grad() += y.grad() * (1 - y.value()); });
            }),
      plant("tanh", "the 1 forgotten", "missing term", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x}, [x](const Var& y) {
                x.grad() += y.grad() * (-1 * xt::square(y.value()));
              });
            }),
      plant("tanh", "the function for its derivative", "wrong saved value", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x},
                          [x](const Var& y) { x.grad() += y.grad() * y.value(); });
            }),
      plant("tanh", "= for +=", "overwritten", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x},
                          [x](const Var& y) { x.grad() = y.grad() * (1 - xt::square(y.value())); });
            }),
      plant("tanh", "what arrives, squared", "upstream not linear", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x}, [x](const Var& y) {
                x.grad() += xt::square(y.grad()) * (1 - xt::square(y.value()));
              });
            }),
      plant("tanh", "what arrives, clipped to [-1, 1]", "upstream not linear", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i < y.value().size(); ++i)
                  g(x)[i] += std::clamp(g(y)[i], real(-1), real(1)) * (1 - v(y)[i] * v(y)[i]);
              });
            }),
      plant("tanh", "added to what arrives instead of multiplied", "upstream ignored", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x}, [x](const Var& y) {
                x.grad() += y.grad() + (1 - xt::square(y.value()));
              });
            }),
      plant("tanh", "the pull-back is empty", "zero", any,
            [](const Var& x) { return mine(xt::tanh(x.value()), {x}, [x](const Var&) {}); }),
      plant("tanh", "the loop stops one entry early", "zero", any,
            [](const Var& x) {
              return mine(xt::tanh(x.value()), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i + 1 < y.value().size(); ++i)
                  g(x)[i] += g(y)[i] * (1 - v(y)[i] * v(y)[i]);
              });
            }),
      plant("exp", "the factor y forgotten", "missing factor", any,
            [](const Var& x) {
              return mine(xt::exp(x.value()), {x}, [x](const Var& y) { x.grad() += y.grad(); });
            }),
      plant("exp", "the input saved for the output", "wrong saved value", any,
            [](const Var& x) {
              return mine(xt::exp(x.value()), {x},
                          [x](const Var& y) { x.grad() += y.grad() * x.value(); });
            }),
      plant("exp", "a buffer that all calls share", "stale value", any,
            [](const Var& x) {
              static Tensor saved;
              saved = xt::exp(x.value());
              return mine(saved, {x}, [x](const Var& y) { x.grad() += y.grad() * saved; });
            }),
      plant("log", "times x for divided by x", "missing factor", above,
            [](const Var& x) {
              return mine(xt::log(x.value()), {x},
                          [x](const Var& y) { x.grad() += y.grad() * x.value(); });
            }),
      plant("log", "the output saved for the input", "wrong saved value", above,
            [](const Var& x) {
              return mine(xt::log(x.value()), {x},
                          [x](const Var& y) { x.grad() += y.grad() / y.value(); });
            }),
      plant("sigmoid", "1 - y forgotten", "missing factor", any,
            [](const Var& x) {
              return mine(1 / (1 + xt::exp(-x.value())), {x},
                          [x](const Var& y) { x.grad() += y.grad() * y.value(); });
            }),
      plant("sigmoid", "y (y - 1)", "sign flipped", any,
            [](const Var& x) {
              return mine(1 / (1 + xt::exp(-x.value())), {x}, [x](const Var& y) {
                x.grad() += y.grad() * y.value() * (y.value() - 1);
              });
            }),
      plant("sigmoid", "x (1 - x)", "wrong saved value", any,
            [](const Var& x) {
              return mine(1 / (1 + xt::exp(-x.value())), {x}, [x](const Var& y) {
                x.grad() += y.grad() * x.value() * (1 - x.value());
              });
            }),
      plant("sigmoid", "what the first call of that size saved", "stale value", any,
            [](const Var& x) {
              static Tensor first;
              const Tensor out = 1 / (1 + xt::exp(-x.value()));
              if (first.shape() != out.shape()) first = out;
              return mine(out, {x},
                          [x](const Var& y) { x.grad() += y.grad() * first * (1 - first); });
            }),
      plant("square", "the 2 forgotten", "constant factor", any,
            [](const Var& x) {
              return mine(xt::square(x.value()), {x},
                          [x](const Var& y) { x.grad() += y.grad() * x.value(); });
            }),
      plant("square", "the x forgotten", "missing factor", any,
            [](const Var& x) {
              return mine(xt::square(x.value()), {x},
                          [x](const Var& y) { x.grad() += 2 * y.grad(); });
            }),
      plant("sqrt", "the 2 forgotten", "constant factor", above,
            [](const Var& x) {
              return mine(xt::sqrt(x.value()), {x},
                          [x](const Var& y) { x.grad() += y.grad() / y.value(); });
            }),
      plant("sqrt", "1 / (2 x)", "wrong saved value", above,
            [](const Var& x) {
              return mine(xt::sqrt(x.value()), {x},
                          [x](const Var& y) { x.grad() += y.grad() / (2 * x.value()); });
            }),
      plant("pow", "the exponent not lowered", "missing factor", above,
            [](const Var& x) {
              return mine(xt::pow(x.value(), 3), {x},
                          [x](const Var& y) { x.grad() += 3 * y.grad() * y.value(); });
            }),
      plant("pow", "the exponent forgotten in front", "constant factor", above,
            [](const Var& x) {
              return mine(xt::pow(x.value(), 3), {x},
                          [x](const Var& y) { x.grad() += y.grad() * xt::square(x.value()); });
            }),
      plant("relu", "passes everything", "wrong branch", any,
            [](const Var& x) {
              return mine(relu(detach(x)).value(), {x},
                          [x](const Var& y) { x.grad() += y.grad(); });
            }),
      plant("relu", "the sign of what arrives decides", "upstream not linear", any,
            [](const Var& x) {
              return mine(relu(detach(x)).value(), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i < x.value().size(); ++i)
                  if (g(y)[i] > 0) g(x)[i] += g(y)[i];
              });
            }),
      plant("relu", "the other side", "wrong branch", any,
            [](const Var& x) {
              return mine(relu(detach(x)).value(), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i < x.value().size(); ++i)
                  if (v(x)[i] < 0) g(x)[i] += g(y)[i];
              });
            }),
      plant("abs", "the sign of x forgotten", "missing factor", any,
            [](const Var& x) {
              return mine(xt::abs(x.value()), {x}, [x](const Var& y) { x.grad() += y.grad(); });
            }),
      plant("clamp", "passes what was cut at the top", "wrong branch", any,
            [](const Var& x) {
              return mine(clamp(detach(x), -0.5, 0.5).value(), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i < x.value().size(); ++i)
                  if (v(x)[i] > real(-0.5)) g(x)[i] += g(y)[i];
              });
            }),
      plant("negate", "the minus forgotten", "sign flipped", any,
            [](const Var& x) {
              return mine(-x.value(), {x}, [x](const Var& y) { x.grad() += y.grad(); });
            }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
