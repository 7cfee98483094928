#include "text/corpora/arithmetic.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/corpora/line_reader.hpp"

namespace tapestry {
namespace {

constexpr std::array<std::pair<std::string_view, ArithmeticKind>, 3> operation_names = {
    {{"max", ArithmeticKind::max}, {"min", ArithmeticKind::min}, {"add", ArithmeticKind::add}}};

std::string_view name_of(ArithmeticKind kind) {
  for (const auto& [name, own] : operation_names)
    if (own == kind) return name;
  return "digit";
}

// From left to right, with the operations that are open on a stack of our own.
class ArithmeticParser {
public:
  ArithmeticParser(std::string_view text, const std::string& where, const ArithmeticLimits& limits)
      : text_(text), where_(where), limits_(limits) {}

  ArithmeticTree parse() {
    for (skip_spaces(); !done_; skip_spaces()) {
      if (at_ == text_.size()) fail_at_end();
      if (expect_value_)
        value();
      else if (text_[at_] == ',')
        ++at_, expect_value_ = true;
      else if (text_[at_] == ')')
        ++at_, close();
      else
        fail(at_, fmt::format("'{}'; expected a comma or ')'", one_line({text_[at_]})));
    }
    if (at_ < text_.size())
      fail(at_, text_[at_] == ')' ? "a bracket closes that was never opened"
                                  : "expected nothing behind the end");
    return std::move(tree_);
  }

private:
  struct Open {
    ArithmeticNode node;
    std::size_t column;
  };

  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  [[noreturn]] void fail(std::size_t at, const std::string& problem) const {
    throw FormatError(fmt::format("{}: column {}: {}", where_, at + 1, problem));
  }
  [[noreturn]] void fail_at_end() const {
    if (open_.empty()) fail(at_, "expected a digit or an operation");
    fail(open_.back().column,
         fmt::format("the bracket of {}( is not closed", name_of(open_.back().node.kind)));
  }

  void value() {
    const std::size_t begin = at_;
    const auto run = [&](char first, char last) {
      while (at_ < text_.size() && first <= text_[at_] && text_[at_] <= last) ++at_;
      return text_.substr(begin, at_ - begin);
    };
    if (const std::string_view digits = run('0', '9'); !digits.empty()) {
      if (digits.size() > 1) fail(begin, "a number above 9; expected one digit");
      return put({ArithmeticKind::digit, digits[0] - '0', {}}, begin);
    }
    const std::string_view name = run('a', 'z');
    for (const auto& [own, kind] : operation_names)
      if (name == own) {
        skip_spaces();
        if (at_ == text_.size() || text_[at_] != '(')
          fail(at_, fmt::format("expected ( behind {}", name));
        open_.push_back({{kind, 0, {}}, begin});
        if (open_.size() > limits_.most_depth)
          fail(begin, fmt::format("deeper than {}", limits_.most_depth));
        ++at_;
        return;
      }
    fail(begin, "expected a digit, max, min or add");
  }

  void close() {
    Open last = std::move(open_.back());
    open_.pop_back();
    put(std::move(last.node), last.column);
  }

  // A value that is complete: an argument of what is open, or the root.
  void put(ArithmeticNode node, std::size_t column) {
    if (tree_.nodes.size() == limits_.most_nodes)
      fail(column, fmt::format("more than {} nodes", limits_.most_nodes));
    tree_.nodes.push_back(std::move(node));
    expect_value_ = false;
    if (open_.empty())
      done_ = true, skip_spaces();
    else
      open_.back().node.arguments.push_back(tree_.nodes.size() - 1);
  }

  std::string_view text_;
  const std::string& where_;
  ArithmeticLimits limits_;
  std::size_t at_ = 0;
  bool expect_value_ = true, done_ = false;
  std::vector<Open> open_;
  ArithmeticTree tree_;
};

} // namespace

std::vector<std::vector<std::size_t>> ArithmeticTree::levels() const {
  std::vector<std::size_t> height(nodes.size(), 0);
  std::vector<std::vector<std::size_t>> levels;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const std::size_t k : nodes[i].arguments) height[i] = std::max(height[i], height[k] + 1);
    if (levels.size() <= height[i]) levels.resize(height[i] + 1);
    levels[height[i]].push_back(i);
  }
  return levels;
}

std::size_t ArithmeticTree::depth() const { return nodes.empty() ? 0 : levels().size() - 1; }

std::vector<int> ArithmeticTree::values() const {
  std::vector<int> worth;
  for (const ArithmeticNode& node : nodes) {
    int v = node.arguments.empty() ? node.digit : worth[node.arguments[0]];
    for (std::size_t k = 1; k < node.arguments.size(); ++k) {
      const int other = worth[node.arguments[k]];
      v = node.kind == ArithmeticKind::max   ? std::max(v, other)
          : node.kind == ArithmeticKind::min ? std::min(v, other)
                                             : (v + other) % 10;
    }
    worth.push_back(v);
  }
  return worth;
}

std::string ArithmeticTree::to_text() const {
  std::string text;
  struct Step {
    std::size_t node, argument;
  };
  std::vector<Step> open;
  if (!nodes.empty()) open.push_back({nodes.size() - 1, 0});
  while (!open.empty()) {
    const auto [i, k] = open.back();
    const ArithmeticNode& node = nodes[i];
    if (k < node.arguments.size()) {
      text += k == 0 ? std::string(name_of(node.kind)) + "(" : ", ";
      ++open.back().argument;
      open.push_back({node.arguments[k], 0});
    } else {
      text += node.arguments.empty() ? std::to_string(node.digit) : ")";
      open.pop_back();
    }
  }
  return text;
}

ArithmeticTree parse_arithmetic(std::string_view text, const std::string& where,
                                const ArithmeticLimits& limits) {
  return ArithmeticParser(text, where, limits).parse();
}

std::vector<ArithmeticTree> read_arithmetic(const std::string& path,
                                            const ArithmeticLimits& limits) {
  std::vector<ArithmeticTree> trees;
  LineReader lines(path, 16 * limits.most_nodes);
  for (std::string line; lines.next(line);)
    if (line.find_first_not_of(" \t") != std::string::npos)
      trees.push_back(
          parse_arithmetic(line, fmt::format("{}: line {}", path, lines.number()), limits));
  return trees;
}

inline namespace TAPESTRY_PRECISION {

ArithmeticTree draw_arithmetic(const ArithmeticOptions& o, Rng& rng) {
  if (o.operations.empty() || o.most_arguments < 2)
    throw std::invalid_argument("draw_arithmetic: expected operations, and two arguments at least");
  struct Open {
    ArithmeticNode node;
    std::vector<std::size_t> depths; // of the arguments that are still to be drawn
  };
  ArithmeticTree tree;
  std::vector<Open> open;
  std::optional<std::size_t> wanted = o.depth; // of the next node, or the last one is complete
  for (;;) {
    if (wanted && *wanted > 0) {
      Open next{{rng.pick(o.operations), 0, {}}, {}};
      const std::size_t deepest = *wanted - 1, n = 2 + rng.below(o.most_arguments - 1);
      for (std::size_t k = 0; k < n; ++k)
        next.depths.push_back(rng.below(std::min(deepest, o.side_depth) + 1));
      next.depths[rng.below(n)] = deepest;
      open.push_back(std::move(next));
    } else {
      ArithmeticNode node;
      if (wanted)
        node.digit = static_cast<int>(rng.below(10));
      else
        node = std::move(open.back().node), open.pop_back();
      tree.nodes.push_back(std::move(node));
      if (open.empty()) return tree;
      open.back().node.arguments.push_back(tree.nodes.size() - 1);
    }
    wanted.reset();
    if (std::vector<std::size_t>& left = open.back().depths; !left.empty()) {
      wanted = left.back();
      left.pop_back();
    }
  }
}

} // namespace TAPESTRY_PRECISION
} // namespace tapestry
