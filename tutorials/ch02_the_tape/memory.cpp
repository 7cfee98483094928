// What a tape holds, counted: values, gradients, and what is left when it closes.
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "autograd/operators/functions.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

struct Bytes {
  double values = 0, gradients = 0;
};

// What the outputs of a tape's records take.
Bytes held(const Tape& tape) {
  Bytes bytes;
  for (std::size_t i = 0; i < tape.size(); ++i) {
    const Var& output = tape.line(i).output;
    bytes.values += static_cast<double>(output.value().size() * sizeof(real));
    if (output.has_grad())
      bytes.gradients += static_cast<double>(output.grad().size() * sizeof(real));
  }
  return bytes;
}

//> chain
Var chain(Var y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y = tanh(y);
  return y;
}
//< chain

// The figure: megabytes after each operation, then after each record that was pulled back.
std::string curve(const Var& x, std::size_t n) {
  std::string tsv = "step\tmegabytes\n";
  Tape tape;
  std::size_t step = 0;
  const auto note = [&] {
    const Bytes bytes = held(tape);
    tsv += fmt::format("{}\t{:.2f}\n", step++, 1e-6 * (bytes.values + bytes.gradients));
  };
  note();
  Var y = x;
  for (std::size_t i = 0; i < n; ++i) {
    y = tanh(y);
    note();
  }
  tape.begin_backward(y, ones(y.shape()));
  while (tape.step_back() >= 0) note();
  return tsv;
}

// Megabytes that the pool had to get from the system for this work.
template <class Work> double fresh_megabytes(Work work) {
  const std::size_t before = pool_stats().bytes_held;
  work();
  return static_cast<double>(pool_stats().bytes_held - before) / 1e6;
}

} // namespace

int main() {
  Rng rng(1);
  const Var x = variable(uniform({10'000}, -1, 1, rng));

  fmt::print("n times tanh of 10,000 floats, in megabytes:\n");
  fmt::print("  {:>5}  {:>8}  {:>7}  {:>10}\n", "n", "records", "values", "gradients");
  for (std::size_t n : {1, 10, 100, 1000}) {
    Tape tape;
    const Var y = chain(x, n);
    tape.backward(y, ones(y.shape()));
    const Bytes bytes = held(tape);
    fmt::print("  {:>5}  {:>8}  {:>7.2f}  {:>10.2f}\n", n, tape.size(), 1e-6 * bytes.values,
               1e-6 * bytes.gradients);
  }

  // Sizes that the pool has not seen, so that it has nothing to give.
  const Var u = variable(uniform({100'000}, -1, 1, rng)),
            v = variable(uniform({300'000}, -1, 1, rng));
  Bytes needed;
  const auto pass = [&] {
    Tape tape;
    const Var y = chain(u, 100);
    tape.backward(y, ones(y.shape()));
    needed = held(tape);
  };
  fmt::print("\nMemory from the system, in megabytes:\n");
  const double fresh = fresh_megabytes(pass);
  fmt::print("  100 times tanh of 100,000 floats, on a tape, and back  {:>6.1f}\n", fresh);
  fmt::print("  the same again, on a new tape                          {:>6.1f}\n",
             fresh_megabytes(pass));
  fmt::print("  100 times tanh of 300,000 floats, without a tape       {:>6.1f}\n",
             fresh_megabytes([&] { chain(v, 100); }));
  keep("memory.tsv", curve(x, 100));
  keep("memory.json", fmt::format("{{\"needed\": {:.0f}, \"fresh\": {:.1f}}}\n",
                                  1e-6 * (needed.values + needed.gradients), fresh));
}
