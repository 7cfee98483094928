#include "autograd/batching/example_error.hpp"

#include <stdexcept>
#include <typeinfo>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry {
namespace {

// Nothing unless it is just of this type: of a derived one, more than the text would be lost.
template <class Error> std::exception_ptr renewed(const std::exception& e, std::size_t example) {
  if (typeid(e) != typeid(Error)) return nullptr;
  return std::make_exception_ptr(Error(fmt::format("example {}: {}", example, e.what())));
}

template <class... Errors>
std::exception_ptr first_renewed(const std::exception& e, std::size_t example) {
  std::exception_ptr made;
  static_cast<void>(((made = renewed<Errors>(e, example)) || ...));
  return made;
}

} // namespace

std::exception_ptr error_of_example(const std::exception_ptr& error, std::size_t example) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    const std::exception_ptr made =
        first_renewed<ShapeError, TapeError, FormatError, std::invalid_argument,
                      std::runtime_error>(e, example);
    return made ? made : error;
  } catch (...) {
    return error;
  }
}

} // namespace tapestry
