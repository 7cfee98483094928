#include "autograd/tape.hpp"

#include <atomic>
#include <bit>
#include <utility>

#include "autograd/base/parallel.hpp"
#include "autograd/leaf.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

thread_local Tape* current_tape = nullptr;
thread_local bool walking = false;
std::atomic<std::uint64_t> tapes_opened{0};
// The length of the last tape. A training step's tape is as long as that of the step before.
thread_local struct { std::size_t records = 0, inputs = 0; } usual;

// The threads that help this one are told which tape is open: they must not record.
Tape* switch_to(Tape* tape) {
  set_job_state(tape);
  return std::exchange(current_tape, tape);
}

// While it lives, nothing is recorded: a pull-back runs.
struct Paused {
  Tape* open = switch_to(nullptr);
  bool before = std::exchange(walking, true);
  ~Paused() {
    switch_to(open);
    walking = before;
  }
};

} // namespace

Tape::Tape(TapeOptions options) : options_(options), id_(++tapes_opened), outer_(switch_to(this)) {
  // In powers of two, as a vector grows: then the pool has such blocks from the first tape.
  records_.reserve(std::bit_ceil(usual.records));
  inputs_.reserve(std::bit_ceil(usual.inputs));
  versions_.reserve(std::bit_ceil(usual.inputs));
}

Tape::~Tape() {
  Tape** link = &current_tape; // the newest one, unless they are closed in another order
  while (*link && *link != this) link = &(*link)->outer_;
  if (*link) *link = outer_;
  switch_to(current_tape);
  usual = {records_.size(), inputs_.size()};
}

Tape* Tape::current() { return current_tape; }
bool Tape::walking_back() { return walking; }

void Tape::add(const char* op, const Var& y, std::span<const Input> inputs, PullBack&& pull_back) {
  const Caller line = Inside::line(inputs.empty() ? Caller{"?", 0} : inputs.front().caller);
  check_value(op, y, line);
  for (const Input& x : inputs) check_input(op, *x.var, line);
  write(op, y, inputs, line, std::move(pull_back));
  while (versions_.size() < inputs_.size()) {
    const Var& x = inputs_[versions_.size()];
    versions_.push_back(x.version());
    if (x.node_->leaf) x.node_->leaf->recorded = true;
  }
}

void Tape::write(const char* op, const Var& y, std::span<const Input> inputs, Caller caller,
                 PullBack&& pull_back) {
  //> record
  bool needed = false;
  for (const Input& x : inputs) needed = needed || x.var->needs_grad();
  if (!needed) return;
  y.node_->needs_grad = true;
  y.node_->tape = id_;
  y.node_->record = records_.size();
  const std::size_t first = inputs_.size();
  for (const Input& x : inputs) inputs_.push_back(*x.var);
  records_.push_back({op, y, first, inputs.size(), caller, std::move(pull_back)});
  //< record
}

void Tape::backward(const Operand& loss) {
  check_loss(loss);
  backward(loss, ones(loss.shape()));
}

void Tape::backward(const Operand& y, const Tensor& seed) {
  begin_backward(y, seed);
  while (step_back() >= 0) {
  }
}

void Tape::begin_backward(const Operand& y, const Tensor& seed) {
  check_start(y, seed);
  y.grad() += seed;
  y.node_->reached = true;
  walked_ = Inside::line(y.caller());
  next_back_ = static_cast<std::ptrdiff_t>(y.node_->record);
}

//> step-back
std::ptrdiff_t Tape::step_back() {
  while (next_back_ >= 0) {
    const std::ptrdiff_t number = next_back_--;
    const Record& r = records_[static_cast<std::size_t>(number)];
    if (!r.output.has_grad()) continue; // the loss does not depend on it
    {
      const Paused no_records; // one more could move r away
      run(r);
    }
    check_gradients(r);
    return number;
  }
  return -1;
}
//< step-back

Tape::Line Tape::line(std::size_t i) const {
  const Record& r = records_[i];
  return {r.op, r.output, inputs(r), r.caller};
}

void Tape::pull_back(std::size_t i) {
  const Paused no_records;
  run(records_[i]);
}

void Tape::run(const Record& r) {
  check_versions(r);
  r.pull_back();
  for (const Var& x : inputs(r))
    if (x.needs_grad())
      x.node_->reached = x.node_->has_grad;
    else if (x.node_->leaf) // frozen since it was recorded
      x.zero_grad();
}

} // namespace tapestry::inline TAPESTRY_PRECISION
