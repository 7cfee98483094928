// What each step of speed brings, for learning and for encoding. On tinyshakespeare and GPT-2's
// vocabulary if TAPESTRY_DATA names a folder with them, else on the story of chapter 6.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "../ch06_tokens/texts.hpp"
#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "keep.hpp"
#include "text/subwords/byte_bpe_files.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/learn_bpe_plain.hpp"
#include "text/subwords/merge_queue.hpp"
#include "text/subwords/piece_encoder.hpp"

using namespace tapestry;

namespace {

double seconds(const std::function<void()>& f, int turns = 1) {
  double best = 1e30;
  for (int turn = 0; turn < turns; ++turn) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

using Pair = std::pair<int, int>;
struct HashPair {
  std::size_t operator()(const Pair& p) const {
    return (static_cast<std::size_t>(p.first) << 32 | static_cast<std::size_t>(p.second)) *
           0x9E3779B97F4A7C15;
  }
};

/// Algorithm 1 with numbers for symbols. Each round it counts all pairs, or, with `places`, changes
/// the counts where a merge has changed a word.
class Rounds {
public:
  explicit Rounds(const WordCounts& counts) {
    std::unordered_map<std::string, int> ids;
    for (std::size_t w = 0; w < counts.size(); ++w) {
      words_.emplace_back();
      counts_.push_back(counts.count(w));
      for (const std::string& symbol : symbols_of(counts.word(w))) words_[w].push_back(id(symbol));
    }
  }

  std::vector<SymbolMerge> learn(std::size_t merges, bool keep_counts) {
    std::vector<SymbolMerge> learned;
    std::unordered_map<Pair, std::int64_t, HashPair> pairs;
    std::unordered_map<Pair, std::vector<std::size_t>, HashPair> where;
    const auto count = [&](std::size_t w, std::int64_t sign) {
      for (std::size_t i = 0; i + 1 < words_[w].size(); ++i) {
        const Pair pair{words_[w][i], words_[w][i + 1]};
        pairs[pair] += sign * counts_[w];
        if (keep_counts && sign > 0 && (where[pair].empty() || where[pair].back() != w))
          where[pair].push_back(w);
      }
    };
    if (keep_counts)
      for (std::size_t w = 0; w < words_.size(); ++w) count(w, 1);
    while (learned.size() < merges) {
      if (!keep_counts) {
        pairs.clear();
        for (std::size_t w = 0; w < words_.size(); ++w) count(w, 1);
      }
      Pair best{-1, -1};
      std::int64_t most = 1;
      for (const auto& [pair, n] : pairs)
        if (n > most || (n == most && best.first >= 0 && greater(pair, best)))
          best = pair, most = n;
      if (best.first < 0) break;
      learned.push_back({name(best.first), name(best.second)});
      const int made = id(name(best.first) + name(best.second));
      std::vector<std::size_t> touched;
      if (keep_counts)
        touched = where[best];
      else
        for (std::size_t w = 0; w < words_.size(); ++w) touched.push_back(w);
      for (const std::size_t w : touched) {
        if (keep_counts) count(w, -1);
        std::vector<int>& word = words_[w];
        std::size_t out = 0;
        for (std::size_t i = 0; i < word.size(); ++i) {
          const bool here =
              i + 1 < word.size() && word[i] == best.first && word[i + 1] == best.second;
          word[out++] = here ? made : word[i];
          if (here) ++i;
        }
        word.resize(out);
        if (keep_counts) count(w, 1);
      }
    }
    return learned;
  }

private:
  int id(const std::string& symbol) {
    const auto [found, added] = ids_.emplace(symbol, static_cast<int>(names_.size()));
    if (added) names_.push_back(symbol);
    return found->second;
  }
  const std::string& name(int id) const { return names_[static_cast<std::size_t>(id)]; }
  bool greater(const Pair& a, const Pair& b) const {
    return a.first != b.first ? name(a.first) > name(b.first) : name(a.second) > name(b.second);
  }
  std::vector<std::vector<int>> words_;
  std::vector<std::int64_t> counts_;
  std::unordered_map<std::string, int> ids_;
  std::vector<std::string> names_;
};

std::vector<int> with_queue(const MergeTable& table, std::string_view piece) {
  std::vector<int> ids;
  for (const char c : piece) ids.push_back(table.byte_id(static_cast<unsigned char>(c)));
  RankedMerge merge;
  merge_by_rank(ids, [&](int left, int right) -> const RankedMerge* {
    const std::uint32_t* rank = table.rank(left, right);
    if (!rank) return nullptr;
    merge = {*rank, table.merges()[*rank].result};
    return &merge;
  });
  return ids;
}

nlohmann::json numbers;

void learning(const std::string& text) {
  WordCounts counts;
  count_words(text, counts);
  std::map<std::string, std::int64_t> words;
  for (std::size_t w = 0; w < counts.size(); ++w)
    words[std::string(counts.word(w))] = counts.count(w);
  std::int64_t total = 0;
  for (std::size_t w = 0; w < counts.size(); ++w) total += counts.count(w);
  constexpr std::size_t few = 50, many = 4000;
  fmt::print("Learning: {} words, {} different; {} merges\n", total, counts.size(), few);
  std::vector<SymbolMerge> wanted, got;
  const double plain = seconds([&] { wanted = learn_bpe_plain(words, few); });
  const auto row = [&](const char* name, const char* key, double time, bool equal) {
    fmt::print("{:<44}{:>9.3f} s{:>9.1f} times{}\n", name, time, plain / time,
               equal ? "" : "   the merges are not equal");
    numbers[key] = {{"seconds", std::round(1e3 * time) / 1e3},
                    {"times", std::round(10 * plain / time) / 10}};
  };
  row("the plain one", "plain", plain, true);
  const double ids = seconds([&] { got = Rounds(counts).learn(few, false); });
  row("numbers for symbols", "ids", ids, got == wanted);
  const double kept = seconds([&] { got = Rounds(counts).learn(few, true); });
  row("only words that a merge changes", "words", kept, got == wanted);
  const double heap = seconds([&] { got = learn_bpe(counts, few); }, 3);
  row("only places; the best pair from a heap", "heap", heap, got == wanted);

  fmt::print("\nThe last two with {} merges\n", many);
  const double kept_many = seconds([&] { wanted = Rounds(counts).learn(many, true); });
  const double heap_many = seconds([&] { got = learn_bpe(counts, many); }, 3);
  fmt::print("{:<44}{:>9.3f} s\n{:<44}{:>9.3f} s{}\n", "only words that a merge changes", kept_many,
             "only places; the best pair from a heap", heap_many,
             got == wanted ? "" : "   the merges are not equal");
  numbers["words_many"] = std::round(1e2 * kept_many) / 1e2;
  numbers["heap_many"] = std::round(1e3 * heap_many) / 1e3;
  numbers["different"] = counts.size();
  numbers["learned"] = got.size();
}

void encoding(const std::string& text, const ByteBpeModel& model) {
  const MergeTable table(model.tokens, model.merges);
  const PieceEncoder encoder(table);
  const ByteBpe tokenizer(model);
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  fmt::print("\nEncoding {:.1f} MB with {} merges\n", megabytes, model.merges.size());
  const auto pieces = [&](const auto& each) {
    for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
      end = piece_end(model.pattern, text, at);
      each(std::string_view(text).substr(at, end - at));
    }
  };
  std::vector<int> wanted, got;
  double plain = 0;
  const auto row = [&](const char* name, const char* key, const std::function<void()>& f) {
    const double time = seconds([&] { got.clear(), f(); }, 3);
    if (plain == 0) plain = time, wanted = got;
    fmt::print("{:<44}{:>9.1f} MB/s{:>8.1f} times{}\n", name, megabytes / time, plain / time,
               got == wanted ? "" : "   the ids are not equal");
    numbers[key] = {{"mb_s", std::round(10 * megabytes / time) / 10},
                    {"times", std::round(10 * plain / time) / 10}};
  };
  const auto append = [&](const std::vector<int>& ids) {
    got.insert(got.end(), ids.begin(), ids.end());
  };
  PieceMemory memory;
  const std::size_t cores = thread_count();
  set_thread_count(1);
  row("the plain loop", "encode_plain",
      [&] { pieces([&](std::string_view piece) { append(encode_plain(table, piece)); }); });
  row("a queue of the merges", "encode_queue",
      [&] { pieces([&](std::string_view piece) { append(with_queue(table, piece)); }); });
  row("from left to right, and back", "encode_linear",
      [&] { pieces([&](std::string_view piece) { encoder.encode(piece, got, memory); }); });
  row("and pieces that came before", "encode_cache", [&] { tokenizer.encode_ids(text, got); });
  set_thread_count(cores);
  numbers["threads"] = cores;
  row(fmt::format("on {} cores", cores).c_str(), "encode_threads",
      [&] { tokenizer.encode_ids(text, got); });

  std::string letters;
  for (const char c : text)
    if (c >= 'a' && c <= 'z') letters += c;
  fmt::print("\nNanoseconds a byte of a word without an end\n{:>9}{:>17}{:>10}{:>10}\n", "bytes",
             "the plain loop", "a queue", "linear");
  std::string file = "bytes\tplain\tqueue\tlinear\n";
  for (std::size_t n = 250; n <= 256'000 && n <= letters.size(); n *= 4) {
    const std::string_view word = std::string_view(letters).substr(0, n);
    const auto nanoseconds = [&](const std::function<void()>& f) {
      const int turns = static_cast<int>(std::max<std::size_t>(1, 16'000 / n));
      return 1e9 *
             seconds(
                 [&] {
                   for (int i = 0; i < turns; ++i) f();
                 },
                 3) /
             turns / static_cast<double>(n);
    };
    const double loop = n > 16'000 ? 0 : nanoseconds([&] { wanted = encode_plain(table, word); });
    const double queue = nanoseconds([&] { got = with_queue(table, word); });
    std::vector<int> ids;
    const double linear = nanoseconds([&] { ids.clear(), encoder.encode(word, ids, memory); });
    fmt::print("{:>9}{:>17}{:>10.0f}{:>10.0f}{}\n", n, loop > 0 ? fmt::format("{:.0f}", loop) : "",
               queue, linear, got == ids && (loop == 0 || got == wanted) ? "" : "   not equal");
    file += fmt::format("{}\t{}\t{:.1f}\t{:.1f}\n", n,
                        loop > 0 ? fmt::format("{:.1f}", loop) : "NaN", queue, linear);
  }
  keep("long_word.tsv", file);
}

} // namespace

int main() {
  const char* const data = std::getenv("TAPESTRY_DATA");
  std::string text;
  if (data) text = read_file(std::string(data) + "/tinyshakespeare/input.txt");
  while (text.size() < 1'000'000) text += story;
  ByteBpeModel model;
  if (data) {
    const std::string folder = std::string(data) + "/gpt2/";
    model = read_gpt2(folder + "encoder.json", folder + "vocab.bpe");
  } else {
    WordCounts counts;
    count_pieces(text, PiecePattern::gpt2, counts);
    model = learn_byte_bpe(counts, 2000, PiecePattern::gpt2);
  }
  learning(text.substr(0, 500'000));
  encoding(text, model);
  keep("ladder.json", numbers.dump(1));
}
