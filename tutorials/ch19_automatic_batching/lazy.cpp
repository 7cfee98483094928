// Two ways to see what comes: operators that are written down and computed later, as DyNet has it,
// and examples that wait on stacks of their own.
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "autograd/batching/together.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

//> lazy
// One operator, x -> x w', which writes itself down. Nothing is computed before somebody wants a
// value; then everything is that has been written down so far.
class LazyGraph {
public:
  explicit LazyGraph(const Var& w) : w_(w) {}

  std::size_t start(const Tensor& x) {
    nodes_.push_back({none, constant(x)});
    done_.push_back(true);
    return nodes_.size() - 1;
  }
  std::size_t step(std::size_t before) {
    nodes_.push_back({before, {}});
    done_.push_back(false);
    return nodes_.size() - 1;
  }
  const Tensor& value(std::size_t node) {
    while (!done_[node]) compute_what_is_ready();
    return nodes_[node].value.value();
  }

  std::size_t steps = 0, calls = 0;

private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  struct Node {
    std::size_t before;
    Var value;
  };

  void compute_what_is_ready() {
    std::vector<std::size_t> ready;
    std::vector<Var> rows;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (!done_[i] && done_[nodes_[i].before]) {
        ready.push_back(i);
        rows.push_back(nodes_[nodes_[i].before].value);
      }
    const Var y = linear(concatenate(rows, 0), w_); // one call for all of them
    for (std::size_t k = 0; k < ready.size(); ++k) {
      nodes_[ready[k]].value = slice(y, 0, k, k + 1);
      done_[ready[k]] = true;
    }
    steps += ready.size(), ++calls;
  }

  Var w_;
  std::vector<Node> nodes_;
  std::vector<bool> done_;
};
//< lazy

double length_of(const Tensor& x) {
  return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0));
}

} // namespace

int main() {
  constexpr std::size_t examples = 16;
  Rng rng(1);
  const Var w = variable(Tensor(0.9 * Tensor{{0.6, -0.8}, {0.8, 0.6}}), "w"); // turns and shrinks
  std::vector<Tensor> begin;
  for (std::size_t i = 0; i < examples; ++i)
    begin.push_back(normal({1, 2}, 0, std::exp(rng.uniform(0, 3)), rng));
  const auto wanted = [](std::size_t i) { return 5 + 3 * i % 20; };

  // The first program knows how many steps it takes. The second looks.
  LazyGraph known(w), looks(w);
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < examples; ++i) {
    std::size_t x = known.start(begin[i]);
    for (std::size_t t = 0; t < wanted(i); ++t) x = known.step(x);
    ends.push_back(x);
  }
  for (const std::size_t end : ends) known.value(end); // all is written down: now compute
  //> looks-lazily
  for (std::size_t i = 0; i < examples; ++i) {
    std::size_t x = looks.start(begin[i]);
    while (length_of(looks.value(x)) > 0.5) x = looks.step(x); // value() cannot wait
  }
  //< looks-lazily

  TogetherCounts known_counts, looks_counts;
  run_together(examples,
               [&](std::size_t i) {
                 Var x = constant(begin[i]);
                 for (std::size_t t = 0; t < wanted(i); ++t) x = linear(x, w);
                 return x;
               },
               {.counts = &known_counts});
  //> looks-together
  run_together(examples,
               [&](std::size_t i) {
                 Var x = constant(begin[i]);
                 while (length_of(x.value()) > 0.5) x = linear(x, w); // the value is there
                 return x;
               },
               {.counts = &looks_counts});
  //< looks-together

  fmt::print("{:<28}{:>8}{:>14}{:>20}\n", "16 examples", "steps", "calls: lazy", "on own stacks");
  const auto row = [](const char* name, const LazyGraph& lazy, const TogetherCounts& own) {
    fmt::print("{:<28}{:>8}{:>14}{:>20}\n", name, lazy.steps, lazy.calls, own.calls + own.alone);
    if (lazy.steps != own.operators) fmt::print("  but {} operators\n", own.operators);
  };
  row("so many steps", known, known_counts);
  row("until it is short enough", looks, looks_counts);
  keep("lazy.json", fmt::format("{{\"steps\": {}, \"lazy\": {}, \"together\": {}}}\n", looks.steps,
                                looks.calls, looks_counts.calls + looks_counts.alone));
}
