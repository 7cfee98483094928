#include "steps.hpp"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <typeinfo>
#include <utility>

#include <cxxabi.h>
#include <nlohmann/json.hpp>
#include <sys/time.h>
#include <unistd.h>

namespace tapestry::steps {
namespace {

constexpr int seconds_per_step = 4; // of processor time; a step takes milliseconds

struct Entry {
  const char* name;
  void (*run)();
};

std::vector<Entry>& entries() {
  static std::vector<Entry> list;
  return list;
}

struct Failure {
  std::string what, problem;
  std::vector<double> numbers;
};

// SIGPROF ends the program unless the timer is set back in time.
void set_timer(int seconds) {
  const itimerval timer{{0, 0}, {seconds, 0}};
  setitimer(ITIMER_PROF, &timer, nullptr);
}

std::string type_of_exception() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (!type) return "an exception";
  int status = 0;
  char* plain = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  const std::string name = status == 0 ? plain : type->name();
  std::free(plain);
  return name;
}

// JSON has no NaN and no infinity.
nlohmann::json number(double x) {
  if (std::isfinite(x)) return x;
  return std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

class Report {
public:
  explicit Report(int descriptor) : descriptor_(descriptor) {}

  void write(const nlohmann::json& event) const {
    const std::string line =
        event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    for (std::size_t done = 0; done < line.size();) {
      const ssize_t n = ::write(descriptor_, line.data() + done, line.size() - done);
      if (n <= 0) std::exit(2); // nobody listens any more
      done += static_cast<std::size_t>(n);
    }
  }

private:
  int descriptor_;
};

// What went wrong in the step, or null.
nlohmann::json run_step(void (*run)()) {
  set_timer(seconds_per_step);
  nlohmann::json result;
  try {
    run();
  } catch (const Failure& f) {
    result = {{"event", "differs"}, {"what", f.what}, {"problem", f.problem}};
    result["numbers"] = nlohmann::json::array();
    for (double x : f.numbers) result["numbers"].push_back(number(x));
  } catch (const std::exception& e) {
    result = {{"event", "threw"}, {"what", type_of_exception()}, {"problem", e.what()}};
  } catch (...) {
    result = {{"event", "threw"}, {"what", type_of_exception()}, {"problem", ""}};
  }
  set_timer(0);
  return result;
}

} // namespace

Step::Step(const char* name, void (*run)()) { entries().push_back({name, run}); }

void fail(const std::string& what, const std::string& problem, std::vector<double> numbers) {
  throw Failure{what, problem, std::move(numbers)};
}

int run_steps(int descriptor) {
  const Report report(descriptor);
  nlohmann::json names = nlohmann::json::array();
  for (const Entry& step : entries()) names.push_back(step.name);
  report.write({{"event", "steps"}, {"names", names}});
  for (const Entry& step : entries()) {
    report.write({{"event", "begin"}, {"step", step.name}});
    const auto begin = std::chrono::steady_clock::now();
    nlohmann::json failure = run_step(step.run);
    if (!failure.is_null()) {
      failure["step"] = step.name;
      report.write(failure);
      return 1;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    report.write({{"event", "passed"}, {"step", step.name}, {"seconds", took.count()}});
  }
  report.write({{"event", "end"}});
  return 0;
}

} // namespace tapestry::steps
