// Reductions: which axes go, and how the order of a sum decides its rounding error.
#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "autograd/random.hpp"
#include "autograd/xt.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

void show(const char* what, const Tensor& x) {
  fmt::print("  {:<26} {:<10} {}\n", what, to_string(x.shape()), fmt::join(x, " "));
}

//> partial-sums
// The sum of x in `ways` running sums, dealt out like cards, which are then added to each other.
real sum_in_parts(const Tensor& x, std::size_t ways) {
  std::vector<real> part(ways);
  for (std::size_t i = 0; i < x.size(); ++i) part[i % ways] += x.data()[i];
  while (ways > 1) {
    ways /= 2;
    for (std::size_t j = 0; j < ways; ++j) part[j] += part[j + ways];
  }
  return part[0];
}
//< partial-sums

//> pairwise
real pairwise_sum(const real* x, std::size_t n) {
  if (n <= 2) return n == 0 ? 0 : n == 1 ? x[0] : x[0] + x[1];
  return pairwise_sum(x, n / 2) + pairwise_sum(x + n / 2, n - n / 2);
}
//< pairwise

struct Errors {
  double one, sixteen, pairwise; // relative
};

Errors errors_of(const Tensor& x) {
  double exact = 0; // in double, whose own error is far below a float's
  for (real v : x) exact += static_cast<double>(v);
  const auto error = [&](real sum) { return std::abs(static_cast<double>(sum) - exact) / exact; };
  return {error(sum_in_parts(x, 1)), error(sum_in_parts(x, 16)),
          error(pairwise_sum(x.data(), x.size()))};
}

// The largest error over some seeds; one alone may be lucky.
Errors worst(std::size_t n) {
  Errors most{0, 0, 0};
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Rng rng(seed);
    const Errors e = errors_of(uniform({n}, 0, 1, rng));
    most = {std::max(most.one, e.one), std::max(most.sixteen, e.sixteen),
            std::max(most.pairwise, e.pairwise)};
  }
  return most;
}

} // namespace

int main() {
  //> axes
  const Tensor x{{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}},
                 {{0, 1, 0, 1}, {1, 0, 1, 0}, {2, 2, 2, 2}}}; // (2, 3, 4)
  //< axes
  fmt::print("x has shape {}\n", to_string(x.shape()));
  show("sum over axis 2", xt::sum(x, {2}));
  show("sum over axes 0 and 1", xt::sum(x, {0, 1}));
  show("sum over all", xt::sum(x));
  show("largest of axis 1", xt::amax(x, {1}));
  show("mean over axis 2, kept", xt::mean(x, {2}, xt::keep_dims));

  fmt::print("\nTen million times 0.1, in float:\n");
  const Tensor tenths = full({10'000'000}, real(0.1));
  const double one = sum_in_parts(tenths, 1), sixteen = sum_in_parts(tenths, 16),
               pairwise = pairwise_sum(tenths.data(), tenths.size());
  fmt::print("  one running sum    {:>10.0f}\n", one);
  fmt::print("  16 running sums    {:>10.0f}\n", sixteen);
  fmt::print("  pairwise           {:>10.0f}\n", pairwise);

  const real million = 900'000, more = million + real(0.1);
  fmt::print("\nNear a million:\n  900,000 + 0.1 - 900,000 = {}\n", more - million);

  fmt::print("\nThe largest relative error of five sums of random numbers:\n");
  fmt::print("  {:>9} {:>12} {:>12} {:>12}\n", "n", "one sum", "16 sums", "pairwise");
  std::string tsv = "n\tone\tsixteen\tpairwise\n";
  for (std::size_t n = 100; n <= 10'000'000; n *= 10) {
    const Errors e = worst(n);
    fmt::print("  {:>9} {:>12.1e} {:>12.1e} {:>12.1e}\n", n, e.one, e.sixteen, e.pairwise);
    tsv += fmt::format("{}\t{:.2e}\t{:.2e}\t{:.2e}\n", n, e.one, e.sixteen, e.pairwise);
  }
  keep("sums.tsv", tsv);
  keep("sums.json", nlohmann::json{{"one", std::lround(one)},
                                   {"sixteen", std::lround(sixteen)},
                                   {"pairwise", std::lround(pairwise)}}
                            .dump(1) +
                        "\n");
}
