// What the tape itself tells: values that were cut off from it, and the first record that is wrong.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/check/diagnosis/tape_trials.hpp"
#include "autograd/check/finite_difference.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

using Tensors = std::vector<Tensor>;

constexpr std::size_t longest_tape = 400;      // longer ones are not searched
constexpr std::size_t most_work = 200'000'000; // entries computed in a search: a second or two

// The outputs of all records; empty if f writes another tape there.
Tensors outputs_at(Subject& subject, const Point& point) {
  subject.move_to(point);
  Tape tape;
  (void)subject.call();
  Tensors all;
  for (std::size_t i = 0; i < tape.size(); ++i) all.push_back(tape.line(i).output.value());
  return all;
}

} // namespace

Findings find_cuts(Subject& subject, const Point& point) {
  Findings found;
  subject.move_to(point);
  Tape tape;
  (void)subject.call();
  const auto distinct = [](const Tensor& x) {
    return x.size() > 1 && std::any_of(x.storage().begin(), x.storage().end(),
                                       [&](real v) { return v != x.storage()[0]; });
  };
  std::vector<std::pair<std::string, int>> cuts; // what was cut where, and how often
  for (std::size_t i = 0; i < tape.size() && i < longest_tape; ++i)
    for (const Var& x : tape.line(i).inputs) {
      if (x.needs_grad() || !distinct(x.value())) continue;
      const auto copy_of = [&](const Var& v) {
        return v.shape() == x.shape() && v.value().storage() == x.value().storage();
      };
      std::string original;
      for (std::size_t a = 0; a < subject.arguments().size(); ++a)
        if (copy_of(subject.arguments()[a])) original = subject.name(a);
      for (std::size_t j = 0; j < i && original.empty(); ++j)
        if (copy_of(tape.line(j).output)) original = "the result of " + where(tape.line(j));
      if (original.empty()) continue;
      const std::string text = fmt::format("{} uses a copy of {} that is cut off from the tape",
                                           where(tape.line(i)), original);
      const auto same = [&](const auto& cut) { return cut.first == text; };
      if (const auto old = std::find_if(cuts.begin(), cuts.end(), same); old != cuts.end())
        ++old->second;
      else
        cuts.emplace_back(text, 1);
    }
  for (const auto& [text, times] : cuts)
    found.push_back(times > 1 ? Finding{fault::truncated,
                                        fmt::format("{}, {} times in a loop: no gradient flows "
                                                    "from step to step",
                                                    text, times),
                                        0}
                              : Finding{fault::zero, text + ": detach()?", 0});
  return found;
}

std::optional<Blamed> first_wrong_record(Subject& subject, const Point& point, Rng& rng) {
  const Tensors here = outputs_at(subject, point);
  std::size_t entries = 0;
  for (const Tensor& y : here) entries += y.size();
  if (here.empty() || here.size() > longest_tape || here.size() * entries > most_work) return {};
  Tensors cotangents;
  for (const Tensor& y : here) cotangents.push_back(normal(y.shape(), 0, 1, rng));

  // Along random directions, how fast does every record's output change?
  constexpr std::size_t directions = 4;
  const double h = 10 * usual_step();
  std::vector<Point> along;
  std::vector<std::vector<double>> numeric;
  for (std::size_t d = 0; d < directions; ++d) {
    Point direction, up = point, down = point;
    for (std::size_t a = 0; a < point.size(); ++a) {
      direction.push_back(normal(point[a].shape(), 0, 1, rng));
      for (std::size_t i = 0; i < point[a].size(); ++i) {
        real& v = direction[a].data()[i];
        const real x = point[a].data()[i];
        v *= x == 0 ? 1 : std::abs(x); // of the arguments' own size: signs stay
        up[a].data()[i] += static_cast<real>(h) * v;
        down[a].data()[i] -= static_cast<real>(h) * v;
      }
    }
    const Tensors above = outputs_at(subject, up), below = outputs_at(subject, down);
    if (above.size() != here.size() || below.size() != here.size()) return {};
    std::vector<double> slopes;
    for (std::size_t i = 0; i < here.size(); ++i)
      slopes.push_back((contract(cotangents[i], above[i]) - contract(cotangents[i], below[i])) /
                       (2 * h));
    numeric.push_back(std::move(slopes));
    along.push_back(std::move(direction));
  }

  subject.move_to(point);
  std::optional<Blamed> blamed;
  for (std::size_t i = 0; i < here.size() && !blamed; ++i) {
    subject.watch(i);
    const Tensors gradients = subject.pull_back(cotangents[i]);
    double difference = 0, size = 0;
    for (std::size_t d = 0; d < directions; ++d) {
      double analytic = 0;
      for (std::size_t a = 0; a < point.size(); ++a)
        analytic += contract(along[d][a], gradients[a]);
      difference = std::max(difference, std::abs(analytic - numeric[d][i]));
      size = std::max({size, std::abs(analytic), std::abs(numeric[d][i])});
    }
    const double allowed = sizeof(real) == 8 ? 1e-5 : 0.05;
    if (difference <= allowed * size + 1e-12) continue;
    Tape tape;
    (void)subject.call();
    blamed = {i, tape.size(), where(tape.line(i))};
  }
  subject.watch({});
  return blamed;
}

std::vector<Tensor> inputs_of(Subject& subject, std::size_t record) {
  Tape tape;
  (void)subject.call();
  std::vector<Tensor> inputs;
  if (record < tape.size())
    for (const Var& x : tape.line(record).inputs) inputs.push_back(x.value());
  return inputs;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
