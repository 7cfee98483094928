#include "nn/recurrent/cho_gru_step.hpp"

#include "autograd/base/product.hpp"
#include "nn/recurrent/recurrent_kernel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

Tensor bias_of_both(const SequenceWeights& w) {
  Tensor sum = zeros({w.weight_hh.shape()[0]});
  for (const Var& b : {w.bias_ih, w.bias_hh})
    for (std::size_t j = 0; given(b) && j < sum.size(); ++j) sum.data()[j] += b.value().data()[j];
  return sum;
}

// Rows of weight_hh, (3H, H): the first two gates', or the last one's.
const real* rows_of_hh(const SequenceWeights& w, std::size_t gate) {
  const std::size_t n = w.weight_hh.shape()[1];
  return w.weight_hh.value().data() + gate * n * n;
}

} // namespace

ChoForward::ChoForward(const SequenceWeights& w)
    : n_(w.weight_hh.shape()[1]), bias_(bias_of_both(w)),
      open_(n_, 2 * n_, Matrix{rows_of_hh(w, 0), n_, true}),
      propose_(n_, n_, Matrix{rows_of_hh(w, 2), n_, true}) {}

//> cho-gru-step
void ChoForward::step(std::size_t m, real* gates, real* h, real* reset, bool from_zeros) const {
  const std::size_t n = n_;
  const real* bias = bias_.data(); // (3H)
  if (!from_zeros) open_.product(m, {h, n}, gates, 3 * n, true);
  for (std::size_t i = 0; i < m; ++i)
    for_lanes(n, [=, g = gates + i * 3 * n, s = h + i * n, to = reset + i * n](auto at) {
      const Lanes r = sigmoid(at.load(g) + at.load(bias));
      at.store(g, r);
      at.store(g + n, sigmoid(at.load(g + n) + at.load(bias + n)));
      at.store(to, r * at.load(s));
    });
  if (!from_zeros) propose_.product(m, {reset, n}, gates + 2 * n, 3 * n, true);
  for (std::size_t i = 0; i < m; ++i)
    for_lanes(n, [=, g = gates + i * 3 * n, s = h + i * n](auto at) {
      const Lanes z = at.load(g + n), p = xsimd::tanh(at.load(g + 2 * n) + at.load(bias + 2 * n));
      at.store(g + 2 * n, p);
      at.store(s, p + z * (at.load(s) - p));
    });
}
//< cho-gru-step

ChoBackward::ChoBackward(const SequenceWeights& w, double gradient_clip)
    : n_(w.weight_hh.shape()[1]), bound_(static_cast<real>(gradient_clip)),
      open_(2 * n_, n_, Matrix{rows_of_hh(w, 0), n_}),
      propose_(n_, n_, Matrix{rows_of_hh(w, 2), n_}) {}

void ChoBackward::step(std::size_t m, const real* opened, const Matrix& before, real* dh,
                       real* dgates, real* dreset) const {
  const std::size_t n = n_;
  const auto clip = [bound = bound_](const Lanes& g) { return clipped(g, bound); };
  for (std::size_t i = 0; i < m; ++i)
    for_lanes(n, [=, o = opened + i * 3 * n, s = before.data + i * before.stride, d = dh + i * n,
                  to = dgates + i * 3 * n](auto at) {
      const Lanes z = at.load(o + n), p = at.load(o + 2 * n), g = at.load(d);
      at.store(to + n, clip(g * (at.load(s) - p) * z * (1 - z)));
      at.store(to + 2 * n, clip(g * (1 - z) * (1 - p * p)));
      at.store(d, g * z);
    });
  propose_.product(m, {dgates + 2 * n, 3 * n}, dreset, n, false);
  for (std::size_t i = 0; i < m; ++i)
    for_lanes(n, [=, o = opened + i * 3 * n, s = before.data + i * before.stride, d = dh + i * n,
                  from = dreset + i * n, to = dgates + i * 3 * n](auto at) {
      const Lanes r = at.load(o), g = at.load(from);
      at.store(to, clip(g * at.load(s) * r * (1 - r)));
      at.store(d, at.load(d) + g * r);
    });
  open_.product(m, {dgates, 3 * n}, dh, n, true);
}

void add_cho_gradients(const SequenceWeights& w, const Tensor& dgates, const Matrix& before,
                       const Matrix& reset) {
  const std::size_t rows = dgates.shape()[0], n = w.weight_hh.shape()[1];
  if (w.weight_hh.needs_grad()) {
    real* dw = w.weight_hh.grad().data(); // (3H, H)
    product(2 * n, n, rows, {dgates.data(), 3 * n, true}, before, dw, n, true);
    product(n, n, rows, {dgates.data() + 2 * n, 3 * n, true}, reset, dw + 2 * n * n, n, true);
  }
  if (!w.bias_ih.needs_grad() && !w.bias_hh.needs_grad()) return;
  const Tensor sums = column_sums(dgates);
  for (const Var& b : {w.bias_ih, w.bias_hh})
    if (b.needs_grad()) add_to(b, sums, 3 * n);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
