#include "tests/bench/bench.hpp"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace tapestry::bench {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

std::string cell(const nlohmann::json& row, const char* key, const char* format, Unit unit = {}) {
  if (!row.contains(key) || !row[key].is_number()) return "";
  return fmt::format(fmt::runtime(format),
                     row[key].get<double>() * (unit == Unit::microseconds ? 1000 : 1));
}

// Of all threads of this process together.
double processor_milliseconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e3 * static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_nsec);
}

} // namespace

double milliseconds(const std::function<void()>& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

Bench::Bench(std::string name, int argc, char** argv, Unit unit, const std::string& header)
    : name_(std::move(name)), unit_(unit) {
  CLI::App app{"Benchmark " + name_, "bench_" + name_};
  app.add_option("--peer", peer_name_, "compare with another library")
      ->check(CLI::IsMember({"torch"}));
  app.add_option("--json", json_, "write the rows to this file");
  app.add_option("--only", only_, "only rows whose name contains this");
  app.add_option("--seconds", seconds_, "for each row")->capture_default_str();
  try {
    app.parse(argc, argv);
    if (!json_.empty() && !std::ofstream(json_))
      throw std::runtime_error(json_ + ": it cannot be written");
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e));
  } catch (const std::exception& e) {
    fmt::print(stderr, "bench_{}: {}\n", name_, e.what());
    std::exit(1);
  }
  if (!header.empty()) {
    fmt::print("{}\n", header);
    return;
  }
  fmt::print("{:32} {:>10} {:>10} {:>10} {:>8} {:>8} {:>10}\n",
             unit_ == Unit::milliseconds ? "milliseconds" : "microseconds", "ours", peer_name_,
             "bound", peer_name_.empty() ? "" : "faster", "/ bound", "processor");
}

bool Bench::wanted(const std::string& name) const { return name.find(only_) != std::string::npos; }

nlohmann::json Bench::run(const Contest& contest) {
  if (!wanted(contest.name)) return nullptr;
  bool against = !peer_name_.empty() && !contest.peer.is_null();
  double ours = never, processor = never, bound = never;
  std::map<std::string, double> peer;
  if (against) {
    if (!peer_) peer_ = std::make_unique<Peer>(peer_name_);
    nlohmann::json description = contest.peer;
    description["repeat"] = contest.repeat;
    against = peer_->ask({{"case", description}}).get<bool>(); // it may lack what it needs
  }
  const auto turn_of_ours = [&] {
    for (int i = 0; i < contest.repeat; ++i) contest.ours();
  };
  turn_of_ours(); // the first run fills caches and pools
  for (const auto& way : contest.bound) way();
  double spent = 0;
  // OpenBLAS' threads, here or the peer's, go on spinning for 25 ms after their work.
  const auto settle = [&] {
    if (!against && contest.bound.empty()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    spent += 30;
  };
  for (int turn = 0; turn < 5 || (spent < 1000 * seconds_ && turn < 300); ++turn) {
    const auto count = [&](double time, double& best) {
      best = std::min(best, time / contest.parts);
      spent += time * contest.repeat;
    };
    settle();
    const double before = processor_milliseconds();
    count(milliseconds(turn_of_ours) / contest.repeat, ours);
    processor = std::min(processor, (processor_milliseconds() - before) / contest.repeat);
    for (const auto& way : contest.bound)
      count(milliseconds([&] {
              for (int i = 0; i < contest.repeat; ++i) way();
            }) / contest.repeat,
            bound);
    if (!against) continue;
    settle();
    for (const std::string& mode : peer_->modes())
      count(peer_->ask({{"run", mode}}).get<double>(), peer.try_emplace(mode, never).first->second);
  }
  nlohmann::json row{
      {"case", contest.name}, {"ours_ms", ours}, {"ours_processor_ms", processor / contest.parts}};
  if (!contest.bound.empty()) row["bound_ms"] = bound, row["over_bound"] = ours / bound;
  for (const auto& [mode, time] : peer) {
    row["peer_" + mode + "_ms"] = time;
    if (mode.find('+') == std::string::npos)
      row["peer_ms"] = std::min(time, row.value("peer_ms", never));
  }
  if (against) row["faster"] = row["peer_ms"].get<double>() / ours;
  if (unit_ == Unit::microseconds)
    for (const char* who : {"ours", "peer"})
      if (const auto ms = std::string(who) + "_ms"; row.contains(ms))
        row[std::string(who) + "_us"] = 1000 * row[ms].get<double>();
  for (const auto& [key, value] : contest.more) row[key] = value;
  add(row);
  return row;
}

void Bench::add(nlohmann::json row) {
  fmt::print("{:32} {:>10} {:>10} {:>10} {:>8} {:>8} {:>10}\n", row["case"].get<std::string>(),
             cell(row, "ours_ms", "{:.3f}", unit_), cell(row, "peer_ms", "{:.3f}", unit_),
             cell(row, "bound_ms", "{:.3f}", unit_), cell(row, "faster", "{:.2f} x"),
             cell(row, "over_bound", "{:.2f}"), cell(row, "ours_processor_ms", "{:.3f}", unit_));
  std::fflush(stdout);
  rows_.push_back(std::move(row));
}

void Bench::add(nlohmann::json row, const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
  rows_.push_back(std::move(row));
}

int Bench::finish() {
  double logs = 0;
  int compared = 0;
  for (const auto& row : rows_)
    if (row.contains("faster")) logs += std::log(row["faster"].get<double>()), ++compared;
  if (compared > 1) fmt::print("{:32} {:>41.2f} x\n", "geometric mean", std::exp(logs / compared));
  if (json_.empty()) return 0;
  std::ofstream file(json_);
  file << rows_.dump(1) << "\n";
  if (file.flush()) return 0;
  fmt::print(stderr, "bench_{}: {}: it cannot be written\n", name_, json_);
  return 1;
}

} // namespace tapestry::bench
