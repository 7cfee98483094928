// Operators that move entries, look them up, or drop them.
#include "autograd/operators/broadcast.hpp"
#include "autograd/xt.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

const Indices ids{2, 0, 2, 1};

Tensor mask(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  Tensor m = uniform(shape, 0, 1, rng);
  for (real& x : m.storage()) x = x < real(0.4) ? 0 : real(1 / 0.6);
  return m;
}

} // namespace

std::vector<Planted> in_shaping() {
  const Points square{{random({3, 3}, 1)}, {random({4, 4}, 2)}};
  const Points any{{random({2, 3}, 3)}, {random({4, 5}, 4)}, {random({3, 3}, 5)}};
  const Points pairs{{random({2, 3}, 6), random({2, 3}, 7)},
                     {random({3, 4}, 8), random({3, 4}, 9)}};
  const Points uneven{{random({2, 3}, 10), random({4, 3}, 11)},
                      {random({3, 2}, 12), random({3, 2}, 13)}};
  const Points tables{{random({3, 2}, 14)}, {random({4, 3}, 15)}};
  const Points row{{random({1, 3}, 16)}, {random({1, 4}, 17)}};
  const Points tall{{random({4, 3}, 18)}, {random({5, 2}, 19)}};

  return {
      plant("transpose", "not transposed back", "transposed", square,
            [](const Var& x) {
              return mine(xt::transpose(x.value()), {x},
                          [x](const Var& y) { x.grad() += y.grad(); });
            }),
      plant("reshape", "transposed for reshaped", "transposed", any,
            [](const Var& x) {
              const Shape turned{x.shape()[1], x.shape()[0]};
              return mine(reshaped(x.value(), turned), {x}, [x](const Var& y) {
                const Tensor back = xt::transpose(y.grad());
                x.grad() += back;
              });
            }),
      plant("slice", "one row off", "wrong entries", tall,
            [](const Var& x) {
              return mine(slice(detach(x), 0, 1, 3).value(), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i < y.value().size(); ++i) g(x)[i] += g(y)[i];
              });
            }),
      plant("slice", "of columns: copied as if it were rows", "wrong entries", any,
            [](const Var& x) {
              return mine(slice(detach(x), 1, 0, 2).value(), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i < y.value().size(); ++i) g(x)[i] += g(y)[i];
              });
            }),
      plant("select", "to entry 0", "wrong entries", tall,
            [](const Var& x) {
              return mine(select(detach(x), 0, 2).value(), {x}, [x](const Var& y) {
                for (std::size_t i = 0; i < y.value().size(); ++i) g(x)[i] += g(y)[i];
              });
            }),
      plant("concatenate", "the parts exchanged", "arguments swapped", pairs,
            [](const Var& a, const Var& b) {
              return mine(concatenate({detach(a), detach(b)}).value(), {a, b},
                          [a, b](const Var& y) {
                            const std::size_t n = a.value().size();
                            for (std::size_t i = 0; i < n; ++i) g(b)[i] += g(y)[i];
                            for (std::size_t i = 0; i < n; ++i) g(a)[i] += g(y)[n + i];
                          });
            }),
      plant("concatenate", "the second part reads from the start", "wrong entries", uneven,
            [](const Var& a, const Var& b) {
              return mine(concatenate({detach(a), detach(b)}).value(), {a, b},
                          [a, b](const Var& y) {
                            for (std::size_t i = 0; i < a.value().size(); ++i) g(a)[i] += g(y)[i];
                            for (std::size_t i = 0; i < b.value().size(); ++i) g(b)[i] += g(y)[i];
                          });
            }),
      plant("stack", "all parts get the first one's", "wrong operand | wrong entries", pairs,
            [](const Var& a, const Var& b) {
              return mine(stack({detach(a), detach(b)}).value(), {a, b}, [a, b](const Var& y) {
                for (const Var& x : {a, b})
                  for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] += g(y)[i];
              });
            }),
      plant("broadcast_to", "only the first copy", "broadcast not summed back", row,
            [](const Var& x) {
              return mine(xt::broadcast(x.value(), {std::size_t{5}, x.shape()[1]}), {x},
                          [x](const Var& y) {
                            for (std::size_t j = 0; j < x.shape()[1]; ++j) g(x)[j] += g(y)[j];
                          });
            }),
      plant("broadcast_to", "the mean of the copies", "mean for sum", row,
            [](const Var& x) {
              return mine(
                  xt::broadcast(x.value(), {std::size_t{5}, x.shape()[1]}), {x},
                  [x](const Var& y) { x.grad() += xt::mean(y.grad(), {0}, xt::keep_dims); });
            }),
      plant("embedding", "the last of two look-ups wins", "overwritten", tables,
            [](const Var& table) {
              return mine(embedding(detach(table), ids).value(), {table}, [table](const Var& y) {
                const std::size_t d = table.shape()[1];
                for (std::size_t i = 0; i < ids.size() * d; ++i)
                  g(table)[static_cast<std::size_t>(ids(i / d)) * d + i % d] = g(y)[i];
              });
            }),
      plant("embedding", "to the row of the position, not of the id", "wrong entries",
            Points{{random({5, 2}, 20)}, {random({4, 3}, 21)}},
            [](const Var& table) {
              return mine(embedding(detach(table), ids).value(), {table}, [table](const Var& y) {
                for (std::size_t i = 0; i < y.value().size(); ++i) g(table)[i] += g(y)[i];
              });
            }),
      plant("embedding", "only the first look-up of a row",
            "broadcast not summed back | wrong entries | zero", tables,
            [](const Var& table) {
              return mine(embedding(detach(table), ids).value(), {table}, [table](const Var& y) {
                const std::size_t d = table.shape()[1];
                for (std::size_t i : {0, 1, 3}) // ids: 2, 0, (2,) 1
                  for (std::size_t j = 0; j < d; ++j)
                    g(table)[static_cast<std::size_t>(ids(i)) * d + j] += g(y)[i * d + j];
              });
            }),
      plant("embedding", "divided by how often a row was looked up", "constant factor", tables,
            [](const Var& table) {
              return mine(embedding(detach(table), ids).value(), {table}, [table](const Var& y) {
                const std::size_t d = table.shape()[1];
                for (std::size_t i = 0; i < ids.size() * d; ++i) {
                  const std::size_t id = static_cast<std::size_t>(ids(i / d));
                  g(table)[id * d + i % d] += g(y)[i] / (id == 2 ? 2 : 1);
                }
              });
            }),
      plant("dropout", "the scale forgotten", "constant factor", any,
            [](const Var& x) {
              const Tensor m = mask(x.shape(), 3);
              return mine(x.value() * m, {x}, [x, m](const Var& y) {
                for (std::size_t i = 0; i < m.size(); ++i)
                  if (m.data()[i] != 0) g(x)[i] += g(y)[i];
              });
            }),
      plant("dropout", "the mask forgotten", "wrong branch", any,
            [](const Var& x) {
              const Tensor m = mask(x.shape(), 3);
              return mine(x.value() * m, {x},
                          [x](const Var& y) { x.grad() += y.grad() / real(0.6); });
            }),
      plant("dropout", "another mask", "", any,
            [](const Var& x) {
              const Tensor m = mask(x.shape(), 3), other = mask(x.shape(), 4);
              return mine(x.value() * m, {x},
                          [x, other](const Var& y) { x.grad() += y.grad() * other; });
            }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
