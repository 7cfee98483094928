// Where in a program something was called: the line of the source, and the layer around it.
#pragma once

#include <string>

namespace tapestry {

/// A place in the caller's source.
struct Caller {
  const char* file;
  int line;

  static constexpr Caller here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

/// "ch05_modules/mlp.cpp:31"
std::string to_string(const Caller& caller);

/// While it lives, the operators of this thread say that they were called where the layer was.
///
///   Var Linear::operator()(const Operand& x) const {
///     const Inside layer(path(), x.caller());
///     return linear(x, weight, bias);   // recorded at the line that called the layer
///   }
///
/// Layers call layers. The outermost one's line is the user's, the innermost one's path
/// ("decoder.lstm", or "" if nobody has named it) says which of them it is.
class Inside {
public:
  /// `path` must live as long.
  Inside(const std::string& path, Caller at);
  Inside(std::string&& path, Caller at) = delete;
  /// The same for a function, which has no path of its own.
  explicit Inside(Caller at);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

  /// The line to report for an operator that was called at `own`.
  static Caller line(Caller own);
  /// "ch05_modules/mlp.cpp:31", and in a layer that has a path, "ch05_modules/mlp.cpp:31, in
  /// decoder.lstm".
  static std::string describe(Caller own);

  /// For whoever changes this thread's stack (batching/fiber.hpp): what is innermost there takes
  /// the place of what is innermost here, which is returned.
  static const Inside* exchange(const Inside* other);

private:
  const Inside* outer_;
  const std::string& path_;
  Caller line_;
};

} // namespace tapestry
