// A call that is only tried: what a gradient check evaluates dozens of times must not leave traces.
#pragma once

namespace tapestry {

namespace detail {
inline thread_local int rehearsals = 0;
}

/// Whether this thread is in a Rehearsal. A layer that remembers something of every call, as batch
/// norm its running statistics, asks first and then leaves it as it is.
inline bool rehearsing() { return detail::rehearsals > 0; }

/// While one lives, calls on this thread are rehearsals.
class Rehearsal {
public:
  Rehearsal() { ++detail::rehearsals; }
  ~Rehearsal() { --detail::rehearsals; }
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;
};

} // namespace tapestry
