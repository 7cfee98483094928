// Which example an error comes from.
#pragma once

#include <cstddef>
#include <exception>

namespace tapestry {

/// The same error with "example 3: " in front of its text; of a type that cannot be made anew, the
/// error itself.
std::exception_ptr error_of_example(const std::exception_ptr& error, std::size_t example);

} // namespace tapestry
