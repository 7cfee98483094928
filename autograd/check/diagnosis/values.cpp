// The right formula with the wrong values: another argument's, the output's, those of another call.
#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "autograd/check/diagnosis/hypotheses.hpp"
#include "autograd/check/thresholds.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

// Another point, at which the function's true derivative may be what the pull-back computes.
struct Change {
  const char* name;
  std::string text;
  std::function<bool(const Look&, Point&)> apply; ///< false where it is not possible
};

// The last two axes turned round, or exchanged, or the memory of a matrix read by columns.
Tensor turned(const Tensor& x) {
  Tensor y = x;
  const std::size_t plane =
      x.dimension() < 2 ? x.size() : x.shape().back() * x.shape()[x.dimension() - 2];
  for (std::size_t i = 0; i < x.size(); i += plane)
    std::reverse(y.data() + i, y.data() + i + plane);
  return y;
}
Tensor by_columns(const Tensor& x, bool back) {
  Tensor y = x;
  const std::size_t n = x.shape().back(), m = x.shape()[x.dimension() - 2];
  for (std::size_t i = 0; i < x.size(); i += m * n)
    for (std::size_t j = 0; j < m * n; ++j) {
      const std::size_t k = j % m * n + j / m;
      y.data()[i + (back ? k : j)] = x.data()[i + (back ? j : k)];
    }
  return y;
}
Tensor shifted(const Tensor& x, bool later) {
  Tensor y = zeros(x.shape());
  const std::size_t row = x.size() / x.shape()[0];
  for (std::size_t i = row; i < x.size(); ++i)
    (later ? y.data()[i] : y.data()[i - row]) = later ? x.data()[i - row] : x.data()[i];
  return y;
}

std::vector<Change> changes(const Evidence& e) {
  std::vector<Change> all;
  const std::size_t n = e.looks[0].point.size();
  for (std::size_t i = 0; i < n; ++i) {
    const std::string name = e.name(i);
    for (std::size_t j = 0; j < n; ++j) {
      if (i == j) continue;
      all.push_back({fault::wrong_operand,
                     fmt::format("{} is used where {} belongs", e.name(j), name),
                     [=](const Look& look, Point& p) {
                       p[i] = look.point[j];
                       return p[i].shape() == look.point[i].shape();
                     }});
      if (i < j && e.example(i).wrong(i) && e.example(j).wrong(j))
        all.push_back({fault::swapped, fmt::format("{} and {} are exchanged", name, e.name(j)),
                       [=](const Look& look, Point& p) {
                         std::swap(p[i], p[j]);
                         return look.point[i].shape() == look.point[j].shape();
                       }});
    }
    all.push_back({fault::wrong_saved, fmt::format("the output is used where {} belongs", name),
                   [=](const Look& look, Point& p) {
                     p[i] = look.output;
                     return look.output.shape() == look.point[i].shape();
                   }});
    all.push_back({fault::wrong_saved, fmt::format("-{0} is used where {0} belongs", name),
                   [=](const Look& look, Point& p) {
                     for (real& x : p[i].storage()) x = -x;
                     return look.point[i].size() > 0;
                   }});
    for (bool back : {false, true})
      all.push_back({fault::transposed, name + " is used with its rows and columns exchanged",
                     [=](const Look& look, Point& p) {
                       if (look.point[i].dimension() < 2) return false;
                       p[i] = by_columns(look.point[i], back);
                       return true;
                     }});
    all.push_back({fault::transposed, name + " is used turned round, last entry first",
                   [=](const Look& look, Point& p) {
                     p[i] = turned(look.point[i]);
                     return true;
                   }});
    for (bool later : {false, true})
      all.push_back({e.is_sequence(i) ? fault::shifted : fault::wrong_entries,
                     fmt::format("{} is used one entry of its first axis {}", name,
                                 later ? "too early" : "too late"),
                     [=](const Look& look, Point& p) {
                       if (look.point[i].dimension() == 0 || look.point[i].shape()[0] < 2)
                         return false;
                       p[i] = shifted(look.point[i], later);
                       return true;
                     }});
  }
  return all;
}

// The columns in which analytic and numeric differ most: where a wrong guess shows first.
std::vector<std::size_t> telling_columns(const Look& look, std::size_t a) {
  std::vector<std::pair<double, std::size_t>> gaps;
  for (std::size_t c = 0; c < look.analytic[a].columns; ++c) {
    double gap = 0;
    for (std::size_t r = 0; r < look.analytic[a].rows; ++r)
      gap = std::max(gap, std::abs(look.analytic[a](r, c) - look.numeric[a](r, c)));
    gaps.emplace_back(-gap, c);
  }
  std::sort(gaps.begin(), gaps.end());
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < std::min<std::size_t>(gaps.size(), 2); ++i)
    columns.push_back(gaps[i].second);
  return columns;
}

std::optional<Jacobian> numeric_at(const Look& look, std::size_t a, const Change& change) {
  Point p = look.point;
  if (!change.apply(look, p)) return {};
  const std::vector<std::size_t> some = telling_columns(look, a);
  const Jacobian part = numeric_jacobian(look, p, a, some);
  if (!finite(part) || !equal(part, look.analytic[a], [&](std::size_t c) {
        return std::find(some.begin(), some.end(), c) != some.end();
      }))
    return {};
  return numeric_jacobian(look, p, a);
}

} // namespace

// The pull-back's formula is right, but one of its values is another one.
Findings uses_other_values(const Evidence& e, std::size_t a) {
  Findings found;
  for (const Change& change : changes(e))
    if (explains(e, a, [&](const Look& look) { return numeric_at(look, a, change); }))
      found.push_back({change.name,
                       fmt::format("{} in the gradient of {}: with it, {} fit", change.text,
                                   e.name(a), all_entries(e, a)),
                       2});
  return found;
}

// The pull-back is right for an argument whose value is the output: it saved x where it needs y.
Findings uses_its_input_for_its_output(const Evidence& e, std::size_t a) {
  for (const Look& look : e.looks) {
    if (!look.wrong(a)) continue;
    if (look.output.shape() != look.point[a].shape()) return {};
    Point p = look.point;
    p[a] = look.output;
    const Jacobian analytic = analytic_jacobians(look, p)[a];
    if (!finite(analytic) || !equal(analytic, look.numeric[a])) return {};
  }
  return {{fault::wrong_saved,
           fmt::format("the pull-back uses {} where the output belongs: with the output in its "
                       "place, {} fit",
                       e.name(a), all_entries(e, a)),
           2}};
}

// The gradient stays the same where the derivative changes. If it is right at one of the points, a
// value of there is used everywhere. If at none, it may be of a call before the check; but a
// formula without the argument in it is constant, too, and has few different numbers in it.
Findings is_stale(const Evidence& e, std::size_t a) {
  const Look *right = nullptr, *wrong = nullptr;
  for (std::size_t l = 1; l < e.looks.size(); ++l) {
    const Look &one = e.looks[l - 1], &other = e.looks[l];
    if (one.subject != other.subject) continue;
    if (equal(one.numeric[a], other.numeric[a]) || !equal(one.analytic[a], other.analytic[a]))
      return {};
    for (const Look* look : {&one, &other}) (look->wrong(a) ? wrong : right) = look;
  }
  if (!wrong) return {};
  if (right)
    return {{fault::stale,
             fmt::format("the gradient of {} is right at one point, and at the others it is still "
                         "that of there: what is kept from the first call, and must be from the "
                         "last?",
                         e.name(a)),
             1}};
  std::vector<double> sizes;
  for (double v : wrong->analytic[a].entries)
    if (v != 0) sizes.push_back(std::abs(v));
  std::sort(sizes.begin(), sizes.end());
  const auto last = std::unique(sizes.begin(), sizes.end(), [](double u, double v) {
    return v - u <= limit::same_constant * v;
  });
  if (2 * static_cast<std::size_t>(last - sizes.begin()) < sizes.size() || last - sizes.begin() < 3)
    return {};
  return {{fault::stale,
           fmt::format("the gradient of {} is the same at two points where the derivative is not: "
                       "is a value of another call used?",
                       e.name(a)),
           3}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
