// Softmax, its logarithm, and losses.
#include <cmath>

#include "autograd/xt.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

Tensor probabilities(const Var& x) { return softmax(detach(x)).value(); }

// Adds row(y, dy, dx, n) for every row: what a softmax's pull-back does.
template <class Row> void each_row(const Var& x, const Var& y, Row row) {
  const std::size_t n = x.shape().back();
  for (std::size_t r = 0; r < x.value().size() / n; ++r)
    row(v(y) + r * n, g(y) + r * n, g(x) + r * n, n);
}

real dot(const real* a, const real* b, std::size_t n) {
  real total = 0;
  for (std::size_t i = 0; i < n; ++i) total += a[i] * b[i];
  return total;
}

// Targets for any number of rows.
Indices targets_for(const Var& x, bool one_ignored = false) {
  Indices targets = Indices::from_shape({x.shape()[0]});
  for (std::size_t r = 0; r < targets.size(); ++r)
    targets(r) = static_cast<std::int32_t>((2 * r + 1) % x.shape()[1]);
  if (one_ignored) targets(1) = -100;
  return targets;
}

// softmax(x) - the target, row by row
Tensor distance(const Var& x, const Indices& targets) {
  Tensor d = probabilities(x);
  for (std::size_t r = 0; r < targets.size(); ++r)
    if (targets(r) >= 0) d(r, static_cast<std::size_t>(targets(r))) -= 1;
  return d;
}

template <class P> Planted in_cross_entropy(const char* mistake, const char* expected, P pull) {
  const Points logits{{random({4, 3}, 1)}, {random({2, 5}, 2)}, {random({3, 3}, 3)}};
  return plant("cross_entropy", mistake, expected, logits, [pull](const Var& x) {
    const Indices targets = targets_for(x);
    return mine(cross_entropy(detach(x), targets).value(), {x},
                [x, targets, pull](const Var& y) { pull(x, targets, g(y)[0]); });
  });
}

} // namespace

std::vector<Planted> in_softmax() {
  const Points any{{random({2, 3}, 4)}, {random({4, 5}, 5)}, {random({3, 3}, 6)}};
  const Points pairs{{random({2, 3}, 7), random({2, 3}, 8)},
                     {random({4, 5}, 9), random({4, 5}, 10)}};

  return {
      plant("softmax", "the diagonal only", "missing term", any,
            [](const Var& x) {
              return mine(probabilities(x), {x}, [x](const Var& y) {
                x.grad() += y.grad() * y.value() * (1 - y.value());
              });
            }),
      plant("softmax", "the weighted mean forgotten", "missing term", any,
            [](const Var& x) {
              return mine(probabilities(x), {x},
                          [x](const Var& y) { x.grad() += y.grad() * y.value(); });
            }),
      plant("softmax", "the mean for the weighted mean", "missing term", any,
            [](const Var& x) {
              return mine(probabilities(x), {x}, [x](const Var& y) {
                each_row(x, y, [](const real* p, const real* dy, real* dx, std::size_t n) {
                  real mean = 0;
                  for (std::size_t i = 0; i < n; ++i) mean += dy[i] / static_cast<real>(n);
                  for (std::size_t i = 0; i < n; ++i) dx[i] += p[i] * (dy[i] - mean);
                });
              });
            }),
      plant("softmax", "plus the weighted mean", "sign flipped", any,
            [](const Var& x) {
              return mine(probabilities(x), {x}, [x](const Var& y) {
                each_row(x, y, [](const real* p, const real* dy, real* dx, std::size_t n) {
                  const real mean = dot(p, dy, n);
                  for (std::size_t i = 0; i < n; ++i) dx[i] += p[i] * (dy[i] + mean);
                });
              });
            }),
      plant("softmax", "the weighted mean over the other axis", "wrong axis", any,
            [](const Var& x) {
              return mine(probabilities(x), {x}, [x](const Var& y) {
                const Tensor mean = xt::sum(y.grad() * y.value(), {0}, xt::keep_dims);
                x.grad() += y.value() * (y.grad() - mean);
              });
            }),
      plant("softmax", "the weighted mean over everything", "wrong axis", any,
            [](const Var& x) {
              return mine(probabilities(x), {x}, [x](const Var& y) {
                const real mean = xt::sum(y.grad() * y.value())();
                x.grad() += y.value() * (y.grad() - mean);
              });
            }),
      plant("softmax", "the input saved for the output", "wrong saved value", any,
            [](const Var& x) {
              return mine(probabilities(x), {x}, [x](const Var& y) {
                const Tensor mean = xt::sum(y.grad() * x.value(), {1}, xt::keep_dims);
                x.grad() += x.value() * (y.grad() - mean);
              });
            }),
      plant("softmax", "nothing, which a sum would hide", "zero", any,
            [](const Var& x) { return mine(probabilities(x), {x}, [x](const Var&) {}); }),
      plant("softmax", "of scores: rows share one sum, sign wrong in the result", "sign flipped",
            any,
            [](const Var& x) {
              const Var scores = 2 * x;
              return tanh(mine(probabilities(scores), {scores}, [scores](const Var& y) {
                each_row(scores, y, [](const real* p, const real* dy, real* dx, std::size_t n) {
                  const real mean = dot(p, dy, n);
                  for (std::size_t i = 0; i < n; ++i) dx[i] += p[i] * (mean - dy[i]);
                });
              }));
            }),
      plant("log_softmax", "softmax itself for softmax times the sum", "upstream ignored", any,
            [](const Var& x) {
              return mine(log_softmax(detach(x)).value(), {x},
                          [x](const Var& y) { x.grad() += y.grad() - xt::exp(y.value()); });
            }),
      plant("log_softmax", "only what arrives", "missing term", any,
            [](const Var& x) {
              return mine(log_softmax(detach(x)).value(), {x},
                          [x](const Var& y) { x.grad() += y.grad(); });
            }),
      plant("log_softmax", "the logarithm for the probability", "missing term | wrong saved value",
            any,
            [](const Var& x) {
              return mine(log_softmax(detach(x)).value(), {x}, [x](const Var& y) {
                const Tensor total = xt::sum(y.grad(), {1}, xt::keep_dims);
                x.grad() += y.grad() - y.value() * total;
              });
            }),
      plant("log_softmax", "the sum not taken", "missing term", any,
            [](const Var& x) {
              return mine(log_softmax(detach(x)).value(), {x}, [x](const Var& y) {
                x.grad() += y.grad() - xt::exp(y.value()) * y.grad();
              });
            }),
      in_cross_entropy("not divided by the number of rows", "sum for mean",
                       [](const Var& x, const Indices& targets, real dy) {
                         x.grad() += dy * distance(x, targets);
                       }),
      in_cross_entropy("divided by all entries", "mean for sum",
                       [](const Var& x, const Indices& targets, real dy) {
                         x.grad() += dy * distance(x, targets) / real(x.value().size());
                       }),
      in_cross_entropy("the target forgotten", "missing term",
                       [](const Var& x, const Indices& targets, real dy) {
                         x.grad() += dy * probabilities(x) / real(targets.size());
                       }),
      in_cross_entropy("the target minus the softmax", "sign flipped",
                       [](const Var& x, const Indices& targets, real dy) {
                         x.grad() -= dy * distance(x, targets) / real(targets.size());
                       }),
      in_cross_entropy("what arrives is forgotten", "upstream ignored",
                       [](const Var& x, const Indices& targets, real) {
                         x.grad() += distance(x, targets) / real(targets.size());
                       }),
      in_cross_entropy("the target one column off", "wrong entries",
                       [](const Var& x, Indices targets, real dy) {
                         const auto n = static_cast<std::int32_t>(x.shape()[1]);
                         for (auto& c : targets) c = (c + 1) % n;
                         x.grad() += dy * distance(x, targets) / real(targets.size());
                       }),
      plant("cross_entropy", "ignored rows are counted in the mean", "constant factor",
            Points{{random({4, 3}, 11)}, {random({3, 5}, 12)}},
            [](const Var& x) {
              const Indices targets = targets_for(x, true);
              return mine(cross_entropy(detach(x), targets).value(), {x},
                          [x, targets](const Var& y) {
                            const Tensor d = distance(x, targets);
                            for (std::size_t i = 0; i < d.size(); ++i)
                              if (targets(i / x.shape()[1]) >= 0)
                                g(x)[i] += g(y)[0] * d.data()[i] / real(targets.size());
                          });
            }),
      plant("cross_entropy", "ignored rows get the softmax", "wrong branch",
            Points{{random({4, 3}, 11)}, {random({3, 5}, 12)}},
            [](const Var& x) {
              const Indices targets = targets_for(x, true);
              return mine(cross_entropy(detach(x), targets).value(), {x},
                          [x, targets](const Var& y) {
                            x.grad() += g(y)[0] * distance(x, targets) / real(targets.size() - 1);
                          });
            }),
      plant("cross_entropy", "label smoothing forgotten", "", any,
            [](const Var& x) {
              const Indices targets = targets_for(x);
              return mine(cross_entropy(detach(x), targets, {.label_smoothing = 0.2}).value(), {x},
                          [x, targets](const Var& y) {
                            x.grad() += g(y)[0] * distance(x, targets) / real(targets.size());
                          });
            }),
      plant("mse_loss", "the 2 forgotten", "constant factor", pairs,
            [](const Var& p, const Var& t) {
              return mine(mse_loss(detach(p), detach(t)).value(), {p, t}, [p, t](const Var& y) {
                const Tensor d = g(y)[0] * (p.value() - t.value()) / real(p.value().size());
                p.grad() += d;
                t.grad() -= d;
              });
            }),
      plant("mse_loss", "both gradients of one sign", "sign flipped", pairs,
            [](const Var& p, const Var& t) {
              return mine(mse_loss(detach(p), detach(t)).value(), {p, t}, [p, t](const Var& y) {
                const Tensor d = 2 * g(y)[0] * (p.value() - t.value()) / real(p.value().size());
                p.grad() += d;
                t.grad() += d;
              });
            }),
      plant("mse_loss", "divided by the batch alone", "sum for mean", pairs,
            [](const Var& p, const Var& t) {
              return mine(mse_loss(detach(p), detach(t)).value(), {p, t}, [p, t](const Var& y) {
                const Tensor d = 2 * g(y)[0] * (p.value() - t.value()) / real(p.shape()[0]);
                p.grad() += d;
                t.grad() -= d;
              });
            }),
      plant("mse_loss", "the target not taken off", "missing term", pairs,
            [](const Var& p, const Var& t) {
              return mine(mse_loss(detach(p), detach(t)).value(), {p, t}, [p, t](const Var& y) {
                const real k = 2 * g(y)[0] / real(p.value().size());
                p.grad() += k * p.value();
                t.grad() -= k * (p.value() - t.value());
              });
            }),
      plant("binary_cross_entropy", "the logit for the probability", "", any,
            [](const Var& x) {
              Rng rng(1);
              const Var target = constant(uniform(x.shape(), 0, 1, rng));
              return mine(
                  binary_cross_entropy(detach(x), target).value(), {x}, [x, target](const Var& y) {
                    x.grad() += g(y)[0] * (x.value() - target.value()) / real(x.value().size());
                  });
            }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
