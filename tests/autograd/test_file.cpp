#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/base/folder_lock.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using std::string;
namespace fs = std::filesystem;

namespace {

std::vector<string> names_in(const string& folder) {
  std::vector<string> all;
  for (const auto& entry : fs::directory_iterator(folder))
    all.push_back(entry.path().filename().string());
  std::sort(all.begin(), all.end());
  return all;
}

mode_t mode_of(const string& path) {
  struct stat status {};
  ::stat(path.c_str(), &status);
  return status.st_mode & 07777;
}

// Runs `f` in a process of its own and returns how that ended, as waitpid says it.
template <class F> int in_child(const F& f) {
  const pid_t child = ::fork();
  if (child == 0) {
    f();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

void limit_file_size(rlim_t bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

// Writes `path` in a process that is killed half way, and returns the name of what it left.
string leftover(const TemporaryFolder& folder, const string& name) {
  const auto before = names_in(folder.path());
  const int status = in_child([&] {
    limit_file_size(1000);
    std::signal(SIGXFSZ, SIG_DFL);
    write_file_atomically(folder / name, string(10'000, 'x'));
  });
  BOOST_TEST(WIFSIGNALED(status));
  for (const string& now : names_in(folder.path()))
    if (std::find(before.begin(), before.end(), now) == before.end()) return now;
  BOOST_FAIL("nothing was left");
  return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(file)

BOOST_AUTO_TEST_CASE(only_files_are_read) {
  const TemporaryFolder folder;
  const auto error = [](const string& path) { return message_of([&] { read_file(path); }); };
  BOOST_TEST(error(folder / "none") == folder / "none: no such file");
  BOOST_TEST(error(folder.path()) == folder.path() + ": is a folder; expected a file");
  BOOST_TEST(error("/dev/zero") == "/dev/zero: is a device; expected a file"); // has no end
  BOOST_REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);               // nobody writes
  BOOST_TEST(error(folder / "pipe") == folder / "pipe: is a pipe; expected a file");
  BOOST_TEST(!read_file("/proc/self/status").empty()); // its size is said to be 0
  write_file(folder / "a", "12345");
  BOOST_TEST(read_file(folder / "a", 5) == "12345");
  BOOST_TEST(message_of([&] { read_file(folder / "a", 4); }) ==
             folder / "a: 5 bytes; expected at most 4");
  BOOST_TEST(read_beginning(folder / "a", 3) == "123");
  BOOST_TEST(read_beginning(folder / "a", 30) == "12345");
}

BOOST_AUTO_TEST_CASE(parts_of_an_open_file) {
  const TemporaryFolder folder;
  write_file(folder / "a", "12345");
  const OpenFile file(folder / "a");
  BOOST_TEST(file.size() == 5);
  std::string part(3, ' ');
  file.read_at(1, part.data(), 3);
  BOOST_TEST(part == "234");
  BOOST_TEST(file.read_some(4, part.data(), 3) == 1);
  BOOST_TEST(file.read_some(9, part.data(), 3) == 0);
  BOOST_TEST(message_of([&] { file.read_at(4, part.data(), 3); }) ==
             folder / "a: byte 5: the file ends here; expected 2 bytes more");
}

BOOST_AUTO_TEST_CASE(an_error_is_one_line_whatever_the_name) {
  BOOST_TEST(message_of([] { read_file("/none/two\nlines\x01\x7f"); }) ==
             "/none/two\\nlines\\x01\\x7f: no such file");
}

BOOST_AUTO_TEST_CASE(a_link_stays_a_link) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "far");
  write_file(folder / "far/model", "old");
  fs::create_symlink("far/model", folder / "latest");
  fs::create_symlink("latest", folder / "link");
  write_file_atomically(folder / "link", "new");
  BOOST_TEST(read_file(folder / "far/model") == "new");
  BOOST_TEST(fs::is_symlink(folder / "latest"));
  fs::create_symlink("far/later", folder / "dangling");
  write_file_atomically(folder / "dangling", "made");
  BOOST_TEST(read_file(folder / "far/later") == "made");
  fs::create_symlink("circle", folder / "circle");
  BOOST_TEST(message_of([&] {
               write_file_atomically(folder / "circle", "");
             }).starts_with(folder / "circle: cannot write: Too many levels"));
  BOOST_TEST(names_in(folder / "far").size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_mode_stays) {
  const TemporaryFolder folder;
  for (const mode_t mode : {0600u, 0640u, 0444u}) {
    write_file_atomically(folder / "a", "old");
    ::chmod((folder / "a").c_str(), mode);
    write_file_atomically(folder / "a", "new");
    BOOST_TEST(mode_of(folder / "a") == mode);
  }
  const mode_t mask = ::umask(022);
  write_file_atomically(folder / "b", "");
  ::umask(mask);
  BOOST_TEST(mode_of(folder / "b") == 0644u);
}

BOOST_AUTO_TEST_CASE(long_names) { // 255 bytes are the most that Linux takes
  const TemporaryFolder folder;
  for (const string& name : {string(255, 'n'), string(83, 'x') + [] {
                               string umlauts;
                               for (int i = 0; i < 86; ++i) umlauts += "\xc3\xa4";
                               return umlauts;
                             }()}) {
    write_file_atomically(folder / name, "whole");
    BOOST_TEST(read_file(folder / name) == "whole");
  }
  BOOST_TEST(message_of([&] {
               write_file_atomically(folder / string(256, 'n'), "");
             }).ends_with("cannot write: File name too long"));
  BOOST_TEST(names_in(folder.path()).size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_a_killed_process_left_is_removed_before_writing) {
  const TemporaryFolder folder;
  const string dead = leftover(folder, "c"), others = leftover(folder, "d");
  BOOST_TEST(dead.starts_with("c."));
  char host[65] = {};
  ::gethostname(host, 64);
  string elsewhere = dead; // as another machine that shares the folder names its own
  elsewhere.replace(2, string(host).size(), "elsewhere");
  write_file(folder / elsewhere, "half");
  string alive = dead; // held by a process that has not ended: this one
  alive[alive.size() - 5] = alive[alive.size() - 5] == '0' ? '1' : '0';
  write_file(folder / alive, "half");
  const int fd = ::open((folder / alive).c_str(), O_RDONLY);
  BOOST_REQUIRE(::flock(fd, LOCK_EX) == 0);
  for (const char* name : {"c.tmp", "c.1.0.tmp", "c.txt"}) write_file(folder / name, "");

  // No room for the new file: what has been left is gone all the same.
  const rlimit unlimited = [] {
    rlimit now{};
    getrlimit(RLIMIT_FSIZE, &now);
    return now;
  }();
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  limit_file_size(1000);
  const string message =
      message_of([&] { write_file_atomically(folder / "c", string(2000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &unlimited);
  std::signal(SIGXFSZ, handler);
  BOOST_TEST(message == folder / "c: cannot write: File too large");
  std::vector<string> wanted{alive, elsewhere, others, "c.tmp", "c.1.0.tmp", "c.txt"};
  std::sort(wanted.begin(), wanted.end());
  BOOST_TEST(names_in(folder.path()) == wanted, boost::test_tools::per_element());
  ::close(fd);
  write_file_atomically(folder / "c", "whole");
  BOOST_TEST(!fs::exists(folder / alive));
}

BOOST_AUTO_TEST_CASE(writers_of_one_file_do_not_meet) {
  const TemporaryFolder folder;
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      for (int i = 0; i < 20; ++i)
        if (!message_of([&] {
               write_file_atomically(folder / "a", string(5000, static_cast<char>('a' + child)));
             }).empty())
          ::_exit(1);
      ::_exit(0);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    BOOST_TEST(status == 0);
  }
  const string bytes = read_file(folder / "a");
  BOOST_TEST(bytes == string(5000, bytes.at(0)));
  BOOST_TEST(names_in(folder.path()).size() == 1u);
}

BOOST_AUTO_TEST_CASE(folders) {
  const TemporaryFolder folder;
  make_folder(folder / "a/b");
  make_folder(folder / "a/b");
  BOOST_TEST(fs::is_directory(folder / "a/b"));
  sync_folder(folder / "a");
  write_file(folder / "file", "");
  BOOST_TEST(message_of([&] { make_folder(folder / "file"); }) ==
             folder / "file: cannot make this folder: Not a directory");
  BOOST_TEST(message_of([&] {
               make_folder("/proc/none");
             }).starts_with("/proc/none: cannot make this folder: "));
}

BOOST_AUTO_TEST_CASE(one_at_a_time) {
  const TemporaryFolder folder;
  const auto refused = [&] { return message_of([&] { FolderLock(folder.path(), "trains"); }); };
  {
    const FolderLock lock(folder.path(), "trains");
    const int status = in_child([&] { // flock goes by the open file, so this is another
      const string start = folder.path() + ": another run";
      ::_exit(refused().starts_with(start) && refused().ends_with(" trains here") ? 3 : 4);
    });
    BOOST_TEST(WEXITSTATUS(status) == 3);
  }
  BOOST_TEST(refused() == "");
  in_child([&] { // killed while it holds it
    const FolderLock lock(folder.path(), "trains");
    ::raise(SIGKILL);
  });
  BOOST_TEST(refused() == "");
  BOOST_TEST(names_in(folder.path()).empty());
  BOOST_TEST(message_of([&] { FolderLock(folder / "none", "trains"); }) ==
             folder / "none: cannot read: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
