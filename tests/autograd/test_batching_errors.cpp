// What goes wrong while examples run together: whose error it is, and that nothing is left behind.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "autograd/base/parallel.hpp"
#include "autograd/batching/together.hpp"
#include "tests/autograd/check.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

struct InExample {
  explicit InExample(int& n) : alive(n) { ++alive; }
  ~InExample() { --alive; }
  InExample(const InExample&) = delete;
  InExample& operator=(const InExample&) = delete;
  int& alive;
};

Var doubled(const Var& x) { return tanh(x + x); }

// Calls itself `depth` times and uses about a kilobyte each time.
Var descend(const Var& x, std::size_t depth) {
  volatile char room[1024];
  room[0] = static_cast<char>(depth);
  const Var y = doubled(x);
  return depth == 0 ? y : descend(y, depth - 1) + static_cast<double>(room[0] * 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(together_errors)

BOOST_AUTO_TEST_CASE(an_error_names_its_example_and_unwinds_the_others) {
  int alive = 0;
  const auto run = [&] {
    run_together(5, [&](std::size_t i) {
      const InExample counted(alive);
      Var x = constant(random({1, 3}, i));
      for (int k = 0; k < 3; ++k) x = doubled(x);
      if (i == 3) throw std::runtime_error("no verb");
      return doubled(x);
    });
  };
  BOOST_TEST(message_of<std::runtime_error>(run) == "example 3: no verb");
  BOOST_TEST(alive == 0);
}

BOOST_AUTO_TEST_CASE(an_error_of_another_type_stays_as_it_is) {
  struct Own {
    int number;
  };
  const auto run = [&] {
    run_each_together(3, [&](std::size_t i) {
      doubled(constant(random({1, 3}, i)));
      if (i == 2) throw Own{7};
    });
  };
  BOOST_CHECK_EXCEPTION(run(), Own, [](const Own& e) { return e.number == 7; });
}

BOOST_AUTO_TEST_CASE(a_shape_error_names_the_example_and_the_line) {
  const Var w = variable(random({4, 3}, 1), "w");
  int line = 0;
  const auto run = [&] {
    run_together(4, [&](std::size_t i) {
      const Var x = constant(random({1, i == 2 ? 5u : 3u}, i));
      line = __LINE__ + 1;
      return linear(tanh(x), w);
    });
  };
  const std::string message = message_of<ShapeError>(run);
  BOOST_TEST(contains(message, "example 2: linear at autograd/test_batching_errors.cpp:" +
                                   std::to_string(line)));
  BOOST_TEST(contains(message, "(1, 5) x (4, 3)"));
}

// The call for all of them fails; it is example 1's id that is wrong.
BOOST_AUTO_TEST_CASE(an_error_inside_of_a_call_for_all_comes_to_whose_it_is) {
  const Var table = variable(random({6, 3}, 1), "table");
  const auto run = [&] {
    run_together(4, [&](std::size_t i) {
      return embedding(table, ids_from(std::vector<int>{i == 1 ? 9 : 2}));
    });
  };
  BOOST_TEST(contains(message_of<ShapeError>(run), "example 1: embedding at"));
  BOOST_TEST(contains(message_of<ShapeError>(run), "id 9 is not a row of the table"));
}

BOOST_AUTO_TEST_CASE(a_value_that_is_not_finite_is_its_examples) {
  const auto run = [&] {
    Tape tape({.check_finite = true});
    const Var x = variable(tensor({3}, {1, 0, 2}));
    run_together(3, [&](std::size_t i) { return log(slice(x, 0, i, i + 1)); });
  };
  BOOST_TEST(contains(message_of<TapeError>(run), "example 1: log at"));
}

BOOST_AUTO_TEST_CASE(a_part_of_an_example_fails_and_its_parent_may_go_on) {
  const auto part = [](std::size_t k) {
    const Var x = doubled(constant(random({1, 2}, k)));
    if (k == 1) throw std::invalid_argument("a bad part");
    return doubled(x);
  };
  const auto caught = run_together(3, [&](std::size_t i) -> std::string {
    try {
      if (i != 1) run_together(3, part);
    } catch (const std::invalid_argument& e) {
      doubled(constant(random({1, 2}, i))); // stops inside of the handler, as the other does
      return e.what();
    }
    return "none";
  });
  BOOST_TEST(caught == (std::vector<std::string>{"example 1: a bad part", "none",
                                                 "example 1: a bad part"}),
             boost::test_tools::per_element());
  BOOST_TEST(message_of<std::invalid_argument>([&] {
               run_together(
                   2, [&](std::size_t i) { return i == 0 ? run_together(3, part).size() : 0; });
             }) == "example 0: example 1: a bad part");
}

// Exceptions are handled last in, first out; examples that stop in handlers end in another order.
BOOST_AUTO_TEST_CASE(handlers_of_several_examples_may_be_open_at_once) {
  const auto what = run_together(4, [&](std::size_t i) -> std::string {
    try {
      throw std::runtime_error(std::to_string(i));
    } catch (const std::exception&) {
      Var x = constant(random({1, 2}, i));
      for (std::size_t k = 0; k <= 3 * i % 4; ++k) x = doubled(x);
      try {
        throw; // its own
      } catch (const std::exception& e) {
        return e.what();
      }
    }
  });
  BOOST_TEST(what == (std::vector<std::string>{"0", "1", "2", "3"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_swallows_everything_cannot_go_on_for_ever) {
  int steps = 0;
  const auto run = [&] {
    run_each_together(2, [&](std::size_t i) {
      const Var x = constant(random({1, 2}, i));
      doubled(x);
      if (i == 0) throw std::runtime_error("ended");
      for (int k = 0; k < 5; ++k) {
        try {
          doubled(x);
          ++steps;
        } catch (...) {
        }
      }
    });
  };
  BOOST_TEST(message_of<std::runtime_error>(run) == "example 0: ended");
  BOOST_TEST(steps <= 1);
}

BOOST_AUTO_TEST_CASE(a_recursion_that_is_too_deep_is_refused) {
  const auto run = [](std::size_t depth, std::size_t bytes) {
    return run_together(2,
                        [=](std::size_t i) {
                          return descend(constant(random({1, 2}, i)), depth);
                        },
                        {.stack_bytes = bytes});
  };
  const std::string message = message_of<std::runtime_error>([&] { run(5000, 1 << 20); });
  BOOST_TEST(contains(message, "example 0: + at"));
  BOOST_TEST(contains(message, "less than 64 KB are left of the stack of 1024 KB"));
  BOOST_TEST(run(1000, 16 << 20).size() == 2u);
}

// Each stack is two entries in the system's list of a process's memory; it keeps 65,530.
BOOST_AUTO_TEST_CASE(stacks_of_ended_examples_serve_again) {
  const auto entries = [] {
    std::ifstream maps("/proc/self/maps");
    return std::count(std::istreambuf_iterator<char>(maps), {}, '\n');
  };
  std::ptrdiff_t before = 0, most = 0;
  const auto run = [&](std::size_t n) {
    const auto program = [&](std::size_t i) {
      doubled(constant(random({1, 2}, i)));
      if (i % 50 == 0) most = std::max(most, entries());
    };
    run_each_together(n, program, {.stack_bytes = 192 << 10, .most_at_once = 8});
  };
  run(8);
  before = most;
  run(500);
  BOOST_TEST(most - before < 100); // 984, if each kept its own until all have ended
}

BOOST_AUTO_TEST_CASE(a_stack_that_the_system_cannot_give) {
  const auto run = [] {
    run_each_together(3, [](std::size_t) {}, {.stack_bytes = std::size_t{1} << 48});
  };
  BOOST_TEST(contains(message_of<std::runtime_error>(run),
                      "example 0: the system has no room for one more stack of 274877906944 KB"));
}

BOOST_AUTO_TEST_CASE(a_tape_inside_of_an_example_is_its_own) {
  const Var w = variable(random({3}, 1), "w");
  const auto slope = [&](std::size_t i) {
    const Var x = variable(random({3}, 10 + i));
    const Var before = tanh(w); // with the others, on the outer tape if there is one
    Tape own;
    own.backward(sum(tanh(x) * x));
    return Var(x.grad()) + 0 * constant(before.value());
  };
  std::vector<Var> together;
  {
    const Tape outer;
    together = run_together(4, slope);
  }
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(distance(together[i].value(), slope(i).value()) < 1e-12);
}

BOOST_AUTO_TEST_CASE(inside_of_a_parallel_part) {
  std::vector<real> sums(3);
  parallel_parts(3, [&](std::size_t p) {
    const std::vector<Var> y = run_together(4, [&](std::size_t i) {
      return sum(doubled(constant(random({1, 3}, 10 * p + i))));
    });
    for (const Var& v : y) sums[p] += v.item();
  });
  for (std::size_t p = 0; p < 3; ++p) {
    real expected = 0;
    for (std::size_t i = 0; i < 4; ++i)
      expected += sum(doubled(constant(random({1, 3}, 10 * p + i)))).item();
    BOOST_TEST(std::abs(sums[p] - expected) < 1e-12);
  }
  // A tape is one thread's: with or without examples.
  const Tape tape;
  const Var w = variable(random({3}, 1), "w");
  const auto recorded = [&] {
    parallel_parts(3, [&](std::size_t) { run_together(2, [&](std::size_t) { return tanh(w); }); });
  };
  BOOST_TEST(contains(message_of<TapeError>(recorded), "recorded from inside parallel_parts"));
}

BOOST_AUTO_TEST_CASE(layers_around_examples_are_told_apart) {
  const std::string names[] = {"first", "second", "third"};
  const auto run = [&] {
    run_together(3, [&](std::size_t i) {
      const Inside layer(names[i], Caller{"a/b.cpp", 10 + static_cast<int>(i)});
      const Var x = doubled(constant(random({2}, i)));
      return i == 1 ? x + constant(random({3}, 1)) : doubled(x);
    });
  };
  BOOST_TEST(contains(message_of<ShapeError>(run), "example 1: + at a/b.cpp:11, in second"));
  BOOST_TEST(Inside::line(Caller{"own", 3}).line == 3); // nothing is left behind
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tapestry::inline TAPESTRY_PRECISION
