// The reset gate after the product and before it: where the two forms differ, and where they do
// not.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "nn/recurrent/gru_cell.hpp"

using namespace tapestry;

namespace {

void two_units() {
  //> two-units
  // Unit 1 listens to unit 2 and the other way round. The biases set r to (1, 0), and z to 0, so
  // that h' = n.
  const Var x = constant(zeros({1, 1})), h = constant({{0.1, 0.9}});
  const Var w_ih = constant(zeros({6, 1}));
  const Var w_hh = constant({{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 1}, {1, 0}});
  const Var b_ih = constant({40, -40, -40, -40, 0, 0});
  const Var after = gru_cell(x, h, w_ih, w_hh, b_ih, Var{});
  const Var before = cho_gru_cell(x, h, w_ih, w_hh, b_ih, Var{});
  //< two-units
  fmt::print("h = (0.1, 0.9), r = (1, 0):\n");
  fmt::print("  reset after the product    h' = {:.3f}\n", fmt::join(after.value(), " "));
  fmt::print("  reset before the product   h' = {:.3f}\n\n", fmt::join(before.value(), " "));
}

// How far apart the forms are on random weights.
void compare(const char* what, std::size_t hidden, double reset_bias, bool state_bias) {
  Rng rng(1);
  const auto draw = [&](const Shape& s) { return constant(normal(s, 0, 1, rng)); };
  const Var x = draw({5, 3}), h = draw({5, hidden});
  const Var w_ih = draw({3 * hidden, 3}), w_hh = draw({3 * hidden, hidden});
  Tensor b = normal({3 * hidden}, 0, 1, rng);
  std::fill_n(b.data(), hidden, reset_bias);
  const Var b_hh = state_bias ? draw({3 * hidden}) : Var{};
  const Tensor after = gru_cell(x, h, w_ih, w_hh, constant(b), b_hh).value();
  const Tensor before = cho_gru_cell(x, h, w_ih, w_hh, constant(b), b_hh).value();
  const double apart = xt::amax(xt::abs(after - before))();
  fmt::print("  {:<44} {}\n", what, apart < 1e-12 ? "the same" : fmt::format("{:.2f}", apart));
}

// The tape of one step: how many records, and how many of them are products with weights.
template <class Cell> void count(const char* what, Cell cell) {
  Rng rng(1);
  const auto draw = [&](const Shape& s) { return variable(normal(s, 0, 1, rng)); };
  const Var x = draw({2, 3}), h = draw({2, 4}), w_ih = draw({12, 3}), w_hh = draw({12, 4});
  Tape tape;
  cell(x, h, w_ih, w_hh, Var{}, Var{});
  std::size_t products = 0;
  for (std::size_t i = 0; i < tape.size(); ++i)
    products += std::string(tape.line(i).op) == "linear";
  fmt::print("  {:<26} {:>2} records, {} products\n", what, tape.size(), products);
}

} // namespace

int main() {
  two_units();
  fmt::print("Largest difference of h', random weights:\n");
  compare("four units", 4, 0, false);
  compare("four units, reset gates open", 4, 60, false);
  compare("one unit", 1, 0, false);
  compare("one unit, with a bias beside the state", 1, 0, true);
  fmt::print("\nOne step on the tape:\n");
  count("reset after the product", [](auto... v) { return gru_cell(v...); });
  count("reset before the product", [](auto... v) { return cho_gru_cell(v...); });
}
