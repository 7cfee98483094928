// Runs the steps of the check that it is linked with: CHECK DESCRIPTOR
#include <cstdio>
#include <cstdlib>

#include <sys/resource.h>

#include "steps.hpp"

namespace {

// A student's loop that allocates without end must not take the machine with it. The address
// sanitizer reserves terabytes and cannot be limited so.
void limit_resources() {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
#ifndef __SANITIZE_ADDRESS__
  const rlimit two_gigabytes{rlim_t{2} << 30, rlim_t{2} << 30};
  setrlimit(RLIMIT_AS, &two_gigabytes);
#endif
}

} // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("this is started by ./course check\n", stderr);
    return 2;
  }
  limit_resources();
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ); // what was printed before a crash is not lost
  return tapestry::steps::run_steps(std::atoi(arguments[1]));
}
