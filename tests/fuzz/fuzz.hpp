// One reader, fed with any bytes: it may refuse them with a FormatError, and nothing else.
//
// Every *.cpp here but replay.cpp and as_file.cpp is one. With libFuzzer (clang++) each is a
// program:
//
//   CC=clang CXX=clang++ meson setup build-fuzz -Db_sanitize=address,undefined -Db_lundef=false
//         -Dcpp_args=-fsanitize=fuzzer-no-link -Dbuildtype=plain -Doptimization=1
//   ninja -C build-fuzz tests/fuzz/fuzz_image
//   build-fuzz/tests/fuzz/fuzz_image -max_total_time=300 found tests/fuzz/corpus/image
//
// Without it, all are one program, which runs through the files of a corpus and changes each a
// little:
//
//   build/tests/fuzz/replay image tests/fuzz/corpus/image
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

/// FUZZED(name) { ... } is a function of the bytes `data` (size) that returns 0.
#ifdef TAPESTRY_FUZZING
#define FUZZED(name)                                                                               \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
#else
#define FUZZED(name)                                                                               \
  static int fuzz_##name(const std::uint8_t* data, std::size_t size);                              \
  static const KnownFuzzer known_##name(#name, fuzz_##name);                                       \
  static int fuzz_##name(const std::uint8_t* data, std::size_t size)
#endif

using Fuzzer = int (*)(const std::uint8_t* data, std::size_t size);
/// Puts one on the list that replay.cpp chooses from by name.
struct KnownFuzzer {
  KnownFuzzer(const char* name, Fuzzer f);
};

/// The bytes as a file of this name, for readers that want a path.
std::string as_file(const std::uint8_t* data, std::size_t size, const char* name);
