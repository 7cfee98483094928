// Planted mistakes: wrong pull-backs of every kind, each of which the check must reject.
#include <functional>

#include "check.hpp"

using namespace tapestry;

namespace {

// An operator on entries with the derivative as planted: d(x, y, dy) is what is added to dx.
template <class F, class D> Var entrywise(const Operand& x, F f, D d) {
  Tensor out = Tensor::from_shape(x.shape());
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = f(x.value().data()[i]);
  Var y{std::move(out)};
  return record("mine", y, {x}, [x, y, d] {
    for (std::size_t i = 0; i < x.value().size(); ++i)
      x.grad().data()[i] += d(x.value().data()[i], y.value().data()[i], y.grad().data()[i]);
  });
}

template <class D> Var my_tanh(const Operand& x, D d) {
  return entrywise(
      x, [](real v) { return std::tanh(v); }, d);
}

// Any operator of one input: its value, and the whole pull-back.
template <class P> Var mine(const Operand& x, const Var& value, P pull_back) {
  Var y{value.value()};
  return record("mine", y, {x}, [x, y, pull_back] { pull_back(x, y); });
}
template <class P> Var mine(const Operand& a, const Operand& b, const Var& value, P pull_back) {
  Var y{value.value()};
  return record("mine", y, {a, b}, [a, b, y, pull_back] { pull_back(a, b, y); });
}

real* g(const Var& x) { return x.grad().data(); }
const real* v(const Var& x) { return x.value().data(); }

// c += a b for m x k and k x n, the slow way
void add_product(real* c, const real* a, const real* b, std::size_t m, std::size_t k,
                 std::size_t n) {
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t l = 0; l < k; ++l) c[i * n + j] += a[i * k + l] * b[l * n + j];
}

struct Planted {
  const char* name;
  std::function<GradcheckReport()> check;
};

const Tensor x23 = random({2, 3}, 11), y23 = random({2, 3}, 12), row = random({3}, 13);
const Tensor s33 = random({3, 3}, 14), t33 = random({3, 3}, 15);

template <class D> std::function<GradcheckReport()> wrong_tanh(D d) {
  return [d] { return gradcheck([d](const Var& x) { return my_tanh(x, d); }, {x23}); };
}
template <class P> std::function<GradcheckReport()> wrong_softmax(P pull_row) {
  return [pull_row] {
    const auto f = [pull_row](const Var& x) {
      return mine(x, softmax(x), [pull_row](const Var& in, const Var& y) {
        for (std::size_t r = 0; r < 2; ++r) pull_row(g(in) + 3 * r, v(y) + 3 * r, g(y) + 3 * r);
      });
    };
    return gradcheck(f, {x23});
  };
}
template <class P>
std::function<GradcheckReport()> wrong(const Tensor& a, Var (*op)(const Var&), P pull_back) {
  return [=] { return gradcheck([=](const Var& x) { return mine(x, op(x), pull_back); }, {a}); };
}
template <class P>
std::function<GradcheckReport()> wrong(const Tensor& a, const Tensor& b,
                                       Var (*op)(const Operand&, const Operand&), P pull_back) {
  return [=] {
    return gradcheck([=](const Var& x, const Var& y) { return mine(x, y, op(x, y), pull_back); },
                     {a, b});
  };
}

const Tensor big = random({50, 40}, 16);
Tensor stale; // what the operator saw at its first call

const Planted planted[] = {
    {"sign", wrong_tanh([](real, real y, real dy) { return -dy * (1 - y * y); })},
    {"factor 2", wrong_tanh([](real, real y, real dy) { return 2 * dy * (1 - y * y); })},
    {"factor 1/2", wrong_tanh([](real, real y, real dy) { return dy * (1 - y * y) / 2; })},
    {"a factor of 1.00001", wrong_tanh([](real, real y, real dy) {
       return real(1.00001) * dy * (1 - y * y);
     })},
    {"x for y", wrong_tanh([](real x, real, real dy) { return dy * (1 - x * x); })},
    {"missing square", wrong_tanh([](real, real y, real dy) { return dy * (1 - y); })},
    {"missing term", wrong_tanh([](real, real y, real dy) { return -dy * y * y; })},
    {"upstream ignored", wrong_tanh([](real, real y, real) { return 1 - y * y; })},
    {"upstream added", wrong_tanh([](real, real y, real dy) { return dy + 1 - y * y; })},
    {"upstream's sign ignored",
     wrong_tanh([](real, real y, real dy) { return std::abs(dy) * (1 - y * y); })},
    {"upstream's square", wrong_tanh([](real, real y, real dy) { return dy * dy * (1 - y * y); })},
    {"upstream clipped", wrong_tanh([](real, real y, real dy) {
       return std::clamp(dy, real(-1), real(1)) * (1 - y * y);
     })},
    {"the function for its derivative", wrong_tanh([](real, real y, real dy) { return dy * y; })},
    {"nothing", wrong_tanh([](real, real, real) { return real(0); })},
    {"a constant offset",
     wrong_tanh([](real, real y, real dy) { return dy * (1 - y * y) + real(1e-4); })},
    {"scalar upstream clipped at a bound that one pass does not reach",
     [] {
       const auto f = [](const Var& x) {
         return entrywise(x, [](real a) { return a; },
                          [](real, real, real dy) { return std::clamp(dy, real(-3), real(3)); });
       };
       GradcheckReport all;
       all.passed = true;
       for (std::uint64_t seed : {1, 2, 3}) {
         const auto r = gradcheck(f, {Tensor(1)}, {.seed = seed});
         all.passed = all.passed && r.passed;
       }
       return all;
     }},
    {"scalar upstream, its absolute value",
     [] {
       const auto f = [](const Var& x) {
         return entrywise(x, [](real a) { return a; },
                          [](real, real, real dy) { return std::abs(dy); });
       };
       GradcheckReport last; // whatever the sign of the cotangent
       for (std::uint64_t seed = 1; seed <= 8; ++seed)
         if ((last = gradcheck(f, {Tensor(1)}, {.seed = seed})).passed) break;
       return last;
     }},
    {"= for +=, used once", wrong(x23, +[](const Var& x) { return tanh(x); },
                                  [](const Var& x, const Var& y) {
                                    for (std::size_t i = 0; i < 6; ++i)
                                      g(x)[i] = g(y)[i] * (1 - v(y)[i] * v(y)[i]);
                                  })},
    {"= for +=, used twice",
     [] {
       return gradcheck(
           [](const Var& x) {
             return x * mine(x, tanh(x), [](const Var& in, const Var& y) {
                      for (std::size_t i = 0; i < 6; ++i)
                        g(in)[i] = g(y)[i] * (1 - v(y)[i] * v(y)[i]);
                    });
           },
           {x23});
     }},
    {"= for +=, inside", // the overwritten variable is no argument
     [] {
       return gradcheck(
           [](const Var& x) {
             const Var h = x * 2;
             const Var first = mine(h, tanh(h), [](const Var& in, const Var& y) {
               for (std::size_t i = 0; i < 6; ++i)
                 g(in)[i] = g(y)[i] * (1 - v(y)[i] * v(y)[i]);
             });
             const Var second = h * h; // pulled back before it, and then overwritten
             return first + second;
           },
           {x23});
     }},
    {"square without its 2",
     [] {
       return gradcheck(
           [](const Var& x) {
             return entrywise(x, [](real a) { return a * a; },
                              [](real a, real, real dy) { return a * dy; });
           },
           {x23});
     }},
    {"a stale value",
     [] {
       const auto f = [](const Var& x) {
         if (stale.size() != 6) stale = x.value();
         return mine(x, square(x), [](const Var& in, const Var& y) {
           for (std::size_t i = 0; i < 6; ++i) g(in)[i] += 2 * stale.data()[i] * g(y)[i];
         });
       };
       (void)f(constant(y23));
       return gradcheck(f, {x23});
     }},
    {"detached", [] {
       return gradcheck([](const Var& a, const Var& b) { return a * detach(b); }, {x23, y23});
     }},
    {"half detached",
     [] { return gradcheck([](const Var& a) { return a * detach(a); }, {x23}); }},
    {"truncated in time",
     [] {
       return gradcheck(
           [](const Var& w) {
             Var h = constant(row);
             for (int t = 0; t < 4; ++t) h = tanh(detach(h) * w);
             return h;
           },
           {row});
     }},
    {"mean for sum", wrong(x23, +[](const Var& x) { return sum(x); },
                           [](const Var& x, const Var& y) {
                             for (std::size_t i = 0; i < 6; ++i) g(x)[i] += g(y)[0] / 6;
                           })},
    {"sum for mean", wrong(x23, +[](const Var& x) { return mean(x); },
                           [](const Var& x, const Var& y) {
                             for (std::size_t i = 0; i < 6; ++i) g(x)[i] += g(y)[0];
                           })},
    {"mean over the other axis", wrong(x23, +[](const Var& x) { return mean(x, {0}); },
                                       [](const Var& x, const Var& y) {
                                         for (std::size_t i = 0; i < 6; ++i)
                                           g(x)[i] += g(y)[i % 3] / 3;
                                       })},
    {"sum along the other axis", wrong(s33, +[](const Var& x) { return sum(x, {0}); },
                                       [](const Var& x, const Var& y) {
                                         for (std::size_t i = 0; i < 9; ++i) g(x)[i] += g(y)[i / 3];
                                       })},
    {"broadcast: only the first row", wrong(x23, row, operator+,
                                            [](const Var& a, const Var& b, const Var& y) {
                                              for (std::size_t i = 0; i < 6; ++i) g(a)[i] += g(y)[i];
                                              for (std::size_t i = 0; i < 3; ++i) g(b)[i] += g(y)[i];
                                            })},
    {"broadcast: the mean of the rows",
     wrong(x23, row, operator+,
           [](const Var& a, const Var& b, const Var& y) {
             for (std::size_t i = 0; i < 6; ++i) g(a)[i] += g(y)[i], g(b)[i % 3] += g(y)[i] / 2;
           })},
    {"matmul: B for B^T", wrong(s33, t33, matmul,
                                [](const Var& a, const Var& b, const Var& y) {
                                  add_product(g(a), g(y), v(b), 3, 3, 3);
                                  const Tensor at = transpose(a).value();
                                  add_product(g(b), at.data(), g(y), 3, 3, 3);
                                })},
    {"matmul: dB in the wrong order", wrong(s33, t33, matmul,
                                            [](const Var& a, const Var& b, const Var& y) {
                                              const Tensor at = transpose(a).value();
                                              const Tensor bt = transpose(b).value();
                                              add_product(g(a), g(y), bt.data(), 3, 3, 3);
                                              add_product(g(b), g(y), at.data(), 3, 3, 3);
                                            })},
    {"transposed", wrong(s33, +[](const Var& x) { return x * x; },
                         [](const Var& x, const Var& y) {
                           for (std::size_t i = 0; i < 3; ++i)
                             for (std::size_t j = 0; j < 3; ++j)
                               g(x)[3 * j + i] += 2 * v(x)[3 * i + j] * g(y)[3 * i + j];
                         })},
    {"transpose's own gradient not transposed back",
     wrong(s33, +[](const Var& x) { return transpose(x); },
           [](const Var& x, const Var& y) {
             for (std::size_t i = 0; i < 9; ++i) g(x)[i] += g(y)[i];
           })},
    {"a - b with swapped gradients", wrong(x23, y23, operator-,
                                           [](const Var& a, const Var& b, const Var& y) {
                                             for (std::size_t i = 0; i < 6; ++i)
                                               g(a)[i] -= g(y)[i], g(b)[i] += g(y)[i];
                                           })},
    {"a b with swapped factors",
     wrong(x23, y23, operator*,
           [](const Var& a, const Var& b, const Var& y) {
             for (std::size_t i = 0; i < 6; ++i)
               g(a)[i] += g(y)[i] * v(a)[i], g(b)[i] += g(y)[i] * v(b)[i];
           })},
    {"a / b without the minus",
     wrong(x23, positive({2, 3}), operator/,
           [](const Var& a, const Var& b, const Var& y) {
             for (std::size_t i = 0; i < 6; ++i)
               g(a)[i] += g(y)[i] / v(b)[i], g(b)[i] += g(y)[i] * v(y)[i] / v(b)[i];
           })},
    {"the second of two gradients missing", wrong(x23, y23, operator+,
                                                  [](const Var& a, const Var&, const Var& y) {
                                                    for (std::size_t i = 0; i < 6; ++i)
                                                      g(a)[i] += g(y)[i];
                                                  })},
    {"dy changed before its second use",
     wrong(x23, y23, operator*,
           [](const Var& a, const Var& b, const Var& y) {
             for (std::size_t i = 0; i < 6; ++i)
               g(a)[i] += (g(y)[i] *= v(b)[i]), g(b)[i] += g(y)[i] * v(a)[i];
           })},
    {"softmax: zero, which sum() would hide", wrong_softmax([](real*, const real*, const real*) {})},
    {"softmax: the mean for the weighted mean, which sum() would hide",
     wrong_softmax([](real* dx, const real* y, const real* dy) {
       for (int j = 0; j < 3; ++j) dx[j] += y[j] * (dy[j] - (dy[0] + dy[1] + dy[2]) / 3);
     })},
    {"softmax: the diagonal only", wrong_softmax([](real* dx, const real* y, const real* dy) {
       for (int j = 0; j < 3; ++j) dx[j] += y[j] * (1 - y[j]) * dy[j];
     })},
    {"log_softmax: p for p sum(dy)",
     wrong(x23, +[](const Var& x) { return log_softmax(x); },
           [](const Var& x, const Var& y) {
             for (std::size_t i = 0; i < 6; ++i) g(x)[i] += g(y)[i] - std::exp(v(y)[i]);
           })},
    {"cross entropy: the sum for the mean",
     wrong(x23, +[](const Var& x) { return cross_entropy(x, Indices{2, 0}); },
           [](const Var& x, const Var& y) {
             const Tensor p = softmax(x).value();
             for (std::size_t i = 0; i < 6; ++i)
               g(x)[i] += g(y)[0] * (p.data()[i] - (i == 2 || i == 3));
           })},
    {"max: to the first entry", wrong(x23, +[](const Var& x) { return max(x, {1}); },
                                      [](const Var& x, const Var& y) {
                                        for (std::size_t r = 0; r < 2; ++r) g(x)[3 * r] += g(y)[r];
                                      })},
    {"relu: passes all", wrong(x23, +[](const Var& x) { return relu(x); },
                               [](const Var& x, const Var& y) {
                                 for (std::size_t i = 0; i < 6; ++i) g(x)[i] += g(y)[i];
                               })},
    {"embedding: the last write wins",
     wrong(x23, +[](const Var& x) { return embedding(x, Indices{1, 0, 1}); },
           [](const Var& x, const Var& y) {
             const std::size_t ids[] = {1, 0, 1};
             for (std::size_t i = 0; i < 9; ++i) g(x)[ids[i / 3] * 3 + i % 3] = g(y)[i];
           })},
    {"concatenate: parts swapped",
     wrong(x23, y23, +[](const Operand& a, const Operand& b) { return concatenate({a, b}); },
           [](const Var& a, const Var& b, const Var& y) {
             for (std::size_t i = 0; i < 6; ++i) g(b)[i] += g(y)[i], g(a)[i] += g(y)[6 + i];
           })},
    {"slice: one row off", wrong(s33, +[](const Var& x) { return slice(x, 0, 1, 3); },
                                 [](const Var& x, const Var& y) {
                                   for (std::size_t i = 0; i < 6; ++i) g(x)[i] += g(y)[i];
                                 })},
    {"dropout: mask without its scale",
     wrong(x23, +[](const Var& x) {
             Rng rng(3);
             return dropout(x, 0.4, rng);
           },
           [](const Var& x, const Var& y) {
             for (std::size_t i = 0; i < 6; ++i) g(x)[i] += v(y)[i] != 0 ? g(y)[i] : 0;
           })},
    {"layer norm: the variance taken for a constant",
     [] {
       return gradcheck(
           [](const Var& x) {
             return (x - mean(x, {-1}, true)) / sqrt(detach(var(x, {-1}, true)) + 1e-5);
           },
           {x23});
     }},
    {"one entry of many", wrong(s33, +[](const Var& x) { return x * 3; },
                                [](const Var& x, const Var& y) {
                                  for (std::size_t i = 0; i < 9; ++i)
                                    g(x)[i] += (i == 5 ? real(3.001) : 3) * g(y)[i];
                                })},
    {"one entry of 2,000, found by directions", wrong(big, +[](const Var& x) { return x * 3; },
                                                      [](const Var& x, const Var& y) {
                                                        for (std::size_t i = 0; i < 2000; ++i)
                                                          g(x)[i] += (i == 777 ? 4 : 3) * g(y)[i];
                                                      })},
    {"a row of 2,000 entries", wrong(big, +[](const Var& x) { return tanh(x); },
                                     [](const Var& x, const Var& y) {
                                       for (std::size_t i = 0; i < 2000 - 40; ++i)
                                         g(x)[i] += g(y)[i] * (1 - v(y)[i] * v(y)[i]);
                                     })},
    {"beside an output of 1e10",
     [] {
       return gradcheck(
           [](const Var& a, const Var& b) {
             const Var w = my_tanh(b, [](real, real y, real dy) { return -dy * (1 - y * y); });
             return concatenate({a * 1e10, w});
           },
           {x23, y23});
     }},
    {"a small gradient on a large value",
     [] {
       return gradcheck(
           [](const Var& x) {
             return entrywise(x, [](real a) { return real(1e8) + a; },
                              [](real, real, real dy) { return -dy; });
           },
           {x23});
     }},
    {"zero on a large value",
     [] {
       return gradcheck(
           [](const Var& x) {
             return x * 1e-3 +
                    entrywise(x, [](real a) { return real(1e12) + a; },
                              [](real, real, real) { return real(0); });
           },
           {x23});
     }},
};

} // namespace

BOOST_AUTO_TEST_SUITE(planted_mistakes)

BOOST_AUTO_TEST_CASE(rejects_every_planted_mistake) {
  std::size_t rejected = 0;
  for (const Planted& p : planted) {
    const GradcheckReport report = p.check();
    BOOST_CHECK_MESSAGE(!report.passed, p.name << " passed: " << report.text());
    rejected += !report.passed;
  }
  BOOST_TEST_MESSAGE("planted " << std::size(planted) << ", rejected " << rejected);
}

BOOST_AUTO_TEST_CASE(a_gradient_of_the_wrong_shape_is_an_error_of_the_tape) {
  const auto f = [](const Var& x, const Var& b) {
    return mine(x, b, x + b, [](const Var& a, const Var& c, const Var& y) {
      a.grad() += y.grad();
      c.grad() = y.grad(); // not summed over the rows
    });
  };
  const auto text = message_of<ShapeError>([&] { gradcheck(f, {x23, row}); });
  BOOST_CHECK_MESSAGE(contains(text, "was a broadcast not summed back?"), text);
}

BOOST_AUTO_TEST_CASE(says_why_a_pull_back_that_overwrites_is_wrong) {
  const auto f = [](const Var& x) {
    return mine(x, x * 2, [](const Var& a, const Var& y) {
      for (std::size_t i = 0; i < 6; ++i) g(a)[i] = 2 * g(y)[i];
    });
  };
  const auto report = gradcheck(f, {{x23, "x"}});
  BOOST_CHECK_MESSAGE(contains(report.problem, "\"x\"") && contains(report.problem, "`=` for `+=`"),
                      report.problem);
}

BOOST_AUTO_TEST_SUITE_END()
