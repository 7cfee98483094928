#include "expect.hpp"

#include "autograd/batching/agenda.hpp"
#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/matmul.hpp"

using namespace tapestry;

namespace {

const char* const names[] = {"a", "b", "c"};
enum Op { a, b, c };

const Request& request(Op op) {
  static const Request all[] = {{names[a], Caller::here(), {}},
                                {names[b], Caller::here(), {}},
                                {names[c], Caller::here(), {}}};
  return all[op];
}

struct Player {
  explicit Player(AgendaPolicy policy) : agenda(policy) {}
  Player& add(Op op, std::size_t example, std::size_t depth = 0) {
    agenda.add({&request(op), example, depth, this});
    return *this;
  }
  Agenda agenda;
};

// The next group is one of this operator, for these examples.
void expect_next(const std::string& what, Player& player, Op op,
                 const std::vector<std::size_t>& examples) {
  expect(what, !player.agenda.empty(), "nothing waits any more");
  const WaitingGroup group = player.agenda.next();
  std::string problem = std::string("it ran ") + group.signature.op() + " for";
  std::vector<double> numbers{static_cast<double>(group.signature.op()[0] - 'a')};
  bool same = group.signature.op() == names[op] && group.members.size() == examples.size();
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    same = same && group.members[i].example == examples[i];
    problem += " " + std::to_string(group.members[i].example);
    numbers.push_back(static_cast<double>(group.members[i].example));
  }
  expect(what, same, problem, numbers);
}

} // namespace

STEP("first come") {
  Player p(AgendaPolicy::first_come);
  p.add(b, 0).add(a, 1).add(a, 2).add(b, 3);
  expect_next("b came before a", p, b, {0, 3});
  p.add(b, 0);
  expect_next("a has waited longer than the new b", p, a, {1, 2});
  expect_next("then the new b", p, b, {0});
}

STEP("the largest") {
  Player p(AgendaPolicy::largest);
  p.add(a, 0).add(b, 1).add(b, 2).add(c, 3).add(c, 4);
  expect_next("of 1, 2 and 2 examples, the first of 2", p, b, {1, 2});
  p.add(a, 1).add(a, 2);
  expect_next("of 3 and 2 examples", p, a, {0, 1, 2});
  expect_next("then the one that is left", p, c, {3, 4});
}

STEP("the mean depth") {
  Player p(AgendaPolicy::depth);
  p.add(b, 0, 2).add(a, 1, 1).add(a, 2, 1).add(a, 3, 2); // means 2 and 4/3
  expect_next("depths 1, 1 and 2 against one of 2", p, a, {1, 2, 3});
  p.add(c, 1, 1).add(c, 2, 2); // mean 1.5
  expect_next("depths 1 and 2 against one of 2", p, c, {1, 2});
  p.add(c, 1, 2);
  expect_next("equal depths: who stands first", p, b, {0});
  Player q(AgendaPolicy::depth);
  q.add(a, 0, 1).add(a, 1, 1).add(a, 2, 2).add(b, 3, 1); // 4/3 is more than 1
  expect_next("depths 1, 1 and 2 against one of 1", q, b, {3});
}

STEP("new last: whoever has met it least waits longest") {
  Player p(AgendaPolicy::new_last);
  p.add(a, 0).add(b, 1).add(b, 2).add(b, 3); // 4 examples: 3 are still to meet a, 1 is to meet b
  expect_next("a waits for 3 examples, b for 1", p, b, {1, 2, 3});
}

STEP("new last: more that come lower the rank") {
  Player p(AgendaPolicy::new_last);
  p.add(a, 0).add(a, 1).add(a, 2).add(b, 3).add(b, 4).add(c, 5);
  expect_next("a waits for 3, b for 4, c for 5", p, a, {0, 1, 2});
  p.add(c, 0).add(c, 1).add(c, 2); // now c waits for 2
  expect_next("c waits for 2, b for 4", p, c, {0, 1, 2, 5});
}

STEP("new last: nobody is waited for once it has run") {
  Player p(AgendaPolicy::new_last);
  p.add(a, 0);
  expect_next("nothing else", p, a, {0});
  p.add(b, 1).add(b, 2).add(b, 3).add(a, 0); // of 4 examples, b waits for one
  expect_next("a has run, b is new", p, a, {0});
}

STEP("new last: of what waits for nobody, the largest") {
  Player p(AgendaPolicy::new_last);
  p.add(a, 0).add(a, 1).add(b, 2).add(b, 3).add(b, 4);
  expect_next("a waits for 3, b for 2", p, b, {2, 3, 4});
  p.add(b, 2); // b has run: it waits for nobody
  expect_next("b has run, a is new", p, b, {2});
  p.add(a, 2).add(a, 3).add(a, 4); // all have met a
  p.add(b, 2);
  expect_next("all have met a, and it is the largest", p, a, {0, 1, 2, 3, 4});
  p.add(a, 0).add(a, 1);
  expect_next("both have run: the largest", p, a, {0, 1});
}

STEP("a use: two loops of sentences of other lengths") {
  const Var there = variable(random({4, 4}, 1), "there"),
            back = variable(random({4, 4}, 2), "back");
  const auto program = [&](std::size_t i) {
    Var x = constant(random({1, 4}, i));
    for (std::size_t step = 0; step < 2 + i; ++step) x = linear(x, there);
    for (std::size_t step = 0; step < 2 + i; ++step) x = linear(x, back);
    return x;
  };
  const auto calls = [&](AgendaPolicy policy) {
    TogetherCounts counts;
    const std::vector<Var> y = run_together(6, program, {.policy = policy, .counts = &counts});
    for (std::size_t i = 0; i < 6; ++i)
      expect_equal("the values of example " + std::to_string(i), y[i].value(), program(i).value());
    return static_cast<double>(counts.calls + counts.alone);
  };
  expect_equal("calls of new_last: seven there, seven back", calls(AgendaPolicy::new_last), 14);
  expect("calls of first_come", calls(AgendaPolicy::first_come) > 14, "not more than new_last's");
}
