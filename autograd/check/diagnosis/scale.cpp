// One factor for all entries: 0, -1, 2, a size of something.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/check/diagnosis/hypotheses.hpp"
#include "autograd/check/thresholds.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

using WhichColumns = std::function<bool(std::size_t c)>;

bool every_column(std::size_t) { return true; }

bool near(double a, double b) { return std::abs(a - b) <= limit::same_factor * std::abs(a); }

// 0.25, and 1.00001 in full.
std::string number(double k) {
  return std::abs(std::abs(k) - 1) < 0.01 ? fmt::format("{:.8g}", k) : fmt::format("{:.3g}", k);
}

Jacobian scaled(const Jacobian& j, double k) {
  return j.made_of([&](std::size_t r, std::size_t c) { return Jacobian::Source{r, c, k}; });
}

// The k of analytic = k numeric in some columns, if there is one; and how many numbers say so.
struct Factor {
  double k;
  std::size_t numbers;
};
std::optional<Factor> factor(const Look& look, std::size_t a, const WhichColumns& in) {
  const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
  std::size_t row = 0, column = 0, numbers = 0;
  double most = 0;
  for (std::size_t r = 0; r < numeric.rows; ++r)
    for (std::size_t c = 0; c < numeric.columns; ++c) {
      if (!in(c) || numeric(r, c) == 0) continue;
      ++numbers;
      if (std::abs(numeric(r, c)) <= most) continue;
      most = std::abs(numeric(r, c));
      row = r, column = c;
    }
  if (most == 0) return {};
  const double k = analytic(row, column) / numeric(row, column);
  if (!equal(analytic, scaled(numeric, k), in)) return {};
  return Factor{k, numbers};
}

// A number of the shapes that a sum may have been divided by.
struct Size {
  std::string key, text;
  double n;
};

void add_sizes(std::vector<Size>& all, const std::string& of, const Shape& shape, bool batch) {
  for (unsigned chosen = 1; chosen < 1u << shape.size() && shape.size() <= 4; ++chosen) {
    double n = 1;
    std::vector<std::size_t> axes;
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (chosen >> i & 1) n *= static_cast<double>(shape[i]), axes.push_back(i);
    const std::string key = fmt::format("{} {}", of, fmt::join(axes, ","));
    if (batch && chosen == 1 && shape.size() > 1)
      all.push_back({key, fmt::format("the batch is {}", n), n});
    else if (axes.size() == shape.size())
      all.push_back({key, fmt::format("{} has {} entries", of, n), n});
    else
      all.push_back({key,
                     fmt::format("{} {} of {} {} {}", axes.size() > 1 ? "axes" : "axis",
                                 fmt::join(axes, ", "), of, axes.size() > 1 ? "make" : "has", n),
                     n});
  }
}

std::vector<Size> sizes(const Look& look, std::size_t a) {
  std::vector<Size> all;
  const Shape &out = look.output.shape(), &in = look.point[a].shape();
  add_sizes(all, "the output", out, true);
  add_sizes(all, look.subject->name(a), in, out.empty());
  const std::size_t ratio = look.point[a].size() / std::max<std::size_t>(look.output.size(), 1);
  if (ratio > 1 && ratio * look.output.size() == look.point[a].size())
    all.push_back({"ratio", fmt::format("{} entries go into one", ratio), double(ratio)});
  for (std::size_t b = 0; b < look.point.size(); ++b)
    if (b != a) add_sizes(all, look.subject->name(b), look.point[b].shape(), false);
  return all;
}

// The first size n of which f(n) is the factor at every look.
template <class F>
std::optional<Size> find_size(const Evidence& e, std::size_t a, const std::vector<double>& k, F f) {
  for (const Size& candidate : sizes(e.example(a), a)) {
    bool all = true;
    for (std::size_t l = 0; l < e.looks.size() && all; ++l) {
      const std::vector<Size> here = sizes(e.looks[l], a);
      const auto same = std::find_if(here.begin(), here.end(),
                                     [&](const Size& s) { return s.key == candidate.key; });
      all = same != here.end() && near(std::abs(k[l]), f(same->n));
    }
    if (all) return candidate;
  }
  return {};
}

// The two axes of the argument whose sizes make the factor: divided by q, where p belongs.
std::optional<std::string> two_axes(const Evidence& e, std::size_t a,
                                    const std::vector<double>& k) {
  const std::size_t rank = e.looks[0].point[a].dimension();
  for (std::size_t p = 0; p < rank; ++p)
    for (std::size_t q = 0; q < rank; ++q) {
      bool all = true;
      for (std::size_t l = 0; l < e.looks.size() && all; ++l) {
        const Shape& s = e.looks[l].point[a].shape();
        all = s.size() == rank &&
              near(std::abs(k[l]), static_cast<double>(s[p]) / static_cast<double>(s[q]));
      }
      const Shape& s = e.example(a).point[a].shape();
      if (all && p != q)
        return fmt::format(
            "divided by {}, the size of axis {}, where {}, that of axis {}, belongs?", s[q], q,
            s[p], p);
    }
  return {};
}

} // namespace

// Why there is this factor, which is k[l] at look l.
Findings reasons_of_factor(const Evidence& e, std::size_t a, const std::vector<double>& k,
                           const std::string& fact) {
  Findings found;
  const double size = std::abs(k[0]);
  const bool one = std::all_of(k.begin(), k.end(), [&](double x) { return near(x, k[0]); });
  const auto add = [&](const char* name, const std::string& why) {
    found.push_back({name, fact + why, 1});
  };
  for (int small : {2, 3}) { // an exponent, as likely as a size
    if (one && near(size, small))
      add(fault::constant_factor, fmt::format(": a factor {} too many?", small));
    if (one && near(size, 1.0 / small))
      add(fault::constant_factor, fmt::format(": a factor {} forgotten?", small));
  }
  if (const auto n = find_size(e, a, k, [](double m) { return 1 / m; }))
    add(fault::mean_for_sum, fmt::format("; {}: a mean where a sum belongs?", n->text));
  if (const auto n = find_size(e, a, k, [](double m) { return m; }))
    add(fault::sum_for_mean, fmt::format("; {}: a sum where a mean belongs?", n->text));
  if (!found.empty()) return found;
  struct Power {
    double (*of)(double n);
    const char* text;
  };
  constexpr Power powers[] = {
      {[](double n) { return std::sqrt(n); }, "= sqrt(n): 1 / sqrt(n) missing, as in attention?"},
      {[](double n) { return 1 / std::sqrt(n); }, "= 1 / sqrt(n): 1 / sqrt(n) too many?"},
      {[](double n) { return n / 2; }, "= n / 2: is 2 / n missing, of a mean of squares?"},
      {[](double n) { return 2 / n; }, "= 2 / n: is 2 / n too many?"},
      {[](double n) { return n * n; }, "= n^2: is it not divided by n, twice?"},
      {[](double n) { return 1 / (n * n); }, "= 1 / n^2: is it divided by n twice more?"}};
  for (const Power& power : powers)
    if (const auto n = find_size(e, a, k, power.of))
      add(fault::constant_factor, fmt::format("; {}, and the factor {}", n->text, power.text));
  if (!found.empty()) {
    found.resize(1);
    return found;
  }
  if (const auto n = find_size(e, a, k, [](double m) { return m < 2 ? 0 : (m - 1) / m; }))
    add(fault::constant_factor, fmt::format("; {}: divided by n where n - 1 belongs?", n->text));
  if (const auto n = find_size(e, a, k, [](double m) { return m < 2 ? 0 : m / (m - 1); }))
    add(fault::constant_factor, fmt::format("; {}: divided by n - 1 where n belongs?", n->text));
  if (const auto text = two_axes(e, a, k)) add(fault::wrong_axis, ": " + *text);
  if (found.empty() && one) add(fault::constant_factor, "");
  if (found.empty()) {
    add(fault::constant_factor, ", and another factor at other shapes");
    found[0].cost = 2;
  }
  return found;
}

namespace {

// The same k at all looks, or at least at all of one shape.
Findings factor_in(const Evidence& e, std::size_t a, const std::vector<WhichColumns>& in,
                   const std::string& entries) {
  std::vector<double> k;
  std::size_t numbers = 0;
  for (std::size_t l = 0; l < e.looks.size(); ++l) {
    const auto f = factor(e.looks[l], a, in[l]);
    if (!f || f->k == 0) return {};
    k.push_back(f->k);
    numbers += f->numbers;
  }
  bool one = true;
  for (std::size_t l = 1; l < k.size(); ++l) {
    one = one && near(k[l], k[0]);
    if (e.looks[l].subject == e.looks[l - 1].subject && !near(k[l], k[l - 1])) return {};
  }
  const double shown =
      factor(e.example(a), a, in[static_cast<std::size_t>(&e.example(a) - e.looks.data())])->k;
  if (numbers < 2) return {};
  if (one && near(shown, -1)) return {{fault::sign_flipped, "analytic = -numeric " + entries, 1}};
  Findings found =
      reasons_of_factor(e, a, k, fmt::format("analytic = {} x numeric {}", number(shown), entries));
  if (shown < 0) {
    Finding sign = found[0];
    sign.name = fault::sign_flipped;
    found.push_back(sign);
  }
  return found;
}

bool all_zero(const Jacobian& j, const WhichColumns& in) {
  for (std::size_t r = 0; r < j.rows; ++r)
    for (std::size_t c = 0; c < j.columns; ++c)
      if (in(c) && j(r, c) != 0) return false;
  return true;
}

} // namespace

//> is-zero
Findings is_zero(const Evidence& e, std::size_t a) {
  for (const Look& look : e.looks)
    if (!all_zero(look.analytic[a], every_column)) return {};
  return {{fault::zero,
           "analytic is 0, numeric is not, in " + all_entries(e, a) +
               ": is the gradient never added, or the value detached?",
           1}};
}
//< is-zero

Findings sign_is_flipped(const Evidence& e, std::size_t a) {
  const auto flipped = [&](const Look& look) { return std::optional(scaled(look.numeric[a], -1)); };
  if (!explains(e, a, flipped)) return {};
  return {{fault::sign_flipped, "analytic = -numeric in " + all_entries(e, a), 1}};
}

Findings has_a_factor(const Evidence& e, std::size_t a) {
  if (!sign_is_flipped(e, a).empty()) return {}; // said already
  return factor_in(e, a, std::vector<WhichColumns>(e.looks.size(), every_column),
                   "in " + all_entries(e, a));
}

namespace {

// Where the wrong columns of a look are, as far as there are words for it.
std::string wrong_part(const Look& look, std::size_t a, const std::vector<bool>& wrong) {
  const Shape& shape = look.point[a].shape();
  for (int sign : {-1, 1}) {
    bool same = true;
    for (std::size_t c = 0; c < wrong.size(); ++c)
      same = same && wrong[c] == (look.point[a].data()[look.columns[a][c]] * real(sign) > 0);
    if (same) return sign < 0 ? " where it is negative" : " where it is positive";
  }
  if (look.analytic[a].whole)
    if (const std::string block = place(wrong, shape); !block.empty()) return " " + block;
  std::string indices;
  std::size_t count = 0;
  for (std::size_t c = 0; c < wrong.size(); ++c)
    if (wrong[c]) indices += (count++ ? ", " : ", at ") + index_text(look.columns[a][c], shape);
  return count <= 3 ? indices : "";
}

} // namespace

// One factor in some of the entries, while the others are right.
Findings has_a_factor_in_a_block(const Evidence& e, std::size_t a) {
  std::vector<WhichColumns> in;
  std::string text;
  bool zero = true, known = true;
  for (const Look& look : e.looks) {
    const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
    std::vector<bool> wrong(analytic.columns);
    for (std::size_t c = 0; c < wrong.size(); ++c)
      wrong[c] = !equal(analytic, numeric, [&](std::size_t d) { return d == c; });
    const auto count = std::count(wrong.begin(), wrong.end(), true);
    if (count == 0 || static_cast<std::size_t>(count) == wrong.size()) return {};
    in.push_back([wrong](std::size_t c) { return bool(wrong[c]); });
    zero = zero && all_zero(analytic, in.back());
    const std::string here = wrong_part(look, a, wrong);
    known = known && !here.empty();
    if (text.empty())
      text = fmt::format("in {} of {} entries of {}{}, and right in the others", count,
                         wrong.size(), e.name(a), here);
  }
  if (zero) return {{fault::zero, "analytic is 0 " + text, known ? 2 : 3}};
  if (!known && e.whole(a)) return {};
  Findings found = factor_in(e, a, in, text);
  for (Finding& f : found) f.cost = known ? 2 : 3;
  return found;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
