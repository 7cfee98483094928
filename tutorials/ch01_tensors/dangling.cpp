// A lazy expression that outlives what it refers to, as the address sanitizer sees it.
#include <cstdio>
#include <regex>
#include <string>

#include <fmt/format.h>
#include <sanitizer/asan_interface.h>

#include "autograd/xt.hpp"

using namespace tapestry;

namespace {

//> squash
auto squash(const Tensor& x) {
  auto t = xt::exp(x);
  return t / (1 + t); // holds references to t, which ends here
}
//< squash

//> squash-mended
Tensor squash_mended(const Tensor& x) {
  const Tensor t = xt::exp(x);
  return t / (1 + t); // computed before t ends
}
//< squash-mended

// Of the sanitizer's report, what does not change from run to run.
void show(const char* report) {
  const std::string text = report;
  const std::regex wanted(R"((AddressSanitizer: [\w-]+) on)"
                          R"(|in main .*/(\w+\.cpp:\d+))"
                          R"(|('\w+' \(line \d+\)) <== Memory access)");
  for (std::sregex_iterator match(text.begin(), text.end(), wanted), end; match != end; ++match) {
    const auto& m = *match;
    if (m[1].matched) fmt::print("  {}\n", m.str(1));
    if (m[2].matched) fmt::print("  read at {}\n", m.str(2));
    if (m[3].matched) fmt::print("  memory that was {}\n", m.str(3));
  }
  std::fflush(stdout);
}

} // namespace

// Read by the sanitizer when the program starts; after a finding it ends the program with exitcode.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "detect_stack_use_after_return=1:exitcode=0:log_path=/dev/null";
}

int main() {
  __asan_set_error_report_callback(show);
  const Tensor x{0, 1, 2};

  const Tensor good = squash_mended(x);
  fmt::print("squash_mended:\n  {:.4f} {:.4f} {:.4f}\n", good(0), good(1), good(2));

  fmt::print("\nsquash:\n");
  std::fflush(stdout);
  //> read
  auto lazy = squash(x);   // nothing is computed yet
  const Tensor bad = lazy; // now it is, from what was t
  //< read
  fmt::print("  {:.4f} {:.4f} {:.4f}, and nobody noticed\n", bad(0), bad(1), bad(2));
}
