// Which way a computation went at its kinks.
//
// relu, abs, max and their kin choose between formulas. A finite difference whose two points choose
// differently straddles a kink, and means nothing there. While a BranchWatch is open, such
// operators report every choice to it; two runs took the same side of every kink if their hashes
// agree.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tapestry {

class BranchWatch {
public:
  BranchWatch() : outer_(current_) { current_ = this; }
  ~BranchWatch() { current_ = outer_; }
  BranchWatch(const BranchWatch&) = delete;
  BranchWatch& operator=(const BranchWatch&) = delete;

  std::uint64_t hash() const { return hash_; }
  static BranchWatch* current() { return current_; }
  void note(std::uint64_t choice) { hash_ = (hash_ ^ (choice + 1)) * 0x100000001b3u; } // FNV-1a

private:
  static inline thread_local BranchWatch* current_ = nullptr;
  BranchWatch* outer_;
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

//> note-branches
/// Reports choice(0) .. choice(n-1), numbers, if anyone is watching.
template <class Choice> void note_branches(std::size_t n, Choice choice) {
  if (BranchWatch* watch = BranchWatch::current())
    for (std::size_t i = 0; i < n; ++i) watch->note(static_cast<std::uint64_t>(choice(i)));
}
//< note-branches

} // namespace tapestry
