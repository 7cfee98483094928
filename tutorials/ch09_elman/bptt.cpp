// Back-propagation through time by hand: three letters, every gradient, and the tape's answer.
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "banana.hpp"
#include "matrices.hpp"
#include "nn/recurrent/elman_cell.hpp"

using namespace tapestry;

namespace {

std::string text(const Tensor& x) {
  std::string numbers;
  for (real v : x) numbers += fmt::format("{:>8.4f}", v);
  return numbers;
}

void compare(const char* name, const Tensor& by_hand, const Var& by_tape) {
  const Tensor difference = by_hand - by_tape.grad();
  fmt::print("  {:<5} {:<7} {}\n", name, to_string(by_hand.shape()),
             norm(difference) < 1e-14 ? "the same" : "NOT the same");
}

} // namespace

int main() {
  Rng rng(1);
  const std::string word = "ban", next = "ana";
  const std::size_t steps = 3, hidden = 2;
  const auto draw = [&](const Shape& shape) { return variable(uniform(shape, -1, 1, rng)); };
  const Var w_ih = draw({hidden, 4}), w_hh = draw({hidden, hidden});
  const Var b_ih = draw({hidden}), b_hh = draw({hidden});
  const Var w_hy = draw({4, hidden}); // scores for the letters

  const Tensor letters_read = one_hot(word); // (T, 1, 4)
  std::vector<Var> x;                        // x_1 .. x_T, each (1, I)
  for (std::size_t t = 0; t < steps; ++t) x.push_back(variable(at(letters_read, t)));
  std::vector<Var> h{variable(zeros({1, hidden}))}; // h_0 .. h_T, each (1, H)
  Tape tape;
  std::vector<Var> scores;
  for (std::size_t t = 0; t < steps; ++t) {
    h.push_back(elman_cell(x[t], h[t], w_ih, w_hh, b_ih, b_hh));
    scores.push_back(linear(h[t + 1], w_hy));
  }
  const Var s = stack(scores); // (T, 1, 4)
  const Var loss = cross_entropy(reshape(s, {steps, 4}), numbers_of(next));
  tape.backward(loss);

  const auto show = [&](std::size_t t, const Tensor& own, const Tensor& dh, const Tensor& dz) {
    fmt::print("{}  {}      {}  {}  {}\n", t, word[t - 1], text(own), text(dh), text(dz));
  };
  fmt::print("t  letter   from its own scores      dh_t               dz_t\n");
  //> by-hand
  const Tensor y = softmax(constant(s.value())).value();
  const Tensor ds = (y - one_hot(next)) / real(steps); // (T, 1, 4), softmax and loss in one

  Tensor dw_ih = zeros(w_ih.shape()), dw_hh = zeros(w_hh.shape()), db = zeros({hidden});
  Tensor dw_hy = zeros(w_hy.shape()), dx = zeros({1, 4});
  Tensor later = zeros({1, hidden}); // what step t + 1 sends back; nothing comes after the last
  for (std::size_t t = steps; t >= 1; --t) {
    const Tensor own = times(at(ds, t - 1), w_hy.value());
    const Tensor dh = own + later;
    const Tensor dz = dh * (1 - xt::square(h[t].value())); // through the tanh
    dw_ih += times(flipped(dz), x[t - 1].value());
    dw_hh += times(flipped(dz), h[t - 1].value());
    dw_hy += times(flipped(at(ds, t - 1)), h[t].value());
    db += xt::sum(dz, {0});
    dx = times(dz, w_ih.value());    // to x_t
    later = times(dz, w_hh.value()); // to h_(t-1)
    show(t, own, dh, dz);
  }
  //< by-hand
  fmt::print("\nBy hand and by the tape, to 14 digits:\n");
  compare("W_ih", dw_ih, w_ih);
  compare("W_hh", dw_hh, w_hh);
  compare("b_ih", db, b_ih);
  compare("b_hh", db, b_hh);
  compare("W_hy", dw_hy, w_hy);
  compare("h_0", later, h[0]);
  compare("x_1", dx, x[0]);
}
