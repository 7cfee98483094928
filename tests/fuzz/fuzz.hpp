// One reader, fed with any bytes: it may refuse them with a FormatError, and nothing else.
//
// Every *.cpp here but replay.cpp defines this function. With libFuzzer (clang++):
//
//   CC=clang CXX=clang++ meson setup build-fuzz -Db_sanitize=address,undefined -Db_lundef=false
//         -Dcpp_args=-fsanitize=fuzzer-no-link -Dbuildtype=plain -Doptimization=1
//   ninja -C build-fuzz tests/fuzz/fuzz_image
//   build-fuzz/tests/fuzz/fuzz_image -max_total_time=300 found tests/fuzz/corpus/image
//
// Without it, replay.cpp runs through the files of a corpus, and changes each a little.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// The bytes as a file of this name, for readers that want a path.
std::string as_file(const std::uint8_t* data, std::size_t size, const char* name);
