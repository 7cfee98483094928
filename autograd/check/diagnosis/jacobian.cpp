#include "autograd/check/diagnosis/jacobian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "autograd/check/thresholds.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

using limit::eps;

double entry(const Tensor& x, std::size_t i) { return static_cast<double>(x.data()[i]); }

// The output as the rows see it: entry by entry, or mixed by the cotangents.
std::vector<double> seen(const Look& look, const Tensor& y, bool sizes_only = false) {
  std::vector<double> all;
  const std::size_t rows = look.cotangents.empty() ? y.size() : look.cotangents.size();
  for (std::size_t r = 0; r < rows; ++r) {
    if (look.cotangents.empty()) {
      all.push_back(sizes_only ? std::abs(entry(y, r)) : entry(y, r));
      continue;
    }
    double size = 0;
    for (std::size_t i = 0; i < y.size() && sizes_only; ++i)
      size += std::abs(entry(look.cotangents[r], i) * entry(y, i));
    all.push_back(sizes_only ? size : contract(look.cotangents[r], y));
  }
  return all;
}

// d(output)/d(one entry of an argument), for every row.
struct Column {
  std::vector<double> values, errors;
  double worst = std::numeric_limits<double>::infinity();
};

// Central differences over h, h/2 and h/4. Two of them cancel the h^2 of their errors, and what the
// two results differ by tells how far they are off (Richardson 1911).
Column column_with_step(const Look& look, Parameter& a, std::size_t i, double h,
                        std::uint64_t side) {
  const real here = a.value().data()[i];
  const std::vector<double> sizes = seen(look, look.output, true);
  const std::size_t n = sizes.size();
  std::vector<std::vector<double>> slopes;
  double rounding = 0;
  bool same_side = true;
  for (double step : {h, h / 2, h / 4}) {
    std::uint64_t up_side = 0, down_side = 0;
    a.value().data()[i] = here + static_cast<real>(step);
    const Tensor up = look.subject->value(&up_side);
    const double above = static_cast<double>(a.value().data()[i]);
    a.value().data()[i] = here - static_cast<real>(step);
    const Tensor down = look.subject->value(&down_side);
    const double below = static_cast<double>(a.value().data()[i]);
    a.value().data()[i] = here;
    same_side = same_side && up_side == side && down_side == side;
    if (up.shape() != look.output.shape() || down.shape() != up.shape()) return {};
    std::vector<double> slope = seen(look, up);
    const std::vector<double> under = seen(look, down);
    for (std::size_t r = 0; r < n; ++r) slope[r] = (slope[r] - under[r]) / (above - below);
    slopes.push_back(std::move(slope));
    rounding = 8 * eps / step;
  }
  Column c{std::vector<double>(n), std::vector<double>(n), 0};
  for (std::size_t r = 0; r < n; ++r) {
    const double first = (4 * slopes[1][r] - slopes[0][r]) / 3;
    c.values[r] = (4 * slopes[2][r] - slopes[1][r]) / 3;
    c.errors[r] = std::abs(c.values[r] - first) + rounding * sizes[r];
    // where the output does not move at all, nothing was rounded
    if (slopes[0][r] == 0 && slopes[1][r] == 0 && slopes[2][r] == 0) c.errors[r] = 0;
    if (!std::isfinite(c.values[r])) return {};
    c.worst = std::max(c.worst, c.errors[r] / (std::abs(c.values[r]) + 1e-3));
  }
  if (!same_side) c.worst += 1e6; // better than nothing
  return c;
}

// Tries steps until one is good enough: short ones first, for functions that bend; then long ones,
// for values that are large beside their changes; then those of a very small argument.
Column best_column(const Look& look, Parameter& a, std::size_t i, std::uint64_t side) {
  const double usual = sizeof(real) == 8 ? 2e-3 : 5e-2;
  const double size = std::abs(static_cast<double>(a.value().data()[i]));
  const double unit = std::max(size, 1e-2) * usual, large = std::max(size, 1.0);
  Column best;
  for (double h : {unit, unit / 8, unit / 64, unit / 512, 8 * usual * large, 64 * usual * large,
                   usual * size}) {
    if (h == 0) break;
    Column c = column_with_step(look, a, i, h, side);
    if (c.worst < best.worst) best = std::move(c);
    if (best.worst < 1e-3 * limit::same_entry) break;
  }
  if (best.values.empty()) { // the output's shape changed, or nothing was finite
    const std::size_t rows = look.cotangents.empty() ? look.output.size() : look.cotangents.size();
    best.values.assign(rows, std::numeric_limits<double>::quiet_NaN());
    best.errors.assign(rows, 0);
  }
  return best;
}

Jacobian empty_jacobian(const Look& look, std::size_t argument) {
  Jacobian j;
  j.output = look.output.shape();
  j.argument = look.point[argument].shape();
  j.rows = look.cotangents.empty() ? look.output.size() : look.cotangents.size();
  j.columns = look.columns[argument].size();
  j.whole = look.cotangents.empty() && j.columns == look.point[argument].size();
  j.entries.assign(j.rows * j.columns, 0);
  j.errors.assign(j.rows * j.columns, 0);
  return j;
}

} // namespace

double Jacobian::largest() const {
  double most = 0;
  for (double x : entries) most = std::max(most, std::abs(x));
  return most;
}

Jacobian Jacobian::made_of(const std::function<Source(std::size_t r, std::size_t c)>& from) const {
  Jacobian j = *this;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const Source s = from(r, c);
      j.entries[r * columns + c] = s.factor == 0 ? 0 : s.factor * (*this)(s.row, s.column);
      j.errors[r * columns + c] =
          s.factor == 0 ? 0 : std::abs(s.factor) * errors[s.row * columns + s.column];
    }
  return j;
}

double tolerance(const Jacobian& a, const Jacobian& b, std::size_t r, std::size_t c) {
  const std::size_t i = r * a.columns + c;
  return limit::same_entry * (std::abs(a.entries[i]) + std::abs(b.entries[i])) +
         4 * (a.errors[i] + b.errors[i]) + limit::nothing;
}

bool equal(const Jacobian& a, const Jacobian& b, const std::function<bool(std::size_t c)>& only) {
  for (std::size_t c = 0; c < a.columns; ++c)
    for (std::size_t r = 0; r < a.rows && only(c); ++r)
      if (!(std::abs(a(r, c) - b(r, c)) <= tolerance(a, b, r, c))) return false;
  return true;
}

bool equal(const Jacobian& a, const Jacobian& b) {
  return equal(a, b, [](std::size_t) { return true; });
}

bool finite(const Jacobian& j) {
  return std::all_of(j.entries.begin(), j.entries.end(), [](double x) { return std::isfinite(x); });
}

namespace {

// Wrong entries of a large argument, found by halving: the derivative along a direction within one
// half is wrong only if an entry of that half is.
std::vector<std::size_t> wrong_entries(const Look& look, std::size_t argument, Rng& rng) {
  Subject& subject = *look.subject;
  const Tensor cotangent = normal(look.output.shape(), 0, 1, rng);
  const Tensor gradient = subject.pull_back(cotangent)[argument];
  real* x = subject.arguments()[argument].value().data();
  const std::size_t n = gradient.size();
  const auto contracted = [&] { return contract(cotangent, subject.value()); };
  std::vector<std::size_t> found;
  for (int attempt = 0; attempt < 8; ++attempt) {
    const Tensor direction = normal(gradient.shape(), 0, 1, rng);
    const auto gap = [&](std::size_t begin, std::size_t end) {
      const double h = 1e2 * std::cbrt(eps) / std::sqrt(static_cast<double>(end - begin));
      const std::vector<real> here(x + begin, x + end);
      double along[2] = {0, 0}, analytic = 0;
      for (int sign : {1, -1}) {
        for (std::size_t i = begin; i < end; ++i)
          x[i] = here[i - begin] + static_cast<real>(sign * h * entry(direction, i));
        along[sign < 0] = contracted();
      }
      std::copy(here.begin(), here.end(), x + begin);
      for (std::size_t i = begin; i < end; ++i)
        analytic += entry(direction, i) * entry(gradient, i);
      return std::abs((along[0] - along[1]) / (2 * h) - analytic);
    };
    std::size_t begin = 0, end = n;
    while (end - begin > 1) {
      const std::size_t middle = begin + (end - begin) / 2;
      (gap(begin, middle) > gap(middle, end) ? end : begin) = middle;
    }
    found.push_back(begin);
  }
  return found;
}

} // namespace

Look look_at(Subject& subject, const Point& point, Rng& rng) {
  Look look;
  look.subject = &subject;
  look.point = point;
  subject.move_to(point);
  look.output = subject.value();
  if (look.output.size() > limit::most_rows)
    for (std::size_t r = 0; r < limit::some_rows; ++r)
      look.cotangents.push_back(normal(look.output.shape(), 0, 1, rng));
  for (std::size_t a = 0; a < point.size(); ++a) {
    std::vector<std::size_t> columns(point[a].size());
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    if (columns.size() > limit::most_columns) {
      rng.shuffle(columns);
      columns.resize(limit::some_columns);
      for (std::size_t i : wrong_entries(look, a, rng))
        if (std::find(columns.begin(), columns.end(), i) == columns.end()) columns.push_back(i);
    }
    look.columns.push_back(std::move(columns));
  }
  for (std::size_t a = 0; a < point.size(); ++a)
    look.numeric.push_back(numeric_jacobian(look, point, a));
  look.analytic = analytic_jacobians(look, point);
  return look;
}

Jacobian numeric_jacobian(const Look& look, const Point& point, std::size_t argument,
                          const std::vector<std::size_t>& only) {
  Jacobian j = empty_jacobian(look, argument);
  look.subject->move_to(point);
  Parameter& a = look.subject->arguments()[argument];
  std::uint64_t side = 0;
  (void)look.subject->value(&side);
  std::vector<std::size_t> wanted = only;
  if (wanted.empty()) {
    wanted.resize(j.columns);
    std::iota(wanted.begin(), wanted.end(), std::size_t{0});
  }
  for (std::size_t c : wanted) {
    const Column column = best_column(look, a, look.columns[argument][c], side);
    for (std::size_t r = 0; r < j.rows; ++r) {
      j.entries[r * j.columns + c] = column.values[r];
      j.errors[r * j.columns + c] = column.errors[r];
    }
  }
  return j;
}

std::vector<Jacobian> analytic_jacobians(const Look& look, const Point& point) {
  std::vector<Jacobian> all;
  for (std::size_t a = 0; a < point.size(); ++a) all.push_back(empty_jacobian(look, a));
  look.subject->move_to(point);
  Tensor unit = zeros(look.output.shape());
  for (std::size_t r = 0; r < all[0].rows; ++r) {
    if (look.cotangents.empty()) unit.data()[r] = 1;
    const auto gradients =
        look.subject->pull_back(look.cotangents.empty() ? unit : look.cotangents[r]);
    if (look.cotangents.empty()) unit.data()[r] = 0;
    for (std::size_t a = 0; a < all.size(); ++a)
      for (std::size_t c = 0; c < all[a].columns; ++c)
        all[a].entries[r * all[a].columns + c] = entry(gradients[a], look.columns[a][c]);
  }
  return all;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
