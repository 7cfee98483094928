// How good the diagnosis is: planted mistakes, counted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {

struct Row {
  std::string name; ///< a family of operators, or "all"
  std::size_t planted = 0, rejected = 0;
  std::size_t covered = 0; ///< those for which there is a hypothesis
  std::size_t named = 0;   ///< of these, those whose diagnosis is the right one, at several shapes
  std::size_t alone = 0;   ///< of these, those for which nothing else is named
  std::size_t named_at_one_shape = 0;
};

/// What went wrong with a planted mistake: it passed, or got another diagnosis, or one too many.
struct Miss {
  std::string op, mistake, expected, got;
};

/// "all" first, then the families of operators, then the mistakes that were written afterwards.
/// `seed` is that of every check.
std::vector<Row> judge_all(std::vector<Miss>& misses, std::uint64_t seed = 1);

std::string table(const std::vector<Row>& rows);
std::string list(const std::vector<Miss>& misses);

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
