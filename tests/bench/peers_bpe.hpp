// Other programs that encode with byte-pairs, beside ours: quicktok, loaded where it was built, and
// those from npm, which peer_bpe.cjs runs.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "text/subwords/byte_bpe_files.hpp"
#include "text/subwords/tokenizer_json.hpp"

namespace tapestry::bench {

/// The numbers that a command prints, and with what it ended.
struct Answer {
  std::vector<double> numbers;
  int code = -1;
};
inline Answer answer_of(const std::string& command) {
  Answer answer;
  std::FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (!pipe) return answer;
  for (double value; std::fscanf(pipe, "%lf", &value) == 1;) answer.numbers.push_back(value);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) answer.code = WEXITSTATUS(status);
  if (answer.code != 0) answer.numbers.clear();
  return answer;
}

/// A file of this process's own that goes with the object.
struct Temporary {
  explicit Temporary(const std::string& name)
      : path((std::filesystem::temp_directory_path() / fmt::format("bpe-{}-{}", ::getpid(), name))
                 .string()) {}
  ~Temporary() { std::filesystem::remove(path); }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  std::string path;
};

/// quicktok's C interface, loaded where it was built.
class Quicktok {
public:
  explicit Quicktok(const std::string& folder) {
    void* library = dlopen((folder + "/build/libquicktok.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    const auto load = reinterpret_cast<void* (*)(const char*, const char*, char*, std::size_t)>(
        dlsym(library, "qt_load_dir"));
    encode_ = reinterpret_cast<decltype(encode_)>(dlsym(library, "qt_encode"));
    free_ = reinterpret_cast<decltype(free_)>(dlsym(library, "qt_ids_free"));
    char error[200] = "";
    if (load && encode_ && free_)
      handle_ = load((folder + "/data").c_str(), "cl100k_base", error, sizeof error);
  }
  explicit operator bool() const { return handle_; }
  std::vector<int> encode(const std::string& text) const {
    std::uint32_t* ids = nullptr;
    std::size_t n = 0;
    encode_(handle_, text.data(), text.size(), &ids, &n);
    std::vector<int> result(ids, ids + n);
    free_(ids);
    return result;
  }
  void run(const std::string& text) const {
    std::uint32_t* ids = nullptr;
    std::size_t n = 0;
    encode_(handle_, text.data(), text.size(), &ids, &n);
    free_(ids);
  }

private:
  void* handle_ = nullptr;
  int (*encode_)(const void*, const char*, std::size_t, std::uint32_t**, std::size_t*) = nullptr;
  void (*free_)(std::uint32_t*) = nullptr;
};

/// cl100k from quicktok's file: a count, then for each token its length (2 bytes), bytes and rank.
inline ByteBpeModel cl100k_of(const std::string& folder) {
  const std::string file = read_file(folder + "/data/cl100k.vocab");
  const auto number = [&](std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; --i)
      value = value << 8 | static_cast<unsigned char>(file.at(at + static_cast<std::size_t>(i)));
    return value;
  };
  ByteBpeModel tokens;
  for (std::size_t at = 4; at < file.size();) {
    const std::size_t length = number(at, 2), id = number(at + 2 + length, 4);
    if (id >= tokens.tokens.size()) tokens.tokens.resize(id + 1);
    tokens.tokens[id] = file.substr(at + 2, length);
    at += length + 6;
  }
  const Temporary ranks("cl100k");
  write_ranks(ranks.path, tokens);
  return read_ranks(ranks.path, PiecePattern::cl100k, cl100k_special());
}

/// As peer_bpe.cjs has it.
inline std::uint32_t hash_of(const std::vector<int>& ids) {
  std::uint32_t hash = 0;
  for (const int id : ids) hash = hash * 31 + static_cast<std::uint32_t>(id);
  return hash;
}

/// The encoders from npm, with the vocabulary of ours.
class Npm {
public:
  Npm(const ByteBpeModel& model, const std::string& peers) {
    const auto wants = [&](const char* name) { return peers == "all" || peers == name; };
    if (!wants("tokenizers") && !wants("tiktoken")) return;
    ByteBpeModel ordinary = model; // in a text, Hugging Face's always takes special tokens for such
    ordinary.special.clear();
    write_tokenizer_json(json_.path, ordinary);
    write_ranks(ranks_.path, model);
    const Temporary text("try");
    write_file(text.path, "A try.\n");
    for (const char* name : {"tokenizers", "tiktoken"})
      if (wants(name)) {
        if (run(name, text.path, 1).numbers.size() == 3)
          names_.emplace_back(name);
        else
          fmt::print("{0}: not there (npm install {0}; NODE_PATH says where)\n", name);
      }
  }
  struct Result {
    std::string peer;
    double seconds;
    bool equal; // the ids are ours
  };
  /// What each of them takes. Hugging Face's shares the work among threads; tiktoken, which does
  /// not, is left out for more than one.
  std::vector<Result> encode(const std::string& text, std::size_t threads,
                             const std::vector<int>& ids) const {
    const Temporary file("text");
    write_file(file.path, text);
    std::vector<Result> results;
    for (const std::string& peer : names_) {
      if (peer == "tiktoken" && threads > 1) continue;
      const Answer answer = run(peer, file.path, threads);
      if (answer.numbers.size() == 3)
        results.push_back({peer, answer.numbers[0],
                           answer.numbers[1] == static_cast<double>(ids.size()) &&
                               answer.numbers[2] == static_cast<double>(hash_of(ids))});
      else if (answer.code == late)
        fmt::print("  {}: not done after {} s\n", peer, patience);
      else
        fmt::print("  {}: failed\n", peer);
    }
    return results;
  }

private:
  static constexpr int patience = 60, late = 124; // what coreutils' timeout ends with
  Answer run(const std::string& name, const std::string& text, std::size_t threads) const {
    return answer_of(fmt::format(
        "RAYON_NUM_THREADS={} timeout {} node '{}/peer_bpe.cjs' {} '{}' '{}'", threads, patience,
        TAPESTRY_BENCH, name, name == "tokenizers" ? json_.path : ranks_.path, text));
  }
  Temporary json_{"tokenizer.json"}, ranks_{"ranks"};
  std::vector<std::string> names_;
};

} // namespace tapestry::bench
