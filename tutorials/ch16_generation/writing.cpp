// A small language model of characters writes: at several temperatures, greedily, from its nucleus.
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "small.hpp"
#include "text/models/evaluation.hpp"

using namespace tapestry;

namespace {

// Its words: runs of letters, in small ones.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text)
    if (std::isalpha(static_cast<unsigned char>(c)))
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!words.back().empty())
      words.emplace_back();
  words.pop_back(); // empty, or perhaps cut
  return words;
}

// Lines of a text under each other, the first few.
std::string lines(const std::string& text, std::size_t width) {
  std::string shown = "  ";
  std::size_t at = 0;
  for (const char c : text) {
    if (c == '\n' || at == width) shown += c == '\n' ? " /" : "", shown += "\n  ", at = 0;
    if (c != '\n' && !(at == 0 && c == ' ')) shown += c, ++at;
  }
  return shown;
}

// How long the piece is that the second half repeats again and again; "-" if there is none of less
// than a thousand characters.
std::string repeats(const std::string& text) {
  const std::string half = text.substr(text.size() / 2);
  for (std::size_t n = 1; n < 1000; ++n)
    if (half.compare(0, half.size() - n, half, n) == 0) return std::to_string(n);
  return "-";
}

} // namespace

int main() {
  const SmallText text;
  LanguageModel model = small_model(text, 1);
  const std::string untrained = written(model, text.symbols, "\n", 100, {}, 1);
  const double trained = train(model, text.train_part, {});
  const double test = evaluate_stream(model, text.test_part).nats();
  fmt::print("Nats per character:\n  {:<30}{:>8.3f}\n  {:<30}{:>8.3f}\n", "training, the last pass",
             trained, "test", test);

  fmt::print("\nBefore training:\n{}\n", lines(untrained, 80));
  for (const double t : {0.5, 1.0, 1.5})
    fmt::print("\nTemperature {:.1f}:\n{}\n", t,
               lines(written(model, text.symbols, "\n", 240, {.temperature = t}, 2), 80));
  fmt::print(
      "\nTop-p 0.9, temperature 1.5:\n{}\n",
      lines(written(model, text.symbols, "\n", 240, {.temperature = 1.5, .top_p = 0.9}, 2), 80));
  fmt::print("\nGreedy:\n{}\n",
             lines(written(model, text.symbols, "\n", 320, {.temperature = 0}, 1), 80));

  fmt::print(
      "\nSix beginnings, greedily 6,000 characters, of which the second 3,000 repeat a piece:\n"
      "  {:<14}{:>12}\n",
      "beginning", "its length");
  for (const std::string start : {"The ", "My ", "They ", "There ", "We ", "A "})
    fmt::print("  {:<14}{:>12}\n", start,
               repeats(written(model, text.symbols, start, 6000, {.temperature = 0}, 1)));

  // Right and various: which share of the words is in the training text, and how many different
  // pairs of words there are in 100.
  const std::vector<std::string> known = words_of(encode_utf8(text.text));
  const std::set<std::string> vocabulary(known.begin(), known.end());
  std::string tsv = "temperature\tknown words\tdifferent pairs\n";
  nlohmann::json kept;
  struct Measures {
    double right, pairs, nats;
  };
  const auto measure = [&](const SamplingOptions& how) {
    const std::string piece = written(model, text.symbols, "\n", 6000, how, 3);
    const std::vector<std::string> words = words_of(piece);
    std::size_t right = 0;
    std::set<std::string> pairs;
    for (std::size_t i = 0; i < words.size(); ++i) {
      right += vocabulary.contains(words[i]);
      if (i > 0) pairs.insert(words[i - 1] + " " + words[i]);
    }
    const double percent = 100 / static_cast<double>(words.size());
    return Measures{percent * static_cast<double>(right),
                    percent * static_cast<double>(pairs.size()),
                    evaluate_stream(model, text.symbols.encode(decode_utf8(piece))).nats()};
  };
  for (int i = 0; i <= 20; ++i) {
    const Measures m = measure({.temperature = 0.1 * i});
    tsv += fmt::format("{:.1f}\t{:.1f}\t{:.1f}\n", 0.1 * i, m.right, m.pairs);
  }
  keep("writing.tsv", tsv);
  fmt::print("\nOf 6,000 characters:\n  {:<28}{:>16}{:>20}{:>14}\n", "", "known words, %",
             "different pairs, %", "nats");
  const auto print = [](const std::string& name, const Measures& m) {
    fmt::print("  {:<28}{:>16.0f}{:>20.0f}{:>14.2f}\n", name, m.right, m.pairs, m.nats);
  };
  for (const double t : {0.0, 0.5, 1.0, 1.5, 2.0})
    print(fmt::format("temperature {}", t), measure({.temperature = t}));
  print("temperature 1.5, top-p 0.9", measure({.temperature = 1.5, .top_p = 0.9}));
  kept["training"] = std::round(1000 * trained) / 1000;
  kept["test"] = std::round(1000 * test) / 1000;
  keep("writing.json", kept.dump(1) + "\n");
}
