// The header of an IDX file, byte by byte, and what the reader says of damaged ones.
#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "vision/datasets/idx.hpp"

using namespace tapestry;

namespace {

void print_refusal(const char* what, const std::string& bytes) {
  try {
    idx_header("digits", bytes);
    fmt::print("  {:<22} accepted\n", what);
  } catch (const FormatError& error) {
    fmt::print("  {:<22} {}\n", what, error.what());
  }
}

} // namespace

int main() {
  const std::string start("\0\0\x08\x03\0\0\xea\x60\0\0\0\x1c\0\0\0\x1c", 16);
  fmt::print("The first 16 bytes of MNIST's training pictures:\n ");
  for (const char c : start) fmt::print(" {:02x}", static_cast<unsigned char>(c));
  const IdxHeader header = idx_header("train-images-idx3-ubyte", start);
  fmt::print("\n  rank {}, sizes {} x {} x {}, {} bytes of pixels\n\n", header.shape.size(),
             header.shape[0], header.shape[1], header.shape[2], header.entries);

  fmt::print("Refused:\n");
  print_refusal("a PNG", "\x89PNG\r\n\x1a\n");
  print_refusal("floats", std::string("\0\0\x0d\1\0\0\0\2", 8));
  print_refusal("rank 0", std::string("\0\0\x08\0", 4));
  print_refusal("12 of 16 bytes", start.substr(0, 12));
  print_refusal("sizes of 4294967295", std::string("\0\0\x08\x03", 4) + std::string(12, '\xff'));
}
