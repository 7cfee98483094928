// Sums, means, maxima and variances.
#include "autograd/operators/broadcast.hpp"
#include "autograd/xt.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {

std::vector<Planted> in_reductions() {
  const Points any{{random({2, 3}, 1)}, {random({4, 5}, 2)}, {random({3, 3}, 3)}};
  const Points wide{{random({2, 3}, 4)}, {random({4, 5}, 5)}};
  const Points square{{random({3, 3}, 6)}, {random({4, 4}, 7)}};

  return {
      plant("sum", "the mean", "mean for sum", any,
            [](const Var& x) {
              return mine(sum(detach(x)).value(), {x}, [x](const Var& y) {
                x.grad() += y.grad() / static_cast<real>(x.value().size());
              });
            }),
      plant("sum", "rows: divided by the number of rows", "mean for sum", any,
            [](const Var& x) {
              return mine(sum(detach(x), {0}).value(), {x}, [x](const Var& y) {
                x.grad() += y.grad() / static_cast<real>(x.shape()[0]);
              });
            }),
      plant("sum", "along the other axis, square", "wrong axis | transposed", square,
            [](const Var& x) {
              return mine(sum(detach(x), {0}).value(), {x}, [x](const Var& y) {
                const std::size_t n = x.shape()[1];
                for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] += g(y)[i / n];
              });
            }),
      plant("sum", "along the other axis, wide", "wrong axis", wide,
            [](const Var& x) {
              return mine(sum(detach(x), {0}).value(), {x}, [x](const Var& y) {
                const std::size_t n = x.shape()[1];
                for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] += g(y)[i / n];
              });
            }),
      plant("sum", "only the first row gets it", "zero", any,
            [](const Var& x) {
              return mine(sum(detach(x), {0}).value(), {x}, [x](const Var& y) {
                for (std::size_t j = 0; j < x.shape()[1]; ++j) g(x)[j] += g(y)[j];
              });
            }),
      plant("mean", "the sum", "sum for mean", any,
            [](const Var& x) {
              return mine(mean(detach(x)).value(), {x}, [x](const Var& y) { x.grad() += g(y)[0]; });
            }),
      plant("mean", "of the rows, not divided", "sum for mean", any,
            [](const Var& x) {
              return mine(mean(detach(x), {0}).value(), {x},
                          [x](const Var& y) { x.grad() += y.grad(); });
            }),
      plant("mean", "divided by the other axis' size", "wrong axis", wide,
            [](const Var& x) {
              return mine(mean(detach(x), {0}).value(), {x}, [x](const Var& y) {
                x.grad() += y.grad() / static_cast<real>(x.shape()[1]);
              });
            }),
      plant("mean", "divided twice", "mean for sum", any,
            [](const Var& x) {
              return mine(mean(detach(x)).value(), {x}, [x](const Var& y) {
                const real n = static_cast<real>(x.value().size());
                x.grad() += y.grad() / n / n;
              });
            }),
      plant("mean", "over the rows: of everything", "wrong axis", any,
            [](const Var& x) {
              return mine(mean(detach(x), {0}).value(), {x}, [x](const Var& y) {
                x.grad() += xt::sum(y.grad())() / static_cast<real>(x.value().size());
              });
            }),
      plant("max", "to the first of each row", "wrong entries", any,
            [](const Var& x) {
              return mine(max(detach(x), {1}).value(), {x}, [x](const Var& y) {
                for (std::size_t r = 0; r < x.shape()[0]; ++r) g(x)[r * x.shape()[1]] += g(y)[r];
              });
            }),
      plant("max", "to every entry of the row", "wrong branch", any,
            [](const Var& x) {
              return mine(max(detach(x), {1}).value(), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i < x.value().size(); ++i)
                  g(x)[i] += g(y)[i / x.shape()[1]];
              });
            }),
      plant("max", "an equal share to every entry", "wrong branch", any,
            [](const Var& x) {
              return mine(max(detach(x)).value(), {x}, [x](const Var& y) {
                x.grad() += g(y)[0] / static_cast<real>(x.value().size());
              });
            }),
      plant("max", "times the maximum itself", "missing factor | wrong saved value", any,
            [](const Var& x) {
              return mine(max(detach(x)).value(), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i < x.value().size(); ++i)
                  if (v(x)[i] == v(y)[0]) g(x)[i] += g(y)[0] * v(y)[0];
              });
            }),
      plant("var", "the mean not taken off", "missing term", any,
            [](const Var& x) {
              return mine(var(detach(x)).value(), {x}, [x](const Var& y) {
                x.grad() += 2 * g(y)[0] * x.value() / static_cast<real>(x.value().size() - 1);
              });
            }),
      plant("var", "divided by n for n - 1", "constant factor", any,
            [](const Var& x) {
              return mine(var(detach(x)).value(), {x}, [x](const Var& y) {
                const real m = xt::mean(x.value())();
                x.grad() += 2 * g(y)[0] * (x.value() - m) / static_cast<real>(x.value().size());
              });
            }),
      plant("var", "the 2 forgotten", "constant factor", any,
            [](const Var& x) {
              return mine(var(detach(x), {1}).value(), {x}, [x](const Var& y) {
                const std::size_t n = x.shape()[1];
                const Tensor m = xt::mean(x.value(), {1});
                for (std::size_t i = 0; i < x.value().size(); ++i)
                  g(x)[i] += g(y)[i / n] * (v(x)[i] - m.data()[i / n]) / static_cast<real>(n - 1);
              });
            }),
      plant("var", "the distance not multiplied", "missing factor", any,
            [](const Var& x) {
              return mine(var(detach(x)).value(), {x}, [x](const Var& y) {
                x.grad() += 2 * g(y)[0] / static_cast<real>(x.value().size() - 1);
              });
            }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
