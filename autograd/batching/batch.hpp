// The examples that run together: who runs, who waits, and what becomes of errors.
#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <vector>

#include "autograd/batching/agenda.hpp"
#include "autograd/batching/batched.hpp"
#include "autograd/batching/fiber.hpp"
#include "autograd/batching/together.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

class Tape;

class Batch {
public:
  explicit Batch(const TogetherOptions& options);

  using Program = std::function<void(std::size_t)>;
  /// Runs the program for examples 0 .. n-1 to their end. Throws the error of the first that fails,
  /// with its number, when the others' stacks have been unwound.
  void run(std::size_t n, const Program& program);
  /// The same for parts of the example that runs now: they join the others.
  void run_within(std::size_t n, const Program& program);

  /// Lets the example that runs now wait for an operator. -> its one or two results, or nothing if
  /// it is to run it alone
  BatchedResults wait(const Request& request, const BatchedCall& call);
  /// Whether operators called now are those of the example: not of a tape, of a finite difference
  /// or of a parallel job that it has opened. While one of these is open, its stack cannot change.
  bool in_own_scopes() const;

private:
  struct Example;
  struct Family { // what one call of run_together has to finish
    Example* parent = nullptr;
    std::deque<Example> members;
    std::size_t unfinished = 0;
    std::exception_ptr error;
    bool cancelled = false; // the others have been told of the error
  };
  enum class Verdict { none, done, alone, cancelled };

  void begin(Family& family, std::size_t n, const Program& program);
  void work();
  Example* turn_of();
  void enter(Example& example);
  void end(Example& example);
  void cancel(Example& example);
  void execute(const WaitingGroup& group);
  void run_together_now(const WaitingGroup& group);

  TogetherOptions options_;
  Agenda agenda_;
  std::deque<Example*> fresh_, ready_; // that have not begun; that go on
  std::size_t stacks_ = 0;             // of those that have begun and not ended
  Example* running_ = nullptr;
  std::size_t begun_ = 0;
  Tape* tape_;
  int rehearsals_;
  bool in_part_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
