// Convolution, pooling and batch normalisation.
#include "autograd/xt.hpp"
#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"
#include "nn/pooling.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

// Calls at(out, in, tap, b, o) for every product of a convolution: flat positions in the output,
// the picture and the kernel, the picture's number and the output channel's.
template <class At>
void each_product(const Var& x, const Var& w, const Var& y, std::size_t pad, At at) {
  const Shape &s = x.shape(), &k = w.shape(), &r = y.shape();
  for (std::size_t b = 0; b < r[0]; ++b)
    for (std::size_t o = 0; o < r[1]; ++o)
      for (std::size_t i = 0; i < r[2]; ++i)
        for (std::size_t j = 0; j < r[3]; ++j)
          for (std::size_t c = 0; c < s[1]; ++c)
            for (std::size_t p = 0; p < k[2]; ++p)
              for (std::size_t q = 0; q < k[3]; ++q) {
                const std::size_t row = i + p - pad, column = j + q - pad;
                if (row >= s[2] || column >= s[3]) continue; // also what wrapped below 0
                at(((b * r[1] + o) * r[2] + i) * r[3] + j,
                   ((b * s[1] + c) * s[2] + row) * s[3] + column,
                   ((o * s[1] + c) * k[2] + p) * k[3] + q, b, o);
              }
}

void right_dx(const Var& x, const Var& w, const Var& y, std::size_t pad) {
  each_product(x, w, y, pad,
               [&](auto out, auto in, auto tap, auto, auto) { g(x)[in] += g(y)[out] * v(w)[tap]; });
}
void right_dw(const Var& x, const Var& w, const Var& y, std::size_t pad) {
  each_product(x, w, y, pad,
               [&](auto out, auto in, auto tap, auto, auto) { g(w)[tap] += g(y)[out] * v(x)[in]; });
}
void right_db(const Var& b, const Var& y) { b.grad() += xt::sum(y.grad(), {0, 2, 3}); }

// A convolution with a padding whose pull-back is pull(x, w, b, y).
template <class P>
Planted in_conv2d(const char* mistake, const char* expected, std::size_t pad, P pull) {
  const Points points{{random({2, 2, 4, 3}, 1), random({3, 2, 2, 2}, 2), random({3}, 3)},
                      {random({3, 1, 3, 4}, 4), random({2, 1, 2, 2}, 5), random({2}, 6)}};
  return plant(
      "conv2d", mistake, expected, points, [pull, pad](const Var& x, const Var& w, const Var& b) {
        const Tensor out = conv2d(detach(x), detach(w), detach(b), {.padding = pad}).value();
        return mine(out, {x, w, b}, [x, w, b, pull](const Var& y) { pull(x, w, b, y); });
      });
}

struct Statistics {
  Tensor mean, variance, normal; // normal: (x - mean) / deviation
  real n;
};

Statistics statistics(const Var& x) {
  Statistics s;
  s.mean = xt::mean(x.value(), {0, 2, 3}, xt::keep_dims);
  s.variance = xt::mean(xt::square(x.value() - s.mean), {0, 2, 3}, xt::keep_dims);
  s.normal = (x.value() - s.mean) / xt::sqrt(s.variance + real(1e-5));
  s.n = static_cast<real>(x.value().size() / x.shape()[1]);
  return s;
}

Tensor channels(const Tensor& w) { return reshaped(w, {w.size(), 1, 1}); }

template <class P> Planted in_batch_norm(const char* mistake, const char* expected, P pull) {
  const Points points{{random({2, 3, 2, 2}, 7), positive({3}, 8), random({3}, 9)},
                      {random({3, 2, 1, 2}, 10), positive({2}, 11), random({2}, 12)}};
  return plant(
      "batch_norm2d", mistake, expected, points, [pull](const Var& x, const Var& w, const Var& b) {
        const Statistics s = statistics(x);
        const Tensor out = s.normal * channels(w.value()) + channels(b.value());
        return mine(out, {x, w, b}, [x, w, b, s, pull](const Var& y) { pull(x, w, b, s, y); });
      });
}

} // namespace

std::vector<Planted> in_pictures() {
  const Points pictures{{random({2, 2, 4, 4}, 13)}, {random({1, 3, 2, 6}, 14)}};

  return {
      in_conv2d("the bias: only the first picture", "broadcast not summed back", 0,
                [](const Var& x, const Var& w, const Var& b, const Var& y) {
                  right_dx(x, w, y, 0);
                  right_dw(x, w, y, 0);
                  b.grad() += xt::sum(Tensor(xt::view(y.grad(), 0)), {1, 2});
                }),
      in_conv2d("the bias: the mean over the pixels", "mean for sum", 0,
                [](const Var& x, const Var& w, const Var& b, const Var& y) {
                  right_dx(x, w, y, 0);
                  right_dw(x, w, y, 0);
                  b.grad() += xt::sum(xt::mean(y.grad(), {2, 3}), {0});
                }),
      in_conv2d("the bias: written anew for every picture", "overwritten", 0,
                [](const Var& x, const Var& w, const Var& b, const Var& y) {
                  right_dx(x, w, y, 0);
                  right_dw(x, w, y, 0);
                  for (std::size_t i = 0; i < x.shape()[0]; ++i)
                    b.grad() = xt::sum(Tensor(xt::view(y.grad(), i)), {1, 2});
                }),
      in_conv2d("the weight: averaged over the batch", "mean for sum", 0,
                [](const Var& x, const Var& w, const Var& b, const Var& y) {
                  right_dx(x, w, y, 0);
                  right_db(b, y);
                  const real n = static_cast<real>(x.shape()[0]);
                  each_product(x, w, y, 0, [&](auto out, auto in, auto tap, auto, auto) {
                    g(w)[tap] += g(y)[out] * v(x)[in] / n;
                  });
                }),
      in_conv2d("the weight: the last picture only", "overwritten | broadcast not summed back", 0,
                [](const Var& x, const Var& w, const Var& b, const Var& y) {
                  right_dx(x, w, y, 0);
                  right_db(b, y);
                  const std::size_t last = x.shape()[0] - 1;
                  each_product(x, w, y, 0, [&](auto out, auto in, auto tap, auto picture, auto) {
                    if (picture == last) g(w)[tap] += g(y)[out] * v(x)[in];
                  });
                }),
      in_conv2d("the picture: the kernel turned round", "transposed", 0,
                [](const Var& x, const Var& w, const Var& b, const Var& y) {
                  right_dw(x, w, y, 0);
                  right_db(b, y);
                  each_product(x, w, y, 0, [&](auto out, auto in, auto tap, auto, auto) {
                    g(x)[in] += g(y)[out] * v(w)[tap / 4 * 4 + 3 - tap % 4];
                  });
                }),
      in_conv2d("the picture: the padding forgotten", "wrong entries", 1,
                [](const Var& x, const Var& w, const Var& b, const Var& y) {
                  right_dw(x, w, y, 1);
                  right_db(b, y);
                  each_product(x, w, y, 0, [&](auto out, auto in, auto tap, auto, auto) {
                    g(x)[in] += g(y)[out] * v(w)[tap];
                  });
                }),
      in_conv2d("the kernel's two sides exchanged in the picture's gradient", "transposed", 0,
                [](const Var& x, const Var& w, const Var& b, const Var& y) {
                  right_dw(x, w, y, 0);
                  right_db(b, y);
                  each_product(x, w, y, 0, [&](auto out, auto in, auto tap, auto, auto) {
                    g(x)[in] += g(y)[out] * v(w)[tap / 4 * 4 + tap % 2 * 2 + tap / 2 % 2];
                  });
                }),
      plant("max_pool2d", "to the whole window", "wrong branch", pictures,
            [](const Var& x) {
              return mine(max_pool2d(detach(x), 2, 2).value(), {x}, [x](const Var& y) {
                const std::size_t width = x.shape()[3], half = y.shape()[3];
                for (std::size_t i = 0; i < x.value().size(); ++i)
                  g(x)[i] += g(y)[i / width / 2 * half + i % width / 2];
              });
            }),
      plant("max_pool2d", "to the window's first pixel", "wrong entries", pictures,
            [](const Var& x) {
              return mine(max_pool2d(detach(x), 2, 2).value(), {x}, [x](const Var& y) {
                const std::size_t width = x.shape()[3], half = y.shape()[3];
                for (std::size_t i = 0; i < y.value().size(); ++i)
                  g(x)[i / half * 2 * width + i % half * 2] += g(y)[i];
              });
            }),
      plant("global_avg_pool2d", "not divided by the pixels", "sum for mean", pictures,
            [](const Var& x) {
              return mine(global_avg_pool2d(detach(x)).value(), {x}, [x](const Var& y) {
                const std::size_t plane = x.shape()[2] * x.shape()[3];
                for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] += g(y)[i / plane];
              });
            }),
      plant("average pooling", "not divided by the window", "sum for mean", pictures,
            [](const Var& x) {
              const std::size_t width = x.shape()[3], half = width / 2;
              Tensor out = zeros({x.shape()[0], x.shape()[1], x.shape()[2] / 2, half});
              for (std::size_t i = 0; i < x.value().size(); ++i)
                out.data()[i / width / 2 * half + i % width / 2] += v(x)[i] / 4;
              return mine(out, {x}, [x, width, half](const Var& y) {
                for (std::size_t i = 0; i < x.value().size(); ++i)
                  g(x)[i] += g(y)[i / width / 2 * half + i % width / 2];
              });
            }),
      in_batch_norm("mean and variance taken for constants", "missing term",
                    [](const Var& x, const Var& w, const Var& b, const auto& s, const Var& y) {
                      x.grad() += y.grad() * channels(w.value()) / xt::sqrt(s.variance + 1e-5);
                      w.grad() += xt::sum(y.grad() * s.normal, {0, 2, 3});
                      b.grad() += xt::sum(y.grad(), {0, 2, 3});
                    }),
      in_batch_norm("the variance taken for a constant", "missing term",
                    [](const Var& x, const Var& w, const Var& b, const auto& s, const Var& y) {
                      const Tensor mean = xt::mean(y.grad(), {0, 2, 3}, xt::keep_dims);
                      x.grad() +=
                          (y.grad() - mean) * channels(w.value()) / xt::sqrt(s.variance + 1e-5);
                      w.grad() += xt::sum(y.grad() * s.normal, {0, 2, 3});
                      b.grad() += xt::sum(y.grad(), {0, 2, 3});
                    }),
      in_batch_norm("the weight: the input for the normalised input", "wrong saved value",
                    [](const Var& x, const Var& w, const Var& b, const auto& s, const Var& y) {
                      const Tensor dn = y.grad() * channels(w.value());
                      const Tensor mean = xt::mean(dn, {0, 2, 3}, xt::keep_dims);
                      const Tensor along = xt::mean(dn * s.normal, {0, 2, 3}, xt::keep_dims);
                      x.grad() += (dn - mean - s.normal * along) / xt::sqrt(s.variance + 1e-5);
                      w.grad() += xt::sum(y.grad() * x.value(), {0, 2, 3});
                      b.grad() += xt::sum(y.grad(), {0, 2, 3});
                    }),
      in_batch_norm("sums for means over the batch", "", // the term grows n times
                    [](const Var& x, const Var& w, const Var& b, const auto& s, const Var& y) {
                      const Tensor dn = y.grad() * channels(w.value());
                      const Tensor mean = xt::sum(dn, {0, 2, 3}, xt::keep_dims);
                      const Tensor along = xt::sum(dn * s.normal, {0, 2, 3}, xt::keep_dims);
                      x.grad() += (dn - mean - s.normal * along) / xt::sqrt(s.variance + 1e-5);
                      w.grad() += xt::sum(y.grad() * s.normal, {0, 2, 3});
                      b.grad() += xt::sum(y.grad(), {0, 2, 3});
                    }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
