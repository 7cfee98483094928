// A sum with a term missing: what numeric - analytic looks like.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "autograd/check/diagnosis/formula.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

// numeric - analytic where it is not 0.
std::vector<Clues> gaps(const Evidence& e, std::size_t a) {
  std::vector<Clues> all;
  for (const Look& look : e.looks) {
    const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
    all.push_back({&look, a, {}});
    for (std::size_t r = 0; r < numeric.rows; ++r)
      for (std::size_t c = 0; c < numeric.columns; ++c) {
        const double gap = numeric(r, c) - analytic(r, c),
                     error = tolerance(analytic, numeric, r, c);
        if (std::abs(gap) > error) all.back().list.push_back({r, c, gap, error});
      }
  }
  return all;
}

// A gradient that is 0 wherever it is wrong lacks more than a term.
bool nothing_is_there(const std::vector<Clues>& all) {
  return std::all_of(all.begin(), all.end(), [](const Clues& s) {
    return std::all_of(s.list.begin(), s.list.end(), [&](const Clue& x) {
      return s.look->analytic[s.argument](x.row, x.column) == 0;
    });
  });
}

std::size_t root(std::vector<std::size_t>& parent, std::size_t i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}

} // namespace

// The same number is missing in all entries that are wrong; or it stands in the wrong ones.
Findings differs_by_a_constant(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  std::string text;
  std::size_t most = 0, missing = 0, too_many = 0;
  bool flat = true;
  const std::vector<Clues> all = gaps(e, a);
  for (const Clues& s : all) {
    if (s.list.empty()) continue;
    const double gap = std::abs(s.list[0].value);
    for (const Clue& x : s.list) {
      if (std::abs(std::abs(x.value) - gap) > x.error + 1e-5 * gap) return {};
      (x.value * s.list[0].value > 0 ? missing : too_many)++;
      flat = flat && std::abs(s.look->numeric[a](x.row, x.column)) <= x.error;
    }
    most = std::max(most, s.list.size());
    if (text.empty()) text = fmt::format("{:.4g}", s.list[0].value);
  }
  if (most < 3 || flat || (too_many > 0 && too_many != missing)) return {};
  if (too_many > 0)
    return {
        {fault::wrong_entries,
         fmt::format("numeric - analytic is {} in half of the places where the two differ, and "
                     "the negative of that in the others: a constant stands in the wrong entries "
                     "of {}",
                     text, e.name(a)),
         3}};
  if (nothing_is_there(all)) return {};
  return {{fault::missing_term,
           fmt::format("numeric - analytic is the same number, {}, in all places where the two "
                       "differ: a constant, or a mean, is missing from {}",
                       text, e.name(a)),
           2}};
}

Findings differs_by_a_known_value(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  const std::vector<Clues> all = gaps(e, a);
  const auto formula = recognise(all, false);
  if (!formula || nothing_is_there(all)) return {};
  return {{fault::missing_term,
           fmt::format("numeric - analytic = {} wherever the two differ: this term is missing from "
                       "the gradient of {}",
                       formula->text(), e.name(a)),
           formula->cost}};
}

// Every entry's effect on itself is one thing; the effects on other entries are another, and they
// are all missing, or have all one factor.
Findings differs_between_entries(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  std::vector<double> factors;
  bool diagonal_right = true;
  for (const Look& look : e.looks) {
    const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
    if (numeric.output != numeric.argument) return {};
    double most = 0, k = 1;
    for (std::size_t r = 0; r < numeric.rows; ++r)
      for (std::size_t c = 0; c < numeric.columns; ++c)
        if (r != c && std::abs(numeric(r, c)) > most) {
          most = std::abs(numeric(r, c));
          k = analytic(r, c) / numeric(r, c);
        }
    if (most < 1e-6 * numeric.largest()) return {}; // no entry acts on another
    for (std::size_t r = 0; r < numeric.rows; ++r)
      for (std::size_t c = 0; c < numeric.columns; ++c) {
        const double x = analytic(r, c), y = numeric(r, c),
                     error = tolerance(analytic, numeric, r, c);
        if (r == c)
          diagonal_right = diagonal_right && std::abs(x - y) <= error;
        else if (std::abs(x - k * y) > error * (1 + std::abs(k)))
          return {};
      }
    if (!factors.empty() && (factors[0] == 0) != (k == 0)) return {};
    factors.push_back(k);
  }
  const double k = factors[0];
  if (std::abs(k - 1) < 1e-6) return {};
  const std::string where = fmt::format("between different entries of {}", e.name(a));
  const std::string same = diagonal_right ? "; an entry's effect on itself is right" : "";
  const int cost = diagonal_right ? 2 : 3;
  if (k == 0)
    return {{fault::missing_term,
             where + ", analytic is 0 and numeric is not" + same +
                 ": the terms that mix them are missing",
             cost}};
  if (std::abs(k + 1) < 1e-5)
    return {{fault::sign_flipped,
             where + ", analytic = -numeric" + same + ": one term has the wrong sign", 2}};
  Findings found = reasons_of_factor(
      e, a, factors, fmt::format("{}, analytic = {:.3g} x numeric{}", where, k, same));
  for (Finding& f : found) f.cost = cost;
  return found;
}

// What is missing is one sum over what arrives, times one vector: a matrix of rank one in every
// group of entries that act on each other.
Findings differs_by_one_product(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  std::size_t most = 0;
  for (const Clues& s : gaps(e, a)) {
    const Jacobian &analytic = s.look->analytic[a], &numeric = s.look->numeric[a];
    const std::size_t rows = numeric.rows, columns = numeric.columns;
    std::vector<std::size_t> parent(rows + columns);
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    for (const Clue& x : s.list) parent[root(parent, x.row)] = root(parent, rows + x.column);
    const auto gap = [&](std::size_t r, std::size_t c) { return numeric(r, c) - analytic(r, c); };
    std::vector<const Clue*> pivot(rows + columns, nullptr); // the largest of each group
    for (const Clue& x : s.list) {
      const Clue*& p = pivot[root(parent, x.row)];
      if (!p || std::abs(x.value) > std::abs(p->value)) p = &x;
    }
    for (std::size_t g = 0; g < pivot.size(); ++g) {
      if (!pivot[g]) continue;
      const Clue& p = *pivot[g];
      std::vector<std::size_t> in_rows, in_columns;
      for (std::size_t r = 0; r < rows; ++r)
        if (root(parent, r) == g) in_rows.push_back(r);
      for (std::size_t c = 0; c < columns; ++c)
        if (root(parent, rows + c) == g) in_columns.push_back(c);
      for (std::size_t r : in_rows)
        for (std::size_t c : in_columns) {
          const double product = gap(r, p.column) * gap(p.row, c) / p.value;
          const double error = tolerance(analytic, numeric, r, c) +
                               tolerance(analytic, numeric, r, p.column) +
                               tolerance(analytic, numeric, p.row, c);
          if (std::abs(gap(r, c) - product) > 4 * error + 1e-6 * std::abs(p.value)) return {};
        }
      most = std::max(most, std::min(in_rows.size(), in_columns.size()));
    }
  }
  if (most < 3) return {};
  return {
      {fault::missing_term,
       fmt::format("numeric - analytic is one sum over what arrives, times one vector (a matrix "
                   "of rank one): a term is missing from the gradient of {}, or wrong",
                   e.name(a)),
       3}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
