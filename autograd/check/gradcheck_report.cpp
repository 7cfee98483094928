// What a gradient check tells: to a person, to a program.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ostream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "autograd/check/diagnosis/finding.hpp"
#include "autograd/check/gradcheck.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

std::string painted(const char* code, const std::string& text, bool colours) {
  return colours ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}
constexpr const char *red = "31", *green = "32", *bold = "1", *faint = "2";

// Of the numbers that differ, three of the first argument and one of every other.
std::vector<const GradcheckEntry*> examples(const std::vector<GradcheckEntry>& entries) {
  std::vector<const GradcheckEntry*> all;
  std::size_t last = 0, of_argument = 0;
  for (const GradcheckEntry& e : entries) {
    if (e.agrees) continue;
    if (!all.empty() && e.argument != last) of_argument = 0;
    last = e.argument;
    const bool first = all.empty() || all[0]->argument == e.argument;
    if (++of_argument <= (first ? 3u : 1u)) all.push_back(&e);
  }
  return all;
}

// Every diagnosis once, with the other arguments that have it too.
std::string listed(const std::vector<Diagnosis>& diagnoses, bool colours) {
  std::string text;
  for (std::size_t i = 0; i < diagnoses.size(); ++i) {
    const auto same = [&](const Diagnosis& d) { return d.name == diagnoses[i].name; };
    const auto begin = diagnoses.begin();
    if (std::any_of(begin, begin + static_cast<long>(i), same)) continue;
    std::vector<std::string> others;
    for (std::size_t k = i + 1; k < diagnoses.size(); ++k)
      if (same(diagnoses[k]) && !diagnoses[k].argument.empty())
        others.push_back(diagnoses[k].argument);
    text +=
        fmt::format("  {}: {}\n", painted(bold, diagnoses[i].name, colours), diagnoses[i].evidence);
    if (!others.empty()) text += fmt::format("    likewise {}\n", fmt::join(others, ", "));
  }
  return text;
}

// A bar a decade: the V can be seen without a plot.
std::string drawn(const std::vector<GradcheckReport::CurvePoint>& curve) {
  std::string text = "  step     error of the central difference\n";
  for (const auto& [step, error] : curve) {
    const double decades = error > 0 ? std::max(0.0, std::log10(error) + 16) : 0;
    text += fmt::format("  {:.0e}  {:.0e}  {}\n", step, error,
                        std::string(static_cast<std::size_t>(std::lround(2 * decades)), '#'));
  }
  return text;
}

} // namespace

std::string GradcheckReport::text(bool colours) const {
  const auto wrong = static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(), [](const auto& e) { return !e.agrees; }));
  std::string text = "gradient check: ";
  if (!problem.empty())
    text += painted(red, problem, colours);
  else if (wrong == 0)
    text += painted(green, fmt::format("all {} numbers agree", entries.size()), colours);
  else
    text += painted(red, fmt::format("{} of {} numbers differ", wrong, entries.size()), colours);
  const auto lost = std::count_if(entries.begin(), entries.end(),
                                  [](const auto& e) { return !e.measured && e.numeric != 0; });
  if (lost > 0 && problem.empty()) text += fmt::format(", {} of them lost in rounding", lost);
  if (!shapes.empty()) text += ", with arguments of shapes " + shapes;
  text += moved && problem.empty() ? " (moved off a kink)\n" : "\n";

  const std::vector<const GradcheckEntry*> some = examples(entries);
  for (const GradcheckEntry* e : some)
    text += fmt::format("  {} {}: analytic {:.6g}, numeric {:.6g}, ratio {:.6g}\n",
                        arguments[e->argument], e->where, e->analytic, e->numeric,
                        e->analytic / e->numeric);
  if (wrong > some.size()) text += fmt::format("  ... and {} more\n", wrong - some.size());

  if (!operation.empty())
    text += fmt::format("  {} is the first operator whose gradient is wrong\n",
                        painted(bold, operation, colours));
  for (const std::string& step : steps) text += fmt::format("  {}\n", step);
  text += listed(diagnoses, colours);
  if (!also_wrong.empty())
    text += painted(
        faint,
        fmt::format("  also wrong, perhaps for the same reason: {}\n", fmt::join(also_wrong, ", ")),
        colours);
  if (!unchecked.empty())
    text += fmt::format("  {} on the tape {} not checked: see GradcheckOptions::parameters\n",
                        fmt::join(unchecked, ", "), unchecked.size() > 1 ? "were" : "was");
  if (!curve.empty()) text += drawn(curve);
  return text;
}

std::string GradcheckReport::to_json() const {
  nlohmann::ordered_json j{{"passed", passed}, {"problem", problem}, {"moved", moved}};
  j["shapes"] = shapes;
  j["numbers"] = entries.size();
  j["wrong"] = nlohmann::json::array();
  for (const GradcheckEntry& e : entries)
    if (!e.agrees)
      j["wrong"].push_back({{"argument", arguments[e.argument]},
                            {"where", e.where},
                            {"analytic", e.analytic},
                            {"numeric", e.numeric}});
  j["operation"] = operation;
  j["diagnoses"] = nlohmann::json::array();
  for (const Diagnosis& d : diagnoses)
    j["diagnoses"].push_back(
        {{"name", d.name}, {"argument", d.argument}, {"evidence", d.evidence}});
  j["steps"] = steps;
  j["also_wrong"] = also_wrong;
  j["unchecked"] = unchecked;
  for (const CurvePoint& p : curve) j["curve"].push_back({{"step", p.step}, {"error", p.error}});
  return j.dump(2);
}

void GradcheckReport::print() const {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colours = isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
  std::fputs(text(colours).c_str(), stdout);
}

std::ostream& operator<<(std::ostream& out, const GradcheckReport& report) {
  return out << '\n' << report.text();
}

std::vector<std::string> gradcheck_diagnoses() {
  namespace f = diagnosis::fault;
  return {f::sign_flipped,     f::constant_factor,  f::mean_for_sum,
          f::sum_for_mean,     f::upstream_ignored, f::upstream_not_linear,
          f::upstream_changed, f::random,           f::not_finite,
          f::shapes,           f::overwritten,      f::zero,
          f::broadcast,        f::transposed,       f::swapped,
          f::wrong_operand,    f::wrong_saved,      f::stale,
          f::wrong_axis,       f::wrong_entries,    f::wrong_branch,
          f::missing_term,     f::missing_factor,   f::truncated,
          f::shifted,          f::unclassified};
}

} // namespace tapestry::inline TAPESTRY_PRECISION
