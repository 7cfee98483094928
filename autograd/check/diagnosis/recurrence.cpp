// How a gradient gets from one step back to the one before. In h_1 = f(u h_0 + ...) the input of
// step 0 acts on output 1 by D u L: L, its effect on output 0, and D, a number for each entry of
// output 1, can both be measured; so can what the pull-back has in the place of u.
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "autograd/check/diagnosis/hypotheses.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

enum class As { it_is, transposed, missing };

// Entry (h, k) of the square matrix u, or of what stands in its place.
double element(const Tensor& u, std::size_t h, std::size_t k, As as) {
  if (as == As::missing) return h == k ? 1 : 0;
  return static_cast<double>(as == As::it_is ? u(h, k) : u(k, h));
}

// Whether output 1 depends on input 0 by D u L in the numeric Jacobian, with u as `right`, and in
// the analytic one with the same D, and u as `wrong`.
bool flows_back(const Look& look, std::size_t a, const Tensor& u, As right, As wrong) {
  const Jacobian &numeric = look.numeric[a], &analytic = look.analytic[a];
  const std::size_t batch = numeric.argument[1], in = numeric.argument[2], h = u.shape()[0];
  for (std::size_t b = 0; b < batch; ++b)
    for (std::size_t r = 0; r < h; ++r) {
      const std::size_t row = (batch + b) * h + r; // entry r of output 1
      std::vector<double> with_right(in, 0), with_wrong(in, 0);
      for (std::size_t i = 0; i < in; ++i)
        for (std::size_t k = 0; k < h; ++k) {
          const double effect = numeric(b * h + k, b * in + i); // of input 0 on output 0
          with_right[i] += element(u, r, k, right) * effect;
          with_wrong[i] += element(u, r, k, wrong) * effect;
        }
      std::size_t most = 0;
      for (std::size_t i = 0; i < in; ++i)
        if (std::abs(with_right[i]) > std::abs(with_right[most])) most = i;
      const double d = numeric(row, b * in + most) / with_right[most];
      for (std::size_t i = 0; i < in; ++i) {
        const std::size_t c = b * in + i;
        const double error = 10 * tolerance(analytic, numeric, row, c) + 1e-6 * std::abs(d);
        if (!(std::abs(numeric(row, c) - d * with_right[i]) <= error)) return false;
        if (!(std::abs(analytic(row, c) - d * with_wrong[i]) <= error)) return false;
      }
    }
  return true;
}

} // namespace

Findings flows_back_wrongly(const Evidence& e, std::size_t a) {
  if (!e.whole(a) || !e.is_sequence(a)) return {};
  for (std::size_t m = 0; m < e.looks[0].point.size(); ++m)
    for (As right : {As::it_is, As::transposed})
      for (As wrong : {As::it_is, As::transposed, As::missing}) {
        bool all = right != wrong;
        for (const Look& look : e.looks) {
          const Shape &x = look.point[a].shape(), &y = look.output.shape();
          all = all && x.size() == 3 && y.size() == 3 && x[0] == y[0] && x[1] == y[1] && x[2] > 1 &&
                look.point[m].shape() == Shape{y[2], y[2]} &&
                flows_back(look, a, look.point[m], right, wrong);
        }
        if (!all) continue;
        if (wrong == As::missing)
          return {{fault::missing_factor,
                   fmt::format("the gradient flows from step 1 back to step 0 without {}, in {}",
                               e.name(m), e.name(a)),
                   2}};
        return {{fault::transposed,
                 fmt::format("the gradient flows from step 1 back to step 0 through {} transposed "
                             "the wrong way, in {}",
                             e.name(m), e.name(a)),
                 2}};
      }
  return {};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
