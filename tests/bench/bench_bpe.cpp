// Byte-pair encoding: megabytes a second, encoding and learning, ours and other programs'.
//
// Texts are made from what the project ships, or from the folder TAPESTRY_DATA; the vocabulary is
// GPT-2's if TAPESTRY_DATA has it, else one learned on the shipped text. quicktok is found by
// TAPESTRY_QUICKTOK, the folder where it was built; both then have its cl100k vocabulary.
// `tokenizers` and `tiktoken` are npm's, installed in a folder above this one or in one that
// NODE_PATH names. Our rows of one thread are of the processor's time, all others by the clock.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/random.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/peers_bpe.hpp"
#include "text/subwords/byte_bpe_files.hpp"
#include "text/subwords/learn_bpe.hpp"

using namespace tapestry;
using namespace tapestry::bench;
namespace fs = std::filesystem;

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// A file of TAPESTRY_DATA, or nothing.
std::string data(const std::string& name) {
  const std::string folder = variable("TAPESTRY_DATA");
  return folder.empty() || !fs::exists(folder + "/" + name) ? "" : read_file(folder + "/" + name);
}

/// The files of the project with these endings, one after another.
std::string shipped(const std::vector<std::string>& folders, const std::string& endings) {
  const fs::path root = fs::path(TAPESTRY_BENCH).parent_path().parent_path();
  std::vector<std::string> paths;
  for (const std::string& folder : folders)
    for (const auto& entry : fs::recursive_directory_iterator(root / folder))
      if (entry.is_regular_file() && entry.path().has_extension() &&
          endings.find(entry.path().extension().string() + ' ') != endings.npos)
        paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  std::string text;
  for (const std::string& path : paths) text += read_file(path);
  return text;
}

std::string repeated(const std::string& text, std::size_t bytes) {
  std::string result;
  while (result.size() < bytes) result += text.substr(0, bytes - result.size());
  return result;
}

/// Words of kanji and kana with frequencies as in a language (the n-th as 1/n), and lines.
std::string east_asian(std::size_t bytes) {
  Rng rng(4);
  std::vector<std::u32string> words;
  for (int i = 0; i < 20'000; ++i) {
    std::u32string word;
    for (std::size_t n = 1 + rng.below(3); n > 0; --n)
      word += static_cast<char32_t>(rng.chance(0.5) ? 0x3041 + rng.below(83)
                                                    : 0x4E00 + rng.below(3000));
    words.push_back(word);
  }
  std::string text;
  const auto put = [&](char32_t c) {
    text += static_cast<char>(0xE0 | c >> 12);
    text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  };
  for (int word = 1; text.size() < bytes; ++word) {
    const double u = rng.uniform();
    for (const char32_t c : words[static_cast<std::size_t>(std::pow(20'000.0, u)) - 1]) put(c);
    if (word % 6 == 0) put(word % 18 == 0 ? 0x3002 : 0x3001);
    if (word % 90 == 0) text += '\n';
  }
  return text;
}

std::string random_bytes(std::size_t bytes) {
  Rng rng(8);
  std::string text(bytes, ' ');
  for (char& c : text) c = static_cast<char>(rng.below(256));
  return text;
}

std::string without_spaces(const std::string& prose, std::size_t bytes) {
  std::string letters;
  for (const char c : prose)
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) letters += c;
  return repeated(letters, bytes);
}

struct Row {
  std::string name;
  double ours = 0; // MB/s
  std::size_t threads = 1;
  std::string peer = {};
  double peers = 0;
};

class Table {
public:
  explicit Table(std::string only) : only_(std::move(only)) {
    fmt::print("{:44}{:>8}{:>12}  {:16}{:>12}\n", "MB/s", "threads", "ours", "peer", "peer's");
  }
  bool wanted(const std::string& name) const { return name.find(only_) != name.npos; }
  void add(const Row& row, nlohmann::json more = nlohmann::json::object()) {
    more.update({{"case", row.name}, {"ours_mb_s", row.ours}, {"threads", row.threads}});
    more["peer"] = row.peer.empty() ? nlohmann::json() : nlohmann::json(row.peer);
    more["peer_mb_s"] = row.peer.empty() ? nlohmann::json() : nlohmann::json(row.peers);
    fmt::print("{:44}{:>8}{:>12.1f}  {:16}{:>12}\n", row.name, row.threads, row.ours, row.peer,
               row.peer.empty() ? "" : fmt::format("{:.1f}", row.peers));
    std::fflush(stdout);
    rows_.push_back(std::move(more));
  }
  const nlohmann::json& rows() const { return rows_; }

private:
  std::string only_;
  nlohmann::json rows_ = nlohmann::json::array();
};

/// Seconds that one call takes: by the clock, or of the processor's time of this process. The
/// latter is what a machine measures that others work on too; for one thread both mean the same.
double seconds_of(const std::function<void()>& f, bool processor) {
  if (!processor) return bench::milliseconds(f) / 1e3;
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  const double begin = now();
  f();
  return now() - begin;
}

/// The shortest of several turns, ours and the other's one after the other, in seconds.
std::pair<double, double> fastest(const std::function<void()>& ours,
                                  const std::function<void()>& other, bool processor,
                                  int turns = 7) {
  double best = 1e30, others = 1e30;
  for (int turn = 0; turn < turns; ++turn) {
    best = std::min(best, seconds_of(ours, processor));
    if (other) others = std::min(others, seconds_of(other, processor));
  }
  return {best, others};
}

/// Megabytes of 10^6 bytes that this process has had at most.
double peak_megabytes() {
  std::ifstream lines("/proc/self/status");
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1024 / 1e6;
  return 0;
}

void encode_rows(Table& table, const std::string& peers) {
  std::string prose = data("tinyshakespeare/input.txt");
  const bool own_prose = prose.empty();
  if (own_prose) prose = repeated(shipped({"tutorials"}, ".md "), 4'000'000);
  const std::string code =
      repeated(shipped({"autograd", "nn", "text", "vision", "tests"}, ".cpp .hpp .py "), 4'000'000);
  struct Text {
    std::string name, text;
  };
  const std::vector<Text> texts{
      {own_prose ? "English prose (the book's)" : "English prose (tinyshakespeare)", prose},
      {"code (the project's)", code},
      {"Chinese and Japanese (drawn)", east_asian(4'000'000)},
      {"a line without a space, 1 MB", without_spaces(prose, 1'000'000)},
      {"a line without a space, 10 MB", without_spaces(prose, 10'000'000)},
      {"random bytes, 1 MB", random_bytes(1'000'000)},
      {"random bytes, 16 MB", random_bytes(16'000'000)}};

  const std::string folder = variable("TAPESTRY_DATA") + "/gpt2";
  const bool gpt2 = fs::exists(folder + "/vocab.bpe");
  ByteBpeModel model;
  if (gpt2) {
    model = read_gpt2(folder + "/encoder.json", folder + "/vocab.bpe");
    fmt::print("vocabulary: GPT-2's\n");
  } else {
    WordCounts counts;
    count_pieces(shipped({"tutorials", "text"}, ".md .cpp .hpp "), PiecePattern::gpt2, counts);
    model = learn_byte_bpe(counts, 20'000, PiecePattern::gpt2);
    fmt::print("vocabulary: {} merges learned on the project's own text\n", model.merges.size());
  }
  const Npm npm(model, peers);
  const ByteBpe tokenizer(std::move(model));

  const std::string quicktok_folder = variable("TAPESTRY_QUICKTOK");
  std::unique_ptr<Quicktok> quicktok;
  std::unique_ptr<ByteBpe> cl100k;
  if (peers == "all" || peers == "quicktok") {
    if (!quicktok_folder.empty()) quicktok = std::make_unique<Quicktok>(quicktok_folder);
    if (quicktok && *quicktok)
      cl100k = std::make_unique<ByteBpe>(cl100k_of(quicktok_folder),
                                         ByteBpeOptions{.invalid = InvalidUtf8::keep});
    else
      fmt::print("quicktok: not there (set TAPESTRY_QUICKTOK to the folder where it was built)\n");
  }

  std::vector<int> ids;
  const std::size_t cores = thread_count();
  for (const auto& [name, text] : texts) {
    if (!table.wanted(name)) continue;
    const double megabytes = static_cast<double>(text.size()) / 1e6;
    const auto encode = [&](const ByteBpe& with) {
      return [&] {
        ids.clear();
        with.encode_ids(text, ids);
      };
    };
    for (const std::size_t threads : {std::size_t{1}, cores}) {
      if (threads == cores && cores == 1 && table.rows().size() % 2 == 1) continue;
      set_thread_count(threads);
      const double seconds = fastest(encode(tokenizer), {}, threads == 1).first;
      table.add({name, megabytes / seconds, threads}, {{"ns_per_byte", 1e3 * seconds / megabytes},
                                                       {"vocabulary", gpt2 ? "gpt2" : "own"}});
      // Theirs take text, not bytes.
      if (name.starts_with("random")) continue;
      for (const auto& [peer, theirs, equal] : npm.encode(text, threads, ids)) {
        table.add({name, megabytes / seconds, threads, peer, megabytes / theirs},
                  {{"vocabulary", gpt2 ? "gpt2" : "own"}, {"equal_ids", equal}});
        if (!equal) fmt::print("  the ids are not equal\n");
      }
    }
    if (!cl100k) continue;
    set_thread_count(1);
    encode (*cl100k)();
    const bool equal = ids == quicktok->encode(text);
    const auto [ours, theirs] = fastest(
        encode(*cl100k), [&] { quicktok->run(text); }, true);
    table.add({name, megabytes / ours, 1, "quicktok", megabytes / theirs},
              {{"vocabulary", "cl100k"}, {"equal_ids", equal}});
    if (!equal) fmt::print("  the ids are not equal\n");
  }
  set_thread_count(cores);
}

void learn_rows(Table& table, const std::string& peers) {
  std::string text = data("words/books8_first20MB.txt");
  const bool own = text.empty();
  if (own) text = shipped({"tutorials"}, ".md ");
  const std::string ten = repeated(text, 10'000'000);
  const std::string name = "learn 8,000 merges on 10 MB";
  if (table.wanted(name)) {
    const std::size_t cores = thread_count();
    std::size_t merges = 0;
    const auto learn = [&] {
      WordCounts counts;
      count_words(ten, counts);
      merges = learn_bpe(counts, 8'000).size();
    };
    const double seconds = fastest(learn, {}, false, 3).first;
    nlohmann::json more{{"seconds", seconds}, {"merges", merges}, {"text", own ? "own" : "books8"}};
    Row row{name, 10 / seconds, cores};
    if (peers == "all" || peers == "sentencepiece") {
      const Temporary file("lines");
      std::string lines = ten; // it refuses long lines
      for (std::size_t at = 1000; at < lines.size(); at += 1000)
        if (const std::size_t space = lines.find(' ', at); space != lines.npos)
          lines[at = space] = '\n';
      write_file(file.path, lines);
      const Answer theirs = answer_of(
          fmt::format("/usr/bin/python3 '{}/peer_bpe.py' {} 8000", TAPESTRY_BENCH, file.path));
      if (theirs.numbers.size() == 1)
        row.peer = "sentencepiece", row.peers = 10 / theirs.numbers[0];
      else
        fmt::print("sentencepiece: not there (Debian's python3-sentencepiece)\n");
    }
    table.add(row, more);
    fmt::print("  {:.2f} s, {} merges\n", seconds, merges);
  }
  const std::string large = "learn 50,000 merges byte-level on 100 MB";
  if (table.wanted(large)) {
    std::size_t merges = 0;
    const double seconds = bench::milliseconds([&] {
                             WordCounts counts;
                             for (int block = 0; block < 10; ++block)
                               count_pieces(ten, PiecePattern::gpt2, counts);
                             merges =
                                 learn_byte_bpe(counts, 50'000, PiecePattern::gpt2).merges.size();
                           }) /
                           1e3;
    table.add({large, 100 / seconds, thread_count()},
              {{"seconds", seconds}, {"merges", merges}, {"peak_mb", peak_megabytes()}});
    fmt::print("  10 MB ten times; {:.2f} s, {} merges, {:.0f} MB of memory at most\n", seconds,
               merges, peak_megabytes());
  }
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Benchmark bpe", "bench_bpe"};
  std::string peers, json, only;
  app.add_option("--peer", peers, "compare with other programs")
      ->check(CLI::IsMember({"all", "quicktok", "sentencepiece", "tokenizers", "tiktoken"}));
  app.add_option("--json", json, "write the rows to this file");
  app.add_option("--only", only, "only rows whose name contains this");
  CLI11_PARSE(app, argc, argv);
  if (!json.empty() && !std::ofstream(json)) {
    fmt::print(stderr, "bench_bpe: {}: it cannot be written\n", json);
    return 1;
  }
  Table table(only);
  learn_rows(table, peers);
  encode_rows(table, peers);
  if (json.empty()) return 0;
  std::ofstream file(json);
  file << table.rows().dump(1) << "\n";
  if (file.flush()) return 0;
  fmt::print(stderr, "bench_bpe: {}: it cannot be written\n", json);
  return 1;
}
