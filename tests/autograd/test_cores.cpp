// How many cores there are to use: quotas as Linux writes them.
#include <filesystem>
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include "autograd/base/cores.hpp"

using namespace tapestry;
namespace fs = std::filesystem;

namespace {

/// A folder with files as in /proc and /sys.
class System {
public:
  System() { fs::create_directories(root_); }
  ~System() { fs::remove_all(root_); }
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  System& file(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text << "\n";
    return *this;
  }
  double quota() const { return quota_of_control_groups(root_).value_or(-1); }

private:
  const std::string root_ =
      fs::temp_directory_path() / ("tapestry_cores_" + std::to_string(getpid()));
};

} // namespace

BOOST_AUTO_TEST_SUITE(cores)

BOOST_AUTO_TEST_CASE(a_quota) {
  BOOST_CHECK_EQUAL(cores_of_quota("200000 100000").value(), 2);
  BOOST_CHECK_EQUAL(cores_of_quota("150000 100000\n").value(), 1.5);
  BOOST_CHECK_EQUAL(cores_of_quota("5000 10000").value(), 0.5);
  for (const char* none : {"", "max 100000", "-1 100000", "100000", "100000 ", "1 0", "a b", " "})
    BOOST_CHECK_MESSAGE(!cores_of_quota(none), none);
}

BOOST_AUTO_TEST_CASE(version_two) {
  System system;
  BOOST_CHECK_EQUAL(system.quota(), -1); // no such files
  system.file("/proc/self/cgroup", "0::/pods/one");
  BOOST_CHECK_EQUAL(system.quota(), -1);
  system.file("/sys/fs/cgroup/pods/one/cpu.max", "max 100000");
  BOOST_CHECK_EQUAL(system.quota(), -1);
  system.file("/sys/fs/cgroup/pods/cpu.max", "400000 100000"); // of the group above
  BOOST_CHECK_EQUAL(system.quota(), 4);
  system.file("/sys/fs/cgroup/pods/one/cpu.max", "250000 100000");
  BOOST_CHECK_EQUAL(system.quota(), 2.5);
  system.file("/sys/fs/cgroup/cpu.max", "100000 100000"); // what a container sees of its own
  BOOST_CHECK_EQUAL(system.quota(), 1);
}

BOOST_AUTO_TEST_CASE(version_one) {
  System system;
  system.file("/proc/self/cgroup", "5:cpuset:/\n4:cpu,cpuacct:/docker/12ab\n0::/");
  BOOST_CHECK_EQUAL(system.quota(), -1);
  // the path is the host's; in the container its group is the top
  system.file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
  system.file("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  BOOST_CHECK_EQUAL(system.quota(), -1);
  system.file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000");
  BOOST_CHECK_EQUAL(system.quota(), 3);
  system.file("/sys/fs/cgroup/cpu/docker/12ab/cpu.cfs_quota_us", "50000");
  system.file("/sys/fs/cgroup/cpu/docker/12ab/cpu.cfs_period_us", "100000");
  BOOST_CHECK_EQUAL(system.quota(), 0.5);
}

BOOST_AUTO_TEST_CASE(there_is_at_least_one) { BOOST_CHECK_GE(usable_cores(), 1); }

BOOST_AUTO_TEST_SUITE_END()
