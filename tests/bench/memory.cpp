#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.hpp"

namespace tapestry::bench {
namespace {

// A line of /proc/self/status, in bytes: "VmRSS", the resident memory, or "VmHWM", its peak.
std::size_t status(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.rfind(key + ":", 0) == 0) return 1024 * std::stoul(line.substr(key.size() + 1));
  return 0;
}

} // namespace

double memory_of(const std::function<std::function<void()>()>& prepare) {
  int answer[2];
  if (pipe(answer) != 0) throw std::runtime_error("there is no pipe");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process can be started");
  if (child == 0) {
    const std::function<void()> step = prepare();
    std::ofstream("/proc/self/clear_refs") << 5; // the peak begins anew
    const std::size_t before = status("VmRSS");
    for (int i = 0; i < 3; ++i) step();
    const std::size_t grown = status("VmHWM") - before;
    _exit(write(answer[1], &grown, sizeof grown) == sizeof grown ? 0 : 1);
  }
  close(answer[1]);
  std::size_t grown = 0;
  const bool known = read(answer[0], &grown, sizeof grown) == sizeof grown;
  close(answer[0]);
  waitpid(child, nullptr, 0);
  if (!known) throw std::runtime_error("the process whose memory is measured has failed");
  return static_cast<double>(grown) / 1e6;
}

double memory_of_peer(const std::string& name, const nlohmann::json& description) {
  Peer peer(name);
  return peer.ask({{"memory", description}}).get<double>() / 1e6;
}

} // namespace tapestry::bench
