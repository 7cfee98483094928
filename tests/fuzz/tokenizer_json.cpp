// A tokenizer.json: what can be read is the same when it has been written and read again.
#include "text/subwords/tokenizer_json.hpp"
#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "tests/fuzz/fuzz.hpp"

FUZZED(tokenizer_json) {
  using namespace tapestry;
  try {
    const ByteBpeModel model = read_tokenizer_json(as_file(data, size, "tokenizer.json"));
    const std::string again = as_file(data, 0, "again.json");
    write_tokenizer_json(again, model);
    if (!(read_tokenizer_json(again) == model)) __builtin_trap();
  } catch (const FormatError&) {
  }
  return 0;
}
