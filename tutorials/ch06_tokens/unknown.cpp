// How a vocabulary grows with the text, and how much of new text it does not know.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/file.hpp"
#include "keep.hpp"
#include "program.hpp"
#include "text/tokens/lines.hpp"
#include "text/tokens/vocabulary_tokenizer.hpp"
#include "texts.hpp"

using namespace tapestry;

namespace {

struct Way {
  const char* name;
  TextOptions options;
};

const std::array<Way, 4> ways{
    {{"whitespace", {.split = Split::whitespace}},
     {"words", {.split = Split::words}},
     {"lower case", {.split = Split::words, .normalize = {Normalization::lower_case}}},
     {"characters", {.split = Split::characters, .normalize = {Normalization::lower_case}}}}};

/// How many different pieces the first 1/10, 2/10 ... of the lines have.
void growth(const std::vector<std::string>& lines) {
  fmt::print("Different pieces\n{:>8}", "lines");
  for (const Way& way : ways) fmt::print("{:>12}", way.name);
  std::string table = "words\tdifferent\tcharacters\n";
  for (std::size_t tenth = 1; tenth <= 10; ++tenth) {
    const std::size_t n = lines.size() * tenth / 10;
    std::vector<PieceCounter> counters;
    for (const Way& way : ways) {
      PieceCounter& counter = counters.emplace_back(way.options);
      for (std::size_t i = 0; i < n; ++i) counter.add(lines[i]);
    }
    fmt::print("\n{:>8}", n);
    for (const PieceCounter& counter : counters) fmt::print("{:>12}", counter.counts().size());
    table += fmt::format("{}\t{}\t{}\n", counters[2].pieces(), counters[2].counts().size(),
                         counters[3].counts().size());
  }
  fmt::print("\n\n");
  keep("growth.tsv", table);
}

/// The share of the pieces of every third line, from `third` on, that `size` words learnt from the
/// other lines do not cover.
//> unknown-share
double unknown_share(const std::vector<std::string>& lines, std::size_t third, const Way& way,
                     std::size_t size) {
  PieceCounter counter(way.options);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (i * 3 / lines.size() != third) counter.add(lines[i]);
  const VocabularyTokenizer tokenizer = counter.tokenizer(1, size);
  std::vector<int> ids;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (i * 3 / lines.size() == third) tokenizer.encode_ids(lines[i], ids);
  const auto unknown = std::count(ids.begin(), ids.end(), Vocabulary::unk_id);
  return static_cast<double>(unknown) / static_cast<double>(ids.size());
}
//< unknown-share

} // namespace

int main(int argc, char** argv) {
  CLI::App app("How a vocabulary grows with the text, and how much of new text it does not know.");
  std::string path;
  app.add_option("--data", path, "a text file, a sentence a line, instead of the chapter's story");
  return run_program(app, argc, argv, [&] {
    std::vector<std::string> lines =
        path.empty() ? split_lines(story) : read_lines(path, 1'000'000'000);
    std::erase_if(lines, [](const std::string& line) { return trimmed(line).empty(); });
    if (lines.size() < 10) throw std::invalid_argument("--data: expected 10 lines at least");
    growth(lines);

    fmt::print(
        "Percent of a third of the lines that the other two thirds' most frequent do not have\n"
        "(the mean of the three thirds, and the least and the most)\n{:>8}",
        "size");
    for (const Way& way : ways) fmt::print("{:>18}", way.name);
    nlohmann::json numbers;
    std::string table = "size";
    for (const Way& way : ways) table += fmt::format("\t{}", way.name);
    const std::vector<std::size_t> sizes{10, 20, 50, 100, 200, 400, SIZE_MAX};
    for (const std::size_t size : sizes) {
      fmt::print("\n{:>8}", size == SIZE_MAX ? "all" : std::to_string(size));
      table += fmt::format("\n{}", size == SIZE_MAX ? 800 : size);
      for (const Way& way : ways) {
        double sum = 0, least = 1, most = 0;
        for (std::size_t third = 0; third < 3; ++third) {
          const double share = unknown_share(lines, third, way, size);
          sum += share, least = std::min(least, share), most = std::max(most, share);
        }
        fmt::print("{:>8.1f} ({:.0f} to {:.0f})", 100 * sum / 3, 100 * least, 100 * most);
        table += fmt::format("\t{:.1f}", 100 * sum / 3);
        if (size == SIZE_MAX) numbers[way.name] = std::round(1000 * sum / 3) / 10;
      }
    }
    fmt::print("\n");
    keep("unknown.tsv", table + "\n");
    PieceCounter counter(ways[2].options);
    for (const std::string& line : lines) counter.add(line);
    const auto& counts = counter.counts();
    numbers["once"] = std::count_if(counts.begin(), counts.end(),
                                    [](const auto& entry) { return entry.second == 1; });
    numbers["different"] = counts.size();
    numbers["pieces"] = counter.pieces();
    fmt::print("\nOf {} different lower-case words, {} occur once\n", counts.size(),
               numbers["once"].get<int>());
    keep("unknown.json", numbers.dump(1));
  });
}
