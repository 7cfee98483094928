#include "autograd/batching/batch.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "autograd/base/rehearsal.hpp"
#include "autograd/batching/example_error.hpp"
#include "autograd/batching/joined_rows.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

constexpr std::size_t least_stack = std::size_t{128} << 10, stack_reserve = std::size_t{64} << 10;

// Unwinds the stack of an example that is not wanted any more. Not a std::exception, so that the
// program does not take it for an error.
struct Cancelled {};

} // namespace

struct Batch::Example {
  Example(Family& f, std::size_t i, std::size_t global, std::size_t stack_bytes,
          std::function<void()> program)
      : family(f), number(i), order(global), fiber(stack_bytes, std::move(program)) {}

  Family& family;
  std::size_t number; // among the family
  std::size_t order;  // among all
  Fiber fiber;
  std::size_t depth = 0;
  Family* children = nullptr; // while it waits for them
  // While it waits for an operator, and when it has been served.
  const Request* request = nullptr;
  const BatchedCall* call = nullptr;
  BatchedResults results;
  Verdict verdict = Verdict::none;
};

Batch::Batch(const TogetherOptions& options)
    : options_(options), agenda_(options.policy), tape_(Tape::current()),
      rehearsals_(detail::rehearsals), in_part_(in_parallel_part()) {
  options_.stack_bytes = std::max(options_.stack_bytes, least_stack);
}

bool Batch::in_own_scopes() const {
  return Tape::current() == tape_ && !Tape::walking_back() && detail::rehearsals == rehearsals_ &&
         in_parallel_part() == in_part_;
}

// --- whole examples ---

void Batch::run(std::size_t n, const Program& program) {
  Batch* const outer = std::exchange(running_batch, nullptr);
  Family family;
  begin(family, n, program);
  work();
  running_batch = outer;
  if (family.error) std::rethrow_exception(family.error);
}

void Batch::run_within(std::size_t n, const Program& program) {
  if (n == 0) return;
  Example& parent = *running_;
  Family family;
  family.parent = &parent;
  begin(family, n, program);
  parent.children = &family;
  parent.fiber.suspend();
  parent.children = nullptr;
  if (parent.verdict == Verdict::cancelled) throw Cancelled();
  if (family.error) std::rethrow_exception(family.error);
}

void Batch::begin(Family& family, std::size_t n, const Program& program) {
  family.unfinished = n;
  for (std::size_t i = 0; i < n; ++i) {
    family.members.emplace_back(family, i, begun_++, options_.stack_bytes, [&family, &program, i] {
      try {
        program(i);
      } catch (const Cancelled&) {
      } catch (...) {
        if (!family.error) family.error = error_of_example(std::current_exception(), i);
      }
    });
    if (family.parent) family.members.back().depth = family.parent->depth;
    fresh_.push_back(&family.members.back());
  }
}

//> work
// Everybody runs until it waits. Then one operator is run for all that wait for it, and these go
// on.
void Batch::work() {
  for (;;)
    if (Example* const next = turn_of())
      enter(*next);
    else if (agenda_.empty())
      return;
    else
      execute(agenda_.next());
}
//< work

// Who runs now; null if all wait. Where many have begun, the others begin when some have ended, or
// when these wait for nothing but them.
Batch::Example* Batch::turn_of() {
  const bool room = stacks_ < options_.most_at_once || agenda_.empty();
  std::deque<Example*>& from = ready_.empty() && room ? fresh_ : ready_;
  if (from.empty()) return nullptr;
  Example* const next = from.front();
  from.pop_front();
  return next;
}

void Batch::enter(Example& example) {
  if (example.fiber.begun() || example.verdict != Verdict::cancelled) {
    if (!example.fiber.begun()) ++stacks_;
    running_ = &example;
    running_batch = this;
    try {
      example.fiber.resume();
    } catch (...) { // there was no room for its stack
      if (!example.family.error)
        example.family.error = error_of_example(std::current_exception(), example.number);
    }
    running_batch = nullptr;
    running_ = nullptr;
    if (example.fiber.begun() && !example.fiber.ended()) return;
    --stacks_;
  }
  end(example);
}

void Batch::end(Example& example) {
  Family& family = example.family;
  if (family.error && !std::exchange(family.cancelled, true))
    for (Example& other : family.members) cancel(other);
  if (--family.unfinished == 0 && family.parent) ready_.push_back(family.parent);
}

// It is unwound when its turn comes: at once, or when its own parts are.
void Batch::cancel(Example& example) {
  if (example.fiber.ended() || example.verdict == Verdict::cancelled) return;
  example.verdict = Verdict::cancelled;
  if (example.children)
    for (Example& child : example.children->members) cancel(child);
  if (!example.request) return; // its turn comes in any case
  agenda_.remove(&example);
  example.request = nullptr;
  ready_.push_back(&example);
}

// --- their operators ---

BatchedResults Batch::wait(const Request& request, const BatchedCall& call) {
  Example& example = *running_;
  if (example.verdict == Verdict::cancelled) throw Cancelled(); // the last one was swallowed
  if (example.fiber.stack_left() < stack_reserve)
    throw std::runtime_error(fmt::format(
        "{} at {}: less than {} KB are left of the stack of {} KB; is a recursion too "
        "deep? Walk without one, or set stack_bytes",
        request.op, Inside::describe(request.at), stack_reserve >> 10, options_.stack_bytes >> 10));
  example.request = &request;
  example.call = &call;
  example.verdict = Verdict::none;
  agenda_.add({&request, example.order, example.depth++, &example});
  example.fiber.suspend();
  example.request = nullptr;
  if (example.verdict == Verdict::cancelled) throw Cancelled();
  return std::exchange(example.results, {});
}

void Batch::execute(const WaitingGroup& group) {
  bool together = group.members.size() > 1;
  try {
    if (together) run_together_now(group);
  } catch (...) {
    together = false; // each runs its own, and the error comes to whose it is
  }
  if (options_.counts) {
    options_.counts->operators += group.members.size();
    (together ? options_.counts->calls : options_.counts->alone) +=
        together ? 1 : group.members.size();
  }
  for (const Waiting& w : group.members) {
    Example& example = *static_cast<Example*>(w.owner);
    example.verdict = together ? Verdict::done : Verdict::alone;
    if (!together) example.results.clear();
    example.request = nullptr;
    ready_.push_back(&example);
  }
}

//> run-group
void Batch::run_together_now(const WaitingGroup& group) {
  const auto example_of = [](const Waiting& w) -> Example& {
    return *static_cast<Example*>(w.owner);
  };
  const Request& first = *group.members[0].request;
  std::vector<Operand, PoolAllocator<Operand>> x;
  std::vector<std::size_t, PoolAllocator<std::size_t>> rows;
  std::vector<const Var*, PoolAllocator<const Var*>> parts;
  for (std::size_t k = 0; k < first.stacked.size(); ++k) {
    parts.clear();
    for (const Waiting& w : group.members) {
      std::size_t n = 0;
      for (const Var& part : w.request->stacked[k].parts) {
        parts.push_back(&part);
        n += JoinedRows::rows(part.shape());
      }
      if (k == 0) rows.push_back(n);
    }
    x.emplace_back(JoinedRows::join(parts, JoinedRows::width(parts[0]->shape()), first.at),
                   first.at);
  }
  Joined all{x, {}, rows};
  if (first.ids) {
    std::size_t n = 0;
    for (const Waiting& w : group.members) n += w.request->ids->size();
    all.ids = Indices::from_shape({n});
    std::int32_t* to = all.ids.data();
    for (const Waiting& w : group.members)
      to = std::copy_n(w.request->ids->data(), w.request->ids->size(), to);
  }

  using Clock = std::chrono::steady_clock;
  const auto begin = options_.counts ? Clock::now() : Clock::time_point{};
  const BatchedResults results = (*example_of(group.members[0]).call)(all);
  if (options_.counts)
    options_.counts->call_seconds += std::chrono::duration<double>(Clock::now() - begin).count();

  for (std::size_t k = 0; k < results.size(); ++k) {
    std::size_t row = 0;
    for (const Waiting& w : group.members) {
      const Shape& shape = k == 0 ? w.request->shape : w.request->second_shape;
      example_of(w).results.push_back(JoinedRows::cut(results[k], row, shape));
      row += JoinedRows::rows(shape);
    }
  }
}
//< run-group

// --- what operators call ---

BatchedResults wait_for_others(const Request& request, const BatchedCall& call) {
  if (!running_batch->in_own_scopes()) return {};
  return running_batch->wait(request, call);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
