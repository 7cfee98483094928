// Four ways to walk back over one list: along every path, depth first, sorted first, and as it is.
#include "tiny_tape.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "keep.hpp"

using namespace tiny;

namespace {

std::size_t pulled = 0; // lines pulled back
std::size_t nested = 0; // calls inside each other, at most

//> along-paths
void along_paths(std::size_t i, double arriving) {
  tape[i].grad += arriving;
  if (!tape[i].edges.empty()) ++pulled;
  for (const auto& [from, slope] : tape[i].edges) along_paths(from, slope * arriving);
}
//< along-paths

//> depth-first
void depth_first(std::size_t i, std::vector<bool>& done) {
  if (done[i]) return;
  done[i] = true;
  if (!tape[i].edges.empty()) ++pulled;
  for (const auto& [from, slope] : tape[i].edges) {
    tape[from].grad += slope * tape[i].grad; // is tape[i].grad complete?
    depth_first(from, done);
  }
}
//< depth-first

//> sort
void sort(std::size_t i, std::vector<bool>& seen, std::vector<std::size_t>& order,
          std::size_t depth) {
  if (seen[i]) return;
  seen[i] = true;
  nested = std::max(nested, depth);
  for (const Edge& edge : tape[i].edges) sort(edge.from, seen, order, depth + 1);
  order.push_back(i); // after all that it was computed from
}
//< sort

void sorted_first(Number z) {
  std::vector<bool> seen(tape.size());
  std::vector<std::size_t> order;
  sort(z.line, seen, order, 1);
  tape[z.line].grad = 1;
  for (std::size_t at = order.size(); at-- > 0;) {
    const Line& line = tape[order[at]];
    if (!line.edges.empty()) ++pulled;
    for (const auto& [from, slope] : line.edges) tape[from].grad += slope * line.grad;
  }
}

void as_it_is(Number z) {
  for (const Line& line : tape) pulled += !line.edges.empty();
  backward(z);
}

// What a walk does: it begins anew, counts, and leaves gradients on the tape.
template <class Walk> std::size_t lines_pulled(Walk walk) {
  for (Line& line : tape) line.grad = 0;
  pulled = nested = 0;
  walk();
  return pulled;
}

//> chain
Number chain_of_diamonds(std::size_t n) {
  tape.clear();
  Number y = write(0.1);
  for (std::size_t i = 0; i < n; ++i) {
    Number t = tanh(y);
    y = y + t;
  }
  return y;
}
//< chain

} // namespace

int main() {
  const Number x = write(2), y = write(0.5);
  const Number p = x * y;
  const Number s = tanh(p);
  const Number q = s * x;
  const Number z = p + q;
  const auto show = [&](const char* name, auto walk) {
    const std::size_t n = lines_pulled(walk);
    fmt::print("  {:<20}  dz/dx {:.4f}  dz/dy {:.4f}   {} lines pulled back\n", name,
               tape[x.line].grad, tape[y.line].grad, n);
  };
  fmt::print("z = xy + x tanh(xy), four lines:\n");
  show("along every path", [&] { along_paths(z.line, 1); });
  show("depth first", [&] {
    std::vector<bool> done(tape.size());
    tape[z.line].grad = 1;
    depth_first(z.line, done);
  });
  show("sorted first", [&] { sorted_first(z); });
  show("the tape as it is", [&] { as_it_is(z); });

  fmt::print("\nLines pulled back in a chain of n diamonds:\n");
  fmt::print("  {:>5}  {:>16}  {:>12}  {:>8}   {}\n", "n", "along every path", "sorted first",
             "the tape", "calls nested by the sort");
  std::string last;
  std::size_t deepest = 0, longest = 0;
  for (std::size_t n : {1, 2, 5, 10, 20, 1000}) {
    const Number end = chain_of_diamonds(n);
    const std::size_t walked = lines_pulled([&] { as_it_is(end); });
    const double slope = tape[0].grad;
    const std::size_t sorted = lines_pulled([&] { sorted_first(end); });
    deepest = nested, longest = walked;
    bool same = tape[0].grad == slope;
    std::string paths = "-";
    if (n <= 20) {
      last = paths = std::to_string(lines_pulled([&] { along_paths(end.line, 1); }));
      same = same && std::abs(tape[0].grad - slope) <= 1e-9 * slope;
    }
    fmt::print("  {:>5}  {:>16}  {:>12}  {:>8}   {}{}\n", n, paths, sorted, walked, deepest,
               same ? "" : ", and the slopes DIFFER");
  }
  tapestry::keep("order.json", fmt::format("{{\"paths\": {}, \"nested\": {}, \"lines\": {}}}\n",
                                           last, deepest, longest));
}
