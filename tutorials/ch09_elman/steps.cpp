// The gradient check of a recurrent operator, time step by time step: right, and wrong in some
// ways.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "matrices.hpp"
#include "nn/recurrent/rnn.hpp"

using namespace tapestry;

namespace {

//> elman
// A whole sequence as one operator. x: (T, B, I), w: (H, I), u: (H, H) -> (T, B, H). `back` is
// what step t sends to the state before it; right is dz u.
template <class Back> Var elman(const Operand& x, const Var& w, const Var& u, Back back) {
  const std::size_t steps = x.shape()[0], batch = x.shape()[1], hidden = w.shape()[0];
  std::vector<Tensor> h{zeros({batch, hidden})}; // h_0 .. h_T
  Tensor all = Tensor::from_shape({steps, batch, hidden});
  for (std::size_t t = 0; t < steps; ++t) {
    const Tensor sum =
        times(at(x.value(), t), flipped(w.value())) + times(h[t], flipped(u.value()));
    h.push_back(xt::tanh(sum));
    xt::view(all, t) = h[t + 1];
  }
  Var y{all};
  return record("elman", y, {x, w, u}, [=] {
    Tensor later = zeros({batch, hidden});
    for (std::size_t t = steps; t-- > 0;) {
      const Tensor dz = (at(y.grad(), t) + later) * (1 - xt::square(h[t + 1]));
      xt::view(x.grad(), t) += times(dz, w.value());
      w.grad() += times(flipped(dz), at(x.value(), t));
      u.grad() += times(flipped(dz), h[t]);
      later = back(dz, u.value(), t);
    }
  });
}
//< elman

template <class F> void say(F f) {
  try {
    f();
  } catch (const std::exception& e) {
    fmt::print("  {}\n", e.what());
  }
}

} // namespace

int main() {
  Rng rng(1);
  const GradcheckInput x{normal({6, 2, 4}, 0, 1, rng), "x"}; // T = 6, B = 2, I = 4
  const GradcheckInput w{normal({3, 4}, 0, 0.5, rng), "w"}, u{normal({3, 3}, 0, 0.5, rng), "u"};
  const auto check = [&](const char* title, auto back) {
    //> check
    const GradcheckReport report =
        gradcheck([&](auto a, auto b, auto c) { return elman(a, b, c, back); }, {x, w, u});
    //< check
    fmt::print("{}:\n{}\n", title, report.text());
  };
  //> mistakes
  check("Right",
        [](const Tensor& dz, const Tensor& weight, std::size_t) { return times(dz, weight); });
  check("Nothing goes back",
        [](const Tensor& dz, const Tensor&, std::size_t) { return zeros(dz.shape()); });
  check("Cut once, between steps 2 and 3",
        [](const Tensor& dz, const Tensor& weight, std::size_t t) {
          return t == 3 ? zeros(dz.shape()) : times(dz, weight);
        });
  check("u transposed", [](const Tensor& dz, const Tensor& weight, std::size_t) {
    return times(dz, flipped(weight));
  });
  //< mistakes

  fmt::print("A loop of cells, each of a detached state:\n");
  const auto detached = [](const Var& a, const Var& b, const Var& c) {
    //> detached
    std::vector<Var> h{constant(zeros({2, 3}))};
    for (std::size_t t = 0; t < 6; ++t)
      h.push_back(elman_cell(select(a, 0, t), detach(h[t]), b, c, Var{}, Var{}));
    //< detached
    return stack({h.begin() + 1, h.end()});
  };
  fmt::print("{}\n", gradcheck(detached, {x, w, u}).text());

  fmt::print("clip_gradient, where it clips:\n{}\n",
             gradcheck([](auto a) { return clip_gradient(a, 0.1); }, {x}).text());

  fmt::print("Wrong states:\n");
  nn::RNN rnn({.input_size = 4, .hidden_size = 3}, rng);
  nn::RNNCell cell({.input_size = 4, .hidden_size = 3}, rng);
  const auto zero = [](const Shape& shape) { return constant(zeros(shape)); };
  //> wrong-states
  say([&] { cell(zero({2, 4}), zero({2, 4})); });   // a state as wide as the input
  say([&] { cell(zero({2, 4}), zero({1, 3})); });   // of another batch
  say([&] { rnn(zero({6, 2, 4}), zero({2, 3})); }); // without the axis of layers
  say([&] {                                         // of a tape that is closed
    Var state = zero({1, 2, 3});
    for (int piece = 0; piece < 2; ++piece) {
      Tape tape;
      const auto [output, last] = rnn(zero({6, 2, 4}), state);
      tape.backward(output, ones(output.shape()));
      state = last; // and not detach(last)
    }
  });
  //< wrong-states
}
