#include "tests/count_mallocs.hpp"

#ifdef TAPESTRY_COUNTS_MALLOCS

#include <atomic>
#include <cerrno>

namespace {
std::atomic<std::size_t> calls{0};
}

std::size_t tapestry::counted::mallocs() { return calls; }

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t n) {
  ++calls;
  return __libc_malloc(n);
}
void* calloc(std::size_t n, std::size_t size) {
  ++calls;
  return __libc_calloc(n, size);
}
void* realloc(void* p, std::size_t n) {
  ++calls;
  return __libc_realloc(p, n);
}
void* memalign(std::size_t alignment, std::size_t n) {
  ++calls;
  return __libc_memalign(alignment, n);
}
void* aligned_alloc(std::size_t alignment, std::size_t n) { return memalign(alignment, n); }
int posix_memalign(void** p, std::size_t alignment, std::size_t n) {
  *p = memalign(alignment, n);
  return *p ? 0 : ENOMEM;
}
}

#endif
