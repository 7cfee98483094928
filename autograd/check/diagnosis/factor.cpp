// A factor that is missing, or one too many: the ratio of numeric to analytic is a known tensor.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/check/diagnosis/formula.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

bool is_zero(const Look& look, std::size_t a, std::size_t r, std::size_t c, double x) {
  return std::abs(x) <= tolerance(look.analytic[a], look.numeric[a], r, c);
}

// numeric / analytic wherever both are there; nothing if one is 0 where the other is not.
std::optional<std::vector<Clues>> ratios(const Evidence& e, std::size_t a) {
  std::vector<Clues> all;
  for (const Look& look : e.looks) {
    const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
    all.push_back({&look, a, {}});
    for (std::size_t r = 0; r < numeric.rows; ++r)
      for (std::size_t c = 0; c < numeric.columns; ++c) {
        const double x = analytic(r, c), y = numeric(r, c);
        const bool nothing = is_zero(look, a, r, c, x), flat = is_zero(look, a, r, c, y);
        if (nothing && flat) continue;
        if (nothing || flat) return {};
        all.back().list.push_back({r, c, y / x, tolerance(analytic, numeric, r, c) / std::abs(x)});
      }
  }
  return all;
}

// Whether the gradient itself is made of `wrong`, and the derivative of `right`, as far as both are
// formulas: else their quotient alone looks like one tensor in the place of another.
bool contains_only(const Evidence& e, std::size_t a, const std::string& wrong,
                   const std::string& right) {
  std::vector<Clues> of_analytic, of_numeric;
  for (const Look& look : e.looks) {
    of_analytic.push_back({&look, a, {}});
    of_numeric.push_back({&look, a, {}});
    for (std::size_t r = 0; r < look.numeric[a].rows; ++r)
      for (std::size_t c = 0; c < look.numeric[a].columns; ++c) {
        const double x = look.analytic[a](r, c), y = look.numeric[a](r, c);
        if (is_zero(look, a, r, c, x)) continue;
        of_analytic.back().list.push_back({r, c, x, 1e-9 * std::abs(x)});
        of_numeric.back().list.push_back(
            {r, c, y, tolerance(look.analytic[a], look.numeric[a], r, c)});
      }
  }
  const auto has = [](const std::vector<Clues>& clues, const std::string& part) {
    const auto formula = recognise(clues, true);
    return !formula || formula->text().find(part) != std::string::npos;
  };
  const auto known = recognise(of_analytic, true) || recognise(of_numeric, true);
  return known && has(of_analytic, wrong) && has(of_numeric, right);
}

} // namespace

Findings lacks_a_factor(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  const auto samples = ratios(e, a);
  if (!samples) return {};
  bool ones = true;
  std::size_t count = 0;
  for (const Look& look : e.looks)
    for (double x : look.analytic[a].entries) ones = ones && (x == 0 || x == 1), count += x != 0;
  const auto formula = recognise(*samples, true);
  if (!formula && (!ones || count < 2)) return {};
  const std::string entries = "in " + all_entries(e, a);
  if (ones)
    return {{fault::missing_factor,
             fmt::format("what arrives is passed on as it is, {}: the derivative{} is missing",
                         entries, formula ? ", " + formula->text() + "," : ""),
             2}};
  const bool one_term = formula->numerator.empty() || formula->denominator.empty();
  const int cost = one_term && formula->cost < 4 ? 2 : 3;
  if (formula->exchanged && contains_only(e, a, formula->denominator, formula->numerator))
    return {{formula->with_output ? fault::wrong_saved : fault::wrong_operand,
             fmt::format("{} is used where {} belongs, {}", formula->denominator,
                         formula->numerator, entries),
             2}};
  if (formula->numerator.empty() && std::abs(std::abs(formula->factor) - 1) < 1e-5)
    return {{fault::missing_factor,
             fmt::format("analytic = {}numeric x {} {}: a factor too many",
                         formula->factor < 0 ? "-" : "", formula->denominator, entries),
             cost}};
  return {{fault::missing_factor,
           fmt::format("numeric = analytic x {} {}: a factor is missing", formula->text(), entries),
           cost}};
}

// Every output's gradient is off by a number of its own, the same for all entries that are wrong.
Findings is_scaled_by_output(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  double least = 0, most = 0;
  std::size_t several = 0, rows = 0;
  for (const Look& look : e.looks) {
    const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
    for (std::size_t r = 0; r < numeric.rows; ++r) {
      double ratio = 0;
      std::size_t count = 0;
      for (std::size_t c = 0; c < numeric.columns; ++c) {
        const double x = analytic(r, c), y = numeric(r, c),
                     error = tolerance(analytic, numeric, r, c);
        if (std::abs(x - y) <= error) continue;
        if (std::abs(x) <= error || std::abs(y) <= error) return {};
        if (count++ == 0) ratio = y / x;
        if (std::abs(y - ratio * x) > error * (1 + std::abs(ratio))) return {};
      }
      rows += count > 0;
      several += count > 1;
      if (count > 0 && least == 0) least = most = ratio;
      if (count > 0) least = std::min(least, ratio), most = std::max(most, ratio);
    }
  }
  if (rows < 3 || 2 * several < rows || most - least < 1e-3 * std::abs(most)) return {};
  return {
      {fault::missing_factor,
       fmt::format("numeric = analytic x one number for each output, {:.3g} to {:.3g}, wherever "
                   "the two differ in {}: a factor at the output is missing, as the slope of a "
                   "function behind it",
                   least, most, e.name(a)),
       3}};
}

// The gradient is a known tensor times what arrives, though the derivative is not.
Findings is_a_known_value(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  std::vector<Clues> all;
  for (const Look& look : e.looks) {
    all.push_back({&look, a, {}});
    for (std::size_t r = 0; r < look.analytic[a].rows; ++r)
      for (std::size_t c = 0; c < look.analytic[a].columns; ++c) {
        const double x = look.analytic[a](r, c);
        const bool flat = is_zero(look, a, r, c, look.numeric[a](r, c));
        if ((x != 0) == flat) return {};
        if (x != 0) all.back().list.push_back({r, c, x, 1e-9 * std::abs(x)});
      }
  }
  const auto formula = recognise(all, false);
  if (!formula) return {};
  return {
      {fault::wrong_saved,
       fmt::format("analytic is {}, times what arrives, in {}; the derivative is something else",
                   formula->text(), all_entries(e, a)),
       std::max(3, formula->cost)}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
