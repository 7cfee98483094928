// The number type of the whole library, and the namespace that tells its two builds apart.
//
// The same sources are compiled twice: with `float` to train, and with `double` to check
// gradients. `tapestry::inline f32` and `tapestry::inline f64` have different symbol names, so a
// program that mixes the two fails to link instead of reading floats as doubles.
#pragma once

#ifdef TAPESTRY_DOUBLE
#define TAPESTRY_PRECISION f64
#else
#define TAPESTRY_PRECISION f32
#endif

namespace tapestry::inline TAPESTRY_PRECISION {

#ifdef TAPESTRY_DOUBLE
using real = double;
#else
using real = float;
#endif

} // namespace tapestry::inline TAPESTRY_PRECISION
