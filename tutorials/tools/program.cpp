#include "program.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry {
namespace {

// What was printed may wait in a buffer until now, and only now meet a full disk.
void flush_output() {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  if (!flushed || std::ferror(stdout))
    throw std::runtime_error(fmt::format("cannot write to standard output{}{}", errno ? ": " : "",
                                         errno ? std::strerror(errno) : ""));
}

int parse_and_run(CLI::App& app, int argc, char** argv, const std::function<void()>& body) {
  try {
    app.parse(argc, argv);
    body();
    return 0;
  } catch (const CLI::ParseError& e) { // --help is one too
    return app.exit(e);
  }
}

} // namespace

int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& body) {
  try {
    const int code = parse_and_run(app, argc, argv, body);
    flush_output();
    return code;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "{}: out of memory\n", app.get_name());
  } catch (const std::filesystem::filesystem_error& e) { // its own words are the library's
    fmt::print(stderr, "{}: {}\n", app.get_name(),
               one_line(e.path1().string() + ": " + e.code().message()));
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: {}\n", app.get_name(), one_line(e.what()));
  }
  return 1;
}

namespace {

template <class T> CLI::Validator between(T least, T most, const std::string& kind) {
  const std::string expected = fmt::format("expected {} from {} to {}", kind, least, most);
  const auto check = [least, most, expected](const std::string& text) {
    T value{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const bool good = error == std::errc{} && stop == end && value >= least && value <= most;
    return good ? "" : fmt::format("{}: {}", text, expected);
  };
  return CLI::Validator(check, fmt::format("{}..{}", least, most), kind);
}

} // namespace

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return between(least, most, "a whole number");
}

CLI::Validator real_number(double least, double most) { return between(least, most, "a number"); }

std::string data_folder() {
  const char* root = std::getenv("TAPESTRY_ROOT");
  return root ? std::string(root) + "/data" : "data";
}

std::string clock_text(double seconds) {
  const long s = std::lround(seconds);
  return s < 3600 ? fmt::format("{}:{:02}", s / 60, s % 60)
                  : fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

Progress::Progress(std::string label, std::size_t total, std::size_t begin)
    : label_(std::move(label)), total_(total), begin_(begin), done_(begin),
      tenth_(begin * 10 / std::max<std::size_t>(total, 1)),
      start_(std::chrono::steady_clock::now()) {
  const char* term = std::getenv("TERM");
  live_ = isatty(STDERR_FILENO) && term && std::string_view(term) != "dumb";
}

Progress::~Progress() {
  if (live_ && drawn_) std::fputc('\n', stderr);
}

void Progress::update(std::size_t done, const std::string& note) {
  done_ = done;
  const auto now = std::chrono::steady_clock::now();
  if (live_) {
    if (drawn_ && done < total_ && now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    drawn_ = true;
    draw(note);
  } else if (done * 10 / std::max<std::size_t>(total_, 1) > tenth_) {
    tenth_ = done * 10 / total_;
    draw(note);
  }
}

void Progress::draw(const std::string& note) const {
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_ - begin_) / seconds : 0;
  std::string text = fmt::format("{:{}}/{}", done_, fmt::formatted_size("{}", total_), total_);
  if (rate > 0 && seconds > 1) {
    text += rate >= 1 ? fmt::format("  {:.1f}/s", rate) : fmt::format("  {:.1f} s each", 1 / rate);
    text += done_ < total_
                ? fmt::format("  {} left", clock_text(static_cast<double>(total_ - done_) / rate))
                : fmt::format("  in {}", clock_text(seconds));
  }
  if (!note.empty()) text += "  " + note;
  if (!live_) {
    fmt::print(stderr, "{}: {} % ({})\n", label_, tenth_ * 10, text);
    return;
  }
  winsize window{};
  const std::size_t width =
      ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80u;
  const std::size_t full = 20 * done_ / std::max<std::size_t>(total_, 1);
  std::string line = fmt::format("{} [{:#<{}}{:-<{}}]  {}", label_, "", full, "", 20 - full, text);
  line.resize(std::min(line.size(), width - 1));
  fmt::print(stderr, "\r{}\033[K", line);
  std::fflush(stderr);
}

} // namespace tapestry
