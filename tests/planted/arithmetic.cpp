// Arithmetic of two tensors, of one shape and broadcast.
#include "autograd/operators/broadcast.hpp"
#include "autograd/xt.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {

std::vector<Planted> in_arithmetic() {
  const Points pairs{{random({2, 3}, 1), positive({2, 3}, 2)},
                     {random({4, 5}, 3), positive({4, 5}, 4)},
                     {random({3, 3}, 5), positive({3, 3}, 6)}};
  const Points rows{{random({2, 3}, 7), random({3}, 8)},
                    {random({4, 5}, 9), random({5}, 10)},
                    {random({3, 3}, 11), random({3}, 12)}};
  const Points scalars{{random({2, 3}, 13), random({}, 14)}, {random({4, 5}, 15), random({}, 16)}};

  return {
      plant("-", "b is added", "sign flipped", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() - b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad();
                b.grad() += y.grad();
              });
            }),
      plant("-", "the two gradients exchanged", "arguments swapped | sign flipped", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() - b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() -= y.grad();
                b.grad() += y.grad();
              });
            }),
      plant("*", "each its own value", "arguments swapped", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() * a.value();
                b.grad() += y.grad() * b.value();
              });
            }),
      plant("*", "a for b, in one of the two", "wrong operand", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() * a.value();
                b.grad() += y.grad() * a.value();
              });
            }),
      plant("*", "the product saved for a factor", "wrong operand | wrong saved value", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() * y.value();
                b.grad() += y.grad() * a.value();
              });
            }),
      plant("*", "the second factor forgotten", "missing factor", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() * b.value();
                b.grad() += y.grad();
              });
            }),
      plant("*", "what arrives is changed before its second use", "missing factor", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() *= b.value();
                b.grad() += y.grad() * a.value();
              });
            }),
      plant("*", "a's gradient is handed on to b", "wrong operand", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                const Tensor da = y.grad() * b.value();
                a.grad() += da;
                b.grad() += da;
              });
            }),
      plant("/", "the minus forgotten", "sign flipped", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() / b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() / b.value();
                b.grad() += y.grad() * y.value() / b.value();
              });
            }),
      plant("/", "b not squared", "missing factor", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() / b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() / b.value();
                b.grad() -= y.grad() * a.value() / b.value();
              });
            }),
      plant("/", "times b for divided by b", "missing factor", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() / b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() * b.value();
                b.grad() -= y.grad() * y.value() / b.value();
              });
            }),
      plant("/", "the quotient squared for its product with 1 / b",
            "wrong operand | wrong saved value | missing factor", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() / b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() / b.value();
                b.grad() -= y.grad() * y.value() * y.value();
              });
            }),
      plant(
          "+", "the second gradient forgotten", "zero", pairs,
          [](const Var& a, const Var& b) {
            return mine(a.value() + b.value(), {a, b}, [a](const Var& y) { a.grad() += y.grad(); });
          }),
      plant("+", "= for +=, in a sum whose part is used twice", "overwritten", pairs,
            [](const Var& a, const Var& b) {
              const Var y = mine(a.value() + b.value(), {a, b}, [a, b](const Var& out) {
                a.grad() = out.grad();
                b.grad() += out.grad();
              });
              return y * a;
            }),
      plant("+, broadcast", "the row gets what arrives in the first row",
            "broadcast not summed back", rows,
            [](const Var& a, const Var& b) {
              return mine(a.value() + b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad();
                for (std::size_t j = 0; j < b.value().size(); ++j) g(b)[j] += g(y)[j];
              });
            }),
      plant("+, broadcast", "the mean of the rows", "mean for sum", rows,
            [](const Var& a, const Var& b) {
              return mine(a.value() + b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad();
                b.grad() += xt::mean(y.grad(), {0});
              });
            }),
      plant("+, broadcast", "a gradient of the output's shape", "broadcast not summed back", rows,
            [](const Var& a, const Var& b) {
              return mine(a.value() + b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad();
                b.grad() += y.grad();
              });
            }),
      plant("+, broadcast", "= in a loop over the rows", "overwritten", rows,
            [](const Var& a, const Var& b) {
              return mine(a.value() + b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad();
                for (std::size_t i = 0; i < y.value().size(); ++i)
                  g(b)[i % b.value().size()] = g(y)[i];
              });
            }),
      plant("*, broadcast", "the other factor forgotten", "missing factor", rows,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                sum_into(a.grad(), y.grad() * b.value());
                sum_into(b.grad(), y.grad());
              });
            }),
      plant("*, broadcast", "the row: only the last row counts", "broadcast not summed back", rows,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                sum_into(a.grad(), y.grad() * b.value());
                const std::size_t n = b.value().size(), last = y.value().size() - n;
                for (std::size_t j = 0; j < n; ++j) g(b)[j] += g(y)[last + j] * v(a)[last + j];
              });
            }),
      plant("*, by a scalar", "the scalar: only the first entry counts",
            "broadcast not summed back", scalars,
            [](const Var& a, const Var& s) {
              return mine(a.value() * s.value(), {a, s}, [a, s](const Var& y) {
                a.grad() += y.grad() * v(s)[0];
                g(s)[0] += g(y)[0] * v(a)[0];
              });
            }),
      plant("*, by a scalar", "the scalar: the mean over all entries", "mean for sum", scalars,
            [](const Var& a, const Var& s) {
              return mine(a.value() * s.value(), {a, s}, [a, s](const Var& y) {
                a.grad() += y.grad() * v(s)[0];
                g(s)[0] += xt::mean(y.grad() * a.value())();
              });
            }),
      plant("maximum", "to the smaller of the two", "arguments swapped", pairs,
            [](const Var& a, const Var& b) {
              return mine(xt::maximum(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                for (std::size_t i = 0; i < y.value().size(); ++i)
                  g(v(a)[i] < v(b)[i] ? a : b)[i] += g(y)[i];
              });
            }),
      plant("maximum", "to both", "wrong branch", pairs,
            [](const Var& a, const Var& b) {
              return mine(xt::maximum(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad();
                b.grad() += y.grad();
              });
            }),
      plant("*, of a function with itself", "one of the two paths cut", "zero | constant factor",
            Points{{random({2, 3}, 17)}, {random({4, 5}, 18)}},
            [](const Var& a) { return a * detach(a); }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
