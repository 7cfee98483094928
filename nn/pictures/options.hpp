// What layers say about options that make no sense, when they are made.
#pragma once

#include <string>

#include "nn/pictures/size2d.hpp"

namespace tapestry {

/// Throws the std::invalid_argument "Conv2d: kernel_size is 0, expected EXPECTED".
[[noreturn]] void bad_option(const char* layer, const char* option, const std::string& value,
                             const std::string& expected);

/// Refuses a number below `least`, and one so large that it was negative or is no size.
void check_option(const char* layer, const char* option, std::size_t value, std::size_t least);
void check_option(const char* layer, const char* option, const Size2d& value, std::size_t least);
void check_option(const char* layer, const char* option, const Padding2d& value);
/// The options that poolings share: a stride of 0 is the kernel's size, and a padding at most half.
void check_pool(const char* layer, const Size2d& kernel, const Size2d& stride,
                const Size2d& padding);
/// Refuses what is not in [low, high]; NaN never is.
void check_option(const char* layer, const char* option, double value, double low, double high);

} // namespace tapestry
