#include "autograd/base/digest.hpp"

#include <memory>
#include <new>

#include <fmt/format.h>
#include <xxhash.h>

#include "autograd/base/file.hpp"

namespace tapestry {
namespace {

std::string in_hexadecimal(XXH128_hash_t hash) {
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

} // namespace

std::string digest_of(std::string_view bytes) {
  return in_hexadecimal(XXH3_128bits(bytes.data(), bytes.size()));
}

std::string digest_of_file(const std::string& path) {
  const OpenFile file(path);
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       XXH3_freeState);
  if (!state) throw std::bad_alloc();
  XXH3_128bits_reset(state.get());
  std::string piece(1 << 16, '\0');
  std::uint64_t at = 0;
  while (const std::size_t n = file.read_some(at, piece.data(), piece.size())) {
    XXH3_128bits_update(state.get(), piece.data(), n);
    at += n;
  }
  return in_hexadecimal(XXH3_128bits_digest(state.get()));
}

} // namespace tapestry
