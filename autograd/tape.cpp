#include "autograd/tape.hpp"

#include <utility>

#include "autograd/leaf.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

void Tape::add(const char* op, const Var& y, std::span<const Input> inputs, PullBack&& pull_back) {
  const Caller line = Inside::line(inputs.empty() ? Caller{"?", 0} : inputs.front().caller);
  check_value(op, y, line);
  for (const Input& x : inputs) {
    check_input(op, *x.var, line);
    add_cut(*x.var);
  }
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

// Rows of a joined matrix (batching/joined_rows.hpp) are not recorded before something is computed
// from them.
void Tape::add_cut(const Var& rows) {
  const auto& joined = rows.node_->joined;
  if (!joined || !joined->needs_grad || rows.node_->tape != 0) return;
  if (joined->tape != 0 && joined->tape != id_) return;
  const Var all(joined); // (N, w)
  const Input from = all;
  add("cut", rows, {&from, 1}, PullBack([rows, all, begin = rows.node_->first_row] {
        const Tensor& dy = rows.grad();
        real* const to = all.grad().data() + begin * all.shape()[1];
        for (std::size_t i = 0; i < dy.size(); ++i) to[i] += dy.data()[i];
      }));
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
  add_cut(y);
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
