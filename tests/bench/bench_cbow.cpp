// Words a second of training word vectors, CBOW with negative sampling: ours beside word2vec.c at
// the same settings, in turns.
//
// word2vec.c is the peer if it is called `word2vec` and lies in a folder of PATH, or by
// --peer PATH_OF_IT. Built from github.com/dav/word2vec: gcc -O3 -march=native src/word2vec.c -lm
// -lpthread. Both are measured in processor time of their threads, so that other programs on the
// machine count little; the time to read the text is in neither.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <sstream>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/random.hpp"
#include "text/embeddings/word2vec.hpp"

using namespace tapestry;

namespace {

struct Case {
  const char* name;
  std::size_t dim, window, negatives, threads;
};

double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// Words whose frequencies fall as those of a language do, for when there is no text.
std::string made_text(std::size_t words) {
  Rng rng(1);
  std::string text;
  constexpr double kinds = 30'000;
  for (std::size_t i = 0; i < words; ++i) // the chance of the k-th word is about 1/k
    text += fmt::format("w{} ", static_cast<std::size_t>(std::pow(kinds, rng.uniform())));
  return text;
}

// The whole words of the first n bytes.
std::string beginning(const std::string& path, std::size_t n) {
  std::string text = read_beginning(path, n);
  if (const std::size_t space = text.rfind(' '); text.size() == n && space != text.npos)
    text.resize(space);
  return text;
}

struct Speed {
  double each = 0; ///< words a second of a thread's processor time
  double all = 0;  ///< words a second on the clock
};

Speed ours(const Case& c, const WordCorpus& corpus) {
  set_thread_count(c.threads);
  Word2Vec trainer(corpus,
                   {.dim = c.dim, .window = c.window, .negatives = c.negatives, .epochs = 1});
  const double words = static_cast<double>(corpus.total);
  const auto start = std::chrono::steady_clock::now();
  const double before = processor_seconds();
  trainer.train();
  const double spent = processor_seconds() - before;
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  return {words / spent, words / passed.count()};
}

// What word2vec.c itself reports at the end: "Words/thread/sec: 192.00k".
double peers(const Case& c, const std::string& program, const std::string& text) {
  const std::string command = fmt::format(
      "'{}' -train '{}' -output /dev/null -cbow 1 -hs 0 -size {} -window {} -negative {} "
      "-sample 1e-4 -threads {} -iter 1 -min-count 5 -binary 1 2>&1",
      program, text, c.dim, c.window, c.negatives, c.threads);
  FILE* const pipe = popen(command.c_str(), "r");
  if (!pipe) throw std::runtime_error(program + ": it cannot be started");
  std::string said;
  char part[4096];
  while (const std::size_t n = fread(part, 1, sizeof part, pipe)) said.append(part, n);
  const int status = pclose(pipe);
  const std::string mark = "Words/thread/sec: ";
  const std::size_t at = said.rfind(mark);
  if (status != 0 || at == said.npos)
    throw std::runtime_error(
        fmt::format("{}: it ended with status {} and no \"{}\"", program, status, mark));
  return 1000 * std::strtod(said.c_str() + at + mark.size(), nullptr);
}

// A program of this name in a folder of PATH, or "".
std::string installed(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const std::string file = folder + "/" + name; access(file.c_str(), X_OK) == 0) return file;
  return {};
}

} // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Benchmark cbow", "bench_cbow"};
  std::string peer, json, text_path, only;
  std::size_t bytes = 5'000'000, turns = 3;
  app.add_option("--peer", peer, "word2vec.c's program; unset: `word2vec`, if it is installed");
  app.add_option("--json", json, "write the rows to this file");
  app.add_option("--text", text_path, "a text to train on; unset: TAPESTRY_DATA's, or a made one");
  app.add_option("--bytes", bytes, "of the text")->capture_default_str();
  app.add_option("--turns", turns, "of each; the best counts")->capture_default_str();
  app.add_option("--only", only, "only rows whose name contains this");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  }
  if (peer.empty() || peer == "word2vec" || peer == "all") peer = installed("word2vec");
  if (peer.empty()) fmt::print("word2vec.c is not installed: ours alone\n");
  const char* const data = std::getenv("TAPESTRY_DATA");
  if (text_path.empty() && data) text_path = std::string(data) + "/words/books8_first20MB.txt";
  const std::string text = text_path.empty() ? made_text(bytes / 5) : beginning(text_path, bytes);
  const WordCorpus corpus = word_corpus(text);
  fmt::print("{}: {} words, {} different\n", text_path.empty() ? "a made text" : text_path,
             corpus.total, corpus.words.size());

  std::string folder = (std::filesystem::temp_directory_path() / "cbow.XXXXXX").string();
  if (!mkdtemp(folder.data())) throw std::runtime_error("no temporary folder " + folder);
  const std::string copy = folder + "/text";
  write_file(copy, text);

  fmt::print("{:36}{:>14}{:>14}{:>9}{:>16}\n", "words a second of a thread", "ours", "word2vec.c",
             "faster", "ours, by clock");
  nlohmann::json rows = nlohmann::json::array();
  for (const Case& c : {Case{"100 dimensions, window 8, 10 negatives", 100, 8, 10, 1},
                        Case{"100 dimensions, window 8, 10 negatives", 100, 8, 10, 2},
                        Case{"300 dimensions, window 5, 5 negatives", 300, 5, 5, 1}}) {
    const std::string name =
        fmt::format("{}, {} thread{}", c.name, c.threads, c.threads == 1 ? "" : "s");
    if (name.find(only) == name.npos) continue;
    Speed best;
    double best_peer = 0;
    for (std::size_t turn = 0; turn < turns; ++turn) {
      const Speed now = ours(c, corpus);
      best = {std::max(best.each, now.each), std::max(best.all, now.all)};
      if (!peer.empty()) best_peer = std::max(best_peer, peers(c, peer, copy));
    }
    nlohmann::json row{{"case", name},
                       {"ours_words_s", best.each},
                       {"ours_words_s_by_clock", best.all},
                       {"threads", c.threads}};
    if (!peer.empty()) {
      row["peer"] = "word2vec.c";
      row["peer_words_s"] = best_peer;
      row["faster"] = best.each / best_peer;
    }
    fmt::print("{:48}{:>10.0f}{:>14}{:>9}{:>12.0f}\n", name, best.each,
               peer.empty() ? "" : fmt::format("{:.0f}", best_peer),
               peer.empty() ? "" : fmt::format("{:.1f} x", best.each / best_peer), best.all);
    std::fflush(stdout);
    rows.push_back(std::move(row));
  }
  std::filesystem::remove_all(folder);
  if (!json.empty()) write_file_atomically(json, rows.dump(1) + "\n");
} catch (const std::exception& error) {
  fmt::print(stderr, "bench_cbow: {}\n", error.what());
  return 1;
}
