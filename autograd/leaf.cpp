#include "autograd/leaf.hpp"

#include "autograd/base/rehearsal.hpp"
#include "autograd/parameter.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var::Leaf& Var::leaf() const {
  if (!node_->leaf) node_->leaf = std::allocate_shared<Leaf>(PoolAllocator<Leaf>{});
  return *node_->leaf;
}

const std::string& Var::name() const {
  static const std::string none;
  return node_->leaf ? node_->leaf->name : none;
}

// --- the gradient's rows ---

void Var::Leaf::whole_gradient() {
  all_zero = false;
  if (Tape::walking_back())
    rows.all();
  else
    rows.lend();
}

void Var::Leaf::clear(Tensor& gradient) {
  if (rows.is_all()) return; // not before somebody needs it
  rows.clear(gradient);
  rows.all();
  all_zero = true;
}

// What is kept of products belongs to the gradient, and comes into it before anybody looks.
void Var::settle() const {
  if (node_->leaf && !node_->leaf->products.empty()) node_->leaf->products.settle(*node_->grad);
}

void Var::add_to_grad(const WeightProduct& product) const {
  if (!node_->leaf) return WeightProducts::add_now(grad(), product);
  node_->leaf->whole_gradient();
  forget_misfit();
  node_->leaf->products.add(gradient(), product);
}

Tensor& Var::grad_rows(std::span<const std::int32_t> ids) const {
  Leaf& l = leaf();
  forget_misfit();
  settle();
  if (!node_->has_grad) {
    l.rows.begin();
    if (l.all_zero && node_->grad->shape() == shape()) node_->has_grad = true;
  } else if (!node_->reached && l.rows.is_all()) { // somebody looked
    l.rows.begin();
    l.rows.lend();
  }
  Tensor& g = gradient();
  l.all_zero = false;
  l.rows.add(ids);
  return g;
}

std::optional<std::span<const std::int32_t>> Var::touched_rows() const {
  if (!node_->leaf || !node_->has_grad || node_->leaf->rows.is_all()) return {};
  settle();
  return node_->leaf->rows.sorted(*node_->grad);
}

// --- the value's version ---

std::uint64_t Var::version() const { return node_->leaf ? node_->leaf->version : 0; }

bool Var::changed_since(std::uint64_t version) const {
  if (!node_->leaf || node_->leaf->version == version) return false;
  if (rehearsing()) return false; // finite differences change values and put them back
  const Leaf& l = *node_->leaf;
  return !(l.kept && l.kept_first <= version && version <= l.kept_last && is_kept());
}

bool Var::is_kept() const {
  const std::optional<Tensor>& kept = node_->leaf->kept;
  return kept && kept->shape() == shape() &&
         std::equal(value().data(), value().data() + value().size(), kept->data());
}

Parameter::Parameter(std::string name, Tensor value) : Var(std::move(value)) {
  node_->needs_grad = true;
  leaf().name = std::move(name);
}

Tensor& Parameter::value() {
  Leaf& l = leaf();
  if (l.recorded) {
    if (!is_kept()) {
      l.kept = node_->value;
      l.kept_first = l.version;
    }
    l.kept_last = l.version;
    l.recorded = false;
  }
  ++l.version;
  return node_->value;
}

// A parameter that has grown: what was its gradient is none of the new one.
void Var::forget_misfit() const {
  if (!node_->leaf) return;
  Leaf& l = *node_->leaf;
  if (node_->has_grad && (l.grad_version == l.version || node_->grad->shape() == shape())) return;
  l.grad_version = l.version;
  if (!node_->has_grad) return;
  node_->has_grad = node_->reached = false;
  l.products.forget();
  l.rows.all();
}

void Parameter::set(Tensor value) {
  update([&](Tensor& x) { x = std::move(value); });
}

void Parameter::count_change() {
  Leaf& l = leaf();
  l.kept.reset();
  l.recorded = false;
  ++l.version;
}

// --- what a module and an optimiser say of it ---

void Parameter::rename(const std::string& name) {
  std::string& own = leaf().name;
  if (!own.ends_with("." + name)) own = name;
}

void Parameter::requires_grad(bool on) {
  node_->needs_grad = on;
  if (!on) zero_grad();
}

} // namespace tapestry::inline TAPESTRY_PRECISION
