// GPT-2's own vocabulary, from the folder `gpt2` of the one that TAPESTRY_DATA names: a word with
// and without its space, the same sentences in four languages, and ids of OpenAI's program. And
// subword-nmt's merges, from the folder `bpe`.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "../ch06_tokens/texts.hpp"
#include "autograd/base/file.hpp"
#include "keep.hpp"
#include "real_data.hpp"
#include "text/subwords/byte_alphabet.hpp"
#include "text/subwords/byte_bpe_files.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/segmenter.hpp"
#include "text/tokens/splitter.hpp"

using namespace tapestry;

int main() try {
  const auto data = real_data("");
  if (!data) return 0;
  const std::string& folder = *data;
  nlohmann::json numbers;
  const ByteBpe tokenizer(read_gpt2(folder + "gpt2/encoder.json", folder + "gpt2/vocab.bpe"));
  fmt::print("{} tokens, {} merges\n\n", tokenizer.size(), tokenizer.model().merges.size());
  numbers["tokens"] = tokenizer.size();

  const auto spelt = [&](const std::vector<int>& ids) {
    std::string line;
    for (const int id : ids)
      line += (line.empty() ? "" : " ") + spell_bytes(tokenizer.decode(std::vector<int>{id}));
    return line;
  };
  fmt::print("With a space and without\n");
  for (const std::string text : {"low", " low", "Low", " Low", "lowest", " lowest", "bestlow"}) {
    const std::vector<int> ids = tokenizer.encode(text).ids;
    fmt::print("{:<11}{:<12}", "\"" + text + "\"", spelt(ids));
    for (const int id : ids) fmt::print(" {}", id);
    fmt::print("\n");
  }

  fmt::print("\nTen sentences in four languages\n{:<10}{:>12}{:>8}{:>8}{:>14}{:>18}\n", "",
             "characters", "bytes", "tokens", "bytes a token", "tokens, English 1");
  double english = 0;
  for (const Language& language : languages) {
    std::size_t characters = 0, bytes = 0, tokens = 0;
    for (const std::string_view sentence : language.sentences) {
      characters += split_characters(sentence).size();
      bytes += sentence.size();
      tokens += tokenizer.encode(sentence).ids.size();
    }
    const auto n = static_cast<double>(tokens);
    if (english == 0) english = n;
    fmt::print("{:<10}{:>12}{:>8}{:>8}{:>14.2f}{:>18.2f}\n", language.name, characters, bytes,
               tokens, static_cast<double>(bytes) / n, n / english);
    numbers["languages"][std::string(language.name)] = {
        {"tokens", tokens},
        {"bytes_a_token", std::round(100 * static_cast<double>(bytes) / n) / 100},
        {"times", std::round(100 * n / english) / 100}};
  }
  fmt::print("\nThe first sentence\n");
  for (const Language& language : languages)
    fmt::print("{}\n", spelt(tokenizer.encode(language.sentences[0]).ids));

  const auto reference = nlohmann::json::parse(read_file(folder + "gpt2/reference_ids.json"));
  std::size_t texts = 0, equal = 0;
  for (const auto& entry : reference) {
    ++texts;
    equal += tokenizer.encode(entry.at("text").get<std::string>()).ids ==
             entry.at("ids").get<std::vector<int>>();
  }
  fmt::print("\nOpenAI's program: {} texts, {} with equal ids\n", texts, equal);
  numbers["texts"] = texts, numbers["equal"] = equal;

  const std::string shakespeare = read_file(folder + "tinyshakespeare/input.txt");
  WordCounts counts;
  count_words(shakespeare.substr(0, 500'000), counts);
  const std::vector<SymbolMerge> merges = learn_bpe(counts, 1000);
  const std::string theirs = read_file(folder + "bpe/tinyshakespeare_first500000bytes.codes1000"),
                    cut = read_file(folder + "bpe/tinyshakespeare_last50000bytes.segmented");
  const bool equal_merges = merges_text(merges) == theirs,
             equal_cut = Segmenter(merges).segment_text(
                             shakespeare.substr(shakespeare.size() - 50'000)) == cut;
  fmt::print("subword-nmt: {} merges {}, {} subwords {}\n", merges.size(),
             equal_merges ? "equal" : "NOT equal",
             std::count(cut.begin(), cut.end(), ' ') + std::count(cut.begin(), cut.end(), '\n'),
             equal_cut ? "equal" : "NOT equal");
  numbers["merges"] = merges.size();
  keep("gpt2.json", numbers.dump(1));
} catch (const std::exception& error) {
  fmt::print(stderr, "gpt2: {}\n", error.what());
  return 1;
}
