// Matrix products and the fully connected layer.
#include "autograd/operators/broadcast.hpp"
#include "autograd/xt.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

Tensor flat(const Tensor& x) {
  return reshaped(x, {x.size() / x.shape().back(), x.shape().back()});
}

} // namespace

std::vector<Planted> in_products() {
  const Points any{{random({2, 3}, 1), random({3, 4}, 2)}, {random({5, 2}, 3), random({2, 3}, 4)}};
  const Points square{{random({3, 3}, 5), random({3, 3}, 6)},
                      {random({4, 4}, 7), random({4, 4}, 8)}};
  // x: (B, k), weight: (n, k), bias: (n)
  const Points layer{{random({4, 3}, 9), random({2, 3}, 10), random({2}, 11)},
                     {random({5, 2}, 12), random({3, 2}, 13), random({3}, 14)}};
  const Points square_layer{{random({3, 3}, 15), random({3, 3}, 16), random({3}, 17)},
                            {random({4, 4}, 18), random({4, 4}, 19), random({4}, 20)}};
  const auto right = [](const Var& x, const Var& w, const Var& b) {
    return linear(detach(x), detach(w), detach(b)).value();
  };

  return {
      plant("matmul", "dA = dY B", "transposed", square,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += times(y.grad(), b.value());
                b.grad() += times(t(a.value()), y.grad());
              });
            }),
      plant("matmul", "dB = A dY", "transposed", square,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += times(y.grad(), t(b.value()));
                b.grad() += times(a.value(), y.grad());
              });
            }),
      plant("matmul", "dB = dY A^T", "transposed", square,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += times(y.grad(), t(b.value()));
                b.grad() += times(y.grad(), t(a.value()));
              });
            }),
      plant("matmul", "dA = (dY B^T)^T", "transposed", square,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += t(times(y.grad(), t(b.value())));
                b.grad() += times(t(a.value()), y.grad());
              });
            }),
      plant("matmul", "dA with dY transposed", "transposed", square,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += times(t(y.grad()), t(b.value()));
                b.grad() += times(t(a.value()), y.grad());
              });
            }),
      plant("matmul", "dB has B^T's shape", "transposed", any,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += times(y.grad(), t(b.value()));
                b.grad() += times(t(y.grad()), a.value());
              });
            }),
      plant("matmul", "A's memory read in the other order", "transposed", any,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += times(y.grad(), t(b.value()));
                b.grad() += times(reshaped(a.value(), {a.shape()[1], a.shape()[0]}), y.grad());
              });
            }),
      plant("matmul", "dB is never written", "zero", any,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b},
                          [a, b](const Var& y) { a.grad() += times(y.grad(), t(b.value())); });
            }),
      plant("matmul", "dB averaged over the rows", "mean for sum", any,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += times(y.grad(), t(b.value()));
                b.grad() += times(t(a.value()), y.grad()) / static_cast<real>(a.shape()[0]);
              });
            }),
      plant("matmul", "the two gradients exchanged", "arguments swapped", square,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                b.grad() += times(y.grad(), t(b.value()));
                a.grad() += times(t(a.value()), y.grad());
              });
            }),
      plant("matmul", "the product saved for A", "wrong saved value", square,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += times(y.grad(), t(b.value()));
                b.grad() += times(t(y.value()), y.grad());
              });
            }),
      plant("matmul", "A for B", "wrong operand", square,
            [](const Var& a, const Var& b) {
              return mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& y) {
                a.grad() += times(y.grad(), t(a.value()));
                b.grad() += times(t(a.value()), y.grad());
              });
            }),
      plant("matmul", "= for +=, A used twice", "overwritten", square,
            [](const Var& a, const Var& b) {
              const Var y = mine(times(a.value(), b.value()), {a, b}, [a, b](const Var& out) {
                a.grad() = times(out.grad(), t(b.value()));
                b.grad() = times(t(a.value()), out.grad());
              });
              return y + tanh(a);
            }),
      plant("matmul", "of two layers, = for += inside", "overwritten", square,
            [](const Var& a, const Var& b) {
              const Var h = tanh(a);
              const Var y = mine(times(h.value(), b.value()), {h, b}, [h, b](const Var& out) {
                h.grad() = times(out.grad(), t(b.value()));
                b.grad() += times(t(h.value()), out.grad());
              });
              const Var gate = sigmoid(h); // pulled back before the product, then overwritten
              return y * gate;
            }),
      plant("linear", "the bias: only the first row", "broadcast not summed back", layer,
            [right](const Var& x, const Var& w, const Var& b) {
              return mine(right(x, w, b), {x, w, b}, [x, w, b](const Var& y) {
                x.grad() += times(y.grad(), w.value());
                w.grad() += times(t(y.grad()), x.value());
                for (std::size_t j = 0; j < b.value().size(); ++j) g(b)[j] += g(y)[j];
              });
            }),
      plant("linear", "the bias: the mean", "mean for sum", layer,
            [right](const Var& x, const Var& w, const Var& b) {
              return mine(right(x, w, b), {x, w, b}, [x, w, b](const Var& y) {
                x.grad() += times(y.grad(), w.value());
                w.grad() += times(t(y.grad()), x.value());
                b.grad() += xt::mean(y.grad(), {0});
              });
            }),
      plant("linear", "weight and bias averaged over the batch", "mean for sum", layer,
            [right](const Var& x, const Var& w, const Var& b) {
              return mine(right(x, w, b), {x, w, b}, [x, w, b](const Var& y) {
                const real n = static_cast<real>(x.shape()[0]);
                x.grad() += times(y.grad(), w.value());
                w.grad() += times(t(y.grad()), x.value()) / n;
                b.grad() += xt::sum(y.grad(), {0}) / n;
              });
            }),
      plant("linear", "the weight's gradient without x", "missing factor", layer,
            [right](const Var& x, const Var& w, const Var& b) {
              return mine(right(x, w, b), {x, w, b}, [x, w, b](const Var& y) {
                x.grad() += times(y.grad(), w.value());
                w.grad() += times(t(y.grad()), ones(x.shape()));
                b.grad() += xt::sum(y.grad(), {0});
              });
            }),
      plant("linear", "dX = dY W^T", "transposed", square_layer,
            [right](const Var& x, const Var& w, const Var& b) {
              return mine(right(x, w, b), {x, w, b}, [x, w, b](const Var& y) {
                x.grad() += times(y.grad(), t(w.value()));
                w.grad() += times(t(y.grad()), x.value());
                b.grad() += xt::sum(y.grad(), {0});
              });
            }),
      plant("linear", "of a sequence: the weight's gradient written anew for every step",
            "overwritten",
            Points{{random({3, 2, 4}, 21), random({2, 4}, 22), random({2}, 23)},
                   {random({2, 3, 2}, 24), random({3, 2}, 25), random({3}, 26)}},
            [right](const Var& x, const Var& w, const Var& b) {
              return mine(right(x, w, b), {x, w, b}, [x, w, b](const Var& y) {
                x.grad() += reshaped(times(flat(y.grad()), w.value()), x.shape());
                for (std::size_t s = 0; s < x.shape()[0]; ++s) {
                  const Tensor dy = xt::view(y.grad(), s), in = xt::view(x.value(), s);
                  w.grad() = times(t(dy), in);
                }
                b.grad() += xt::sum(y.grad(), {0, 1});
              });
            }),
      plant("linear", "tanh behind it, whose derivative is forgotten", "missing factor", layer,
            [right](const Var& x, const Var& w, const Var& b) {
              return mine(xt::tanh(right(x, w, b)), {x, w, b}, [x, w, b](const Var& y) {
                x.grad() += times(y.grad(), w.value());
                w.grad() += times(t(y.grad()), x.value());
                b.grad() += xt::sum(y.grad(), {0});
              });
            }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
