#include "autograd/check/diagnosis/hypotheses.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/check/thresholds.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

const Look& Evidence::example(std::size_t a) const {
  const auto wrong =
      std::find_if(looks.begin(), looks.end(), [&](const Look& look) { return look.wrong(a); });
  return wrong == looks.end() ? looks[0] : *wrong;
}

bool Evidence::whole(std::size_t a) const {
  return std::all_of(looks.begin(), looks.end(),
                     [&](const Look& look) { return look.numeric[a].whole; });
}

bool fits(const Look& look, std::size_t a, const Jacobian& guess) {
  const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
  if (!equal(analytic, guess)) return false;
  double gap = 0, left = 0;
  for (std::size_t i = 0; i < analytic.entries.size(); ++i) {
    gap = std::max(gap, std::abs(analytic.entries[i] - numeric.entries[i]));
    left = std::max(left, std::abs(analytic.entries[i] - guess.entries[i]));
  }
  return left <= limit::unexplained_share * gap;
}

std::string all_entries(const Evidence& e, std::size_t a) {
  const Look& look = e.example(a);
  const std::size_t n = look.columns[a].size(), all = look.point[a].size();
  if (all == 1) return "the one entry of " + e.name(a);
  return n == all
             ? fmt::format("all {} entries of {}", n, e.name(a))
             : fmt::format("all {} of {} entries of {} that were looked at", n, all, e.name(a));
}

std::string place(const std::vector<bool>& chosen, const Shape& shape) {
  std::vector<std::set<std::size_t>> used(shape.size());
  std::size_t count = 0;
  for (std::size_t flat = 0; flat < chosen.size(); ++flat) {
    if (!chosen[flat]) continue;
    ++count;
    std::size_t rest = flat;
    for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
      used[axis].insert(rest % shape[axis]);
  }
  std::size_t block = 1;
  for (const auto& indices : used) block *= indices.size();
  if (count == 0 || block != count) return "";
  std::string text;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const auto& indices = used[axis];
    if (indices.size() == shape[axis]) continue;
    const std::size_t first = *indices.begin(), last = *indices.rbegin();
    const std::string which = indices.size() == 1 ? fmt::format("{}", first)
                              : last - first + 1 == indices.size()
                                  ? fmt::format("{} to {}", first, last)
                                  : fmt::format("{}", fmt::join(indices, ", "));
    text += fmt::format("{} axis {} is {}", text.empty() ? "where" : " and", axis, which);
  }
  return text;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
