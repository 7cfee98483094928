// A cliff: one weight used twenty times in a row, and what clipping does at the edge.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

//> loss
// (w^20 - 1/2)^2, as twenty layers of one weight compute it.
Var loss_of(const Var& w) {
  Var h = w;
  for (int layer = 1; layer < 20; ++layer) h = h * w;
  const Var miss = h - 0.5;
  return square(miss);
}
//< loss

struct Step {
  double w, loss, norm;
};

// max_norm 0: without clipping
std::vector<Step> descend(double from, double max_norm, std::size_t steps) {
  Parameter w("w", static_cast<real>(from));
  nn::SGD optimizer({w}, {.lr = 0.005});
  std::vector<Step> path;
  for (std::size_t step = 0; step <= steps; ++step) {
    optimizer.zero_grad();
    Tape tape;
    const Var loss = loss_of(w);
    tape.backward(loss);
    const double before = static_cast<double>(w.item());
    double norm = std::abs(static_cast<double>(w.grad()()));
    //> clip
    if (max_norm > 0) norm = nn::clip_grad_norm({w}, max_norm);
    optimizer.step();
    //< clip
    path.push_back({before, static_cast<double>(loss.item()), norm});
  }
  return path;
}

// What is below 1e-4 is 0 but for rounding.
std::string text(double x) {
  if (std::isnan(x)) return "nan";
  if (std::abs(x) < 1e-4) return "< 1e-4";
  return std::abs(x) < 100 ? fmt::format("{:.3f}", x) : fmt::format("{:.3g}", x);
}

void show(const char* title, const std::vector<Step>& path, const std::vector<std::size_t>& steps) {
  fmt::print("{}\n  step         w       loss       norm\n", title);
  for (std::size_t i : steps)
    fmt::print("  {:>4} {:>9} {:>10} {:>10}\n", i, text(path[i].w), text(path[i].loss),
               text(path[i].norm));
  fmt::print("\n");
}

// Of the angle between them.
double cosine(const Tensor& a, const Tensor& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double p = static_cast<double>(a.data()[i]), q = static_cast<double>(b.data()[i]);
    ab += p * q, aa += p * p, bb += q * q;
  }
  return ab / std::sqrt(aa * bb);
}

} // namespace

int main() {
  show("From the plain, without clipping:", descend(0.8, 0, 200), {0, 50, 100, 200});
  show("From the edge of the cliff:", descend(1.05, 0, 200), {0, 1, 2, 200});
  show("From higher up:", descend(1.1, 0, 3), {0, 1, 2, 3});
  const std::vector<Step> clipped = descend(1.1, 1, 200);
  show("From there, clipped at 1:", clipped, {0, 1, 2, 10, 20, 26, 100, 200});

  std::size_t first_short = 0;
  while (clipped[first_short].norm > 1) ++first_short;
  const Step on_the_plain = descend(0.7, 0, 0)[0];
  keep("cliff.json", nlohmann::json{{"short", first_short},
                                    {"plain_loss", fmt::format("{:.3f}", on_the_plain.loss)},
                                    {"plain_slope", fmt::format("{:.2f}", on_the_plain.norm)}}
                             .dump(1) +
                         "\n");

  fmt::print("Which operator made it?\n");
  //> finite
  try {
    Tape tape({.check_finite = true});
    loss_of(Parameter("w", 1e31f));
  } catch (const TapeError& e) {
    fmt::print("  {}\n\n", e.what());
  }
  //< finite

  const Tensor gradient{3, 40};
  const Parameter w("w", {0, 0});
  w.grad() = gradient;
  nn::clip_grad_norm({w}, 5);
  fmt::print("The gradient (3, 40), cut to a norm of 5: ({:.2f}, {:.2f}), cosine {:.3f}\n",
             w.grad()(0), w.grad()(1), cosine(w.grad(), gradient));
  const Tensor each{3, 5};
  fmt::print("            each entry cut to 5 at most: (3.00, 5.00), cosine {:.3f}\n",
             cosine(each, gradient));

  std::string tsv;
  for (const auto& path : {descend(1.05, 0, 1), descend(1.05, 1, 60)}) {
    for (const Step& s : path) tsv += fmt::format("{:.4f}\t{:.4f}\n", s.w, s.loss);
    tsv += "\n\n";
  }
  keep("cliff.tsv", tsv);
}
