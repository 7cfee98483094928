// One word in several spellings, what normalising does to them, and the way back.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "text/tokens/splitter.hpp"
#include "text/tokens/unicode.hpp"

using namespace tapestry;
using enum Normalization;

namespace {

std::string points(std::string_view text, std::vector<Normalization> steps) {
  std::string list;
  const std::string now = normalized(text, std::move(steps)).text();
  for (std::size_t at = 0; at < now.size();) {
    const CodePoint c = code_point_at(now, at);
    list += fmt::format(" {:04X}", static_cast<unsigned>(c.value));
    at += c.bytes;
  }
  return list;
}

} // namespace

int main() {
  fmt::print("Four spellings of one word, their code points\n");
  for (const std::string_view cafe : {"café", "cafe\u0301", "CAFÉ", "ｃａｆé"})
    fmt::print("as it is:{:<27} nfc:{}\n", points(cafe, {}), points(cafe, {nfc}));

  fmt::print("\nAfter each step\n");
  const std::string text = "CAFE\u0301 ﬁn ½ が İ ẞ";
  for (const Normalization step : {nfc, nfkc, lower_case, strip_accents})
    fmt::print("{:<14} {}\n", to_string(step), normalized(text, {step}).text());
  fmt::print("{:<14} {}\n", "all of them",
             normalized(text, {nfkc, lower_case, strip_accents}).text());

  fmt::print("\nTurkish\n");
  for (const std::string_view word : {"ISPARTA", "İSTANBUL", "ILIK"})
    fmt::print("{} becomes {}\n", word, normalized(word, {lower_case}).text());

  fmt::print("\nThe way back\n");
  //> way-back
  const std::string original = "Deux CAFE\u0301S ﬁns, s'il vous plaît\xFF";
  const TextOptions options{.split = Split::words, .normalize = {nfkc, lower_case, strip_accents}};
  for (const Piece& piece : split_pieces(original, options)) {
    const auto [begin, end] = piece.span;
    const std::string part = original.substr(begin, end - begin); // what the reader typed
    //< way-back
    const std::string shown = part == "\xFF" ? "the byte FF" : part;
    fmt::print("{:<6} bytes {:>2} to {:>2}  {}\n", piece.text, begin, end, shown);
  }
}
