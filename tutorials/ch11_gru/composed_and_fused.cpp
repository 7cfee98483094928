// nn::GRU, which is one fused operator, beside gru_cell in a loop: equal, and a shorter tape.
#include <fmt/format.h>

#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "nn/recurrent/gru.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t batch = 4, inputs = 3, hidden = 8;

using Cell = Var (*)(const Operand&, const Operand&, const Operand&, const Operand&, const Operand&,
                     const Operand&);

//> composed
// x: (T, B, I) -> (T, B, H)
Var composed(const nn::GRU& net, const Var& x, Cell cell) {
  const nn::RecurrentWeights& w = net.weights();
  Var h = constant(zeros({x.shape()[1], hidden}));
  std::vector<Var> shown;
  for (std::size_t t = 0; t < x.shape()[0]; ++t) {
    h = cell(select(x, 0, t), h, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
    shown.push_back(h);
  }
  return stack(shown);
}
//< composed

struct Result {
  std::vector<Tensor> values; // the output, then the gradients of x and of all parameters
  std::size_t records;
};

template <class F> Result run(nn::GRU& net, const Tensor& input, F f) {
  const Var x = variable(input, "x");
  std::vector<Var> wanted{x};
  for (const Parameter& p : net.parameters()) wanted.push_back(p), p.zero_grad();
  Rng rng(2);
  Tape tape;
  const Var y = f(x);
  tape.backward(y, normal(y.shape(), 0, 1, rng));
  Result result{{y.value()}, tape.size()};
  for (const Var& v : wanted) result.values.push_back(v.grad());
  return result;
}

double difference(const Result& a, const Result& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    largest = std::max(largest, double{xt::amax(xt::abs(a.values[i] - b.values[i]))()});
  return largest;
}

} // namespace

int main() {
  fmt::print("  T   records, composed   fused   output and all gradients\n");
  for (const std::size_t steps : {1u, 10u, 40u}) {
    Rng rng(1);
    nn::GRU net({.input_size = inputs, .hidden_size = hidden}, rng);
    const Tensor x = normal({steps, batch, inputs}, 0, 1, rng);
    const Result slow = run(net, x, [&](const Var& in) { return composed(net, in, gru_cell); });
    const Result fast = run(net, x, [&](const Var& in) { return net(in).output; });
    fmt::print("{:>3}   {:>17}   {:>5}   {}\n", steps, slow.records, fast.records,
               difference(slow, fast) < 1e-12 ? "equal to 1e-12" : "DIFFER");
  }
}
