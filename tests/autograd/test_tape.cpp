// The tape: what it records, how it is walked back, its pictures and its errors.
#include <sstream>
#include <thread>

#include "check.hpp"

using namespace tapestry;

namespace {

std::string here(int line) { return "autograd/test_tape.cpp:" + std::to_string(line); }

// The parts of a message, each of which must be in it.
void expect(const std::string& message, std::initializer_list<std::string> parts) {
  for (const std::string& part : parts)
    BOOST_CHECK_MESSAGE(contains(message, part), message << " | lacks: " << part);
}

} // namespace

BOOST_AUTO_TEST_SUITE(tape_)

BOOST_AUTO_TEST_CASE(nothing_is_recorded_without_a_tape) {
  const Var x = variable(Tensor{1, 2});
  BOOST_CHECK(Tape::current() == nullptr);
  const Var y = tanh(x * 2);
  BOOST_CHECK(!y.needs_grad());
  Tape tape;
  BOOST_CHECK(Tape::current() == &tape);
  BOOST_CHECK_EQUAL(tape.size(), 0);
}

BOOST_AUTO_TEST_CASE(constants_are_not_recorded) {
  Tape tape;
  const Var c = constant(Tensor{1, 2});
  const Var d = exp(c) + c;
  BOOST_CHECK_EQUAL(tape.size(), 0);
  BOOST_CHECK(!d.needs_grad());
  const Var x = variable(Tensor{1, 2});
  const Var y = x + d;
  BOOST_CHECK_EQUAL(tape.size(), 1);
  BOOST_CHECK(y.needs_grad());
}

BOOST_AUTO_TEST_CASE(pictures) {
  const Parameter w{"w", Tensor{{1, 2}, {3, 4}}};
  const Var x = constant(Tensor{{1, 0}, {0, 1}});
  const Var v = variable(Tensor{2, 2});
  Tape tape;
  const int line = __LINE__;
  const Var a = matmul(x, w);
  const Var b = a * v;
  const Var c = tanh(v); // the loss does not depend on it
  const Var loss = sum(b);
  const auto row = [&](const char* start, int n) { return start + here(line + n) + "\n"; };
  const std::string header =
      "   #  operator       shape            inputs                      |grad|  line\n";
  std::ostringstream before;
  tape.print(before);
  BOOST_CHECK_EQUAL(
      before.str(),
      header +
          row("   0  matmul         (2, 2)           constant, w                      -  ", 1) +
          row("   1  *              (2, 2)           #0, variable                     -  ", 2) +
          row("   2  tanh           (2)              variable                         -  ", 3) +
          row("   3  sum            ()               #1                               -  ", 4));
  tape.backward(loss);
  std::ostringstream after;
  tape.print(after);
  BOOST_CHECK_EQUAL(
      after.str(),
      header +
          row("   0  matmul         (2, 2)           constant, w                      4  ", 1) +
          row("   1  *              (2, 2)           #0, variable                     2  ", 2) +
          row("   2  tanh           (2)              variable                         -  ", 3) +
          row("   3  sum            ()               #1                               1  ", 4));
  BOOST_CHECK_EQUAL(tape.to_dot(), R"(digraph tape {
  rankdir=LR;
  node [shape=box, style=rounded];
  n0 [label="#0 matmul\n(2, 2)\n|grad| 4"];
  leaf0 [label="constant\n(2, 2)\n|grad| -", style="dashed,rounded"];
  leaf0 -> n0;
  leaf1 [label="w\n(2, 2)\n|grad| 4", style="filled,rounded"];
  leaf1 -> n0;
  n1 [label="#1 *\n(2, 2)\n|grad| 2"];
  n0 -> n1;
  leaf2 [label="variable\n(2)\n|grad| 7.211", style="filled,rounded"];
  leaf2 -> n1;
  n2 [label="#2 tanh\n(2)\n|grad| -"];
  leaf2 -> n2;
  n3 [label="#3 sum\n()\n|grad| 1"];
  n1 -> n3;
}
)");
  BOOST_CHECK(!c.has_grad());
}

BOOST_AUTO_TEST_CASE(single_steps_are_the_whole) {
  const Tensor start = random({3, 3});
  const auto loss_of = [](const Var& x) {
    const Var a = matmul(x, x);
    const Var unused = exp(a);
    return sum(tanh(a) * x);
  };
  const Var x = variable(start), y = variable(start);
  {
    Tape tape;
    tape.backward(loss_of(x));
  }
  Tape tape;
  const Var loss = loss_of(y);
  tape.begin_backward(loss, ones({}));
  std::vector<std::ptrdiff_t> steps;
  do steps.push_back(tape.step_back());
  while (steps.back() >= 0);
  // matmul 0, exp 1, tanh 2, * 3, sum 4: nothing reached the exp
  const std::vector<std::ptrdiff_t> expected{4, 3, 2, 0, -1};
  BOOST_CHECK_EQUAL_COLLECTIONS(steps.begin(), steps.end(), expected.begin(), expected.end());
  BOOST_CHECK_EQUAL(tape.step_back(), -1);
  BOOST_CHECK(same(x.grad(), y.grad()));
}

BOOST_AUTO_TEST_CASE(a_loss_in_the_middle_of_the_tape) {
  const Var x = variable(Tensor{2, 3});
  Tape tape;
  const Var loss = sum(x * x);
  const Var later = sum(exp(loss) * x);
  tape.backward(loss);
  BOOST_CHECK(same(x.grad(), Tensor{4, 6}));
  BOOST_CHECK(!later.has_grad());
}

BOOST_AUTO_TEST_CASE(nested_tapes) {
  const Var x = variable(Tensor{1, 2});
  Tape outer;
  const Var a = x * 3;
  {
    Tape inner;
    BOOST_CHECK(Tape::current() == &inner);
    inner.backward(sum(x * x)); // leaves belong to every tape
    BOOST_CHECK_EQUAL(inner.size(), 2);
    const int line = __LINE__ + 1;
    expect(message_of<TapeError>([&] { sum(a); }), {"sum at " + here(line), "another tape"});
    const Var apart = sum(detach(a) * x); // as the message advises
    BOOST_CHECK_EQUAL(apart.item(), 15);
  }
  BOOST_CHECK(Tape::current() == &outer);
  BOOST_CHECK_EQUAL(outer.size(), 1);
  outer.backward(sum(a));
  BOOST_CHECK(same(x.grad(), Tensor{2 + 3, 4 + 3}));
}

BOOST_AUTO_TEST_CASE(backward_twice) {
  const Var x = variable(Tensor(2));
  Tape tape;
  const Var y = x * x;
  const int first = __LINE__ + 1;
  tape.backward(y);
  const int second = __LINE__ + 1;
  expect(message_of<TapeError>([&] { tape.backward(y); }), {here(second), here(first)});
  BOOST_CHECK_EQUAL(x.grad().data()[0], 4); // untouched by the refusal
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_no_scalar) {
  const Var x = variable(Tensor{2, 3});
  Tape tape;
  const Var y = x * x;
  const int line = __LINE__ + 1;
  expect(message_of<TapeError>([&] { tape.backward(y); }), {here(line), "shape (2)", "seed"});
  const int seeded = __LINE__ + 1;
  expect(message_of<ShapeError>([&] { tape.backward(y, ones({3})); }),
         {here(seeded), "seed is (3), the value (2)"});
  tape.backward(y, Tensor{1, 10});
  BOOST_CHECK(same(x.grad(), Tensor{4, 60}));
}

BOOST_AUTO_TEST_CASE(a_loss_of_one_entry_needs_no_seed) {
  const Var x = variable(tensor({1, 1}, {3}));
  Tape tape;
  tape.backward(x * x);
  BOOST_CHECK(same(x.grad(), tensor({1, 1}, {6})));
}

BOOST_AUTO_TEST_CASE(a_loss_that_depends_on_nothing) {
  Tape tape;
  const Var loss = sum(constant(Tensor{1, 2}));
  const int line = __LINE__ + 1;
  expect(message_of<TapeError>([&] { tape.backward(loss); }), {here(line), "depends on no"});
}

BOOST_AUTO_TEST_CASE(a_leaf_as_loss) {
  const Var x = variable(Tensor(2));
  Tape tape;
  const int line = __LINE__ + 1;
  expect(message_of<TapeError>([&] { tape.backward(x); }), {here(line), "leaf"});
}

BOOST_AUTO_TEST_CASE(a_variable_of_a_closed_tape) {
  const Var x = variable(Tensor(2));
  Var y;
  {
    Tape tape;
    y = x * x;
  }
  Tape tape;
  const int line = __LINE__ + 1;
  expect(message_of<TapeError>([&] { exp(y); }), {"exp at " + here(line), "another tape"});
  const int loss = __LINE__ + 1;
  expect(message_of<TapeError>([&] { tape.backward(y); }), {"backward at " + here(loss)});
  BOOST_CHECK_EQUAL(exp(detach(y)).item(), std::exp(real{4})); // a constant again
}

BOOST_AUTO_TEST_CASE(a_long_tape_is_not_the_measure_of_all_that_follow) {
  std::size_t long_one = 0, short_ones = 0;
  std::thread([&] { // with a pool of its own
    const auto chain = [](int length) {
      Tape tape;
      Var y = variable(Tensor{1});
      for (int i = 0; i < length; ++i) y = y + 1;
      return pool_stats().bytes_held;
    };
    const std::size_t before = pool_stats().bytes_held;
    const std::size_t after = chain(100'000);
    long_one = after - before;
    chain(3);
    const Tape a, b, c; // of which only one could have the long one's memory
    short_ones = pool_stats().bytes_held - after;
  })
      .join();
#ifndef __SANITIZE_ADDRESS__ // the pool is off under it, and bytes_held counts what was ever asked
  BOOST_TEST(short_ones < long_one / 1000);
#endif
}

BOOST_AUTO_TEST_CASE(a_long_chain_neither_recurses_nor_leaks) {
  // Recursion over 100,000 records would overflow the stack of 8 MB; the pool's bytes show leaks.
  const Var x = variable(Tensor{1, 2, 3});
  std::size_t held[4];
  for (std::size_t& bytes : held) {
    x.zero_grad();
    Tape tape;
    Var y = x;
    for (int i = 0; i < 100'000; ++i) y = y + 1;
    tape.backward(sum(y));
    BOOST_CHECK(same(x.grad(), ones({3})));
    bytes = pool_stats().bytes_held;
  }
#ifndef __SANITIZE_ADDRESS__ // as above
  BOOST_CHECK_EQUAL(held[1], held[2]);
  BOOST_CHECK_EQUAL(held[1], held[3]);
#endif
}

BOOST_AUTO_TEST_CASE(a_pull_back_that_leaves_another_shape) {
  const Var x = variable(Tensor{{1, 2}, {3, 4}});
  Tape tape;
  const Var y{full({2, 2}, 5)};
  const Operand in{x};
  const int line = __LINE__ - 1;
  record("mine", y, {in}, [x] { x.grad() = ones({2}); });
  expect(message_of<ShapeError>([&] {
           tape.backward(y, ones({2, 2}));
         }),
         {"mine at " + here(line), "shape (2)", "shape (2, 2)", "broadcast"});
}

BOOST_AUTO_TEST_CASE(operators_inside_a_pull_back_are_not_recorded) {
  const Var x = variable(Tensor{1, 2});
  Tape tape;
  const Var y{Tensor{1, 4}};
  record("mine", y, {x}, [x, y] {
    Var slope = x;
    for (int i = 0; i < 100; ++i) slope = slope + 0.01 * x; // many records would move the tape's
    x.grad() += (slope * constant(y.grad())).value();
  });
  const Var loss = sum(y);
  tape.backward(loss);
  BOOST_CHECK_EQUAL(tape.size(), 2);
  BOOST_CHECK_LE(distance(x.grad(), Tensor{2, 4}), 1e-12); // a hundred roundings
  BOOST_CHECK(Tape::current() == &tape);
}

BOOST_AUTO_TEST_CASE(finite_check_of_values) {
  const Var x = variable(Tensor{0, 1}), big = variable(Tensor{1, 1e4});
  Tape tape({.check_finite = true});
  const int line = __LINE__;
  const auto log_of_0 = [&] { return sum(log(x)); };
  const auto by_0 = [&] { return sum(1 / x); };
  const auto overflow = [&] { return sum(exp(big)); };
  const auto not_a_number = [&] { return sum(sqrt(x - 1)); };
  expect(message_of<TapeError>(log_of_0), {"log at " + here(line + 1), "value", "not finite"});
  expect(message_of<TapeError>(by_0), {"/ at " + here(line + 2), "value"});
  expect(message_of<TapeError>(overflow), {"exp at " + here(line + 3), "value"});
  expect(message_of<TapeError>(not_a_number), {"sqrt at " + here(line + 4), "value"});
}

BOOST_AUTO_TEST_CASE(finite_check_of_gradients) {
  const Var x = variable(Tensor{0, 4});
  Tape tape({.check_finite = true});
  const int line = __LINE__ + 1;
  const Var y = sqrt(x * 1);
  const Var loss = sum(y * y);
  expect(message_of<TapeError>([&] { tape.backward(loss); }),
         {"pull-back of sqrt at " + here(line), "gradient", "not finite"});
}

BOOST_AUTO_TEST_CASE(without_the_finite_check_nan_passes) {
  const Var x = variable(Tensor{0, 4});
  Tape tape;
  tape.backward(sum(log(x)));
  BOOST_CHECK(std::isinf(x.grad().data()[0]));
  BOOST_CHECK_EQUAL(x.grad().data()[1], real(0.25));
}

// --- parameters that change, threads, places ---

BOOST_AUTO_TEST_CASE(a_parameter_changed_before_the_walk_back_is_named) {
  Parameter w("fc1.weight", {2, 3});
  const auto walk = [&](auto change) {
    Tape tape;
    const Var loss = sum(w * w);
    change();
    tape.backward(loss);
  };
  const auto refused = [](const TapeError& e) {
    return std::string(e.what()).find("\"fc1.weight\" (2) was changed after it was used here") !=
           std::string::npos;
  };
  BOOST_CHECK_EXCEPTION(walk([&] { w.value()(0) = 100; }), TapeError, refused);
  BOOST_CHECK_EXCEPTION(walk([&] { w.set({5, 5}); }), TapeError, refused);
  BOOST_CHECK_EXCEPTION(walk([&] { w.update([](Tensor& x) { x(1) = 7; }); }), TapeError, refused);
  w.zero_grad();
  walk([&] { BOOST_TEST(w.value()(0) == 5); }); // read, not changed
  BOOST_TEST(w.grad()(0) == 10);
  {
    Tape tape; // changed after the walk back, as an optimiser does
    tape.backward(sum(w * w));
    w.value()(0) = 1;
  }
}

BOOST_AUTO_TEST_CASE(versions_count_changes) {
  Parameter w("w", {2, 3});
  const Var& seen = w;
  const auto before = w.version();
  BOOST_TEST(seen.value()(0) == 2);
  BOOST_TEST(w.version() == before);
  w.set({1, 1});
  BOOST_TEST(w.version() > before);
}

BOOST_AUTO_TEST_CASE(looking_at_a_gradient_does_not_make_one) {
  const Var x = variable({1, 2});
  BOOST_TEST(x.grad()(0) == 0);
  BOOST_TEST(!x.has_grad());
  x.grad()(1) = 3;
  BOOST_TEST(x.has_grad());
  x.zero_grad();
  Tape tape;
  tape.backward(sum(x * 0)); // a pull-back was here, with zeros
  BOOST_TEST(x.has_grad());
}

BOOST_AUTO_TEST_CASE(a_parameter_that_is_only_read_again_and_again) {
  Parameter w("w", ones({2, 2})); // not const: value() could be written to
  Tape tape;
  Var h = constant(ones({1, 2}));
  double seen = 0;
  for (int t = 0; t < 3; ++t) {
    h = tanh(matmul(h, w));
    seen += static_cast<double>(w.value()(0, 0));
  }
  tape.backward(sum(h));
  BOOST_CHECK_EQUAL(seen, 3);
}

BOOST_AUTO_TEST_CASE(a_parameter_that_has_grown_has_no_gradient) {
  Parameter w("w", ones({4, 4}));
  const auto look_up = [&](std::int32_t id) {
    Tape tape;
    tape.backward(sum(embedding(w, Indices{id})));
  };
  look_up(1);
  w.set(ones({2000, 4}));
  BOOST_CHECK(!w.has_grad());
  look_up(1999);
  BOOST_CHECK_EQUAL(w.grad()(1999, 0), 1);
  w.value() = ones({4000, 4});
  look_up(3999);
  BOOST_CHECK_EQUAL(w.grad()(3999, 3), 1);
  BOOST_CHECK_EQUAL(w.grad()(1999, 0), 0);
}

BOOST_AUTO_TEST_CASE(a_parameter_frozen_before_the_walk_back_gets_no_gradient) {
  Parameter w("w", ones({2})), b("b", ones({2}));
  Tape tape;
  const Var y = sum(square(w)) + sum(b);
  w.requires_grad(false);
  tape.backward(y);
  BOOST_CHECK(!w.has_grad());
  BOOST_CHECK(b.has_grad());
}

BOOST_AUTO_TEST_CASE(operators_in_parallel_parts_are_refused_while_a_tape_is_open) {
  const Var w = variable({1, 2});
  const auto job = [&] { parallel_parts(8, [&](std::size_t) { exp(w * 0.1); }); };
  BOOST_CHECK_NO_THROW(job());
  Tape tape;
  BOOST_CHECK_EXCEPTION(job(), TapeError, [](const TapeError& e) {
    return std::string(e.what()).find("inside parallel_parts") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(any_number_of_inputs) {
  Tape tape;
  std::vector<Var> x;
  for (int i = 0; i < 20; ++i) x.push_back(variable({static_cast<real>(i)}));
  const Var y = record("twenty", constant({0}), {x, Caller::here()}, [x] {
    for (const Var& v : x) v.grad() += 2;
  });
  tape.backward(y, ones({1}));
  for (const Var& v : x) BOOST_TEST(v.grad()(0) == 2);
  BOOST_TEST(tape.line(0).inputs.size() == 20u);
}

BOOST_AUTO_TEST_CASE(tapes_closed_in_the_order_in_which_they_were_opened) {
  auto first = std::make_unique<Tape>(), second = std::make_unique<Tape>();
  first.reset();
  BOOST_TEST(Tape::current() == second.get());
  second.reset();
  BOOST_TEST(Tape::current() == static_cast<Tape*>(nullptr));
}

BOOST_AUTO_TEST_CASE(inside_a_layer_the_line_is_its_callers) {
  const Var x = variable({1, 2});
  Tape tape;
  const Caller user{"/home/me/mlp.cpp", 31}, library{"/lib/layer.cpp", 7};
  {
    const std::string outer = "decoder", inner = "decoder.lstm";
    const Inside layer(outer, user);
    const Inside cell(inner, library);
    exp(x);
    BOOST_CHECK_EXCEPTION(x + constant(ones({3})), ShapeError, [](const ShapeError& e) {
      return std::string(e.what()).starts_with("+ at me/mlp.cpp:31, in decoder.lstm: (2) x (3): ");
    });
  }
  exp(x);
  BOOST_TEST(to_string(tape.line(0).caller) == "me/mlp.cpp:31");
  BOOST_TEST(to_string(tape.line(1).caller).find("test_tape.cpp") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
