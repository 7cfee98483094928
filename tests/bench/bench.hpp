// What the benchmarks share: turns of ours, the peer's and the bound's, and the table of results.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace tapestry::bench {

/// Milliseconds that one call takes.
double milliseconds(const std::function<void()>& f);

/// The memory that a step takes, in MB of 10^6 bytes: how far the resident memory of a process of
/// its own rises in three steps, at its highest, above what it was when `prepare` had made them.
/// Call it before anything else has run: the process begins as a copy of this one.
double memory_of(const std::function<std::function<void()>()>& prepare);
/// The same of another library.
double memory_of_peer(const std::string& name, const nlohmann::json& description);

/// A program that does the same with another library, in a process of its own.
///
/// It reads a line of JSON and answers with one. {"case": {...}} prepares a case, {"run": "2"} runs
/// it once in one of its modes and answers how many milliseconds that took. {"memory": {...}}
/// answers what memory_of() returns of a case, in bytes; it must be the first question.
class Peer {
public:
  /// name: "torch". OpenBLAS gets the kernels that it has here: by itself it takes slow ones on a
  /// processor that it does not know.
  explicit Peer(const std::string& name);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// The modes in which it can run: threads, as "1" and "2".
  const std::vector<std::string>& modes() const { return modes_; }
  nlohmann::json ask(const nlohmann::json& question);

private:
  int process_, to_, from_;
  std::string buffer_;
  std::vector<std::string> modes_;
};

/// What is measured in turns.
struct Contest {
  std::string name;
  std::function<void()> ours;
  nlohmann::json peer = nullptr;                 ///< the case's description, or null for none
  std::vector<std::function<void()>> bound = {}; ///< several ways; the fastest counts
  std::map<std::string, double> more = {};       ///< further columns
  int repeat = 1;                                ///< runs a turn, where one is too short to time
  int parts = 1;                                 ///< equal parts of a run; the row is one part's
};

/// Of the table. The file has milliseconds, "ours_ms", and if asked also microseconds, "ours_us".
enum class Unit { milliseconds, microseconds };

/// The suite's command line and its results.
class Bench {
public:
  /// `header`: the table's first line, where its rows are not those of run().
  Bench(std::string name, int argc, char** argv, Unit unit = Unit::milliseconds,
        const std::string& header = "");

  /// Whether --only names a part of it, or nothing was named.
  bool wanted(const std::string& name) const;
  /// Runs all of it in turns, several times, and keeps the shortest time of each. Returns the row,
  /// or null if it is not wanted.
  nlohmann::json run(const Contest& contest);
  /// A row of the caller's own.
  void add(nlohmann::json row);
  /// A row with other columns than these: the file gets the row, the table a line of text.
  void add(nlohmann::json row, const std::string& line);
  /// The other library's name, or empty.
  const std::string& peer_name() const { return peer_name_; }
  /// Prints means and writes the file. Returns the exit code.
  int finish();

private:
  std::string name_, json_, only_, peer_name_;
  Unit unit_;
  double seconds_ = 2; // for each row
  std::unique_ptr<Peer> peer_;
  nlohmann::json rows_ = nlohmann::json::array();
};

} // namespace tapestry::bench
