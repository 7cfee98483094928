// Sums over the wrong entries: some left out, others along the wrong axis, at the wrong place.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "autograd/check/diagnosis/hypotheses.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

bool close(const Look& look, std::size_t a, std::size_t r, std::size_t c, double analytic,
           double numeric) {
  return std::abs(analytic - numeric) <= tolerance(look.analytic[a], look.numeric[a], r, c);
}

std::size_t index_on(std::size_t flat, const Shape& shape, std::size_t axis) {
  for (std::size_t i = shape.size(); --i > axis;) flat /= shape[i];
  return flat % shape[axis];
}

using Pairs = std::set<std::pair<std::size_t, std::size_t>>;

// The pairs of axes, of the output and of the argument, that go together: entry (r, c) is 0 unless
// r and c have the same index there.
Pairs together(const Look& look, std::size_t a, const Jacobian& j) {
  Pairs pairs;
  const Shape &out = j.output, &in = j.argument;
  for (std::size_t p = 0; p < out.size(); ++p)
    for (std::size_t q = 0; q < in.size(); ++q) {
      bool follows = in[q] > 1 && out[p] > 1;
      for (std::size_t r = 0; r < j.rows && follows; ++r)
        for (std::size_t c = 0; c < j.columns && follows; ++c)
          follows = index_on(r, out, p) == index_on(c, in, q) || close(look, a, r, c, 0, j(r, c));
      if (follows) pairs.emplace(p, q);
    }
  return pairs;
}

// Those that hold at all looks; at one, a pair may hold by chance.
Pairs together(const Evidence& e, std::size_t a, bool analytic) {
  Pairs common;
  for (const Look& look : e.looks) {
    const Pairs here = together(look, a, analytic ? look.analytic[a] : look.numeric[a]);
    if (&look == e.looks.data())
      common = here;
    else
      std::erase_if(common, [&](const auto& pair) { return !here.contains(pair); });
  }
  return common;
}

std::string text_of(const Pairs& pairs) {
  std::string text;
  for (const auto& [p, q] : pairs)
    text += fmt::format("{}axis {} of the output with axis {}", text.empty() ? "" : " and ", p, q);
  return text.empty() ? "none with any" : text;
}

} // namespace

// What arrives at some outputs is added, what arrives at the others is not.
Findings is_only_partly_summed(const Evidence& e, std::size_t a) {
  std::string where;
  bool last = true, block = true;
  for (const Look& look : e.looks) {
    const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
    if (!analytic.whole) return {};
    if (!look.wrong(a)) continue;
    std::vector<bool> counted(analytic.rows, false);
    bool shared = false; // whether any column has a sum in it
    for (std::size_t c = 0; c < numeric.columns; ++c) {
      std::size_t terms = 0;
      for (std::size_t r = 0; r < numeric.rows; ++r) terms += numeric(r, c) != 0;
      shared = shared || terms > 1;
    }
    if (!shared) return {};
    for (std::size_t r = 0; r < analytic.rows; ++r) {
      bool right = true, zero = true, nothing = true;
      for (std::size_t c = 0; c < analytic.columns; ++c) {
        right = right && close(look, a, r, c, analytic(r, c), numeric(r, c));
        zero = zero && analytic(r, c) == 0;
        nothing = nothing && std::abs(numeric(r, c)) <= tolerance(analytic, numeric, r, c);
      }
      if (!right && !zero) return {};
      counted[r] = right && !nothing;
    }
    if (std::none_of(counted.begin(), counted.end(), [](bool x) { return x; })) return {};
    last = last && counted.back() && !counted.front();
    const std::string here = place(counted, analytic.output);
    block = block && !here.empty();
    if (&look == &e.example(a)) where = here;
  }
  const std::string text =
      block ? fmt::format("only what arrives {} counts, in {}", where, all_entries(e, a))
            : "what arrives counts at some outputs and not at others, in " + all_entries(e, a);
  Findings found{{fault::broadcast, text + ": a sum over the others is missing", block ? 2 : 3}};
  if (block && last)
    found.push_back({fault::overwritten, text + ": the last one written wins?", 2});
  return found;
}

// Row by row the same numbers, at other places; or column by column.
Findings is_in_wrong_entries(const Evidence& e, std::size_t a) {
  for (bool by_rows : {true, false}) {
    bool all = true, moved = false;
    for (const Look& look : e.looks) {
      const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
      if (!analytic.whole) return {};
      const std::size_t n = by_rows ? analytic.rows : analytic.columns;
      for (std::size_t i = 0; i < n && all; ++i) {
        std::vector<double> x, y;
        double allowed = 0;
        for (std::size_t k = 0; k < (by_rows ? analytic.columns : analytic.rows); ++k) {
          const std::size_t r = by_rows ? i : k, c = by_rows ? k : i;
          x.push_back(analytic(r, c));
          y.push_back(numeric(r, c));
          allowed = std::max(allowed, tolerance(analytic, numeric, r, c));
          moved = moved || !close(look, a, r, c, x.back(), y.back());
        }
        std::sort(x.begin(), x.end());
        std::sort(y.begin(), y.end());
        for (std::size_t k = 0; k < x.size(); ++k) all = all && std::abs(x[k] - y[k]) <= allowed;
      }
    }
    if (all && moved)
      return {{fault::wrong_entries,
               fmt::format("analytic has the numbers of numeric, but in other entries of {}: {}",
                           by_rows ? e.name(a) : "what arrives",
                           by_rows ? "does the gradient go back where the value came from?"
                                   : "is the right part of y.grad() read?"),
               3}};
  }
  return {};
}

// Which axes of the output and of the argument go together: an output entry depends only on
// argument entries of the same index there.
Findings follows_the_wrong_axis(const Evidence& e, std::size_t a) {
  if (!e.whole(a) || e.looks[0].output.dimension() == 0) return {};
  const Pairs wanted = together(e, a, false), found = together(e, a, true);
  if (std::includes(found.begin(), found.end(), wanted.begin(), wanted.end()))
    return {}; // it mixes no more entries than it should
  return {{fault::wrong_axis,
           fmt::format("for numeric, {} of {} go together; for analytic, {}", text_of(wanted),
                       e.name(a), text_of(found)),
           3}};
}

// The gradient flows where the function is flat: a mask, a maximum or a bound was forgotten.
Findings takes_the_wrong_branch(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  const Pairs wanted = together(e, a, false), found = together(e, a, true);
  bool too_much = false, opposite = true;
  bool one_factor = std::includes(found.begin(), found.end(), wanted.begin(), wanted.end());
  std::size_t entries = 0;
  for (const Look& look : e.looks) {
    const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
    double k = 0;
    for (std::size_t c = 0; c < numeric.columns; ++c) {
      bool flows = false, should = false;
      for (std::size_t r = 0; r < numeric.rows; ++r) {
        const double x = analytic(r, c), y = numeric(r, c);
        const bool flat = close(look, a, r, c, 0, y);
        flows = flows || x != 0;
        should = should || !flat;
        too_much = too_much || (flat && x != 0);
        if (flat) continue;
        ++entries;
        if (k == 0) k = x / y;
        one_factor = one_factor && x != 0 && close(look, a, r, c, x, k * y);
      }
      opposite = opposite && flows != should;
    }
  }
  if (!too_much || entries < 2 || !(one_factor || opposite)) return {};
  const std::string what =
      one_factor
          ? "a gradient flows into {} also where numeric is 0: is a mask forgotten, or which "
            "side was taken?"
          : "analytic is 0 in exactly those entries of {} where numeric is not: the other "
            "side was taken?";
  return {{fault::wrong_branch, fmt::format(fmt::runtime(what), e.name(a)), 2}};
}

// Right on one side of a bound and wrong on the other: the function has two formulas, and the
// pull-back one for both.
Findings is_right_on_one_side(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  for (std::size_t t = 0; t < e.looks[0].known.size(); ++t)
    for (const bool size : {false, true}) {
      constexpr double infinity = std::numeric_limits<double>::infinity();
      double right[2] = {infinity, -infinity}, wrong[2] = {infinity, -infinity}; // from, to
      double largest_right = 0, smallest_wrong = infinity; // analytic - numeric
      std::size_t rights = 0, wrongs = 0;
      for (const Look& look : e.looks) {
        const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
        const bool alike = t < look.known.size() && numeric.output == numeric.argument &&
                           look.known[t].shape() == numeric.argument;
        if (!alike) return {};
        for (std::size_t i = 0; i < numeric.columns; ++i) {
          for (std::size_t r = 0; r < numeric.rows; ++r) // no entry acts on another
            if (r != i && (analytic(r, i) != 0 || !close(look, a, r, i, 0, numeric(r, i))))
              return {};
          const double u = static_cast<double>(look.known[t].data()[i]),
                       at = size ? std::abs(u) : u;
          const bool fits = close(look, a, i, i, analytic(i, i), numeric(i, i));
          (fits ? rights : wrongs)++;
          const double gap = std::abs(analytic(i, i) - numeric(i, i));
          if (fits)
            largest_right = std::max(largest_right, gap);
          else
            smallest_wrong = std::min(smallest_wrong, gap);
          double(&range)[2] = fits ? right : wrong;
          range[0] = std::min(range[0], at), range[1] = std::max(range[1], at);
        }
      }
      const bool below = right[1] < wrong[0], above = wrong[1] < right[0];
      if (std::min(rights, wrongs) < 4 || !(below || above)) continue;
      if (largest_right > 1e-3 * smallest_wrong)
        return {}; // it grows, and passes where it is small
      const std::string& name = e.looks[0].known_names[t];
      return {
          {fault::wrong_branch,
           fmt::format("the gradient of {} is right where {} is {} {:.3g}, and wrong {} {:.3g}: "
                       "does another formula hold there?",
                       e.name(a), size ? "|" + name + "|" : name, below ? "at most" : "at least",
                       below ? right[1] : right[0], below ? "from" : "up to",
                       below ? wrong[0] : wrong[1]),
           2}};
    }
  return {};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
