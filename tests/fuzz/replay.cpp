// Runs a fuzzer over the files of a corpus without libFuzzer: each as it is, cut at some places,
// and with some bytes changed, always the same ones.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "autograd/base/file.hpp"
#include "autograd/random.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

std::map<std::string, Fuzzer>& fuzzers() {
  static std::map<std::string, Fuzzer> all;
  return all;
}

} // namespace

KnownFuzzer::KnownFuzzer(const char* name, Fuzzer f) { fuzzers()[name] = f; }

int main(int argc, char** argv) {
  const auto found = fuzzers().find(argc > 1 ? argv[1] : "");
  if (found == fuzzers().end()) {
    std::fprintf(stderr, "replay: expected the name of a fuzzer, and folders of its corpus\n");
    return 1;
  }
  std::vector<std::string> files;
  for (int i = 2; i < argc; ++i)
    for (const auto& entry : std::filesystem::directory_iterator(argv[i]))
      files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  std::size_t runs = 0;
  const auto run = [&](const std::string& bytes) {
    found->second(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ++runs;
  };
  for (int round = 0; round < 2; ++round) // some faults need what was read before
    for (const std::string& file : files) run(tapestry::read_file(file));
  tapestry::Rng rng(1);
  for (const std::string& file : files) {
    const std::string whole = tapestry::read_file(file);
    for (int i = 0; i < 20 && !whole.empty(); ++i) {
      std::string bytes = whole;
      for (std::size_t n = rng.below(3) + 1; n > 0; --n)
        bytes[rng.below(bytes.size())] = static_cast<char>(rng.bits());
      run(bytes);
      run(whole.substr(0, rng.below(whole.size())));
    }
  }
  std::printf("%zu files, %zu runs\n", files.size(), runs);
  return files.empty() ? 1 : 0;
}
