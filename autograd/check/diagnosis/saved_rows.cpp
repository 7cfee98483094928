// The gradient of a weight is a sum of products, u v^T: what arrived times a row that the forward
// pass met. One output at a time, the row can be read off and recognised.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "autograd/check/diagnosis/hypotheses.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

// A row of a known tensor: which tensor, and its index less the output's along the same axes.
struct Met {
  std::size_t tensor;
  std::vector<std::ptrdiff_t> offset;
  bool operator==(const Met&) const = default;
};

std::vector<std::ptrdiff_t> leading_index(std::size_t row, const Shape& shape) {
  std::vector<std::ptrdiff_t> index(shape.size() - 1);
  for (std::size_t axis = index.size(); axis-- > 0; row /= shape[axis])
    index[axis] = static_cast<std::ptrdiff_t>(row % shape[axis]);
  return index;
}

// The v of a matrix u v^T (or the u, if `first`); nothing for a matrix of another rank.
std::optional<std::vector<double>> vector_of(const Jacobian& j, std::size_t r, bool first) {
  const std::size_t m = j.argument[0], n = j.argument[1];
  const auto at = [&](std::size_t i, std::size_t k) { return j(r, i * n + k); };
  std::size_t p = 0, q = 0;
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t k = 0; k < n; ++k)
      if (std::abs(at(i, k)) > std::abs(at(p, q))) p = i, q = k;
  const double most = std::abs(at(p, q));
  if (most == 0) return {};
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t k = 0; k < n; ++k)
      if (std::abs(at(i, k) - at(i, q) * at(p, k) / at(p, q)) > 1e-6 * most) return {};
  std::vector<double> v;
  for (std::size_t i = 0; i < (first ? m : n); ++i) v.push_back(first ? at(i, q) : at(p, i));
  return v;
}

// The rows of known tensors that v is a multiple of.
std::vector<Met> rows_like(const std::vector<double>& v, const Look& look, std::size_t output) {
  std::vector<Met> all;
  if (v.size() < 2 || look.output.dimension() == 0) return all;
  const auto here = leading_index(output / look.output.shape().back(), look.output.shape());
  for (std::size_t t = 0; t < look.known.size(); ++t) {
    const Tensor& x = look.known[t];
    if (x.dimension() != look.output.dimension() || x.shape().back() != v.size()) continue;
    for (std::size_t row = 0; row < x.size() / v.size(); ++row) {
      const real* u = x.data() + row * v.size();
      double uu = 0, uv = 0, vv = 0;
      for (std::size_t i = 0; i < v.size(); ++i) {
        const double w = static_cast<double>(u[i]);
        uu += w * w, uv += w * v[i], vv += v[i] * v[i];
      }
      if (uu == 0 || uu * vv - uv * uv > 1e-12 * uu * vv) continue; // Cauchy and Schwarz: parallel
      auto offset = leading_index(row, x.shape());
      for (std::size_t i = 0; i < offset.size(); ++i) offset[i] -= here[i];
      all.push_back({t, offset});
    }
  }
  return all;
}

// What all outputs that show one row alone have met; nothing if they do not agree.
std::optional<std::vector<Met>> met(const Evidence& e, std::size_t a, bool analytic, bool first) {
  std::optional<std::vector<Met>> common;
  for (const Look& look : e.looks) {
    const Jacobian& j = analytic ? look.analytic[a] : look.numeric[a];
    for (std::size_t r = 0; r < j.rows; ++r) {
      const auto v = vector_of(j, r, first);
      if (!v) continue;
      const std::vector<Met> rows = rows_like(*v, look, r);
      if (!common) {
        common = rows;
        continue;
      }
      std::erase_if(*common, [&](const Met& m) {
        return std::find(rows.begin(), rows.end(), m) == rows.end();
      });
    }
  }
  return common;
}

} // namespace

Findings meets_the_wrong_rows(const Evidence& e, std::size_t a) {
  if (!e.whole(a) || e.looks[0].point[a].dimension() != 2) return {};
  for (bool first : {false, true}) {
    const auto wanted = met(e, a, false, first), found = met(e, a, true, first);
    if (!wanted || !found || wanted->empty() || found->empty()) continue;
    const Met &right = (*wanted)[0], &wrong = (*found)[0];
    if (std::find(wanted->begin(), wanted->end(), wrong) != wanted->end()) continue;
    const auto& names = e.looks[0].known_names;
    if (right.tensor != wrong.tensor)
      return {{fault::wrong_saved,
               fmt::format("the gradient of {} is made with rows of {} where rows of {} belong",
                           e.name(a), names[wrong.tensor], names[right.tensor]),
               2}};
    bool in_time = false;
    for (std::size_t b = 0; b < e.looks[0].point.size(); ++b) in_time = in_time || e.is_sequence(b);
    const auto step = [](const Met& m) {
      return m.offset[0] == 0 ? std::string("t") : fmt::format("t {:+}", m.offset[0]);
    };
    return {
        {in_time ? fault::shifted : fault::wrong_entries,
         fmt::format("what arrives at output {} t meets {} {} of {} in the gradient of {}, where "
                     "{} {} belongs",
                     in_time ? "step" : "row", in_time ? "step" : "row", step(wrong),
                     names[wrong.tensor], e.name(a), in_time ? "step" : "row", step(right)),
         2}};
  }
  return {};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
