#include "tests/planted/table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

std::string names(const GradcheckReport& report) {
  std::string text;
  for (const Diagnosis& d : report.diagnoses)
    if (text.find(d.name) == std::string::npos) text += (text.empty() ? "" : ", ") + d.name;
  return report.passed ? "it passed" : text.empty() ? "no diagnosis" : text;
}

Row judge(const std::string& name, const std::vector<Planted>& mistakes, std::vector<Miss>& misses,
          std::uint64_t seed) {
  Row row{name};
  for (const Planted& p : mistakes) {
    const GradcheckReport report = p.check(true, seed), at_one_shape = p.check(false, seed);
    const bool covered = !p.expected.empty();
    ++row.planted;
    row.rejected += !report.passed;
    row.covered += covered;
    row.named += covered && p.named(report);
    row.alone += covered && p.named_alone(report);
    row.named_at_one_shape += covered && p.named(at_one_shape);
    if (report.passed || (covered && !p.named_alone(report)))
      misses.push_back({p.op, p.mistake, p.expected, names(report)});
  }
  return row;
}

} // namespace

std::vector<Row> judge_all(std::vector<Miss>& misses, std::uint64_t seed) {
  std::vector<Row> rows{{"all"}};
  const auto add = [&](const char* name, const std::vector<Planted>& mistakes) {
    rows.push_back(judge(name, mistakes, misses, seed));
  };
  add("functions", in_functions());
  add("arithmetic", in_arithmetic());
  add("reductions", in_reductions());
  add("shaping, look-up", in_shaping());
  add("products", in_products());
  add("softmax, losses", in_softmax());
  add("pictures", in_pictures());
  add("sequences", in_sequences());
  add("hard to see", hard_to_see());
  add("written afterwards", written_later());
  add("by a second hand", by_a_second_hand());
  add("beside layers", beside_layers());
  for (std::size_t i = 1; i < rows.size(); ++i) {
    rows[0].planted += rows[i].planted;
    rows[0].rejected += rows[i].rejected;
    rows[0].covered += rows[i].covered;
    rows[0].named += rows[i].named;
    rows[0].alone += rows[i].alone;
    rows[0].named_at_one_shape += rows[i].named_at_one_shape;
  }
  return rows;
}

std::string table(const std::vector<Row>& rows) {
  std::string text =
      fmt::format("{:20}{:>9}{:>10}{:>9}{:>13}{:>13}{:>14}\n", "operators", "planted", "rejected",
                  "covered", "named", "alone", "at one shape");
  const auto share = [](std::size_t n, std::size_t of) {
    return fmt::format("{} ({:.0f} %)", n, of > 0 ? 100.0 * double(n) / double(of) : 100.0);
  };
  for (const Row& r : rows)
    text += fmt::format("{:20}{:>9}{:>10}{:>9}{:>13}{:>13}{:>14}\n", r.name, r.planted, r.rejected,
                        r.covered, share(r.named, r.covered), share(r.alone, r.covered),
                        share(r.named_at_one_shape, r.covered));
  return text;
}

std::string list(const std::vector<Miss>& misses) {
  std::string text;
  for (const Miss& m : misses)
    text +=
        fmt::format("{}, {}: \"{}\" expected, named \"{}\"\n", m.op, m.mistake, m.expected, m.got);
  return text;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
