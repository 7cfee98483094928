// Byte level: the alphabet, the pieces, a word with and without its space, any text, spans, names
// of special tokens in a text.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "../ch06_tokens/texts.hpp"
#include "keep.hpp"
#include "text/subwords/byte_alphabet.hpp"
#include "text/subwords/learn_bpe.hpp"

using namespace tapestry;

namespace {

std::string pieces_of(std::string_view text, PiecePattern pattern) {
  std::string line;
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    end = piece_end(pattern, text, at);
    line += (at == 0 ? "" : "|") + std::string(text.substr(at, end - at));
  }
  return line;
}

std::string spelt(const ByteBpe& tokenizer, const std::vector<int>& ids) {
  std::string line;
  for (const int id : ids)
    line += (line.empty() ? "" : " ") + spell_bytes(tokenizer.decode(std::vector<int>{id}));
  return line;
}

bool cuts_a_character(std::string_view text, Span span) {
  const auto follows = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  return follows(span.begin) || follows(span.end);
}

} // namespace

int main() {
  nlohmann::json numbers;
  fmt::print("Bytes and their characters\n");
  for (const std::string text : {"cow", " cow", "two\nlines", "caf\u00e9", "\u660e"}) {
    std::string bytes;
    for (const char c : text)
      bytes += fmt::format("{}{:02X}", bytes.empty() ? "" : " ",
                           static_cast<unsigned>(static_cast<unsigned char>(c)));
    fmt::print("{:<27} {}\n", bytes, spell_bytes(text));
  }

  fmt::print("\nPieces\n");
  for (const std::string_view text :
       {"Don't ask: 42 ships,  two of them!", "IT'S x=10000;", "if (x)\n    y();"})
    for (const auto& [name, pattern] :
         {std::pair{"GPT-2 ", PiecePattern::gpt2}, std::pair{"cl100k", PiecePattern::cl100k}}) {
      std::string line = pieces_of(text, pattern);
      for (std::size_t at = 0; (at = line.find('\n', at)) != line.npos; at += 2)
        line.replace(at, 1, "\\n");
      fmt::print("{}  {}\n", name, line);
    }

  //> learn-bytes
  WordCounts counts;
  count_pieces(story, PiecePattern::gpt2, counts);
  const ByteBpe tokenizer(learn_byte_bpe(counts, 500, PiecePattern::gpt2));
  //< learn-bytes
  fmt::print("\nThe first merges of the story\n");
  std::vector<int> first;
  for (int id = 256; id < 272; ++id) first.push_back(id);
  fmt::print("{}\n", spelt(tokenizer, first));
  numbers["size"] = tokenizer.size();

  fmt::print("\nWith a space before it and without\n");
  for (const std::string text : {"boat", " boat", "Boat", " the boat", "boats"}) {
    const std::vector<int> ids = tokenizer.encode(text).ids;
    fmt::print("{:<12} {:<14} ids", "\"" + text + "\"", spelt(tokenizer, ids));
    for (const int id : ids) fmt::print(" {}", id);
    fmt::print("\n");
  }

  fmt::print("\nAny text, by a vocabulary of English\n");
  for (const std::string text :
       {"The cow is gone.", "Gemi yar\u0131n geliyor.",
        "\u8239\u306f\u660e\u65e5\u6765\u307e\u3059\u3002", "\U0001F404", "\xff\xfe"}) {
    const ByteBpe keeping(tokenizer.model(), {.invalid = InvalidUtf8::keep});
    const std::vector<int> ids = keeping.encode(text).ids;
    fmt::print("{:>2} bytes  {:>2} tokens  {}  comes back: {}\n", text.size(), ids.size(),
               text[0] == '\xff' ? "FF FE" : text, keeping.decode(ids) == text ? "yes" : "no");
  }

  fmt::print("\nWhat each token stands for\n");
  const std::string text = "The caf\u00e9 is \u660e.";
  const Encoding encoding = tokenizer.encode(text);
  for (std::size_t i = 0; i < encoding.ids.size(); ++i)
    fmt::print("{:>4}  {:<6} bytes {:>2} to {:>2}{}\n", encoding.ids[i],
               spelt(tokenizer, {encoding.ids[i]}), encoding.spans[i].begin, encoding.spans[i].end,
               cuts_a_character(text, encoding.spans[i]) ? "   part of a character" : "");

  fmt::print("\nA name in a text\n");
  const std::string hostile = "The boat<|endoftext|>is gone";
  const ByteBpe special(tokenizer.model(), {.special_in_text = true});
  const int end = tokenizer.model().special.at("<|endoftext|>");
  for (const ByteBpe* each : {&tokenizer, &special}) {
    const std::vector<int> ids = each->encode(hostile).ids;
    fmt::print("special_in_text = {:<5}  {:>2} tokens, {} of them {}\n", each == &special,
               ids.size(), std::count(ids.begin(), ids.end(), end), end);
  }
  keep("byte_level.json", numbers.dump(1));
}
