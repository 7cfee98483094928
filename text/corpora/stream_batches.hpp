// One long text as batches: cut into parallel streams, which are read in windows.
//
//   ids 0 1 2 3 4 5 6 7 8 in 2 streams, windows of 2 steps:
//
//     stream 0:  0 1 | 2 3       reads 0 1, then 2 3; is asked for 1 2, then 3 4
//     stream 1:  4 5 | 6 7       reads 4 5, then 6 7; is asked for 5 6, then 7 8
//
// Column b of a window goes on where column b of the window before ended, so a model may carry its
// state along: truncated back-propagation through time (Williams and Peng 1990).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct StreamWindow {
  Indices ids;     ///< (T, B) what is read
  Indices targets; ///< (T, B) the token after each
};

class StreamBatches {
public:
  /// `batch` streams of equal length; at most batch - 1 ids at the end are left out. Windows have
  /// `steps` steps, but for a shorter last one. A std::invalid_argument if batch or steps is 0 or
  /// there are fewer than batch + 1 ids.
  StreamBatches(std::vector<int> ids, std::size_t batch, std::size_t steps);

  /// Windows in one pass over the text.
  std::size_t size() const { return (length_ + steps_ - 1) / steps_; }
  /// Window number `index` of a pass. A std::out_of_range if it is not below size().
  StreamWindow window(std::size_t index) const;
  /// All targets of a pass.
  std::size_t targets() const { return length_ * batch_; }

private:
  std::vector<int> ids_;
  std::size_t batch_, steps_, length_; // length: of a stream
};

} // namespace tapestry::inline TAPESTRY_PRECISION
