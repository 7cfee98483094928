// Which tape is open: on this thread, and for the threads that help it.
#include <atomic>
#include <bit>
#include <utility>

#include "autograd/base/parallel.hpp"
#include "autograd/tape.hpp"

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

Tape::Paused::Paused() : open(switch_to(nullptr)), before(std::exchange(walking, true)) {}

Tape::Paused::~Paused() {
  switch_to(open);
  walking = before;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
