// What an operator must have in common with another to be run together with it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// One of the tensors that lie row by row under those of other examples: the variable itself, or
/// several, one after the other.
struct Stacked {
  Stacked(const Operand& x) : parts(static_cast<const Var*>(&x), 1) {}
  Stacked(std::span<const Var> all) : parts(all) {}
  std::span<const Var> parts;
};

/// Some of them: `{x, h}`, or a list of any length.
class StackedList {
public:
  StackedList() = default;
  StackedList(std::initializer_list<Stacked> few) : all_(few.begin(), few.size()) {}
  StackedList(std::span<const Stacked> many) : all_(many) {}

  std::size_t size() const { return all_.size(); }
  const Stacked& operator[](std::size_t i) const { return all_[i]; }
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }

private:
  std::span<const Stacked> all_;
};

//> request
/// What an operator says of itself when it is called for one example.
struct Request {
  const char* op;
  Caller at;
  Shape shape;                                   ///< of the result: (..., v)
  StackedList stacked = {};                      ///< (..., w) each, of as many rows
  std::initializer_list<const Var*> shared = {}; ///< the same variable in every example
  std::initializer_list<double> settings = {};   ///< whatever else must be the same
  const Indices* ids = nullptr;                  ///< an example's own; they are joined as well
  Shape second_shape = {};                       ///< where there are two results
};
//< request

/// Two requests run together if their signatures are equal.
class Signature {
public:
  explicit Signature(const Request& request);

  const char* op() const { return op_; }
  bool operator==(const Signature& other) const {
    return hash_ == other.hash_ && op_ == other.op_ && words_ == other.words_;
  }

  struct Hash {
    std::size_t operator()(const Signature& s) const { return s.hash_; }
  };

private:
  void add(std::uint64_t word);

  const char* op_;
  std::uint64_t hash_;
  std::vector<std::uint64_t, PoolAllocator<std::uint64_t>> words_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
