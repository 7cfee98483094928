// What the chapters' programs share: where data lies, how errors end, how progress shows.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>

#include <CLI/CLI.hpp>

namespace tapestry {

/// Parses the command line and runs the body. An error becomes one line, "NAME: what was wrong",
/// and exit code 1; so does output that cannot be written. A wrong option: CLI11's message and exit
/// code.
int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& body);

/// What an option may be, both ends included: digits alone, or a number that is no NaN. Beyond
/// that: "--batch: 0: expected a whole number from 2 to 100000".
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);
CLI::Validator real_number(double least, double most);

/// An option that shows its default and is bounded so.
template <class Number>
void whole_option(CLI::App& app, const char* name, Number& value, const char* help,
                  std::uint64_t least, std::uint64_t most) {
  app.add_option(name, value, help)->capture_default_str()->check(whole_number(least, most));
}
inline void real_option(CLI::App& app, const char* name, double& value, const char* help,
                        double least, double most) {
  app.add_option(name, value, help)->capture_default_str()->check(real_number(least, most));
}

/// Another default: for a small task, say. What was given on the command line stands.
template <class T>
void unless_given(const CLI::App& app, const char* name, T& value, std::type_identity_t<T> other) {
  if (app.count(name) == 0) value = other;
}

/// The data folder: `data` beside the course, or below the current folder.
std::string data_folder();

/// "1:05", or "2:00:05"
std::string clock_text(double seconds);

/// How far a task is: one line, redrawn, on a terminal; elsewhere a line every ten percent.
///
///   training [#########-----------]  360/800  3.1/s  0:14 left  loss 1.234
class Progress {
public:
  /// `begin`: where a resumed task starts, so that its rate counts only what is done now.
  Progress(std::string label, std::size_t total, std::size_t begin = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::size_t done, const std::string& note = "");

private:
  void draw(const std::string& note) const;

  std::string label_;
  std::size_t total_, begin_, done_, tenth_;
  bool live_, drawn_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

} // namespace tapestry
