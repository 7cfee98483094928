#include "autograd/tape.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

thread_local Tape* current_tape = nullptr;
std::atomic<std::uint64_t> tapes_opened{0};
// The length of the last tape. A training step's tape is as long as that of the step before.
thread_local struct { std::size_t records = 0, inputs = 0; } usual;

// While it lives, nothing is recorded.
struct Paused {
  Tape* open = std::exchange(current_tape, nullptr);
  ~Paused() { current_tape = open; }
};

bool all_finite(const Tensor& x) {
  return std::all_of(x.data(), x.data() + x.size(), [](real v) { return std::isfinite(v); });
}

} // namespace

Tape::Tape(TapeOptions options) : options_(options), id_(++tapes_opened), outer_(current_tape) {
  current_tape = this;
  // In powers of two, as a vector grows: then the pool has such blocks from the first tape.
  records_.reserve(std::bit_ceil(usual.records));
  inputs_.reserve(std::bit_ceil(usual.inputs));
}

Tape::~Tape() {
  current_tape = outer_;
  usual = {records_.size(), inputs_.size()};
}

Tape* Tape::current() { return current_tape; }

void Tape::add(const char* op, const Var& y, std::span<const Var* const> inputs, Caller caller,
               PullBack&& pull_back) {
  if (options_.check_finite && !all_finite(y.value()))
    throw TapeError(fmt::format("{} at {}: its value, {}, is not finite", op, to_string(caller),
                                to_string(y.shape())));
  for (const Var* x : inputs) check_input(op, *x, caller);
  //> record
  bool needed = false;
  for (const Var* x : inputs) needed = needed || x->needs_grad();
  if (!needed) return;
  y.node_->needs_grad = true;
  y.node_->tape = id_;
  y.node_->record = records_.size();
  const std::size_t first = inputs_.size();
  for (const Var* x : inputs) inputs_.push_back(*x);
  records_.push_back({op, y, first, inputs.size(), caller, std::move(pull_back)});
  //< record
}

// A leaf has no tape (0). Anything else must have been recorded here: its pull-back stands on the
// tape that computed it, and this tape's backward would never get there.
void Tape::check_input(const char* op, const Var& input, Caller caller) const {
  const auto& node = *input.node_;
  if (node.needs_grad && node.tape != 0 && node.tape != id_)
    throw TapeError(
        fmt::format("{} at {}: an input of shape {} was computed on another tape, which "
                    "this one cannot walk back; detach() it, or compute it again here",
                    op, to_string(caller), to_string(input.shape())));
}

void Tape::backward(const Operand& loss) {
  if (loss.value().size() != 1)
    throw TapeError(fmt::format("backward at {}: the loss has shape {}; reduce it to one entry, or "
                                "pass the gradient that arrives at it as a seed",
                                to_string(loss.caller()), to_string(loss.shape())));
  backward(loss, ones(loss.shape()));
}

void Tape::backward(const Operand& y, const Tensor& seed) {
  begin_backward(y, seed);
  while (step_back() >= 0) {
  }
}

void Tape::begin_backward(const Operand& y, const Tensor& seed) {
  const auto where = [&] { return "backward at " + to_string(y.caller()); };
  if (walked_.file)
    throw TapeError(fmt::format("{}: this tape was walked back already, at {}; open a new Tape for "
                                "the next pass",
                                where(), to_string(walked_)));
  if (!y.needs_grad())
    throw TapeError(where() +
                    ": the loss depends on no parameter or variable recorded on this tape");
  check_input("backward", y, y.caller());
  if (y.node_->tape != id_)
    throw TapeError(where() + ": the loss is a leaf; nothing computed it on this tape");
  if (seed.shape() != y.shape())
    throw ShapeError(fmt::format("{}: the seed is {}, the value {}", where(),
                                 to_string(seed.shape()), to_string(y.shape())));
  y.grad() += seed;
  walked_ = y.caller();
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
      r.pull_back();
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
  records_[i].pull_back();
}

void Tape::check_gradients(const Record& r) const {
  for (const Var& x : inputs(r)) {
    if (!x.has_grad()) continue;
    if (x.grad().shape() != x.shape())
      throw ShapeError(fmt::format("pull-back of {} at {}: it left a gradient of shape {} for an "
                                   "input of shape {}; was a broadcast not summed back?",
                                   r.op, to_string(r.caller), to_string(x.grad().shape()),
                                   to_string(x.shape())));
    if (options_.check_finite && !all_finite(x.grad()))
      throw TapeError(fmt::format("pull-back of {} at {}: the gradient of an input, {}, is not "
                                  "finite",
                                  r.op, to_string(r.caller), to_string(x.shape())));
  }
}

} // namespace tapestry::inline TAPESTRY_PRECISION
