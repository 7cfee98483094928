#include "text/embeddings/embedding_step.hpp"

#include <algorithm>
#include <array>

#include "autograd/base/parallel.hpp"
#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

namespace {

std::size_t row_of(std::int32_t id) { return static_cast<std::size_t>(id); }

// The lines of a row are on their way while the example before is computed.
void prefetch(const real* row, std::size_t n) {
  constexpr std::size_t line = 64 / sizeof(real);
  for (std::size_t j = 0; j < n; j += line) __builtin_prefetch(row + j);
}

// to += scale * x
void add_scaled(real* to, real scale, const real* x, std::size_t n) {
  for (std::size_t j = 0; j < n; j += lanes)
    xsimd::fma(Lanes(scale), Lanes::load_aligned(x + j), Lanes::load_aligned(to + j))
        .store_aligned(to + j);
}

// The sum of a register's numbers, under the name that this xsimd has for it.
template <class Batch> real total(const Batch& x) {
  if constexpr (requires { reduce_add(x); })
    return reduce_add(x);
  else
    return hadd(x);
}

// The products of h with four rows: four sums grow at once, none waits for itself.
std::array<real, 4> products(const real* h, const std::array<const real*, 4>& rows, std::size_t n) {
  Lanes a(0), b(0), c(0), d(0);
  for (std::size_t j = 0; j < n; j += lanes) {
    const Lanes x = Lanes::load_aligned(h + j);
    a = xsimd::fma(x, Lanes::load_aligned(rows[0] + j), a);
    b = xsimd::fma(x, Lanes::load_aligned(rows[1] + j), b);
    c = xsimd::fma(x, Lanes::load_aligned(rows[2] + j), c);
    d = xsimd::fma(x, Lanes::load_aligned(rows[3] + j), d);
  }
  return {total(a), total(b), total(c), total(d)};
}

// to = sum of scales[k] * rows[k]: a register of `to` at a time, which is written once.
void combine(real* to, const real* scales, const std::int32_t* ids, std::size_t count,
             const EmbeddingTable& table) {
  const std::size_t n = table.stride();
  constexpr std::size_t wide = 4;
  std::size_t j = 0;
  for (; j + wide * lanes <= n; j += wide * lanes) {
    std::array<Lanes, wide> sums{Lanes(0), Lanes(0), Lanes(0), Lanes(0)};
    for (std::size_t k = 0; k < count; ++k) {
      const real* row = table.row(row_of(ids[k])) + j;
      const Lanes scale(scales[k]);
      for (std::size_t i = 0; i < wide; ++i)
        sums[i] = xsimd::fma(scale, Lanes::load_aligned(row + i * lanes), sums[i]);
    }
    for (std::size_t i = 0; i < wide; ++i) sums[i].store_aligned(to + j + i * lanes);
  }
  for (; j < n; j += lanes) {
    Lanes sum(0);
    for (std::size_t k = 0; k < count; ++k)
      sum = xsimd::fma(Lanes(scales[k]), Lanes::load_aligned(table.row(row_of(ids[k])) + j), sum);
    sum.store_aligned(to + j);
  }
}

} // namespace

EmbeddingTable::EmbeddingTable(std::size_t rows, std::size_t dim)
    : rows_(rows), dim_(dim), stride_((dim + lanes - 1) / lanes * lanes),
      data_(zeros({rows, stride_})) {}

EmbeddingTable::EmbeddingTable(const Tensor& x) : EmbeddingTable(x.shape()[0], x.shape()[1]) {
  for (std::size_t i = 0; i < rows_; ++i) std::copy_n(x.data() + i * dim_, dim_, row(i));
}

Tensor EmbeddingTable::values() const {
  Tensor result = Tensor::from_shape({rows_, dim_});
  for (std::size_t i = 0; i < rows_; ++i) std::copy_n(row(i), dim_, result.data() + i * dim_);
  return result;
}

void EmbeddingExamples::clear() {
  input_begins.assign(1, 0), target_begins.assign(1, 0);
  inputs.clear(), targets.clear(), labels.clear();
}

void EmbeddingStep::begin(const EmbeddingExamples& examples, double rate) {
  rate_ = static_cast<real>(rate);
  const std::size_t room = examples.size() * in_.stride();
  if (hidden_.size() < room) hidden_.resize(room), back_.resize(room);
  losses_.resize(examples.size());
  scales_.resize(examples.targets.size() + lanes); // whole registers are written at the end, too
}

void EmbeddingStep::forward(const EmbeddingExamples& examples, std::size_t first,
                            std::size_t last) {
  const std::size_t n = in_.stride();
  std::vector<real> ones, scores;
  for (std::size_t i = first; i < last; ++i) {
    const std::size_t begin = examples.target_begins[i];
    const std::size_t count = examples.target_begins[i + 1] - begin;
    const std::size_t words = examples.input_begins[i + 1] - examples.input_begins[i];
    const std::int32_t* const inputs = examples.inputs.data() + examples.input_begins[i];
    const std::int32_t* const targets = examples.targets.data() + begin;
    real* const h = hidden_.data() + i * n;

    ones.assign(words, 1 / static_cast<real>(words));
    combine(h, ones.data(), inputs, words, in_); // h = the mean of the input rows
    if (i + 1 < last) {
      for (std::size_t k = examples.input_begins[i + 1]; k < examples.input_begins[i + 2]; ++k)
        prefetch(in_.row(row_of(examples.inputs[k])), n);
      for (std::size_t k = examples.target_begins[i + 1]; k < examples.target_begins[i + 2]; ++k)
        prefetch(out_.row(row_of(examples.targets[k])), n);
    }

    scores.assign(count + lanes, 0); // h . out[target]
    for (std::size_t k = 0; k < count; k += 4) {
      const auto row = [&](std::size_t j) {
        return out_.row(row_of(targets[std::min(k + j, count - 1)]));
      };
      const auto four = products(h, {row(0), row(1), row(2), row(3)}, n);
      std::copy(four.begin(), four.end(), scores.begin() + static_cast<std::ptrdiff_t>(k));
    }

    double loss = 0;
    for (std::size_t k = 0; k < count; k += lanes) { // -rate dL/dscore = rate (label - sigmoid)
      alignas(64) real label[lanes] = {}, scale[lanes], term[lanes];
      const std::size_t some = std::min(lanes, count - k);
      std::copy_n(examples.labels.data() + begin + k, some, label);
      const Lanes wanted = Lanes::load_aligned(label);
      const Lanes p = sigmoid(Lanes::load_unaligned(scores.data() + k));
      (rate_ * (wanted - p)).store_aligned(scale);
      std::copy_n(scale, some, scales_.data() + begin + k);
      const Lanes right = xsimd::select(wanted > Lanes(0), p, 1 - p);
      xsimd::log(xsimd::max(right, Lanes(real(1e-30)))).store_aligned(term);
      for (std::size_t j = 0; j < some; ++j) loss -= term[j];
    }
    losses_[i] = loss;
    combine(back_.data() + i * n, scales_.data() + begin, targets, count, out_); // -rate dL/dh
  }
}

//> embedding-apply
void EmbeddingStep::apply(const EmbeddingExamples& examples, std::size_t part, std::size_t parts) {
  const std::size_t n = in_.stride();
  const auto mine = [=](std::int32_t id) { return parts == 1 || row_of(id) % parts == part; };
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const real* const h = hidden_.data() + i * n;
    for (std::size_t k = examples.target_begins[i]; k < examples.target_begins[i + 1]; ++k)
      if (mine(examples.targets[k]))
        add_scaled(out_.row(row_of(examples.targets[k])), scales_[k], h, n);
    const std::size_t begin = examples.input_begins[i], end = examples.input_begins[i + 1];
    const real share =
        input_gradient_ == InputGradient::whole ? 1 : 1 / static_cast<real>(end - begin);
    for (std::size_t k = begin; k < end; ++k)
      if (mine(examples.inputs[k]))
        add_scaled(in_.row(row_of(examples.inputs[k])), share, back_.data() + i * n, n);
  }
}
//< embedding-apply

double EmbeddingStep::loss(const EmbeddingExamples& examples) const {
  double sum = 0;
  for (std::size_t i = 0; i < examples.size(); ++i) sum += losses_[i];
  return sum;
}

double EmbeddingStep::operator()(const EmbeddingExamples& examples, double rate) {
  begin(examples, rate);
  parallel_rows(examples.size(), enough_steps / 16,
                [&](std::size_t first, std::size_t last) { forward(examples, first, last); });
  const std::size_t parts = std::min(thread_count(), examples.size());
  parallel_parts(parts, [&](std::size_t part) { apply(examples, part, parts); });
  return loss(examples);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
