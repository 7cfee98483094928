// Which operators run together: pairs are tried.
#include <functional>

#include <fmt/format.h>

#include "autograd/batching/batched.hpp"
#include "autograd/batching/together.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/cumsum.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"

using namespace tapestry;

namespace {

using One = std::function<Var()>;

//> try
// Two examples, one of which calls f and the other g.
const char* verdict(const One& f, const One& g) {
  TogetherCounts counts;
  run_each_together(2, [&](std::size_t i) { i == 0 ? f() : g(); }, {.counts = &counts});
  if (counts.operators == 0) return "at once";
  return counts.calls > 0 ? "together" : "apart";
}
//< try

void row(const char* first, const char* second, const One& f, const One& g) {
  fmt::print("  {:<34}{:<34}{}\n", first, second, verdict(f, g));
}

} // namespace

int main() {
  Rng rng(1);
  const auto draw = [&](const Shape& shape) { return normal(shape, 0, 1, rng); };
  const Var w = variable(draw({3, 4}), "W"), v = variable(w.value(), "V"),
            table = variable(draw({9, 4}), "E"), row_b = variable(draw({1, 4}), "b");
  const Var one = constant(draw({1, 4})), two = constant(draw({2, 4})),
            wide = constant(draw({1, 5}));
  const auto ids = [](std::vector<int> all) { return ids_from(all); };

  fmt::print("  {:<34}{:<34}\n", "one example", "another");
  row(
      "tanh of (1, 4)", "tanh of (2, 4)", [&] { return tanh(one); }, [&] { return tanh(two); });
  row(
      "tanh of (1, 4)", "tanh of (1, 5)", [&] { return tanh(one); }, [&] { return tanh(wide); });
  row(
      "tanh of (1, 4)", "sigmoid of (1, 4)", [&] { return tanh(one); },
      [&] { return sigmoid(one); });
  row(
      "linear with W, of (1, 4)", "linear with W, of (2, 4)", [&] { return linear(one, w); },
      [&] { return linear(two, w); });
  row(
      "linear with W, of (1, 4)", "linear with V, equal to W", [&] { return linear(one, w); },
      [&] { return linear(one, v); });
  row(
      "E's rows 3 and 1", "E's rows 7, 2 and 3",
      [&] {
        return embedding(table, ids({3, 1}));
      },
      [&] {
        return embedding(table, ids({7, 2, 3}));
      });
  row(
      "columns 0 and 1", "columns 2 and 3", [&] { return slice(one, -1, 0, 2); },
      [&] { return slice(one, -1, 2, 4); });
  row(
      "2 x", "3 x", [&] { return 2 * one; }, [&] { return 3 * one; });
  row(
      "x + b", "b + x", [&] { return one + row_b; }, [&] { return row_b + one; });
  row(
      "the sum of (1, 4)", "the sum of (2, 4)", [&] { return sum(one); }, [&] { return sum(two); });
  row(
      "running sums", "running sums", [&] { return cumsum(one, 0); },
      [&] { return cumsum(two, 0); });
}
