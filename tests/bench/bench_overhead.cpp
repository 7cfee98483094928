// What the tape itself costs: records of almost no arithmetic, and a training step of a tiny
// network.
#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/tape.hpp"
#include "nn/linear.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/bench/bench.hpp"

using namespace tapestry;

namespace {

// y = tanh(y + w) again and again, on 2x2 matrices; then all the way back.
std::function<void()> chain(int records) {
  Rng rng(1);
  const Var x = variable(normal({2, 2}, 0, 1, rng)), w = constant(normal({2, 2}, 0, 1, rng));
  return [=, seed = ones({2, 2})] {
    x.zero_grad();
    Tape tape;
    Var y = x;
    for (int i = 0; i < records / 2; ++i) {
      const Var sum = y + w;
      y = tanh(sum);
    }
    tape.backward(y, seed);
  };
}

struct Mlp : nn::Module {
  explicit Mlp(Rng& rng) : first({2, 16}, rng), second({16, 16}, rng), last({16, 1}, rng) {}
  void visit(nn::Visitor& v) override {
    v("first", first);
    v("second", second);
    v("last", last);
  }
  Var operator()(const Var& x) const { return last(tanh(second(tanh(first(x))))); }
  nn::Linear first, second, last;
};

// Loss, gradients and update on a batch of 32.
std::function<void()> mlp_step() {
  Rng rng(1);
  const auto model = std::make_shared<Mlp>(rng);
  const auto optimizer = std::make_shared<nn::SGD>(model->parameters(), nn::SGDOptions{.lr = 0.1});
  const Var x = constant(normal({32, 2}, 0, 1, rng)), y = constant(normal({32, 1}, 0, 1, rng));
  return [=] {
    optimizer->zero_grad();
    Tape tape;
    tape.backward(mse_loss((*model)(x), y));
    optimizer->step();
  };
}

} // namespace

int main(int argc, char** argv) try {
  bench::Bench suite("overhead", argc, argv, bench::Unit::microseconds);
  for (const int records : {100, 1000})
    suite.run({.name = fmt::format("tape record, 2x2, chain of {}", records),
               .ours = chain(records),
               .peer = {{"make", "chain"}, {"length", records}},
               .repeat = 20'000 / records,
               .parts = records});
  suite.run({.name = "mlp step 2-16-16-1, batch 32",
             .ours = mlp_step(),
             .peer = {{"make", "mlp"}},
             .repeat = 50});
  return suite.finish();
} catch (const std::exception& error) {
  fmt::print(stderr, "bench_overhead: {}\n", error.what());
  return 1;
}
