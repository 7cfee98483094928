#include "autograd/check/diagnosis/diagnosis.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "autograd/check/diagnosis/hypotheses.hpp"
#include "autograd/check/diagnosis/tape_trials.hpp"
#include "autograd/check/diagnosis/time.hpp"
#include "autograd/check/thresholds.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

using Explanation = Findings (*)(const Evidence&, std::size_t argument);

// These look at the numbers that are there ...
constexpr Explanation of_the_numbers[] = {
    is_zero,
    sign_is_flipped,
    has_a_factor,
    arguments_are_swapped,
    is_transposed,
    is_stale,
    stops_in_time,
    has_a_factor_in_a_block,
    is_shifted,
    is_reversed,
    is_only_partly_summed,
    takes_the_wrong_branch,
    is_right_on_one_side,
    lacks_a_factor,
    is_in_wrong_entries,
    differs_by_a_constant,
    differs_by_a_known_value,
    differs_between_entries,
    meets_the_wrong_rows,
    flows_back_wrongly,
    is_scaled_by_output,
    is_a_known_value,
    follows_the_wrong_axis,
    differs_by_one_product,
};
// ... and these measure the function at other points.
constexpr Explanation of_other_points[] = {uses_other_values, uses_its_input_for_its_output};

void keep_cheapest(Findings& found) {
  int least = 9;
  for (const Finding& f : found) least = std::min(least, f.cost);
  std::erase_if(found, [&](const Finding& f) { return f.cost > least; });
}

Findings explain(const Evidence& e, std::size_t a) {
  Findings found;
  const auto ask = [&](Explanation h) {
    for (Finding& f : h(e, a)) found.push_back(std::move(f));
  };
  for (Explanation h : of_the_numbers) ask(h);
  if (std::none_of(found.begin(), found.end(), [](const Finding& f) { return f.cost <= 1; }))
    for (Explanation h : of_other_points) ask(h);
  keep_cheapest(found);
  if (!found.empty()) return found;
  const auto first = first_step(e);
  if (!first || !first->looks[0].wrong(a)) return found;
  for (Explanation h : of_the_numbers)
    for (Finding& f : h(*first, a)) {
      f.evidence += " (in the first step, into which nothing flows back)";
      found.push_back(std::move(f));
    }
  keep_cheapest(found);
  return found;
}

// What can be said of a gradient that no hypothesis explains: where it is wrong.
std::string unexplained(const Evidence& e, std::size_t a) {
  const Look& look = e.example(a);
  std::vector<bool> wrong(look.columns[a].size());
  for (std::size_t c = 0; c < wrong.size(); ++c)
    wrong[c] = !equal(look.numeric[a], look.analytic[a], [&](std::size_t d) { return d == c; });
  const auto count = static_cast<std::size_t>(std::count(wrong.begin(), wrong.end(), true));
  std::string where = look.numeric[a].whole ? place(wrong, look.point[a].shape()) : "";
  if (!where.empty()) where = ", " + where;
  std::string seen;
  if (!look.cotangents.empty())
    seen = fmt::format(" (of {} outputs, only {} mixtures were seen: check smaller sizes)",
                       look.output.size(), look.cotangents.size());
  else if (!look.numeric[a].whole)
    seen = fmt::format(" (of {} entries, only {} were seen: check smaller sizes)",
                       look.point[a].size(), wrong.size());
  return fmt::format("{} of {} entries of {} differ{}; no hypothesis explains all of them{}", count,
                     wrong.size(), e.name(a), where, seen);
}

// Another point where f is probably defined too: the same numbers, shuffled and scaled a little.
Point nearby(const Point& point, Rng& rng) {
  Point moved = point;
  for (Tensor& x : moved) {
    std::vector<real> values(x.storage().begin(), x.storage().end());
    rng.shuffle(values);
    for (std::size_t i = 0; i < x.size(); ++i)
      x.data()[i] = values[i] * static_cast<real>(rng.uniform(0.8, 1.2));
  }
  return moved;
}

void add_known(Look& look, const std::optional<Blamed>& blamed) {
  const auto add = [&](const std::string& name, const Tensor& x) {
    const bool there = std::any_of(look.known.begin(), look.known.end(), [&](const Tensor& k) {
      return k.shape() == x.shape() && k.storage() == x.storage();
    });
    if (there) return;
    look.known.push_back(x);
    look.known_names.push_back(name);
  };
  for (std::size_t a = 0; a < look.point.size(); ++a) add(look.subject->name(a), look.point[a]);
  add("the output", look.output);
  if (!blamed) return;
  look.subject->move_to(look.point);
  const std::vector<Tensor> inputs = inputs_of(*look.subject, blamed->record);
  for (std::size_t i = 0; i < inputs.size(); ++i) add(fmt::format("input {}", i + 1), inputs[i]);
}

// How long a measurement has taken: slow functions are seen at fewer points.
class Clock {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// Several points of every shape, seen at the operator that is to blame.
Evidence collect(const std::vector<Place>& places, Rng& rng, const std::optional<Blamed>& first) {
  Evidence e;
  const Clock clock;
  const std::size_t points = places.size() > 1 ? 2 : 4;
  for (const Place& place : places) {
    const auto blamed =
        &place == places.data() ? first : first_wrong_record(*place.subject, place.point, rng);
    if (blamed) place.subject->watch(blamed->record);
    // Where only another point shows a difference, the first may tell what is kept from it.
    const bool moved = place.point != place.subject->home();
    for (std::size_t i = 0; i < points && clock.seconds() < limit::most_seconds; ++i) try {
        const Point& home = place.subject->home();
        Look look = look_at(*place.subject,
                            i == 0            ? place.point
                            : i == 1 && moved ? home
                                              : nearby(place.point, rng),
                            rng);
        const bool all_finite = std::all_of(look.numeric.begin(), look.numeric.end(), finite) &&
                                std::all_of(look.analytic.begin(), look.analytic.end(), finite);
        add_known(look, blamed);
        if (all_finite) e.looks.push_back(std::move(look));
      } catch (const std::exception&) { // f may not be defined at the other points
      }
  }
  return e;
}

void add(GradcheckReport& report, const Findings& found, const std::string& argument) {
  for (const Finding& f : found) {
    const auto same = [&](const Diagnosis& d) {
      return d.name == f.name && (d.evidence == f.evidence || d.argument == argument);
    };
    if (std::none_of(report.diagnoses.begin(), report.diagnoses.end(), same))
      report.diagnoses.push_back({f.name, argument, f.evidence});
  }
}

// What shows without any finite difference: on the tape, by experiments on single pull-backs.
Findings seen_on_the_tape(const Place& place, Rng& rng) {
  Subject& subject = *place.subject;
  subject.move_to(place.point);
  Findings seen = try_every_record(subject, rng);
  for (const Finding& f : seen) // then no two passes can be compared
    if (f.name == fault::random || f.name == fault::not_finite) return seen;
  for (const Finding& f : later_call_changes(subject, nearby(place.point, rng), rng))
    seen.push_back(f);
  return seen;
}

// What the Jacobians of every argument that is wrong show.
void explain_arguments(const Evidence& e, GradcheckReport& report, int& least) {
  std::vector<std::size_t> unknown;
  for (std::size_t a = 0; a < e.looks[0].point.size(); ++a) {
    if (!e.example(a).wrong(a)) continue;
    if (const std::string steps = step_by_step(e, a); !steps.empty()) report.steps.push_back(steps);
    const Findings found = explain(e, a);
    if (found.empty())
      unknown.push_back(a);
    else
      least = std::min(least, found[0].cost);
    add(report, found, e.name(a));
  }
  const bool none = report.diagnoses.empty();
  for (std::size_t a : unknown)
    if (none)
      report.diagnoses.push_back({fault::unclassified, e.name(a), unexplained(e, a)});
    else
      report.also_wrong.push_back(e.name(a));
}

} // namespace

void diagnose(const std::vector<Place>& places, Rng rng, GradcheckReport& report) {
  try {
    add(report, seen_on_the_tape(places[0], rng), "");
    if (!report.diagnoses.empty()) return;
    const auto blamed = first_wrong_record(*places[0].subject, places[0].point, rng);
    add(report, find_cuts(*places[0].subject, places[0].point, blamed, rng), "");
    if (!report.diagnoses.empty()) return; // not the operator is wrong, but what it was given
    if (blamed && blamed->records > 1) report.operation = blamed->operation;
    const Evidence e = collect(places, rng, blamed);
    int least = 9;
    if (!e.looks.empty()) explain_arguments(e, report, least);
    for (const Place& place : places) place.subject->watch({});
    if (least >= 2 && blamed) {
      places[0].subject->move_to(places[0].point);
      add(report, changed_upstream(*places[0].subject, blamed->record, rng), "");
    }
    if (report.diagnoses.empty())
      report.diagnoses.push_back(
          {fault::unclassified, "",
           "no entry that was looked at differs by more than it may be off"});
  } catch (const std::exception& error) { // f may not be defined at the points that were tried
    report.diagnoses.push_back(
        {fault::unclassified, "", std::string("a call at another point threw: ") + error.what()});
  }
}

void diagnose(const BrokenPullBack& broken, GradcheckReport& report) {
  report.problem = broken.what();
  const Shape reversed(broken.wanted.rbegin(), broken.wanted.rend());
  const auto add = [&](const char* name, const std::string& evidence) {
    report.diagnoses.push_back({name, "", evidence});
  };
  if (broken.wanted != broken.got) {
    const std::string shapes = fmt::format("a gradient is {}, where {} belongs",
                                           to_string(broken.got), to_string(broken.wanted));
    if (broken.got == reversed)
      add(fault::transposed, shapes + ": a product the wrong way round?");
    else
      add(fault::broadcast, shapes + ": a sum over an axis is missing?");
  } else if (std::string(broken.what()).find("Incompatible dimension") != std::string::npos) {
    // xtensor says no more than that in a build without assertions
    std::string inputs;
    for (const Shape& x : broken.inputs) inputs += (inputs.empty() ? "" : ", ") + to_string(x);
    const std::string fact = fmt::format("two shapes in the pull-back do not fit: y.grad() is {}, "
                                         "the inputs are {}",
                                         to_string(broken.output), inputs);
    const auto& in = broken.inputs;
    const bool product = in.size() >= 2 && in[0].size() == 2 && in[1].size() == 2 &&
                         broken.output.size() == 2 && in[0][0] == broken.output[0] &&
                         in[1][in[1][0] == in[0][1] ? 1 : 0] == broken.output[1];
    const bool sum = broken.output.size() < in[0].size() ||
                     std::any_of(in.begin(), in.end(),
                                 [&](const Shape& x) { return x.size() < broken.output.size(); });
    if (product) add(fault::transposed, fact + ": a product the wrong way round?");
    if (sum)
      add(fault::wrong_axis, fact + ": a sum over the wrong axis, or one without keep_dims?");
    if (!product && !sum) add(fault::shapes, fact);
  }
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
