// Who runs next: the same programs under several policies, and how many calls each of them makes.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/random.hpp"
#include "keep.hpp"
#include "policies.hpp"
#include "text/corpora/arithmetic.hpp"

using namespace tapestry;

namespace {

struct Policy {
  const char* name;
  std::function<Plan(const Programs&)> plan;
};
Policy own(const char* name, AgendaPolicy policy) {
  return {name, [policy](const Programs& p) { return by_agenda(p, policy); }};
}
// The first two know all programs to their end.
const std::vector<Policy> policies = {
    {"one depth at a time", by_depth},           {"mean depth of all", by_mean_depth},
    own("first come", AgendaPolicy::first_come), own("depth", AgendaPolicy::depth),
    own("largest", AgendaPolicy::largest),       own("new last", AgendaPolicy::new_last)};

// A sentence of n words for a tagger: n steps from the left, n from the right, then the tags.
std::string two_loops(std::size_t n) { return std::string(n, 'F') + std::string(n, 'B') + "T"; }

// A tree in the order of its nodes: D for a digit, and a letter for each operation.
std::string of_tree(const ArithmeticTree& tree) {
  std::string letters;
  for (const ArithmeticNode& node : tree.nodes) {
    const char op = node.kind == ArithmeticKind::digit ? 'D'
                    : node.kind == ArithmeticKind::max ? 'X'
                    : node.kind == ArithmeticKind::min ? 'N'
                                                       : 'A';
    letters.append(node.arguments.size() < 2 ? 1 : node.arguments.size() - 1, op); // two by two
  }
  return letters;
}

// Decides at random what to do at each step, as a parser does.
std::string decisions(std::size_t n, Rng& rng) {
  std::string letters;
  for (std::size_t k = 0; k < n; ++k) letters += rng.chance(0.5) ? "SP" : "SQR";
  return letters + "T";
}

void print_plan(const char* name, const Programs& programs, const Plan& plan,
                const std::vector<std::string>& titles) {
  fmt::print("{}: {} calls\n", name, plan.size());
  for (std::size_t i = 0; i < programs.size(); ++i) {
    std::string line;
    for (const Served& call : plan)
      line += std::count(call.examples.begin(), call.examples.end(), i) ? call.op : '.';
    fmt::print("  {:<20}{}\n", titles[i], line);
  }
  fmt::print("\n");
}

} // namespace

int main() {
  const Programs three = {two_loops(1), two_loops(2), two_loops(5)};
  const std::vector<std::string> titles = {"wait", "birds fly", "the cat sees a bird"};
  fmt::print("What each has to run:\n");
  for (std::size_t i = 0; i < three.size(); ++i) fmt::print("  {:<20}{}\n", titles[i], three[i]);
  fmt::print("\n");
  for (const char* name : {"one depth at a time", "first come", "new last"})
    for (const Policy& p : policies)
      if (std::string(p.name) == name) print_plan(name, three, p.plan(three), titles);
  fmt::print("The fewest calls: {}\n\n", fewest_calls(three));

  // Many batches of each kind.
  constexpr int batches = 200;
  constexpr std::size_t examples = 16;
  fmt::print("Mean calls, {} batches of {}:\n", batches, examples);
  fmt::print("  {:<22}{:>12}{:>12}{:>12}\n", "", "two loops", "trees", "decisions");
  const auto drawn = [&](int kind, Rng& rng) {
    Programs programs;
    for (std::size_t i = 0; i < examples; ++i)
      programs.push_back(kind == 0   ? two_loops(5 + rng.below(36))
                         : kind == 1 ? of_tree(draw_arithmetic({.depth = 1 + rng.below(5)}, rng))
                                     : decisions(5 + rng.below(16), rng));
    return programs;
  };
  const auto mean_calls = [&](const auto& count) {
    std::vector<double> means;
    for (int kind = 0; kind < 3; ++kind) {
      Rng rng(static_cast<std::uint64_t>(kind) + 1);
      std::size_t sum = 0;
      for (int b = 0; b < batches; ++b) sum += count(drawn(kind, rng));
      means.push_back(static_cast<double>(sum) / batches);
    }
    return means;
  };
  const auto print_means = [&](const char* name, const std::vector<double>& m) {
    fmt::print("  {:<22}{:>12.1f}{:>12.1f}{:>12.1f}\n", name, m[0], m[1], m[2]);
  };
  print_means("operators", mean_calls([](const Programs& all) {
                std::size_t n = 0;
                for (const std::string& p : all) n += p.size();
                return n;
              }));
  for (const Policy& p : policies)
    print_means(p.name, mean_calls([&](const Programs& all) { return p.plan(all).size(); }));
  print_means("not fewer than", mean_calls(at_least));

  // Small batches, where the fewest calls can be found.
  fmt::print("\nOf {} batches of 3 short programs, those with the fewest calls, %:\n", batches);
  fmt::print("  {:<22}{:>12}{:>12}{:>12}\n", "", "two loops", "trees", "decisions");
  std::vector<std::vector<int>> best(policies.size(), std::vector<int>(3, 0));
  for (int kind = 0; kind < 3; ++kind) {
    Rng rng(static_cast<std::uint64_t>(kind) + 11);
    for (int b = 0; b < batches; ++b) {
      Programs few;
      for (int i = 0; i < 3; ++i)
        few.push_back(kind == 0   ? two_loops(1 + rng.below(6))
                      : kind == 1 ? of_tree(draw_arithmetic({.depth = 1 + rng.below(2)}, rng))
                                  : decisions(1 + rng.below(5), rng));
      const std::size_t fewest = fewest_calls(few);
      for (std::size_t p = 0; p < policies.size(); ++p)
        best[p][static_cast<std::size_t>(kind)] += policies[p].plan(few).size() == fewest;
    }
  }
  for (std::size_t p = 0; p < policies.size(); ++p)
    fmt::print("  {:<22}{:>12.0f}{:>12.0f}{:>12.0f}\n", policies[p].name,
               100.0 * best[p][0] / batches, 100.0 * best[p][1] / batches,
               100.0 * best[p][2] / batches);

  // Calls against the size of the batch, for the figure.
  std::string tsv = "sentences";
  for (const Policy& p : policies) tsv += fmt::format("\t{}", p.name);
  tsv += "\tat least\n";
  for (const std::size_t n : {1u, 2u, 4u, 8u, 16u, 32u, 64u}) {
    tsv += std::to_string(n);
    std::vector<double> sums(policies.size() + 1, 0);
    Rng rng(7);
    for (int b = 0; b < 50; ++b) {
      Programs all;
      for (std::size_t i = 0; i < n; ++i) all.push_back(two_loops(5 + rng.below(36)));
      for (std::size_t p = 0; p < policies.size(); ++p)
        sums[p] += static_cast<double>(policies[p].plan(all).size()) / 50;
      sums.back() += static_cast<double>(at_least(all)) / 50;
    }
    for (const double s : sums) tsv += fmt::format("\t{:.1f}", s);
    tsv += "\n";
  }
  keep("agenda.tsv", tsv);
}
