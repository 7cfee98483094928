#include "autograd/place.hpp"

#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace tapestry {
namespace {

thread_local const Inside* innermost = nullptr;
const std::string no_path;

} // namespace

std::string to_string(const Caller& caller) {
  const char* start = caller.file; // keep the last folder and the file
  int slashes = 0;
  for (const char* c = caller.file + std::strlen(caller.file); c != caller.file; --c)
    if (*c == '/' && ++slashes == 2) {
      start = c + 1;
      break;
    }
  return fmt::format("{}:{}", start, caller.line);
}

Inside::Inside(const std::string& path, Caller at)
    : outer_(innermost), path_(path), line_(outer_ ? outer_->line_ : at) {
  innermost = this;
}

Inside::Inside(Caller at) : Inside(innermost ? innermost->path_ : no_path, at) {}

Inside::~Inside() { innermost = outer_; }

Caller Inside::line(Caller own) { return innermost ? innermost->line_ : own; }

std::string Inside::describe(Caller own) {
  const std::string at = to_string(line(own));
  return innermost && !innermost->path_.empty() ? at + ", in " + innermost->path_ : at;
}

const Inside* Inside::exchange(const Inside* other) { return std::exchange(innermost, other); }

} // namespace tapestry
