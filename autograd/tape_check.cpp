// What a tape refuses, and in which words.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

bool all_finite(const Tensor& x) {
  return std::all_of(x.data(), x.data() + x.size(), [](real v) { return std::isfinite(v); });
}

std::string backward_at(const Operand& y) { return "backward at " + Inside::describe(y.caller()); }

} // namespace

void Tape::check_value(const char* op, const Var& y, Caller caller) const {
  if (options_.check_finite && !all_finite(y.value()))
    throw TapeError(fmt::format("{} at {}: its value, {}, is not finite", op,
                                Inside::describe(caller), to_string(y.shape())));
}

// A leaf has no tape (0). Anything else must have been recorded here: its pull-back stands on the
// tape that computed it, and this tape's backward would never get there.
void Tape::check_input(const char* op, const Var& input, Caller caller) const {
  const auto& own = input.node_;
  const auto& node = own->joined && own->tape == 0 ? *own->joined : *own;
  if (node.needs_grad && node.tape != 0 && node.tape != id_)
    throw TapeError(
        fmt::format("{} at {}: an input of shape {} was computed on another tape, which "
                    "this one cannot walk back; detach() it, or compute it again here",
                    op, Inside::describe(caller), to_string(input.shape())));
}

void Tape::check_part(const char* op, const InputList& inputs) {
  if (job_state())
    throw TapeError(
        fmt::format("{} at {}: recorded from inside parallel_parts while a tape is open "
                    "outside; a tape is one thread's",
                    op, Inside::describe(inputs.all().front().caller)));
}

void Tape::check_loss(const Operand& loss) const {
  if (loss.value().size() != 1)
    throw TapeError(fmt::format("{}: the loss has shape {}; reduce it to one entry, or pass the "
                                "gradient that arrives at it as a seed",
                                backward_at(loss), to_string(loss.shape())));
}

void Tape::check_start(const Operand& y, const Tensor& seed) const {
  if (walked_.file)
    throw TapeError(fmt::format("{}: this tape was walked back already, at {}; open a new Tape for "
                                "the next pass",
                                backward_at(y), to_string(walked_)));
  if (!y.needs_grad())
    throw TapeError(backward_at(y) +
                    ": the loss depends on no parameter or variable recorded on this tape");
  check_input("backward", y, y.caller());
  if (y.node_->tape != id_)
    throw TapeError(backward_at(y) + ": the loss is a leaf; nothing computed it on this tape");
  if (seed.shape() != y.shape())
    throw ShapeError(fmt::format("{}: the seed is {}, the value {}", backward_at(y),
                                 to_string(seed.shape()), to_string(y.shape())));
}

void Tape::check_versions(const Record& r) const {
  for (std::size_t i = 0; i < r.input_count; ++i) {
    const Var& x = inputs_[r.first_input + i];
    if (x.changed_since(versions_[r.first_input + i]))
      throw TapeError(fmt::format("pull-back of {} at {}: \"{}\" {} was changed after it was used "
                                  "here; walk back first, then change it",
                                  r.op, to_string(r.caller), x.name(), to_string(x.shape())));
  }
}

void Tape::check_gradients(const Record& r) const {
  for (const Var& x : inputs(r)) {
    if (!x.has_grad()) continue;
    if (options_.check_finite) x.settle();
    const Tensor& g = *x.node_->grad;
    if (g.shape() != x.shape())
      throw ShapeError(fmt::format("pull-back of {} at {}: it left a gradient of shape {} for an "
                                   "input of shape {}; was a broadcast not summed back?",
                                   r.op, to_string(r.caller), to_string(g.shape()),
                                   to_string(x.shape())));
    if (options_.check_finite && !all_finite(g))
      throw TapeError(fmt::format("pull-back of {} at {}: the gradient of an input, {}, is not "
                                  "finite",
                                  r.op, to_string(r.caller), to_string(x.shape())));
  }
}

} // namespace tapestry::inline TAPESTRY_PRECISION
