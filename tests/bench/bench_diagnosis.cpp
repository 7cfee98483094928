// How good the gradient check's diagnosis is: planted mistakes that are rejected and named, and
// right functions that are not rejected. Chapter 4 shows what it prints.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "keep.hpp"
#include "tests/planted/right_cases.hpp"
#include "tests/planted/table.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  CLI::App app{"Planted mistakes against the diagnosis of the gradient check"};
  std::string file;
  std::size_t cases = 10'000;
  std::uint64_t seed = 1;
  app.add_option("--json", file, "write the rows to this file");
  app.add_option("--cases", cases, "how many right functions are checked");
  app.add_option("--seed", seed, "of all checks");
  CLI11_PARSE(app, argc, argv);

  std::vector<planted::Miss> misses;
  const std::vector<planted::Row> rows = planted::judge_all(misses, seed);
  fmt::print("{}\nmissed, or not alone:\n{}\n", planted::table(rows), planted::list(misses));
  const std::vector<std::string> alarms = planted::false_alarms(cases, seed);
  for (const std::string& alarm : alarms) fmt::print("false alarm: {}", alarm);
  fmt::print("{} right functions, {} false alarms\n", cases, alarms.size());
  keep("planted.json", fmt::format("{{\"planted\": {}, \"right\": {}, \"alarms\": {}}}\n",
                                   rows[0].planted, cases, alarms.size()));

  if (file.empty()) return 0;
  // The right functions belong to the check, not to a family: every row has their numbers.
  nlohmann::ordered_json all = nlohmann::json::array();
  for (const planted::Row& r : rows)
    all.push_back({{"case", r.name},
                   {"planted", r.planted},
                   {"rejected", r.rejected},
                   {"covered", r.covered},
                   {"named", r.named},
                   {"alone", r.alone},
                   {"named_at_one_shape", r.named_at_one_shape},
                   {"false_alarms", alarms.size()},
                   {"correct_cases", cases}});
  try {
    write_file(file, all.dump(1) + "\n");
  } catch (const FormatError& e) {
    fmt::print(stderr, "bench_diagnosis: {}\n", e.what());
    return 1;
  }
}
