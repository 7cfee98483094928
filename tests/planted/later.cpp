// Mistakes that were written down after the hypotheses were finished, and that none of them was
// changed for: how good is the diagnosis at what its author did not think of?
#include <cmath>

#include "autograd/operators/broadcast.hpp"
#include "autograd/xt.hpp"
#include "nn/pooling.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

// x / |x| row by row, and the lengths
Tensor lengths(const Tensor& x) { return xt::sqrt(xt::sum(xt::square(x), {1}, xt::keep_dims)); }

} // namespace

std::vector<Planted> written_later() {
  const Points any{{random({2, 3}, 31)}, {random({4, 5}, 32)}, {random({3, 3}, 33)}};
  const Points above{{positive({2, 3}, 34)}, {positive({4, 5}, 35)}};
  const Points pairs{{random({2, 3}, 36), positive({2, 3}, 37)},
                     {random({4, 5}, 38), positive({4, 5}, 39)}};
  const Points column{{random({3, 3}, 40), random({3, 1}, 41)},
                      {random({4, 4}, 42), random({4, 1}, 43)}};
  const Points scores{{random({2, 5}, 44), random({3, 5}, 45)},
                      {random({4, 3}, 46), random({2, 3}, 47)}};
  const Points sequence{{random({4, 2, 3}, 48)}, {random({3, 1, 2}, 49)}};

  return {
      plant("sigmoid", "the slope of tanh", "missing factor", any,
            [](const Var& x) {
              return mine(1 / (1 + xt::exp(-x.value())), {x}, [x](const Var& y) {
                x.grad() += y.grad() * (1 - xt::square(y.value()));
              });
            }),
      plant("pow", "differentiated twice", "missing factor", above,
            [](const Var& x) {
              return mine(xt::pow(x.value(), 3), {x},
                          [x](const Var& y) { x.grad() += 6 * y.grad() * x.value(); });
            }),
      plant("/", "the gradient of a not divided", "missing factor", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() / b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad();
                b.grad() -= y.grad() * y.value() / b.value();
              });
            }),
      plant("*", "added twice", "constant factor", pairs,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                for (int twice = 0; twice < 2; ++twice) a.grad() += y.grad() * b.value();
                b.grad() += y.grad() * a.value();
              });
            }),
      plant("exp", "reads the input's gradient for the output's", "zero", any,
            [](const Var& x) {
              return mine(xt::exp(x.value()), {x},
                          [x](const Var& y) { x.grad() += x.grad() * y.value(); });
            }),
      plant("log_softmax", "the sum over the other axis", "wrong axis", any,
            [](const Var& x) {
              return mine(log_softmax(detach(x)).value(), {x}, [x](const Var& y) {
                const Tensor total = xt::sum(y.grad(), {0}, xt::keep_dims);
                x.grad() += y.grad() - xt::exp(y.value()) * total;
              });
            }),
      plant("*, by a column", "summed over the rows", "wrong axis", column,
            [](const Var& a, const Var& b) {
              return mine(a.value() * b.value(), {a, b}, [a, b](const Var& y) {
                a.grad() += y.grad() * b.value();
                const Tensor db = xt::sum(y.grad() * a.value(), {0});
                b.grad() += reshaped(db, b.shape());
              });
            }),
      plant("mean", "of two axes, divided by one", "sum for mean", sequence,
            [](const Var& x) {
              return mine(mean(detach(x), {1, 2}).value(), {x}, [x](const Var& y) {
                const Tensor dy = reshaped(y.grad(), {x.shape()[0], 1, 1});
                x.grad() += dy / static_cast<real>(x.shape()[2]);
              });
            }),
      plant("norm", "not divided by the norm", "missing factor", any,
            [](const Var& x) {
              const real norm = std::sqrt(xt::sum(xt::square(x.value()))());
              return mine(Tensor(norm), {x},
                          [x](const Var& y) { x.grad() += g(y)[0] * x.value(); });
            }),
      plant("rows of length 1", "the length taken for a constant", "missing term", any,
            [](const Var& x) {
              const Tensor length = lengths(x.value());
              return mine(x.value() / length, {x},
                          [x, length](const Var& y) { x.grad() += y.grad() / length; });
            }),
      plant("rows of length 1", "the projection not divided by the length",
            "missing factor | missing term", any,
            [](const Var& x) {
              const Tensor length = lengths(x.value());
              return mine(x.value() / length, {x}, [x](const Var& y) {
                const Tensor along = xt::sum(y.grad() * y.value(), {1}, xt::keep_dims);
                x.grad() += y.grad() - y.value() * along;
              });
            }),
      plant("cumulative sum", "summed forward again", "transposed", any,
            [](const Var& x) {
              const std::size_t n = x.shape()[1];
              Tensor out = x.value();
              for (std::size_t i = 0; i < out.size(); ++i)
                if (i % n > 0) out.data()[i] += out.data()[i - 1];
              return mine(out, {x}, [x, n](const Var& y) {
                real total = 0;
                for (std::size_t i = 0; i < x.value().size(); ++i) {
                  total = (i % n > 0 ? total : 0) + g(y)[i];
                  g(x)[i] += total;
                }
              });
            }),
      plant("reverse", "not reversed back", "wrong entries", any,
            [](const Var& x) {
              Tensor out = x.value();
              std::reverse(out.storage().begin(), out.storage().end());
              return mine(out, {x}, [x](const Var& y) { x.grad() += y.grad(); });
            }),
      plant("max_pool2d", "overlapping windows, = for +=", "overwritten",
            Points{{random({1, 1, 4, 4}, 50)}, {random({1, 2, 3, 5}, 51)}},
            [](const Var& x) {
              const Tensor out = max_pool2d(detach(x), 2, 1).value();
              return mine(out, {x}, [x](const Var& y) {
                const std::size_t h = x.shape()[2], w = x.shape()[3], n = (h - 1) * (w - 1);
                for (std::size_t i = 0; i < y.value().size(); ++i)
                  for (std::size_t k = 0; k < 4; ++k) {
                    const std::size_t at =
                        i / n * h * w + (i % n / (w - 1) + k / 2) * w + i % (w - 1) + k % 2;
                    if (v(x)[at] == v(y)[i]) g(x)[at] = g(y)[i];
                  }
              });
            }),
      plant("concatenate", "along axis 1, split along axis 0", "wrong entries | wrong axis",
            Points{{random({2, 3}, 52), random({2, 3}, 53)},
                   {random({4, 2}, 54), random({4, 2}, 55)}},
            [](const Var& a, const Var& b) {
              const Tensor out = concatenate({detach(a), detach(b)}, 1).value();
              return mine(out, {a, b}, [a, b](const Var& y) {
                const std::size_t n = a.value().size();
                for (std::size_t i = 0; i < n; ++i) g(a)[i] += g(y)[i];
                for (std::size_t i = 0; i < n; ++i) g(b)[i] += g(y)[n + i];
              });
            }),
      plant("scores q k^T / sqrt(d)", "the root forgotten for q", "constant factor", scores,
            [](const Var& q, const Var& k) {
              const real root = std::sqrt(static_cast<real>(q.shape()[1]));
              return mine(times(q.value(), t(k.value())) / root, {q, k},
                          [q, k, root](const Var& y) {
                            q.grad() += times(y.grad(), k.value());
                            k.grad() += times(t(y.grad()), q.value()) / root;
                          });
            }),
      plant(
          "layer norm with a scale", "the scale forgotten on the way back", "missing factor",
          Points{{random({2, 4}, 56), positive({4}, 57)}, {random({3, 5}, 58), positive({5}, 59)}},
          [](const Var& x, const Var& scale) {
            const auto normal = [](const Var& in) {
              const Var centred = in - mean(in, {1}, true);
              return centred / sqrt(var(in, {1}, true, 0) + 1e-5);
            };
            const Tensor n = normal(detach(x)).value();
            return mine(n * scale.value(), {x, scale}, [x, scale, n](const Var& y) {
              const Tensor sigma = xt::sqrt(var(detach(x), {1}, true, 0).value() + real(1e-5));
              const Tensor dy = y.grad();
              const Tensor m = xt::mean(dy, {1}, xt::keep_dims);
              const Tensor along = xt::mean(dy * n, {1}, xt::keep_dims);
              x.grad() += (dy - m - n * along) / sigma;
              scale.grad() += xt::sum(dy * n, {0});
            });
          }),
      plant("dropout", "what was dropped gets the gradient", "wrong branch", any,
            [](const Var& x) {
              Rng rng(6);
              Tensor mask = uniform(x.shape(), 0, 1, rng);
              for (real& m : mask.storage()) m = m < real(0.5) ? 0 : 1;
              return mine(x.value() * mask, {x},
                          [x, mask](const Var& y) { x.grad() += y.grad() * (1 - mask); });
            }),
      plant("leaky integrator h = 0.9 h + x", "the leak forgotten on the way back",
            "missing factor | constant factor", sequence,
            [](const Var& x) {
              const std::size_t row = x.value().size() / x.shape()[0];
              Tensor out = x.value();
              for (std::size_t i = row; i < out.size(); ++i)
                out.data()[i] += real(0.9) * out.data()[i - row];
              return mine(out, {x}, [x, row](const Var& y) {
                std::vector<real> later(row, 0);
                for (std::size_t i = x.value().size(); i-- > 0;)
                  g(x)[i] += later[i % row] += g(y)[i];
              });
            }),
      plant("leaky integrator h = 0.9 h + x", "walked back in the wrong direction",
            "transposed | wrong entries", sequence,
            [](const Var& x) {
              const std::size_t row = x.value().size() / x.shape()[0];
              Tensor out = x.value();
              for (std::size_t i = row; i < out.size(); ++i)
                out.data()[i] += real(0.9) * out.data()[i - row];
              return mine(out, {x}, [x, row](const Var& y) {
                std::vector<real> before(row, 0);
                for (std::size_t i = 0; i < x.value().size(); ++i)
                  g(x)[i] += before[i % row] = real(0.9) * before[i % row] + g(y)[i];
              });
            }),
      plant("gated sum z a + (1 - z) b", "z gets only its first path", "missing term",
            Points{{positive({2, 3}, 60), random({2, 3}, 61), random({2, 3}, 62)},
                   {positive({3, 4}, 63), random({3, 4}, 64), random({3, 4}, 65)}},
            [](const Var& z, const Var& a, const Var& b) {
              const Tensor out = z.value() * a.value() + (1 - z.value()) * b.value();
              return mine(out, {z, a, b}, [z, a, b](const Var& y) {
                z.grad() += y.grad() * a.value();
                a.grad() += y.grad() * z.value();
                b.grad() += y.grad() * (1 - z.value());
              });
            }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
