// Operators beside the cheapest that does as much: a scalar beside a bias, a transpose beside a
// copy, and an embedding's training step, which should cost as many rows as it looks up.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/embedding.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/bench/bench.hpp"

using namespace tapestry;

namespace {

const Shape large{64, 32, 256};

Var filled(const Shape& shape, bool wants_gradient) {
  Rng rng(1);
  const Tensor x = normal(shape, 0, 1, rng);
  return wants_gradient ? variable(x) : constant(x);
}

// f(x), and back where `back`.
template <class F> std::function<void()> step_of(F f, bool back) {
  const Var x = filled(large, back);
  const Tensor seed = ones(f(x).shape());
  return [=] {
    if (!back) return void(f(x));
    x.zero_grad();
    Tape tape;
    tape.backward(f(x), seed);
  };
}

std::function<void()> copy() {
  const Tensor x = ones(large);
  const auto y = std::make_shared<Tensor>(x);
  return [=] { std::copy_n(x.data(), x.size(), y->data()); };
}

// 64 words of a table of 100,000 x 100: their mean squares, gradients, update.
template <class Optimizer, class Options> std::function<void()> embedding_step(Options options) {
  constexpr std::size_t words = 100'000, rows = 64;
  Rng rng(1);
  const auto table = std::make_shared<nn::Embedding>(
      nn::EmbeddingOptions{.num_embeddings = words, .embedding_dim = 100}, rng);
  const auto optimizer = std::make_shared<Optimizer>(table->parameters(), options);
  Indices ids = Indices::from_shape({rows});
  for (std::int32_t& id : ids) id = static_cast<std::int32_t>(rng.below(words));
  return [=] {
    optimizer->zero_grad();
    Tape tape;
    const Var looked_up = (*table)(ids);
    tape.backward(mean(looked_up * looked_up));
    nn::clip_grad_norm(table->parameters(), 1);
    optimizer->step();
  };
}

} // namespace

int main(int argc, char** argv) try {
  bench::Bench suite("operators", argc, argv, bench::Unit::microseconds);
  const Var bias = filled({256}, false), last = filled({64, 32, 1}, false);
  const Var middle = filled({64, 1, 256}, false);
  const auto add_bias = [=](const Var& x) { return x + bias; };
  for (const bool back : {false, true}) {
    const char* ways = back ? ", both ways" : "";
    const auto run = [&](const char* name, std::function<void()> ours,
                         std::function<void()> bound) {
      suite.run({.name = fmt::format("{}{}", name, ways),
                 .ours = std::move(ours),
                 .bound = {std::move(bound)},
                 .repeat = 200});
    };
    const auto with_bias = step_of(add_bias, back);
    run("a * 0.5 / a + bias", step_of([](const Var& x) { return x * 0.5; }, back), with_bias);
    run("a - 1 / a + bias", step_of([](const Var& x) { return x - 1; }, back), with_bias);
    run("a * (64, 32, 1) / a + bias", step_of([=](const Var& x) { return x * last; }, back),
        with_bias);
    run("a * (64, 1, 256) / a + bias", step_of([=](const Var& x) { return x * middle; }, back),
        with_bias);
  }
  const auto turned = [](Axes axes) { return [axes](const Var& x) { return transpose(x, axes); }; };
  suite.run({.name = "transpose 1 0 2 / copy",
             .ours = step_of(turned({1, 0, 2}), false),
             .bound = {copy()},
             .repeat = 200});
  suite.run({.name = "transpose 0 2 1 / copy",
             .ours = step_of(turned({0, 2, 1}), false),
             .bound = {copy()},
             .repeat = 200});
  suite.run({.name = "embedding, 64 rows, SGD",
             .ours = embedding_step<nn::SGD>(nn::SGDOptions{.lr = 0.1}),
             .repeat = 50});
  suite.run({.name = "embedding, 64 rows, lazy Adam",
             .ours = embedding_step<nn::Adam>(nn::AdamOptions{.lr = 0.1}),
             .repeat = 50});
  return suite.finish();
} catch (const std::exception& error) {
  fmt::print(stderr, "bench_operators: {}\n", error.what());
  return 1;
}
