// nn::LSTM, which is one fused operator, beside lstm_cell in a loop: equal, and a shorter tape.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "composed.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t batch = 4, inputs = 3, hidden = 8;

struct Result {
  Tensor output;
  std::vector<Tensor> gradients; // of x and of all parameters
  std::size_t records;
};

template <class F> Result run(nn::LSTM& net, const Tensor& input, F f) {
  const Var x = variable(input, "x");
  std::vector<Var> wanted{x};
  for (const Parameter& p : net.parameters()) wanted.push_back(p), p.zero_grad();
  Rng rng(2);
  Tape tape;
  const Var y = f(x);
  tape.backward(y, normal(y.shape(), 0, 1, rng));
  Result result{y.value(), {}, tape.size()};
  for (const Var& v : wanted) result.gradients.push_back(v.grad());
  return result;
}

double difference(const Tensor& a, const Tensor& b) { return xt::amax(xt::abs(a - b))(); }

} // namespace

int main() {
  std::size_t longest = 0;
  fmt::print("  T   records, composed   fused   output, gradients\n");
  for (const std::size_t steps : {1u, 10u, 40u}) {
    Rng rng(1);
    nn::LSTM net({.input_size = inputs, .hidden_size = hidden}, rng);
    const Tensor x = normal({steps, batch, inputs}, 0, 1, rng);
    //> both
    const Result slow = run(net, x, [&](const Var& in) { return composed(net, in); });
    const Result fast = run(net, x, [&](const Var& in) { return net(in).output; });
    //< both
    longest = slow.records;
    double largest = difference(slow.output, fast.output);
    for (std::size_t i = 0; i < slow.gradients.size(); ++i)
      largest = std::max(largest, difference(slow.gradients[i], fast.gradients[i]));
    fmt::print("{:>3}   {:>17}   {:>5}   {}\n", steps, slow.records, fast.records,
               largest < 1e-12 ? "equal to 1e-12" : "DIFFER");
  }
  keep("composed_and_fused.json", nlohmann::json{{"records", longest}}.dump(1) + "\n");
}
