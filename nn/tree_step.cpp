#include "nn/tree_step.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "autograd/base/simd.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// What the children send is missing at a leaf: Var{}, of shape ().
bool is_there(const Var& x) { return x.rank() > 0; }

constexpr std::size_t steps_an_entry = 50; // four nonlinearities of about ten steps each

// The blocks of a row: H columns each.
enum Gate : std::size_t { input, output, update, forget };

struct Sizes {
  std::size_t batch, hidden, children; // B, H, N
};

// cell: one of the children's, or c
void check_cell(const char* op, const Operand& read, const Var& cell, const Sizes& n) {
  if (cell.shape() != Shape{n.batch, n.hidden})
    shape_error(op, {read, cell}, fmt::format("expected a cell ({}, {})", n.batch, n.hidden));
}

Sizes sizes_of(const char* op, const Operand& read, const Operand& sent, std::size_t children) {
  const bool for_all = read.rank() == 1 && children > 0;
  if ((read.rank() != 2 && !for_all) || read.shape().back() % 4 != 0)
    shape_error(op, {read}, "expected (B, 4H): what x sends to the gates");
  const std::size_t h = read.shape().back() / 4;
  const std::size_t batch = (for_all && is_there(sent) ? sent : read).shape()[0];
  if (is_there(sent) != (children > 0) ||
      (is_there(sent) && sent.shape() != Shape{batch, (3 + children) * h}))
    shape_error(op, {read, sent},
                fmt::format("expected of {} children ({}, {})", children, batch,
                            children > 0 ? (3 + children) * h : 0));
  return {batch, h, children};
}

// Row by row, on as many cores as they are worth.
template <class F> void for_rows(const Sizes& n, const F& f) {
  parallel_rows(n.batch, n.hidden * steps_an_entry, [&](std::size_t begin, std::size_t end) {
    for (std::size_t b = begin; b < end; ++b) f(b);
  });
}

// The rows of a tensor or of a gradient. Asked for before the rows are shared out: who asks first
// for a gradient makes it. A read that is for all rows is each of them.
struct RowsToAdd {
  real* first; // null where there is none
  std::size_t stride;
  real* operator[](std::size_t b) const { return first ? first + b * stride : nullptr; }
};

struct RowsToRead {
  explicit RowsToRead(const Var& x)
      : first(is_there(x) ? x.value().data() : nullptr), stride(x.rank() > 1 ? x.shape()[1] : 0) {}
  const real* operator[](std::size_t b) const { return first ? first + b * stride : nullptr; }
  const real* first;
  std::size_t stride;
};

RowsToAdd gradient_rows(const Var& x) {
  if (!is_there(x) || !x.needs_grad()) return {nullptr, 0};
  return {x.grad().data(), x.shape()[1]};
}

// Where the gradient of `read` is gathered: of one that is for all rows, first for each.
class ReadGradient {
public:
  ReadGradient(const Var& read, const Sizes& n) : read_(read) {
    if (read.rank() > 1) {
      rows = gradient_rows(read);
    } else if (read.needs_grad()) {
      each_ = zeros({n.batch, 4 * n.hidden});
      rows = {each_.data(), 4 * n.hidden};
    }
  }
  void finish() {
    if (read_.rank() > 1 || !rows.first) return;
    real* const to = read_.grad().data();
    for (std::size_t b = 0; b < each_.shape()[0]; ++b)
      for (std::size_t j = 0; j < rows.stride; ++j) to[j] += rows[b][j];
  }
  RowsToAdd rows{nullptr, 0};

private:
  const Var& read_;
  Tensor each_;
};

} // namespace

Var tree_cell(const Operand& read, const Operand& sent, std::span<const Var> cells) {
  const Sizes n = sizes_of("tree_cell", read, sent, cells.size());
  for (const Var& c : cells) check_cell("tree_cell", read, c, n);
  const std::size_t h = n.hidden;
  Tensor out = Tensor::from_shape({n.batch, h});
  Tensor opened = Tensor::from_shape({n.batch, (2 + n.children) * h}); // i, u, f_1 .. f_N
  const RowsToRead of_read(read), of_sent(sent);
  std::vector<RowsToRead> of_cells(cells.begin(), cells.end());
  for_rows(n, [&](std::size_t b) {
    const real *x = of_read[b], *s = of_sent[b]; // (4H), ((3 + N)H)
    real *gates = opened.data() + b * (2 + n.children) * h, *c = out.data() + b * h;
    for_lanes(h, [&](auto at) {
      const auto sum = [&](std::size_t of_x, std::size_t of_children) {
        const Lanes own = at.load(x + of_x * h);
        return s ? own + at.load(s + of_children * h) : own;
      };
      const Lanes i = sigmoid(sum(input, input)), u = xsimd::tanh(sum(update, update));
      Lanes total = i * u;
      at.store(gates, i);
      at.store(gates + h, u);
      for (std::size_t k = 0; k < n.children; ++k) {
        const Lanes f = sigmoid(sum(forget, forget + k));
        total = total + f * at.load(of_cells[k][b]);
        at.store(gates + (2 + k) * h, f);
      }
      at.store(c, total);
    });
  });

  const std::vector<Var> kept(cells.begin(), cells.end());
  std::vector<Var> inputs = kept;
  inputs.push_back(read);
  if (is_there(sent)) inputs.push_back(sent);
  const Var y{std::move(out)};
  return record("tree_cell", y, {inputs, read.caller()}, [read, sent, kept, y, n, opened] {
    ReadGradient to_read(read, n);
    const RowsToAdd to_sent = gradient_rows(sent), from_c = gradient_rows(y);
    std::vector<RowsToAdd> to_cells;
    for (const Var& c : kept) to_cells.push_back(gradient_rows(c));
    const std::vector<RowsToRead> before(kept.begin(), kept.end());
    for_rows(n, [&, h = n.hidden](std::size_t b) {
      const real *gates = opened.data() + b * (2 + n.children) * h, *dc = from_c[b];
      real *dx = to_read.rows[b], *ds = to_sent[b];
      for_lanes(h, [&](auto at) {
        const auto add = [&](real* to, const Lanes& d) {
          if (to) at.store(to, at.load(to) + d);
        };
        const auto add_to_gate = [&](std::size_t of_x, std::size_t of_children, const Lanes& d) {
          if (dx) add(dx + of_x * h, d);
          if (ds) add(ds + of_children * h, d);
        };
        const Lanes d = at.load(dc), i = at.load(gates), u = at.load(gates + h);
        add_to_gate(input, input, d * u * i * (1 - i));
        add_to_gate(update, update, d * i * (1 - u * u));
        for (std::size_t k = 0; k < n.children; ++k) {
          const Lanes f = at.load(gates + (2 + k) * h);
          const Lanes c = at.load(before[k][b]);
          add_to_gate(forget, forget + k, d * c * f * (1 - f));
          add(to_cells[k][b], d * f);
        }
      });
    });
    to_read.finish();
  });
}

Var tree_output(const Operand& read, const Operand& sent, const Operand& cell) {
  const std::size_t h = is_there(read) ? read.shape().back() / 4 : 0;
  const std::size_t blocks = is_there(sent) && h > 0 ? sent.shape().back() / h : 0;
  const Sizes n = sizes_of("tree_output", read, sent,
                           is_there(sent) ? std::max<std::size_t>(blocks, 4) - 3 : 0);
  check_cell("tree_output", read, cell, n);
  Tensor out = Tensor::from_shape({n.batch, h});
  Tensor opened = Tensor::from_shape({n.batch, 2 * h}); // o, tanh(c)
  const RowsToRead of_read(read), of_sent(sent), of_cell(cell);
  for_rows(n, [&](std::size_t b) {
    const real *x = of_read[b], *s = of_sent[b];
    real* kept = opened.data() + b * 2 * h;
    for_lanes(h, [&](auto at) {
      const Lanes own = at.load(x + output * h);
      const Lanes o = sigmoid(s ? own + at.load(s + output * h) : own);
      const Lanes seen = xsimd::tanh(at.load(of_cell[b]));
      at.store(kept, o);
      at.store(kept + h, seen);
      at.store(out.data() + b * h, o * seen);
    });
  });

  std::vector<Var> inputs{read, cell};
  if (is_there(sent)) inputs.push_back(sent);
  const Var y{std::move(out)};
  return record("tree_output", y, {inputs, read.caller()}, [read, sent, cell, y, n, opened] {
    ReadGradient to_read(read, n);
    const RowsToAdd to_sent = gradient_rows(sent), to_cell = gradient_rows(cell),
                    from_h = gradient_rows(y);
    for_rows(n, [&, h = n.hidden](std::size_t b) {
      const real *kept = opened.data() + b * 2 * h, *dh = from_h[b];
      real *dx = to_read.rows[b], *ds = to_sent[b], *dc = to_cell[b];
      for_lanes(h, [&](auto at) {
        const Lanes d = at.load(dh), o = at.load(kept), seen = at.load(kept + h);
        const Lanes gate = d * seen * o * (1 - o);
        if (dx) at.store(dx + output * h, at.load(dx + output * h) + gate);
        if (ds) at.store(ds + output * h, at.load(ds + output * h) + gate);
        if (dc) at.store(dc, at.load(dc) + d * o * (1 - seen * seen));
      });
    });
    to_read.finish();
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
