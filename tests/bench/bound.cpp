#include "tests/bench/bound.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include <cblas.h>

#include "autograd/base/parallel.hpp"
#include "autograd/base/product.hpp"
#include "autograd/tape.hpp"

namespace tapestry::bench {
namespace {

constexpr std::size_t most_columns = 4096;

// The right operand and the results of any product of the bound; the numbers do not matter.
struct BoundMemory {
  std::vector<float> a, b, c;
};

// c = a b, either of them transposed. a: (m, k), b: (k, n), c: (m, n)
void blas_product(std::size_t m, std::size_t k, std::size_t n, const float* a, bool turn_a,
                  const float* b, bool turn_b, float* c) {
  const auto index = [](std::size_t i) { return static_cast<int>(i); };
  const auto flag = [](bool turn) { return turn ? CblasTrans : CblasNoTrans; };
  cblas_sgemm(CblasRowMajor, flag(turn_a), flag(turn_b), index(m), index(n), index(k), 1, a,
              index(turn_a ? m : k), b, index(turn_b ? k : n), 0, c, index(n));
}

void copy_on_all_cores(const float* from, std::size_t n, float* to) {
  parallel_runs(n, [=](std::size_t begin, std::size_t end) {
    std::copy(from + begin, from + end, to + begin);
  });
}

} // namespace

Bound Bound::of(const std::function<void()>& forward) {
  Bound bound;
  Tape tape;
  forward();
  for (std::size_t i = 0; i < tape.size(); ++i) {
    const Tape::Line line = tape.line(i);
    const std::string_view op = line.op;
    const Shape& x = line.inputs[0].shape();
    const std::size_t in = line.inputs[0].value().size(), out = line.output.value().size();
    const bool to_x = line.inputs[0].needs_grad();
    if (op == "conv2d" && line.inputs[1].shape()[1] == x[1]) {
      const std::size_t outputs = line.output.shape()[1];
      bound.add_product(outputs, line.inputs[1].value().size() / outputs, out / outputs, to_x);
    } else if (op == "linear") {
      bound.add_product(line.output.shape().back(), x.back(), in / x.back(), to_x);
    } else if (op == "conv2d" || op.find("pool") != op.npos || op.find("norm") != op.npos ||
               op == "mean") {
      bound.add_move(in, out);
    }
  }
  return bound;
}

void Bound::add_product(std::size_t m, std::size_t k, std::size_t n, bool to_b) {
  products_.push_back({m, k, n, to_b});
}

void Bound::add_move(std::size_t in, std::size_t out) { moves_.push_back({in, out}); }

std::vector<std::function<void()>> Bound::ways(bool back) const {
  std::size_t a = 1, b = 1, c = 1;
  for (const Product& p : products_) {
    const std::size_t n = std::min(p.n, most_columns);
    a = std::max(a, p.m * std::max(p.k, n)), b = std::max(b, p.k * n);
    c = std::max({c, p.m * n, p.k * n, p.m * p.k});
  }
  for (const Move& m : moves_) b = std::max(b, m.in + m.out), c = std::max(c, m.in + m.out);
  const auto memory = std::make_shared<BoundMemory>(BoundMemory{
      std::vector<float>(a, 0.1f), std::vector<float>(b, 0.1f), std::vector<float>(c, 0.1f)});
  const auto run = [memory, back, products = products_, moves = moves_](int threads) {
    openblas_set_num_threads(threads);
    BoundMemory& of = *memory;
    for (const Product& p : products)
      for (std::size_t at = 0; at < p.n; at += most_columns) {
        const std::size_t n = std::min(most_columns, p.n - at);
        const float *w = of.a.data(), *x = of.b.data();
        blas_product(p.m, p.k, n, w, false, x, false, of.c.data());
        if (!back) continue;
        blas_product(p.m, n, p.k, w, false, x, true, of.c.data());             // dw = dy x^T
        if (p.to_b) blas_product(p.k, p.m, n, w, true, w, false, of.c.data()); // dx = w^T dy
      }
    openblas_set_num_threads(1); // as the library has it
    for (const Move& m : moves) {
      copy_on_all_cores(of.b.data(), (m.in + m.out) / 2, of.c.data());
      if (back) copy_on_all_cores(of.b.data(), (2 * m.in + m.out) / 2, of.c.data());
    }
  };
  const int all = static_cast<int>(thread_count());
  return {[run] { run(1); }, [run, all] { run(all); }};
}

} // namespace tapestry::bench
