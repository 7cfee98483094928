#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "vision/datasets/idx.hpp"

using namespace tapestry;

namespace {

std::string header(int rank, const std::vector<std::uint32_t>& sizes) {
  std::string bytes{0, 0, 8, static_cast<char>(rank)};
  for (const std::uint32_t n : sizes)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(n >> shift);
  return bytes;
}

std::vector<double> numbers(const IdxHeader& h) {
  std::vector<double> all(h.shape.begin(), h.shape.end());
  all.push_back(static_cast<double>(h.entries));
  all.push_back(static_cast<double>(h.length));
  return all;
}

// The sizes, their product and the length.
void expect_header(const std::string& what, const std::string& bytes,
                   const std::vector<double>& wanted) {
  const std::vector<double> got = numbers(idx_header("file", bytes));
  expect_equal(what + ": sizes, product, length", tensor({got.size()}, got),
               tensor({wanted.size()}, wanted));
}

void expect_refused(const std::string& what, const std::string& bytes, int offset) {
  expect_error<FormatError>(
      what, [&] { idx_header("file", bytes); }, "file: byte " + std::to_string(offset) + ":");
}

} // namespace

STEP("a row of labels") { expect_header("5", header(1, {5}), {5, 5, 8}); }

STEP("pictures") {
  expect_header("MNIST's", header(3, {60000, 28, 28}) + "and pixels",
                {60000, 28, 28, 47040000, 16});
  expect_header("rank 4", header(4, {2, 3, 4, 5}), {2, 3, 4, 5, 120, 20});
  expect_header("sizes with bytes beyond 127", header(2, {200, 0x00fe81}),
                {200, 65153, 13030600, 12});
  expect_header("none", header(2, {0, 7}), {0, 7, 0, 12});
  expect_header("none, after others", header(2, {7, 0}), {7, 0, 0, 12});
}

STEP("other files") {
  expect_refused("a PNG", "\x89PNG\r\n\x1a\n", 0);
  expect_refused("1 in byte 1", std::string("\0\1\x08\1\0\0\0\1", 8), 0);
  expect_refused("1 in byte 0", std::string("\1\0\x08\1\0\0\0\1", 8), 0);
  expect_refused("1 in both", std::string("\1\1\x08\1\0\0\0\1", 8), 0);
  expect_refused("floats, type 13", std::string("\0\0\x0d\1\0\0\0\1", 8), 2);
}

STEP("a rank that is none") {
  expect_refused("rank 0", header(0, {1, 2, 3, 4, 5}), 3);
  expect_refused("rank 0, and nothing more", header(0, {}), 3);
  expect_refused("rank 5", header(5, {1, 2, 3, 4, 5}), 3);
  expect_refused("rank 255", header(255, {1, 2, 3, 4, 5}), 3);
}

STEP("cut off") {
  const std::string whole = header(3, {60000, 28, 28});
  for (const int size : {0, 1, 3, 4, 7, 8, 15})
    expect_refused(std::to_string(size) + " bytes", whole.substr(0, static_cast<std::size_t>(size)),
                   size);
}

STEP("more than any file holds") {
  expect_header("4,000,000,000 entries", header(2, {4, 1'000'000'000}), {4, 1e9, 4e9, 12});
  expect_header("3,000,000,000 in one size", header(1, {3'000'000'000}), {3e9, 3e9, 8});
  expect_header("0 times 4,294,967,295", header(2, {0, 0xffffffff}), {0, 4294967295., 0, 12});
  expect_refused("4,000,000,004", header(2, {4, 1'000'000'001}), 8);
  expect_refused("4,294,967,295 in one size", header(1, {0xffffffff}), 4);
  expect_refused("2 to the 64, which is 0 in 64 bits", header(4, {65536, 65536, 65536, 65536}), 8);
}

STEP("a use: a whole file is refused before memory is asked for") {
  const std::string bytes = header(3, {60000, 200, 200});
  expect_equal("bytes promised", static_cast<double>(idx_header("file", bytes).entries), 2.4e9);
}
