// Mistakes of the student's own operators beside the library's layers, whose fused pull-backs may
// use up what they saved: the student's are to be named, and the library's are not.
#include "autograd/xt.hpp"
#include "nn/nn.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

// x^2, with slope(x) in the place of 2 x.
template <class S> Var squared(const Var& x, S slope) {
  return mine(xt::square(x.value()), {x}, [x, slope](const Var& y) {
    for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] += g(y)[i] * slope(v(x)[i]);
  });
}
Var half(const Var& x) {
  return squared(x, [](real u) { return u; });
}
Var negative(const Var& x) {
  return squared(x, [](real u) { return -2 * u; });
}
Var cubic(const Var& x) {
  return squared(x, [](real u) { return 3 * u * u; });
}
Var replacing(const Var& x) {
  return mine(xt::square(x.value()), {x}, [x](const Var& y) {
    for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] = 2 * v(x)[i] * g(y)[i];
  });
}

template <class Layer> Layer layer() {
  Rng rng(3);
  return Layer({.input_size = 3, .hidden_size = 4}, rng);
}

Indices classes() {
  Indices t = Indices::from_shape({4});
  for (std::size_t i = 0; i < 4; ++i) t(i) = static_cast<std::int32_t>(i % 3);
  return t;
}

} // namespace

std::vector<Planted> beside_layers() {
  const Points steps{{random({3, 2, 3}, 121)}, {random({2, 3, 3}, 122)}};
  const Points pictures{{random({2, 2, 4, 3}, 123)}, {random({3, 2, 3, 3}, 124)}};
  const Points rows{{random({4, 5}, 125), random({3, 5}, 126), random({3}, 127)}};
  static const auto lstm = layer<nn::LSTM>();
  static const auto gru = layer<nn::GRU>();
  static const auto rnn = layer<nn::RNN>();
  static const Tensor kernel = random({2, 2, 2, 2}, 128), bias = random({2}, 129);
  static const Tensor two = ones({2}), nothing = zeros({2});
  const auto convolved = [](const Var& x) {
    return conv2d(x, constant(kernel), constant(bias), {.padding = 1});
  };
  const auto normal = [](const Var& x) {
    Tensor mean, variance;
    return batch_norm2d(x, constant(two), constant(nothing), 1e-3, mean, variance);
  };
  const auto dropped = [](const Var& x) {
    Rng rng(4);
    return dropout(x, 0.3, rng);
  };

  return {
      plant("square behind LSTM", "a factor 2", "constant factor", steps,
            [](const Var& x) { return half(lstm(x).output); }),
      plant("square before LSTM", "a factor 2", "constant factor", steps,
            [](const Var& x) { return lstm(half(x)).output; }),
      plant("square between LSTMs", "minus", "sign flipped", steps,
            [](const Var& x) { return lstm(slice(negative(lstm(x).output), -1, 0, 3)).output; }),
      plant("square behind GRU", "3 x^2", "missing factor | wrong saved value", steps,
            [](const Var& x) { return cubic(gru(x).output); }),
      plant("square before GRU", "minus", "sign flipped", steps,
            [](const Var& x) { return gru(negative(x)).output; }),
      plant("square behind RNN", "minus", "sign flipped", steps,
            [](const Var& x) { return negative(rnn(x).output); }),
      plant("square before RNN", "a factor 2", "constant factor", steps,
            [](const Var& x) { return mean(rnn(half(x)).output); }),
      plant("square beside LSTM", "= for +=", "overwritten", steps,
            [](const Var& x) {
              const Var other = slice(replacing(x), -1, 0, 1);
              return sum(lstm(x).output) + sum(other);
            }),
      plant("square behind conv2d", "minus", "sign flipped", pictures,
            [=](const Var& x) { return negative(convolved(x)); }),
      plant("square before conv2d", "minus", "sign flipped", pictures,
            [=](const Var& x) { return convolved(negative(x)); }),
      plant("square behind batch norm", "minus", "sign flipped", pictures,
            [=](const Var& x) { return negative(normal(x)); }),
      plant("square before batch norm", "minus", "sign flipped", pictures,
            [=](const Var& x) { return normal(negative(x)); }),
      plant("square before linear_cross_entropy", "a factor 2", "constant factor", rows,
            [](const Var& x, const Var& w, const Var& b) {
              return linear_cross_entropy(half(x), w, b, classes());
            }),
      plant("square of linear_cross_entropy", "minus", "sign flipped", rows,
            [](const Var& x, const Var& w, const Var& b) {
              return negative(linear_cross_entropy(x, w, b, classes()));
            }),
      plant("square behind dropout", "minus", "sign flipped", steps,
            [=](const Var& x) { return negative(dropped(x)); }),
      plant("square before dropout", "a factor 2", "constant factor", steps,
            [=](const Var& x) { return dropped(half(x)); }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
