// The tape: every operation, in the order in which it ran.
//
// An operation can only use what exists already, so the order of the tape is a topological order of
// the graph, and its reverse is the order in which gradients are complete. `backward` is therefore
// one loop from the tape's end to its beginning: no sort, no recursion, however deep the program.
//
// Pull-backs live here and nowhere else. A variable holds a value and a gradient but does not know
// its inputs, so nothing forms a cycle, and closing the tape frees a chain of any length flat.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/operand.hpp"
#include "autograd/parameter.hpp"
#include "autograd/pull_back.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct TapeOptions {
  /// Check every value and every gradient for NaN and infinity; throw a TapeError that names the
  /// first operator that makes one.
  bool check_finite = false;
};

class Tape {
public:
  /// Recording starts here and ends with the scope. The newest open tape of a thread records.
  explicit Tape(TapeOptions options = {});
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// Adds d(loss)/d(x) to the gradient of every x that the loss was computed from.
  /// Once per tape. loss: one entry, recorded here.
  void backward(const Operand& loss);
  /// The same for a y of any shape and the gradient `seed` that arrives at it, of y's shape.
  void backward(const Operand& y, const Tensor& seed);

  /// backward() in single steps: `begin_backward(loss)`, then `step_back()` pulls one record back
  /// and returns its number, or -1 after the first record of the tape.
  void begin_backward(const Operand& y, const Tensor& seed);
  std::ptrdiff_t step_back();

  /// The number of records.
  std::size_t size() const { return records_.size(); }
  /// What record i holds, for experiments on the tape.
  struct Line {
    const char* op;
    Var output;
    std::span<const Var> inputs;
    Caller caller;
  };
  Line line(std::size_t i) const;
  /// Runs the pull-back of record i alone: from its output's gradient, as it is, to its inputs'.
  void pull_back(std::size_t i);
  /// One line a record: number, operator, shape, inputs, norm of the gradient, source line.
  void print(std::ostream& out) const;
  void print() const;
  /// The same as a graph for graphviz' `dot`.
  std::string to_dot() const;

  /// The tape that records now, or nullptr.
  static Tape* current();
  /// The TapeError of an operator in a part of a parallel job whose caller has a tape open: on
  /// another thread it would go unrecorded.
  static void check_part(const char* op, const InputList& inputs);
  /// Whether this thread is inside of a pull-back.
  static bool walking_back();
  /// Adds a record and marks y as its output, unless no input needs a gradient. Called by `record`.
  void add(const char* op, const Var& y, std::span<const Input> inputs, PullBack&& pull_back);

private:
  template <class T> using Pooled = std::vector<T, PoolAllocator<T>>;

  struct Record {
    const char* op;
    Var output;
    std::size_t first_input, input_count; // a run of inputs_
    Caller caller;
    PullBack pull_back;
  };

  struct Paused { // while it lives, nothing is recorded: a pull-back runs
    Paused();
    ~Paused();
    Tape* open;
    bool before;
  };

  std::span<const Var> inputs(const Record& r) const {
    return {inputs_.data() + r.first_input, r.input_count};
  }
  void write(const char* op, const Var& y, std::span<const Input> inputs, Caller caller,
             PullBack&& pull_back);
  void add_cut(const Var& rows);
  void run(const Record& r);                 // its pull-back
  std::string label(const Var& input) const; // "#3", "fc1.weight", "constant"
  // What is refused: see tape_check.cpp.
  void check_value(const char* op, const Var& y, Caller caller) const;
  void check_input(const char* op, const Var& input, Caller caller) const;
  void check_loss(const Operand& loss) const;
  void check_start(const Operand& y, const Tensor& seed) const;
  void check_versions(const Record& r) const;
  void check_gradients(const Record& r) const;

  TapeOptions options_;
  std::uint64_t id_;
  Tape* outer_;
  Pooled<Record> records_;
  Pooled<Var> inputs_;
  Pooled<std::uint64_t> versions_; // of the inputs, when they were recorded
  std::ptrdiff_t next_back_ = -1;  // the record that step_back() takes next
  Caller walked_{nullptr, 0};      // where backward was called
};

/// Writes y = op(inputs) on the open tape, with the function that adds y's gradient, times the
/// derivative, to the inputs' gradients. Returns y. Without an open tape nothing is kept.
template <class F> Var record(const char* op, Var y, const InputList& inputs, F&& pull_back) {
  if (in_parallel_part()) Tape::check_part(op, inputs);
  if (Tape* tape = Tape::current())
    tape->add(op, y, inputs.all(), PullBack(std::forward<F>(pull_back)));
  return y;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
