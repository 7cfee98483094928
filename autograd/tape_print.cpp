// Pictures of a tape: a table for the terminal, a graph for graphviz.
#include <cmath>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

std::string gradient_norm(const Var& x) {
  if (!x.has_grad()) return "-";
  double squares = 0;
  for (real g : x.grad().storage()) squares += static_cast<double>(g) * static_cast<double>(g);
  return fmt::format("{:.4g}", std::sqrt(squares));
}

} // namespace

std::string Tape::label(const Var& input) const {
  if (input.node_->tape == id_) return fmt::format("#{}", input.node_->record);
  if (!input.name().empty()) return input.name();
  return input.needs_grad() ? "variable" : "constant";
}

void Tape::print(std::ostream& out) const {
  fmt::print(out, "{:>4}  {:<14} {:<16} {:<24} {:>9}  {}\n", "#", "operator", "shape", "inputs",
             "|grad|", "line");
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const Record& r = records_[i];
    std::string from;
    for (const Var& x : inputs(r)) from += (from.empty() ? "" : ", ") + label(x);
    fmt::print(out, "{:>4}  {:<14} {:<16} {:<24} {:>9}  {}\n", i, r.op, to_string(r.output.shape()),
               from, gradient_norm(r.output), to_string(r.caller));
  }
}

void Tape::print() const { print(std::cout); }

std::string Tape::to_dot() const {
  std::string dot = "digraph tape {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n";
  std::size_t leaves = 0;
  std::vector<std::pair<const void*, std::string>> drawn; // leaves, by identity
  const auto leaf = [&](const Var& x) {
    for (const auto& [node, name] : drawn)
      if (node == x.node_.get()) return name;
    const std::string name = fmt::format("leaf{}", leaves++);
    drawn.emplace_back(x.node_.get(), name);
    dot += fmt::format("  {} [label=\"{}\\n{}\\n|grad| {}\", style=\"{}\"];\n", name, label(x),
                       to_string(x.shape()), gradient_norm(x),
                       x.needs_grad() ? "filled,rounded" : "dashed,rounded");
    return name;
  };
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const Record& r = records_[i];
    dot += fmt::format("  n{} [label=\"#{} {}\\n{}\\n|grad| {}\"];\n", i, i, r.op,
                       to_string(r.output.shape()), gradient_norm(r.output));
    for (const Var& x : inputs(r)) {
      const std::string from = x.node_->tape == id_ ? fmt::format("n{}", x.node_->record) : leaf(x);
      dot += fmt::format("  {} -> n{};\n", from, i);
    }
  }
  return dot + "}\n";
}

} // namespace tapestry::inline TAPESTRY_PRECISION
