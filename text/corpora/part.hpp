// The parts of a data set.
#pragma once

namespace tapestry {

/// To learn from, to choose by, and to look at once, at the end.
enum class Part { train, dev, test };

} // namespace tapestry
