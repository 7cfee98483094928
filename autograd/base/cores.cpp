#include "autograd/base/cores.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace tapestry {
namespace {

std::size_t cores_of_affinity() {
#ifdef __linux__
  // The set must be as large as the kernel's, which may be for more than cpu_set_t's 1024 cores.
  for (std::size_t words = 16; words <= 4096; words *= 2) {
    std::vector<unsigned long> set(words);
    auto* cpus = reinterpret_cast<cpu_set_t*>(set.data());
    const std::size_t bytes = words * sizeof(unsigned long);
    if (sched_getaffinity(0, bytes, cpus) == 0)
      return static_cast<std::size_t>(CPU_COUNT_S(bytes, cpus));
    if (errno != EINVAL) break;
  }
#endif
  return std::thread::hardware_concurrency();
}

std::string first_line(const std::string& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

void keep_less(std::optional<double>& least, const std::optional<double>& quota) {
  if (quota && (!least || *quota < *least)) least = quota;
}

} // namespace

std::optional<double> cores_of_quota(std::string_view text) {
  long quota = 0, period = 0;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, quota);
  if (error != std::errc{} || after == end || *after != ' ') return {};
  if (std::from_chars(after + 1, end, period).ec != std::errc{}) return {};
  if (quota <= 0 || period <= 0) return {};
  return static_cast<double>(quota) / static_cast<double>(period);
}

// A line of /proc/self/cgroup is "0::/a/b" in version 2, "4:cpu,cpuacct:/a/b" in version 1. Every
// group above has a quota as well. In a container the path may be one of the host's, of which only
// the top is to be seen: a file that is not there says nothing.
std::optional<double> quota_of_control_groups(const std::string& root) {
  std::optional<double> least;
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool version2 = controllers == ",,";
    if (!version2 && controllers.find(",cpu,") == std::string::npos) continue;
    for (std::string path = line.substr(second + 1);;) {
      const std::string group = root + "/sys/fs/cgroup" + (version2 ? "" : "/cpu") + path;
      if (version2)
        keep_less(least, cores_of_quota(first_line(group + "/cpu.max")));
      else
        keep_less(least, cores_of_quota(first_line(group + "/cpu.cfs_quota_us") + " " +
                                        first_line(group + "/cpu.cfs_period_us")));
      if (path.empty() || path == "/") break;
      path.erase(std::max<std::size_t>(path.rfind('/'), path.rfind('/') == 0 ? 1 : 0));
    }
  }
  return least;
}

std::size_t usable_cores() {
  static const std::size_t cores = [] {
    const auto n = static_cast<double>(std::max<std::size_t>(1, cores_of_affinity()));
    const double quota = quota_of_control_groups().value_or(n);
    return static_cast<std::size_t>(std::clamp(std::ceil(quota), 1.0, n));
  }();
  return cores;
}

} // namespace tapestry
