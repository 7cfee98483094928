// A file of tiktoken's ranks, after those of the 256 bytes or alone: what can be read encodes alike
// the fast way and the plain one.
#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/subwords/byte_bpe_files.hpp"

FUZZED(ranks) {
  using namespace tapestry;
  static const std::string bytes = [] {
    ByteBpeModel model;
    for (int byte = 0; byte < 256; ++byte) model.tokens.emplace_back(1, static_cast<char>(byte));
    const std::string path = as_file(nullptr, 0, "bytes");
    write_ranks(path, model);
    return read_file(path);
  }();
  const std::string text =
      (size % 2 ? bytes : std::string()) + std::string(reinterpret_cast<const char*>(data), size);
  try {
    const auto* start = reinterpret_cast<const std::uint8_t*>(text.data());
    const ByteBpeModel model =
        read_ranks(as_file(start, text.size(), "ranks"), PiecePattern::cl100k);
    const ByteBpe tokenizer(model);
    if (tokenizer.encode(text).ids != tokenizer.encode_plain(text)) __builtin_trap();
  } catch (const FormatError&) {
  }
  return 0;
}
