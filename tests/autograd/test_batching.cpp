// Examples run together against the same examples one by one: values, gradients, and how many calls
// it takes. In double.
#include <map>

#include "autograd/base/parallel.hpp"
#include "autograd/batching/joined_rows.hpp"
#include "autograd/batching/together.hpp"
#include "tests/autograd/check.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// The same sums in another order: a few dozen roundings of 1e-16, and a wide margin.
constexpr double same_sums = 1e-12;

using Program = std::function<Var(std::size_t)>;

struct Outcome {
  std::vector<Tensor> values, gradients;
  TogetherCounts counts;
  std::map<std::string, int> records; // of the tape, by operator
};

// The loss is a sum of squares of all results, each with another weight.
Outcome outcome(bool together, std::size_t n, const Program& program,
                const std::vector<Var>& leaves, AgendaPolicy policy = AgendaPolicy::new_last) {
  for (const Var& x : leaves) x.zero_grad();
  Outcome o;
  Tape tape;
  std::vector<Var> results;
  if (together)
    results = run_together(n, program, {.policy = policy, .counts = &o.counts});
  else
    for (std::size_t i = 0; i < n; ++i) results.push_back(program(i));
  Var loss = constant(0);
  for (std::size_t i = 0; i < n; ++i) {
    o.values.push_back(results[i].value());
    loss = loss + (1 + 0.25 * static_cast<double>(i)) * sum(square(results[i]));
  }
  tape.backward(loss);
  for (const Var& x : leaves) o.gradients.push_back(x.grad());
  for (std::size_t i = 0; i < tape.size(); ++i) ++o.records[tape.line(i).op];
  return o;
}

Outcome expect_same(const char* what, std::size_t n, const Program& program,
                    const std::vector<Var>& leaves) {
  const Outcome alone = outcome(false, n, program, leaves);
  Outcome all;
  for (const AgendaPolicy policy : {AgendaPolicy::first_come, AgendaPolicy::largest,
                                    AgendaPolicy::depth, AgendaPolicy::new_last}) {
    all = outcome(true, n, program, leaves, policy);
    for (std::size_t i = 0; i < n; ++i)
      BOOST_CHECK_MESSAGE(distance(all.values[i], alone.values[i]) < same_sums,
                          what << ": the value of example " << i);
    for (std::size_t k = 0; k < leaves.size(); ++k)
      BOOST_CHECK_MESSAGE(distance(all.gradients[k], alone.gradients[k]) < same_sums,
                          what << ": the gradient of leaf " << k);
  }
  return all;
}

// Of example i: a few rows, from one to four.
Var example_rows(std::size_t i, std::size_t width) {
  return variable(random({1 + i * 7 % 4, width}, 100 + i));
}

} // namespace

BOOST_AUTO_TEST_SUITE(together)

BOOST_AUTO_TEST_CASE(each_rule_gives_what_one_by_one_gives) {
  const Var w = variable(random({5, 3}, 1), "w"), b = variable(random({5}, 2), "b"),
            m = variable(random({3, 5}, 3), "m"), row = variable(random({1, 3}, 4), "row"),
            table = variable(random({6, 3}, 5), "table");
  std::vector<Var> x, v;
  for (std::size_t i = 0; i < 6; ++i) {
    x.push_back(example_rows(i, 3));
    v.push_back(variable(random({3}, 200 + i)));
  }
  std::vector<Var> leaves = {w, b, m, row, table};
  leaves.insert(leaves.end(), x.begin(), x.end());
  leaves.insert(leaves.end(), v.begin(), v.end());
  const auto soft = [](const Var& y) { return sqrt(1 + square(y)); }; // smooth, and above 1
  const std::map<const char*, Program> programs = {
      {"functions",
       [&](std::size_t i) {
         const Var y = tanh(x[i] + x[i]);
         return log(soft(y)) + exp(sigmoid(y)) * softplus(-y) + relu(y) - abs(relu6(y));
       }},
      {"a tensor and a number",
       [&](std::size_t i) { return 2 * tanh(x[i]) / 3 - (1 - soft(x[i])); }},
      {"a row that all share", [&](std::size_t i) { return tanh(x[i]) * row - row / soft(x[i]); }},
      {"a number for each row",
       [&](std::size_t i) { return sum(v[i]) * tanh(v[i]) + maximum(v[i], tanh(v[i])); }},
      {"linear", [&](std::size_t i) { return linear(x[i], w, b) + linear(tanh(x[i]), w); }},
      {"of a vector", [&](std::size_t i) { return linear(v[i], w, b) + matmul(v[i], m); }},
      {"matmul", [&](std::size_t i) { return matmul(x[i], m); }},
      {"embedding",
       [&](std::size_t i) {
         Indices ids = ids_from(std::vector<int>(1 + i % 3, static_cast<int>(i)));
         ids(0) = 2;
         return tanh(embedding(table, ids));
       }},
      {"softmax", [&](std::size_t i) { return softmax(x[i]) + log_softmax(x[i]); }},
      {"columns",
       [&](std::size_t i) {
         const Var y = concatenate({tanh(x[i]), x[i], exp(x[i])}, 1);
         return slice(y, 1, 2, 7) + slice(y, -1, 0, 5);
       }},
      {"rows",
       [&](std::size_t i) {
         const Var y = linear(x[i], w, b);
         std::vector<Var> parts;
         for (std::size_t r = 0; r < y.shape()[0]; ++r) parts.push_back(tanh(select(y, 0, r)));
         return matmul(concatenate({stack(parts), slice(y, 0, 0, 1)}, 0), w);
       }},
      {"shapes",
       [&](std::size_t i) {
         return tanh(reshape(linear(v[i], w, b), {1, 5}));
       }},
      {"totals", [&](std::size_t i) { return sum(tanh(x[i])) * mean(x[i]) + sum(x[i], {1}); }},
      {"cross entropy",
       [&](std::size_t i) {
         const std::vector<int> targets(x[i].shape()[0], static_cast<int>(i % 3));
         const Var y = cross_entropy(x[i], ids_from(targets));
         return y + cross_entropy(x[i], ids_from(targets), {.label_smoothing = 0.1}) +
                cross_entropy(x[i], ids_from(targets), {.ignore_index = 1});
       }},
      {"without rules", [&](std::size_t i) { return cumsum(transpose(tanh(x[i])), 0); }},
  };
  for (const auto& [what, program] : programs) expect_same(what, x.size(), program, leaves);
}

// Six examples of other numbers of rows; each operator is one call for all of them.
BOOST_AUTO_TEST_CASE(operators_execute_together_and_copy_nothing_in_between) {
  const Var w = variable(random({3, 3}, 1), "w"), b = variable(random({3}, 2), "b");
  std::vector<Var> x;
  for (std::size_t i = 0; i < 6; ++i) x.push_back(constant(example_rows(i, 3).value()));
  const Outcome o = expect_same("a chain", x.size(),
                                [&](std::size_t i) {
                                  Var y = x[i];
                                  for (int step = 0; step < 4; ++step) y = tanh(linear(y, w, b));
                                  return y;
                                },
                                {w, b});
  BOOST_TEST(o.counts.operators == 6u * 8);
  BOOST_TEST(o.counts.calls == 8u);
  BOOST_TEST(o.counts.alone == 0u);
  BOOST_TEST(o.records.at("tanh") == 4);
  BOOST_TEST(o.records.count("join") == 0u); // the constants need no record, the rest is whole
}

BOOST_AUTO_TEST_CASE(control_flow_on_values) {
  const Var w = variable(random({4, 4}, 1), "w"), half = variable(random({4, 4}, 3), "half");
  const auto program = [&](std::size_t i) {
    Var y = tanh(constant(random({1, 4}, i)));
    for (int step = 0; step < 20 && sum(y).item() < 0.5; ++step)
      y = y.value()(0, 0) > 0 ? tanh(linear(y, w)) : sigmoid(matmul(y, half));
    return y;
  };
  const Outcome o = expect_same("a program that looks", 12, program, {w, half});
  BOOST_TEST(o.counts.calls > 0u);
  BOOST_TEST(o.counts.operators > 2 * (o.counts.calls + o.counts.alone)); // they did share calls
}

BOOST_AUTO_TEST_CASE(gradients_by_finite_differences) {
  expect_gradients("run_together",
                   [](const Var& x, const Var& w) {
                     const std::vector<Var> y = run_together(3, [&](std::size_t i) {
                       const Var row = slice(x, 0, i, i + 1);
                       const Var z = linear(tanh(row), w);
                       return i == 1 ? tanh(z) : z * z;
                     });
                     return concatenate(y, 0);
                   },
                   {{random({3, 2}, 1), "x"}, {random({4, 2}, 2), "w"}});
}

BOOST_AUTO_TEST_CASE(without_a_tape_and_of_any_result) {
  const Var w = variable(random({4, 4}, 1), "w");
  const auto value = [&](std::size_t i) {
    return sum(linear(constant(random({1, 4}, i)), w)).item();
  };
  const std::vector<real> all = run_together(5, value);
  for (std::size_t i = 0; i < 5; ++i) BOOST_TEST(std::abs(all[i] - value(i)) < same_sums);
  BOOST_TEST(run_together(0, value).empty());
  std::size_t calls = 0;
  run_each_together(3, [&](std::size_t) { ++calls; });
  BOOST_TEST(calls == 3u);
}

BOOST_AUTO_TEST_CASE(parts_of_an_example_join_the_others) {
  const Var w = variable(random({3, 3}, 1), "w");
  const auto part = [&](std::size_t i, std::size_t k) {
    return tanh(linear(constant(random({1, 3}, 10 * i + k)), w));
  };
  for (const Var& x : {w}) x.zero_grad();
  TogetherCounts counts;
  const std::vector<Var> together =
      run_together(4,
                   [&](std::size_t i) {
                     const std::vector<Var> parts =
                         run_together(2 + i, [&](std::size_t k) { return part(i, k); });
                     return concatenate(parts, 0);
                   },
                   {.counts = &counts});
  BOOST_TEST(counts.calls == 3u); // linear, tanh, and the joined rows
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t k = 0; k < 2 + i; ++k)
      BOOST_TEST(distance(slice(together[i], 0, k, k + 1).value(), part(i, k).value()) < same_sums);
}

// Parents that wait for their parts do not keep these from beginning.
BOOST_AUTO_TEST_CASE(few_begin_at_once) {
  const Var w = variable(random({3, 3}, 1), "w");
  std::size_t open = 0, most_open = 0;
  const auto part = [&](std::size_t i) {
    most_open = std::max(most_open, ++open);
    const Var y = tanh(linear(constant(random({1, 3}, i)), w));
    --open;
    return y;
  };
  const auto program = [&](std::size_t i) {
    const std::vector<Var> inner = run_together(3, [&](std::size_t k) {
      const std::vector<Var> two = run_together(2, [&](std::size_t j) { return part(k + j); });
      return two[0] + two[1];
    });
    return inner[i % 3] * inner[0];
  };
  std::vector<Tensor> wanted;
  for (std::size_t i = 0; i < 5; ++i) wanted.push_back(program(i).value());
  for (const std::size_t most : {1u, 2u, 7u}) {
    most_open = 0;
    const std::vector<Var> y = run_together(5, program, {.most_at_once = most});
    for (std::size_t i = 0; i < 5; ++i) BOOST_TEST(distance(y[i].value(), wanted[i]) < same_sums);
    BOOST_TEST(most_open <= most);
  }
}

BOOST_AUTO_TEST_CASE(a_joined_matrix_is_found_again) {
  const Var whole = constant(random({4, 3}, 1));
  const Var a = JoinedRows::cut(whole, 0, {1, 3}), b = JoinedRows::cut(whole, 1, {3, 3}),
            c = JoinedRows::cut(whole, 1, {3});
  const Caller here = Caller::here();
  const Var *in_order[] = {&a, &b}, *out_of_order[] = {&b, &a}, *some[] = {&a, &c};
  BOOST_TEST(JoinedRows::join(in_order, 3, here).identity() == whole.identity());
  BOOST_TEST(JoinedRows::join(out_of_order, 3, here).identity() != whole.identity());
  BOOST_TEST(JoinedRows::join(some, 3, here).identity() != whole.identity());
  BOOST_TEST(distance(JoinedRows::join(some, 3, here).value(), slice(whole, 0, 0, 2).value()) == 0);
}

// What is cut out of a result gets numbers of its own, and a line of the tape, when it is used.
BOOST_AUTO_TEST_CASE(pieces_are_copied_and_recorded_when_they_are_used) {
  const Var w = variable(random({3, 3}, 1), "w");
  const auto program = [&](std::size_t i) {
    return tanh(linear(constant(random({1 + i, 3}, i)), w));
  };
  const auto records = [](const Tape& tape) {
    std::string ops;
    for (std::size_t r = 0; r < tape.size(); ++r) ops += std::string(tape.line(r).op) + " ";
    return ops;
  };
  const auto alone = [&](std::size_t i) { // the gradient of example i's sum
    w.zero_grad();
    Tape tape;
    tape.backward(sum(program(i)));
    return w.grad();
  };
  const Tensor wanted = alone(1);
  {
    w.zero_grad();
    Tape tape;
    const std::vector<Var> y = run_together(3, program);
    BOOST_TEST(records(tape) == "linear tanh ");
    BOOST_TEST(y[1].shape() == (Shape{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(distance(y[1].value(), program(1).value()) < same_sums);
    const Var total = sum(y[1]);
    BOOST_TEST(records(tape) == "linear tanh linear tanh cut sum ");
    tape.backward(total);
    BOOST_TEST(distance(w.grad(), wanted) < same_sums);
  }
  { // a piece as the loss itself
    w.zero_grad();
    Tape tape;
    const std::vector<Var> y = run_together(3, [&](std::size_t i) { return sum(program(i)); });
    tape.backward(y[1]);
    BOOST_TEST(distance(w.grad(), wanted) < same_sums);
  }
  { // looked at after its tape has gone, and used on another
    std::vector<Var> y;
    {
      const Tape tape;
      y = run_together(3, program);
    }
    BOOST_TEST(distance(y[2].value(), program(2).value()) < same_sums);
    Tape other;
    BOOST_TEST(message_of<TapeError>([&] { sum(y[2]); }).find("was computed on another tape") !=
               std::string::npos);
    BOOST_TEST(message_of<TapeError>([&] {
                 other.backward(y[2], y[2].value());
               }).find("was computed on another tape") != std::string::npos);
  }
}

// All threads may be the first to look at it.
BOOST_AUTO_TEST_CASE(a_piece_is_looked_at_by_several_threads) {
  const Var w = variable(random({3, 3}, 1), "w");
  const auto program = [&](std::size_t i) { return tanh(linear(constant(random({64, 3}, i)), w)); };
  for (int turn = 0; turn < 100; ++turn) {
    const std::vector<Var> y = run_together(2, program);
    std::vector<real> seen(8);
    parallel_parts(seen.size(), [&](std::size_t p) { seen[p] = y[1].value()(63, 2); });
    for (const real one : seen) BOOST_TEST(one == y[1].value()(63, 2));
  }
}

// --- the agenda ---

namespace {

// A loop over the words from each end, of sentences of other lengths.
TogetherCounts two_loops(AgendaPolicy policy) {
  const Var there = variable(random({4, 4}, 1), "there"),
            back = variable(random({4, 4}, 2), "back");
  TogetherCounts counts;
  run_together(8,
               [&](std::size_t i) {
                 Var x = constant(random({1, 4}, i)), y = x;
                 for (std::size_t step = 0; step < 2 + i; ++step) x = linear(x, there);
                 for (std::size_t step = 0; step < 2 + i; ++step) y = linear(y, back);
                 return linear(x, back) + y;
               },
               {.policy = policy, .counts = &counts});
  return counts;
}

} // namespace

// Nine steps there and nine back are needed, with one step and a sum behind them. What has waited
// longest, or has least before it, lets a short sentence begin its way back alone.
BOOST_AUTO_TEST_CASE(loops_end_before_what_follows_them) {
  std::map<AgendaPolicy, std::size_t> calls;
  for (const AgendaPolicy policy : {AgendaPolicy::first_come, AgendaPolicy::largest,
                                    AgendaPolicy::depth, AgendaPolicy::new_last}) {
    const TogetherCounts c = two_loops(policy);
    calls[policy] = c.calls + c.alone;
    BOOST_TEST_MESSAGE("policy " << static_cast<int>(policy) << ": " << c.calls << " calls for "
                                 << c.operators - c.alone << ", " << c.alone << " alone");
  }
  BOOST_TEST(calls[AgendaPolicy::new_last] == 9u + 9 + 1 + 1);
  BOOST_TEST(calls[AgendaPolicy::new_last] < calls[AgendaPolicy::first_come]);
  BOOST_TEST(calls[AgendaPolicy::new_last] < calls[AgendaPolicy::depth]);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tapestry::inline TAPESTRY_PRECISION
