// How long lstm_cell in a loop and nn::LSTM take, forward and backward, over 40 steps, one thread.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/tape.hpp"
#include "composed.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t steps = 40;

double milliseconds(const std::function<void()>& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

} // namespace

int main() {
  setenv("TAPESTRY_THREADS", "1", 1);
  struct Size {
    std::size_t batch, hidden;
  };
  nlohmann::json ratios = nlohmann::json::array();
  fmt::print("  batch   units   composed      fused\n");
  for (const auto [batch, hidden] : {Size{1, 16}, Size{16, 128}, Size{64, 256}}) {
    Rng rng(1);
    nn::LSTM net({.input_size = hidden, .hidden_size = hidden}, rng);
    const Var x = variable(normal({steps, batch, hidden}, 0, 1, rng));
    const Tensor seed = normal({steps, batch, hidden}, 0, 1, rng);
    const auto there_and_back = [&](const std::function<Var()>& f) {
      for (const Parameter& p : net.parameters()) p.zero_grad();
      x.zero_grad();
      Tape tape;
      tape.backward(f(), seed);
    };
    double slow = 1e9, fast = 1e9; // the shortest of some, in turns
    for (int run = 0; run < 30; ++run) {
      slow =
          std::min(slow, milliseconds([&] { there_and_back([&] { return composed(net, x); }); }));
      fast = std::min(fast, milliseconds([&] { there_and_back([&] { return net(x).output; }); }));
    }
    fmt::print("{:>7}{:>8}{:>8.3f} ms{:>8.3f} ms\n", batch, hidden, slow, fast);
    ratios.push_back(std::round(10 * slow / fast) / 10);
  }
  keep("speed.json",
       nlohmann::json{{"small", ratios[0]}, {"middle", ratios[1]}, {"large", ratios[2]}}.dump(1) +
           "\n");
}
