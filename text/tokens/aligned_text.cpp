#include "text/tokens/aligned_text.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/tokens/unicode.hpp"

namespace tapestry {

AlignedText::AlignedText(std::string_view original, BadBytes bad_bytes) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  text_.reserve(original.size());
  std::size_t good = 0; // where the valid bytes before `at` begin
  const auto append_good = [&](std::size_t end) {
    if (end == good) return;
    append_run({text_.size(), good, 1, 1}, end - good);
    text_.append(original.substr(good, end - good));
  };
  for (std::size_t at = 0; at < original.size();) {
    const CodePoint c = code_point_at(original, at);
    at += c.bytes;
    if (c.valid) continue;
    if (bad_bytes == BadBytes::refuse)
      throw FormatError(fmt::format("byte {}: 0x{:02x} is not UTF-8", at - 1,
                                    static_cast<unsigned char>(original[at - 1])));
    append_good(at - 1);
    append_run({text_.size(), at - 1, replacement.size(), 1}, replacement.size());
    text_.append(replacement);
    good = at;
  }
  append_good(original.size());
}

/// Adds a run at the end, or to the last one if that goes on with the same units.
void AlignedText::append_run(const Run& run, std::size_t now_bytes) {
  if (now_bytes == 0) return;
  if (!runs_.empty()) {
    const Run& last = runs_.back();
    const std::size_t units = (run.now_begin - last.now_begin) / last.now;
    if (last.now == run.now && last.was == run.was &&
        last.was_begin + units * last.was == run.was_begin)
      return;
  }
  runs_.push_back(run);
}

//> original-span
Span AlignedText::original(Span now) const {
  if (now.begin > now.end || now.end > text_.size())
    throw std::out_of_range(
        fmt::format("original: bytes {} to {} of a text of {}", now.begin, now.end, text_.size()));
  // The unit that holds a byte: the last run that does not begin behind it, and then by division.
  const auto unit_at = [this](std::size_t byte) -> Span {
    const auto next =
        std::upper_bound(runs_.begin(), runs_.end(), byte,
                         [](std::size_t b, const Run& run) { return b < run.now_begin; });
    const Run& run = *std::prev(next);
    const std::size_t begin = run.was_begin + (byte - run.now_begin) / run.now * run.was;
    return {begin, begin + run.was};
  };
  if (now.begin < now.end) return {unit_at(now.begin).begin, unit_at(now.end - 1).end};
  if (text_.empty()) return {};
  const std::size_t at = unit_at(now.begin).begin; // at the end, where a next unit would begin
  return {at, at};
}
//< original-span

/// The runs of from_ between at_ and `end`, for text that is as long as before.
void AlignedText::Change::copy_runs(std::size_t end) {
  const std::vector<Run>& runs = from_.runs_;
  std::size_t now = to_.text_.size();
  while (at_ < end) {
    while (run_ + 1 < runs.size() && runs[run_ + 1].now_begin <= at_) ++run_;
    const Run& run = runs[run_];
    const std::size_t run_end = run_ + 1 < runs.size() ? runs[run_ + 1].now_begin : end;
    const std::size_t unit = (at_ - run.now_begin) / run.now;
    const std::size_t unit_begin = run.now_begin + unit * run.now;
    const std::size_t was_begin = run.was_begin + unit * run.was;
    std::size_t stop = std::min(end, run_end);
    const std::size_t whole = (stop - unit_begin) / run.now * run.now; // bytes of whole units
    if (at_ == unit_begin && whole > 0) {
      stop = at_ + whole;
      to_.append_run({now, was_begin, run.now, run.was}, whole);
    } else { // a part of a unit stands for all that the unit stands for
      stop = std::min(stop, unit_begin + run.now);
      to_.append_run({now, was_begin, stop - at_, run.was}, stop - at_);
    }
    now += stop - at_;
    at_ = stop;
  }
}

void AlignedText::Change::keep(std::size_t bytes) {
  const std::size_t begin = at_;
  copy_runs(at_ + bytes);
  to_.text_.append(from_.text_, begin, bytes);
}

void AlignedText::Change::swap(std::size_t bytes, std::string_view same_length) {
  copy_runs(at_ + bytes);
  to_.text_.append(same_length);
}

void AlignedText::Change::replace(std::size_t bytes, std::string_view text) {
  const Span was = from_.original({at_, at_ + bytes});
  to_.append_run({to_.text_.size(), was.begin, text.size(), was.end - was.begin}, text.size());
  to_.text_.append(text);
  at_ += bytes;
}

AlignedText AlignedText::Change::finish() {
  keep(from_.text_.size() - at_);
  return std::move(to_);
}

} // namespace tapestry
