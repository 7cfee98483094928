// The running example of the chapter: which season does a text of two words belong to?
#pragma once

#include "autograd/var.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> numbers
// Words: 0 sun, 1 rain, 2 leaf, 3 snow, 4 sea. Seasons: 0 spring, 1 summer, 2 autumn, 3 winter.
const Indices texts{{0, 4}, {0, 3}}; // (2, 2): "sun sea", "sun snow"
const Indices seasons{1, 3};         // (2): summer, winter

struct Classifier {
  Parameter table{"table", {{1, -1, 0}, {0, 1, 1}, {-1, 0, 0}, {-1, -1, 2}, {1, 1, -2}}}; // (5, 3)
  Parameter weight{"weight", {{0, 2, -1, 0}, {1, -1, 0, 1}, {0, -1, 1, 2}}};              // (3, 4)
  Parameter bias{"bias", {0, 0.5, 0, -0.5}};                                              // (4)
};
//< numbers

} // namespace tapestry::inline TAPESTRY_PRECISION
