// Mistakes by a second hand, who had not written the hypotheses: formulas of later years (GELU,
// RMS norm, attention), scans, products over an axis, gates.
#include <cmath>
#include <numeric>

#include "autograd/xt.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

Tensor logistic(const Tensor& x) { return 1 / (1 + xt::exp(-x)); }

// Entry by entry: y = value(x), and slope(x, y) in the place of dy/dx.
template <class V, class S> Var entrywise(const Var& x, V value, S slope) {
  Tensor out = x.value();
  for (real& u : out.storage()) u = value(u);
  return mine(out, {x}, [x, slope](const Var& y) {
    for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] += g(y)[i] * slope(v(x)[i], v(y)[i]);
  });
}

// 1 in two of three entries, else 0
Tensor two_of_three(const Shape& shape) {
  Tensor mask = zeros(shape);
  for (std::size_t i = 0; i < mask.size(); ++i) mask.data()[i] = i % 3 != 1;
  return mask;
}

real total(const Tensor& x) {
  return std::accumulate(x.storage().begin(), x.storage().end(), real(0));
}

real sigma(real x) { return 1 / (1 + std::exp(-x)); }

// x (B, N) over the root of its mean square, row by row
Tensor root_mean_square(const Tensor& x) {
  const Tensor mean = xt::mean(xt::square(x), {1}, xt::keep_dims);
  return xt::sqrt(mean);
}

} // namespace

std::vector<Planted> by_a_second_hand() {
  const Points any{{random({2, 3}, 71)}, {random({4, 5}, 72)}, {random({3, 3}, 73)}};
  const Points above{{positive({2, 3}, 74)}, {positive({4, 5}, 75)}};
  const Points pairs{{random({2, 3}, 76), random({2, 3}, 77)},
                     {random({4, 5}, 78), random({4, 5}, 79)}};
  const Points form{{random({3}, 80), random({3, 4}, 81), random({4}, 82)},
                    {random({5}, 83), random({5, 2}, 84), random({2}, 85)},
                    {random({3}, 86), random({3, 3}, 87), random({3}, 88)}};
  const Points attention{{random({2, 3}, 89), random({4, 3}, 90), random({4, 5}, 91)},
                         {random({3, 2}, 92), random({5, 2}, 93), random({5, 4}, 94)}};
  const Points stacks{{random({2, 3, 4}, 95), random({2, 4, 5}, 96)},
                      {random({3, 2, 5}, 97), random({3, 5, 2}, 98)}};
  const Points layer{{random({4, 3}, 99), random({3, 5}, 100), random({5}, 101)},
                     {random({3, 2}, 102), random({2, 4}, 103), random({4}, 104)}};

  return {
      plant("silu", "the slope of the sigmoid forgotten", "missing term", any,
            [](const Var& x) {
              return entrywise(
                  x, [](real u) { return u * sigma(u); }, [](real u, real) { return sigma(u); });
            }),
      // 1 - sigmoid(x) is sigmoid(-x)
      plant("softplus", "1 - sigmoid for sigmoid",
            "missing factor | wrong operand | wrong saved value", any,
            [](const Var& x) {
              return entrywise(
                  x, [](real u) { return std::log(1 + std::exp(u)); },
                  [](real u, real) { return 1 - sigma(u); });
            }),
      plant("log", "divided by its output", "wrong saved value", above,
            [](const Var& x) {
              return entrywise(
                  x, [](real u) { return std::log(u); }, [](real, real y) { return 1 / y; });
            }),
      plant("sin", "cos without the inner factor 3", "constant factor", any,
            [](const Var& x) {
              return entrywise(
                  x, [](real u) { return std::sin(3 * u); },
                  [](real u, real) { return std::cos(3 * u); });
            }),
      plant("cos", "plus sin", "sign flipped", any,
            [](const Var& x) {
              return entrywise(
                  x, [](real u) { return std::cos(u); }, [](real u, real) { return std::sin(u); });
            }),
      plant("GELU", "the cubic term differentiated without its 3", "", any,
            [](const Var& x) {
              constexpr real k = real(0.7978845608), c = real(0.044715);
              const auto inner = [](real u) { return k * (u + c * u * u * u); };
              return entrywise(
                  x, [=](real u) { return u / 2 * (1 + std::tanh(inner(u))); },
                  [=](real u, real) {
                    const real h = std::tanh(inner(u));
                    return (1 + h) / 2 + u / 2 * (1 - h * h) * k * (1 + c * u * u);
                  });
            }),
      plant("Huber loss", "the linear part not cut at 1", "wrong branch | missing factor | zero",
            any,
            [](const Var& x) {
              return entrywise(
                  x, [](real u) { return std::abs(u) < 1 ? u * u / 2 : std::abs(u) - real(0.5); },
                  [](real u, real) { return u; });
            }),
      plant("product of a row", "not divided by the entry", "missing factor", above,
            [](const Var& x) {
              const Tensor out = xt::prod(x.value(), {1}, xt::keep_dims);
              return mine(out, {x}, [x](const Var& y) {
                const Tensor dy = y.grad() * y.value();
                x.grad() += zeros(x.shape()) + dy;
              });
            }),
      plant("logsumexp of a row", "the softmax forgotten", "missing factor", any,
            [](const Var& x) {
              const Tensor sums = xt::sum(xt::exp(x.value()), {1}, xt::keep_dims);
              const Tensor out = xt::log(sums);
              return mine(out, {x}, [x](const Var& y) { x.grad() += zeros(x.shape()) + y.grad(); });
            }),
      plant("RMS norm", "the norm taken for a constant", "missing term", any,
            [](const Var& x) {
              const Tensor rms = root_mean_square(x.value());
              return mine(x.value() / rms, {x},
                          [x, rms](const Var& y) { x.grad() += y.grad() / rms; });
            }),
      plant("RMS norm", "a sum for the mean in the second term", "sum for mean", any,
            [](const Var& x) {
              const Tensor rms = root_mean_square(x.value());
              return mine(x.value() / rms, {x}, [x, rms](const Var& y) {
                const Tensor along = xt::sum(y.grad() * y.value(), {1}, xt::keep_dims);
                x.grad() += (y.grad() - y.value() * along) / rms;
              });
            }),
      plant("bilinear form x A y", "A not transposed for y", "transposed", form,
            [](const Var& x, const Var& a, const Var& z) {
              const std::size_t n = x.shape()[0], m = z.shape()[0];
              Tensor out(real(0));
              for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < m; ++j)
                  out.data()[0] += v(x)[i] * v(a)[i * m + j] * v(z)[j];
              return mine(out, {x, a, z}, [x, a, z, n, m](const Var& y) {
                for (std::size_t i = 0; i < n; ++i)
                  for (std::size_t j = 0; j < m; ++j) {
                    g(x)[i] += g(y)[0] * v(a)[i * m + j] * v(z)[j];
                    g(a)[i * m + j] += g(y)[0] * v(x)[i] * v(z)[j];
                    g(z)[j] += g(y)[0] * v(x)[i] * v(a)[(j * n + i) % (n * m)];
                  }
              });
            }),
      plant("stacks of products", "the second factor's gradient of the first of them only", "zero",
            stacks,
            [](const Var& a, const Var& b) {
              const auto part = [](const Var& x, std::size_t i) {
                return select(detach(x), 0, i).value();
              };
              const std::size_t n = a.shape()[0], r = a.shape()[1], k = a.shape()[2],
                                c = b.shape()[2];
              Tensor out = zeros({n, r, c});
              for (std::size_t i = 0; i < n; ++i) {
                const Tensor p = times(part(a, i), part(b, i));
                std::copy(p.storage().begin(), p.storage().end(), out.data() + i * r * c);
              }
              return mine(out, {a, b}, [=](const Var& y) {
                const Var dy = constant(y.grad());
                for (std::size_t i = 0; i < n; ++i) {
                  const Tensor da = times(part(dy, i), t(part(b, i)));
                  for (std::size_t j = 0; j < r * k; ++j) g(a)[i * r * k + j] += da.data()[j];
                }
                const Tensor db = times(t(part(a, 0)), part(dy, 0));
                for (std::size_t j = 0; j < k * c; ++j) g(b)[j] += db.data()[j];
              });
            }),
      plant("attention softmax(q k^T) v", "the softmax not pulled back",
            "missing term | missing factor", attention,
            [](const Var& q, const Var& k, const Var& values) {
              const Tensor p = softmax(constant(times(q.value(), t(k.value())))).value();
              return mine(times(p, values.value()), {q, k, values}, [=](const Var& y) {
                const Tensor ds = times(y.grad(), t(values.value()));
                q.grad() += times(ds, k.value());
                k.grad() += times(t(ds), q.value());
                values.grad() += times(t(p), y.grad());
              });
            }),
      plant("attention softmax(q k^T) v", "v gets the weights not transposed",
            "transposed | wrong entries",
            Points{{random({3, 2}, 89), random({3, 2}, 90), random({3, 4}, 91)},
                   {random({4, 3}, 92), random({4, 3}, 93), random({4, 2}, 94)}},
            [](const Var& q, const Var& k, const Var& values) {
              const Tensor p = softmax(constant(times(q.value(), t(k.value())))).value();
              return mine(times(p, values.value()), {q, k, values}, [=](const Var& y) {
                const Tensor dp = times(y.grad(), t(values.value()));
                const Tensor along = xt::sum(dp * p, {1}, xt::keep_dims);
                const Tensor ds = p * (dp - along);
                q.grad() += times(ds, k.value());
                k.grad() += times(t(ds), q.value());
                values.grad() += times(p, y.grad());
              });
            }),
      plant("linear", "the bias's gradient of the last row only",
            "overwritten | broadcast not summed back", layer,
            [](const Var& x, const Var& w, const Var& b) {
              return mine(times(x.value(), w.value()) + b.value(), {x, w, b}, [=](const Var& y) {
                x.grad() += times(y.grad(), t(w.value()));
                w.grad() += times(t(x.value()), y.grad());
                const std::size_t n = b.shape()[0], rows = x.shape()[0];
                for (std::size_t j = 0; j < n; ++j) g(b)[j] += g(y)[(rows - 1) * n + j];
              });
            }),
      plant("linear", "minus, and = for +=, for the weight", "overwritten", layer,
            [](const Var& x, const Var& w, const Var& b) {
              return mine(times(x.value(), w.value()) + b.value(), {x, w, b}, [=](const Var& y) {
                x.grad() += times(y.grad(), t(w.value()));
                w.grad() = -times(t(x.value()), y.grad());
                b.grad() += xt::sum(y.grad(), {0});
              });
            }),
      plant("linear", "the bias twice, the weight's sign", "constant factor | sign flipped", layer,
            [](const Var& x, const Var& w, const Var& b) {
              return mine(times(x.value(), w.value()) + b.value(), {x, w, b}, [=](const Var& y) {
                x.grad() += times(y.grad(), t(w.value()));
                w.grad() -= times(t(x.value()), y.grad());
                b.grad() += 2 * xt::sum(y.grad(), {0});
              });
            }),
      plant("roll by one", "rolled on instead of back", "wrong entries | transposed", any,
            [](const Var& x) {
              const std::size_t n = x.value().size();
              Tensor out = x.value();
              for (std::size_t i = 0; i < n; ++i) out.data()[(i + 1) % n] = v(x)[i];
              return mine(out, {x}, [x, n](const Var& y) {
                for (std::size_t i = 0; i < n; ++i) g(x)[(i + 1) % n] += g(y)[i];
              });
            }),
      plant("gate sigmoid(a) b", "the gate's slope is that of its input",
            "wrong saved value | missing factor", pairs,
            [](const Var& a, const Var& b) {
              const Tensor s = logistic(a.value());
              return mine(s * b.value(), {a, b}, [=](const Var& y) {
                a.grad() += y.grad() * b.value() * a.value() * (1 - a.value());
                b.grad() += y.grad() * s;
              });
            }),
      plant("masked mean", "divided by all entries, not by those that count",
            "constant factor | mean for sum", any,
            [](const Var& x) {
              const Tensor mask = two_of_three(x.shape());
              const real count = total(mask);
              const Tensor out(total(mask * x.value()) / count);
              return mine(out, {x}, [x, mask](const Var& y) {
                x.grad() += mask * g(y)[0] / static_cast<real>(x.value().size());
              });
            }),
      plant("masked mean", "the mask forgotten on the way back", "wrong branch", any,
            [](const Var& x) {
              const Tensor mask = two_of_three(x.shape());
              const real count = total(mask);
              const Tensor out(total(mask * x.value()) / count);
              return mine(out, {x}, [x, count](const Var& y) { x.grad() += g(y)[0] / count; });
            }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
