// What the tape itself tells: the first record that is wrong, and values that were cut off from it.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/check/diagnosis/tape_trials.hpp"
#include "autograd/check/finite_difference.hpp"
#include "autograd/check/thresholds.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

using Tensors = std::vector<Tensor>;

// The outputs of all records; empty if f writes another tape there.
Tensors outputs_at(Subject& subject, const Point& point) {
  subject.move_to(point);
  Tape tape;
  (void)subject.call();
  Tensors all;
  for (std::size_t i = 0; i < tape.size(); ++i) all.push_back(tape.line(i).output.value());
  return all;
}

// What all records take in, one after the other.
Tensors all_inputs(Subject& subject, const Point& point) {
  subject.move_to(point);
  Tape tape;
  (void)subject.call();
  Tensors all;
  for (std::size_t i = 0; i < tape.size(); ++i)
    for (const Var& x : tape.line(i).inputs) all.push_back(x.value());
  return all;
}

// The point, moved by t along a direction.
Point moved(const Point& point, const Point& direction, double t) {
  Point p = point;
  for (std::size_t a = 0; a < p.size(); ++a) p[a] += static_cast<real>(t) * direction[a];
  return p;
}

// Of the arguments' own size: signs stay.
Point random_direction(const Point& point, Rng& rng) {
  Point direction;
  for (const Tensor& x : point) {
    direction.push_back(normal(x.shape(), 0, 1, rng));
    for (std::size_t i = 0; i < x.size(); ++i)
      direction.back().data()[i] *= x.data()[i] == 0 ? 1 : std::abs(x.data()[i]);
  }
  return direction;
}

// A derivative along one direction, of one record, and how far it may be off.
struct Slope {
  double value, error;
};

// All records of f's tape at a point: which of them have wrong derivatives with respect to the
// arguments, and which of those matter.
class CulpritSearch {
public:
  CulpritSearch(Subject& subject, const Point& point, Rng& rng) : subject_(subject), point_(point) {
    here_ = outputs_at(subject, point);
    records_ = here_.size();
    double entries = 0;
    for (const Tensor& y : here_) entries += static_cast<double>(y.size());
    if (records_ > limit::longest_tape ||
        static_cast<double>(records_) * entries > limit::most_work)
      records_ = 0;
    for (std::size_t i = 0; i < records_; ++i)
      cotangents_.push_back(normal(here_[i].shape(), 0, 1, rng));
    for (int d = 0; d < 4 && records_ > 0; ++d) measure_along(random_direction(point, rng));
    verdicts_.assign(records_, unknown);
    find_consumers();
  }

  // The first wrong record from which wrong ones lead to the output. A wrong one that others make
  // good, as the detached maximum of a softmax, is nobody's fault.
  std::optional<std::size_t> first_wrong() {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < records_ && !first; ++i)
      if (matters(i)) first = i;
    subject_.watch({});
    subject_.move_to(point_);
    return first;
  }
  std::size_t records() const { return records_; }

private:
  enum Verdict { unknown, right, wrong, made_good, wrong_to_the_end };

  // How fast does every record's output change along a direction? Two steps, of which the longer
  // tells how far the shorter may be off.
  void measure_along(const Point& direction) {
    const double h = 10 * usual_step();
    std::vector<Slope> slopes(records_);
    for (double step : {h, h / 2}) {
      const Tensors above = outputs_at(subject_, moved(point_, direction, step)),
                    below = outputs_at(subject_, moved(point_, direction, -step));
      if (above.size() != records_ || below.size() != records_) {
        records_ = 0; // f takes another way there
        return;
      }
      for (std::size_t i = 0; i < records_; ++i) {
        const Tensor& c = cotangents_[i];
        if (above[i].size() != c.size() || below[i].size() != c.size()) continue;
        const double slope = (contract(c, above[i]) - contract(c, below[i])) / (2 * step);
        double weight = 0;
        for (std::size_t k = 0; k < c.size(); ++k)
          weight += std::abs(double(c.data()[k]) * double(here_[i].data()[k]));
        slopes[i] = {slope, std::abs(slope - slopes[i].value) + 8 * limit::eps * weight / step};
      }
    }
    numeric_.push_back(std::move(slopes));
    along_.push_back(direction);
  }

  void find_consumers() {
    if (records_ == 0) return;
    subject_.move_to(point_);
    Tape tape;
    const Var y = subject_.call();
    consumers_.resize(records_);
    for (std::size_t i = 0; i < records_; ++i) {
      const Var output = tape.line(i).output;
      if (&output.value() == &y.value()) last_ = i;
      for (std::size_t j = i + 1; j < records_; ++j)
        for (const Var& x : tape.line(j).inputs)
          if (&x.value() == &output.value()) consumers_[i].push_back(j);
    }
  }

  bool is_wrong(std::size_t i) {
    if (verdicts_[i] != unknown) return verdicts_[i] != right;
    subject_.move_to(point_);
    subject_.watch(i);
    const Tensors gradients = subject_.pull_back(cotangents_[i]);
    double gap = 0, size = 0;
    for (std::size_t d = 0; d < along_.size(); ++d) {
      double analytic = 0;
      for (std::size_t a = 0; a < point_.size(); ++a)
        analytic += contract(along_[d][a], gradients[a]);
      const Slope& numeric = numeric_[d][i];
      gap = std::max(gap, std::abs(analytic - numeric.value) - numeric.error);
      size = std::max({size, std::abs(analytic), std::abs(numeric.value)});
    }
    const bool off = gap > limit::same_slope * size + limit::nothing;
    verdicts_[i] = off ? wrong : right;
    return off;
  }

  bool matters(std::size_t i) {
    if (!is_wrong(i)) return false;
    if (verdicts_[i] != wrong) return verdicts_[i] == wrong_to_the_end;
    const bool to_the_end = i == last_ || std::any_of(consumers_[i].begin(), consumers_[i].end(),
                                                      [&](std::size_t j) { return matters(j); });
    verdicts_[i] = to_the_end ? wrong_to_the_end : made_good;
    return to_the_end;
  }

  Subject& subject_;
  const Point& point_;
  Tensors here_, cotangents_;
  std::size_t records_ = 0, last_ = 0;
  std::vector<std::vector<std::size_t>> consumers_;
  std::vector<Point> along_;
  std::vector<std::vector<Slope>> numeric_; // for every direction, those of all records
  std::vector<Verdict> verdicts_;
};

} // namespace

std::optional<Blamed> first_wrong_record(Subject& subject, const Point& point, Rng& rng) {
  CulpritSearch search(subject, point, rng);
  const auto record = search.first_wrong();
  if (!record) return {};
  Tape tape;
  (void)subject.call();
  return Blamed{*record, tape.size(), where(tape.line(*record))};
}

Findings find_cuts(Subject& subject, const Point& point, const std::optional<Blamed>& blamed,
                   Rng& rng) {
  struct Cut {
    std::string text;
    int times;
    bool to_blame;
  };
  std::vector<Cut> cuts; // what was cut where, and how often
  const Tensors before =
      all_inputs(subject, moved(point, random_direction(point, rng), 10 * usual_step()));
  subject.move_to(point);
  Tape tape;
  (void)subject.call();
  std::size_t number = 0; // of the input, counted over the whole tape
  for (std::size_t i = 0; i < tape.size() && i < limit::longest_tape; ++i) {
    const Tape::Line line = tape.line(i);
    for (std::size_t k = 0; k < line.inputs.size(); ++k, ++number) {
      const Var x = line.inputs[k];
      const bool changes = number < before.size() && before[number].shape() == x.shape() &&
                           before[number].storage() != x.value().storage();
      if (x.needs_grad() || !changes) continue;
      const auto copy_of = [&](const Var& v) {
        return v.shape() == x.shape() && v.value().storage() == x.value().storage();
      };
      std::string original;
      for (std::size_t a = 0; a < subject.arguments().size(); ++a)
        if (copy_of(subject.arguments()[a])) original = subject.name(a);
      for (std::size_t j = 0; j < i && original.empty(); ++j)
        if (copy_of(tape.line(j).output)) original = "the result of " + where(tape.line(j));
      const std::string text =
          original.empty()
              ? fmt::format("input {} of {} is a constant, but changes when the arguments do: was "
                            "it computed outside of the tape, or detached?",
                            k + 1, where(line))
              : fmt::format("{} uses a copy of {} that is cut off from the tape: detach()?",
                            where(line), original);
      const bool to_blame = !blamed || i == blamed->record;
      const auto same = [&](const Cut& cut) { return cut.text == text; };
      if (const auto old = std::find_if(cuts.begin(), cuts.end(), same); old != cuts.end())
        ++old->times, old->to_blame = old->to_blame || to_blame;
      else
        cuts.push_back({text, 1, to_blame});
    }
  }
  Findings found;
  for (const auto& [text, times, to_blame] : cuts)
    if (to_blame)
      found.push_back(times > 1 ? Finding{fault::truncated,
                                          fmt::format("{} {} times in a loop: no gradient flows "
                                                      "from step to step",
                                                      text, times),
                                          0}
                                : Finding{fault::zero, text, 0});
  return found;
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
