#include "tests/planted/right_cases.hpp"

#include <cmath>

#include "autograd/autograd.hpp"
#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"
#include "nn/pooling.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/recurrent/rnn.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

using Unary = std::function<Var(const Var&)>;
using Binary = std::function<Var(const Var&, const Var&)>;

// The sums with 0.1 a keep functions from being constant: the softmax of one entry, a sigmoid far
// out. The check would refuse those.
const Unary unary[] = {
    [](const Var& a) { return tanh(a); },
    [](const Var& a) { return exp(a); },
    [](const Var& a) { return sigmoid(3 * a) + 0.1 * a; },
    [](const Var& a) { return square(a) - a; },
    [](const Var& a) { return log(1 + square(a)); },
    [](const Var& a) { return sqrt(0.1 + a * a); },
    [](const Var& a) { return pow(1.5 + square(a), -1.5); },
    [](const Var& a) { return relu(a) + 0.1 * a; },
    [](const Var& a) { return abs(a); },
    [](const Var& a) { return clamp(a, -0.7, 0.9) + 0.1 * a; },
    [](const Var& a) { return softmax(a) * a; },
    [](const Var& a) { return log_softmax(2 * a) * a + 0.1 * a; },
    [](const Var& a) { return a * mean(a, {-1}, true); },
    [](const Var& a) { return a * sum(a); },
    [](const Var& a) { return a + max(a, {0}, true); },
    [](const Var& a) { return a * var(a, {}, false, 0) + 0.1 * a; },
    [](const Var& a) { return maximum(a, 0.3) + 0.2 * a; },
    [](const Var& a) { return reshape(a, {a.value().size()}); },
    [](const Var& a) { return transpose(a); },
    [](const Var& a) {
      return concatenate({a, a * a}, -1);
    },
    [](const Var& a) {
      return stack({a, tanh(a)});
    },
    [](const Var& a) { return 2 / (1 + exp(-a)) - a / (2 + square(a)); },
    [](const Var& a) { return mse_loss(a, tanh(a)) + a; },
    [](const Var& a) { return slice(a, 0, 0, 1) * 2 + a; },
    [](const Var& a) {
      return select(stack({a, 2 * a}), 0, 1) * sum(a);
    },
    [](const Var& a) { return -a / (3 + max(a)); },
    [](const Var& a) {
      Rng rng(4);
      return dropout(a, 0.3, rng) + a;
    },
};
const Binary binary[] = {
    [](const Var& a, const Var& b) { return a + b; },
    [](const Var& a, const Var& b) { return a * b; },
    [](const Var& a, const Var& b) { return a / (1 + square(b)); },
    [](const Var& a, const Var& b) { return a - tanh(b) * a; },
    [](const Var& a, const Var& b) { return maximum(a, b) + 0.3 * a - 0.2 * b; },
};

Shape random_shape(Rng& rng) {
  Shape s(1 + rng.below(3), 1);
  for (std::size_t& n : s) n = 1 + rng.below(4);
  return s;
}

Indices random_indices(const Shape& shape, std::size_t below, Rng& rng) {
  Indices all = Indices::from_shape(shape);
  for (auto& i : all) i = static_cast<std::int32_t>(rng.below(below));
  return all;
}

struct Case {
  std::string what;
  GradcheckReport report;
};

// Entry by entry, composed, and broadcast.
Case of_entries(Rng& rng, const GradcheckOptions& options) {
  const Shape s = random_shape(rng);
  const Unary &first = unary[rng.below(std::size(unary))],
              &second = unary[rng.below(std::size(unary))];
  const Binary& pair = binary[rng.below(std::size(binary))];
  const Tensor x = normal(s, 0, std::pow(10, rng.uniform(-1.5, 0.5)), rng);
  switch (rng.below(4)) {
  case 0:
    return {"unary", gradcheck([&](const Var& a) { return first(a); }, {x}, options)};
  case 1:
    return {"composed", gradcheck([&](const Var& a) { return second(first(a)); }, {x}, options)};
  case 2:
    return {"with a scalar",
            gradcheck([&](const Var& a, const Var& b) { return pair(first(a), b); },
                      {x, normal({}, 0, 1, rng)}, options)};
  default:
    Shape t = s; // broadcasts to s
    for (std::size_t& n : t)
      if (rng.chance(0.3)) n = 1;
    return {"broadcast", gradcheck([&](const Var& a, const Var& b) { return pair(a, b); },
                                   {x, normal(t, 0, 1, rng)}, options)};
  }
}

Case of_products(Rng& rng, const GradcheckOptions& options) {
  Shape s = random_shape(rng);
  const std::size_t n = 1 + rng.below(4), k = s.back();
  const Tensor x = normal(s, 0, 1, rng);
  if (rng.chance(0.5) && s.size() > 1)
    return {"matmul", gradcheck([](const Var& a, const Var& b) { return matmul(a, b); },
                                {x, normal({k, n}, 0, 1, rng)}, options)};
  return {"linear", gradcheck([](const Var& a, const Var& w,
                                 const Var& c) { return tanh(linear(a, w, c)) + sum(a); },
                              {x, normal({n, k}, 0, 1, rng), normal({n}, 0, 1, rng)}, options)};
}

Case of_losses(Rng& rng, const GradcheckOptions& options) {
  const std::size_t rows = 1 + rng.below(4), classes = 2 + rng.below(4);
  const Tensor x = normal({rows, classes}, 0, 1.5, rng);
  switch (rng.below(3)) {
  case 0: {
    Indices targets = random_indices({rows}, classes, rng);
    if (rows > 1 && rng.chance(0.3)) targets(0) = -100;
    const double smoothing = rng.chance(0.5) ? 0.1 : 0;
    return {"cross_entropy", gradcheck(
                                 [&](const Var& a) {
                                   return cross_entropy(a, targets, {.label_smoothing = smoothing});
                                 },
                                 {x}, options)};
  }
  case 1: {
    const Tensor target = uniform(x.shape(), 0.05, 0.95, rng);
    return {"binary_cross_entropy",
            gradcheck([](const Var& a, const Var& t) { return binary_cross_entropy(a, t); },
                      {x, target}, options)};
  }
  default: {
    const Indices ids = random_indices({1 + rng.below(5)}, rows, rng);
    return {"embedding",
            gradcheck([&](const Var& table) { return embedding(table, ids); }, {x}, options)};
  }
  }
}

Case of_pictures(Rng& rng, const GradcheckOptions& options) {
  const std::size_t b = 1 + rng.below(2), c = 1 + rng.below(2), h = 2 + rng.below(3),
                    w = 2 + rng.below(3), o = 1 + rng.below(3);
  const Tensor x = normal({b, c, h, w}, 0, 1, rng);
  switch (rng.below(3)) {
  case 0: {
    const ConvOptions conv{.stride = 1 + rng.below(2), .padding = rng.below(2)};
    return {"conv2d",
            gradcheck([&](const Var& in, const Var& k,
                          const Var& bias) { return conv2d(in, k, bias, conv); },
                      {x, normal({o, c, 2, 2}, 0, 1, rng), normal({o}, 0, 1, rng)}, options)};
  }
  case 1:
    return {
        "pooling",
        gradcheck([](const Var& in) { return max_pool2d(in, 2, 1) + sum(global_avg_pool2d(in)); },
                  {x}, options)};
  default:
    return {"batch_norm2d", gradcheck(
                                [](const Var& in, const Var& weight, const Var& bias) {
                                  Tensor mean, variance;
                                  return batch_norm2d(in, weight, bias, 1e-3, mean, variance);
                                },
                                {x, uniform({c}, 0.5, 2, rng), normal({c}, 0, 1, rng)}, options)};
  }
}

Case of_sequences(Rng& rng, const GradcheckOptions& options) {
  const std::size_t steps = 1 + rng.below(3), batch = 1 + rng.below(2), in = 1 + rng.below(3),
                    hidden = 1 + rng.below(3);
  const Tensor x = normal({steps, batch, in}, 0, 1, rng);
  if (rng.chance(0.5)) {
    nn::LSTM lstm({.input_size = in, .hidden_size = hidden}, rng);
    return {"LSTM", gradcheck([&](const Var& a) { return lstm(a).output; }, {x}, options)};
  }
  nn::RNNCell cell({.input_size = in, .hidden_size = hidden}, rng);
  const auto f = [&](const Var& a, const Var& start) {
    Var h = start;
    for (std::size_t s = 0; s < steps; ++s) h = cell(select(a, 0, s), h);
    return h;
  };
  return {"Elman", gradcheck(f, {x, normal({batch, hidden}, 0, 1, rng)}, options)};
}

} // namespace

std::vector<std::string> false_alarms(std::size_t cases, std::uint64_t seed,
                                      const std::function<void(std::size_t)>& progress) {
  std::vector<std::string> alarms;
  Rng rng(seed);
  for (std::size_t i = 0; i < cases; ++i) {
    Rng own = rng.split();
    const GradcheckOptions options{.seed = own.bits(), .diagnose = false};
    Case c;
    switch (i % 8) {
    case 0:
      c = of_products(own, options);
      break;
    case 1:
      c = of_losses(own, options);
      break;
    case 2:
      c = of_pictures(own, options);
      break;
    case 3:
      c = of_sequences(own, options);
      break;
    default:
      c = of_entries(own, options);
    }
    if (!c.report.passed)
      alarms.push_back("case " + std::to_string(i) + ", " + c.what + ": " + c.report.text());
    if (progress) progress(i + 1);
  }
  return alarms;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
