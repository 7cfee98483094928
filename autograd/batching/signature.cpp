#include "autograd/batching/signature.hpp"

#include <bit>

#include "autograd/batching/joined_rows.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

void Signature::add(std::uint64_t word) {
  words_.push_back(word);
  hash_ = (hash_ ^ word) * 0x9e3779b97f4a7c15u; // 2^64 over the golden ratio: spreads the bits
  hash_ ^= hash_ >> 32;
}

//> signature
// How many rows an example has does not count: all of them lie under each other. How wide they are
// does, and so does which variable is shared: two layers have different weights.
Signature::Signature(const Request& request)
    : op_(request.op), hash_(reinterpret_cast<std::uintptr_t>(request.op)) {
  words_.reserve(1 + request.stacked.size() + request.shared.size() + request.settings.size());
  for (const Stacked& x : request.stacked) add(JoinedRows::width(x.parts[0].shape()));
  add(JoinedRows::width(request.shape));
  for (const Var* x : request.shared) add(reinterpret_cast<std::uintptr_t>(x->identity()));
  for (const double setting : request.settings) add(std::bit_cast<std::uint64_t>(setting));
}
//< signature

} // namespace tapestry::inline TAPESTRY_PRECISION
