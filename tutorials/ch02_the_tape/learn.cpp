// The tiny tape learns: a line through two points, found by walking against the gradient.
#include "tiny_tape.hpp"

#include <fmt/format.h>

#include "keep.hpp"

using namespace tiny;

namespace {

//> loss
// The squared distances of the line w x + b from the points (-1, -1) and (2, 5).
Number squared(Number a) { return a * a; }
Number loss_of(Number w, Number b) {
  Number first = write(-1) * w + b + write(1);
  Number second = write(2) * w + b + write(-5);
  return squared(first) + squared(second);
}
//< loss

} // namespace

int main() {
  fmt::print("{:>5}  {:>9}  {:>7}  {:>7}\n", "step", "loss", "w", "b");
  //> learn
  double w_now = 0, b_now = 0;
  for (int step = 0; step <= 20; ++step) {
    tape.clear(); // a new list for every pass
    Number w = write(w_now), b = write(b_now);
    Number loss = loss_of(w, b);
    backward(loss);
    if (step <= 3 || step % 5 == 0)
      fmt::print("{:>5}  {:>9.6f}  {:>7.4f}  {:>7.4f}\n", step, loss.value(), w_now, b_now);
    w_now -= 0.1 * tape[w.line].grad;
    b_now -= 0.1 * tape[b.line].grad;
  }
  //< learn
  tapestry::keep("learn.json", fmt::format("{{\"w\": {:.4f}, \"b\": {:.4f}, \"lines\": {}}}\n",
                                           w_now, b_now, tape.size()));
}
