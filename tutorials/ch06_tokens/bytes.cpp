// The same texts as bytes, as code points and as what a reader counts.
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "text/tokens/aligned_text.hpp"
#include "text/tokens/splitter.hpp"
#include "text/tokens/unicode.hpp"

using namespace tapestry;

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format(" {:02X}", static_cast<unsigned char>(c));
  return text.substr(1);
}

//> code-points
std::string code_points(std::string_view text) {
  std::string list;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    list += fmt::format("U+{:04X} ", static_cast<unsigned>(c.value));
    at += c.bytes; // the next one begins where this one ends
  }
  return list;
}
//< code-points

std::size_t count(std::string_view text, std::string_view letter) {
  std::size_t n = 0;
  for (std::size_t at = text.find(letter); at != text.npos; at = text.find(letter, at + 1)) ++n;
  return n;
}

} // namespace

int main() {
  fmt::print("One character each\n");
  for (const std::string_view text : {"a", "\u00fc", "u\u0308", "く", "ぎ", "ナ", "明",
                                      "\U0001F42E", "\U0001F469\u200D\U0001F467"}) {
    const std::string points = code_points(text), bytes = hex(text);
    const std::string shown = bytes.size() > 21 ? bytes.substr(0, 20) + "…" : bytes;
    fmt::print("{:>2} bytes  {:<21} {:<24} {} character\n", text.size(), shown, points,
               split_characters(text).size());
  }

  fmt::print("\nBit by bit\n");
  for (const std::string_view text : {"k", "\u00fc", "明", "\U0001F42E"}) {
    std::string bits;
    for (const char c : text) bits += fmt::format(" {:08b}", static_cast<unsigned char>(c));
    fmt::print("{:<8} {:>21b} {}\n", code_points(text),
               static_cast<unsigned>(code_point_at(text, 0).value), bits);
  }

  fmt::print("\nCut after a number of bytes\n");
  const std::string_view tomorrow = "明日";
  for (std::size_t n = 1; n <= tomorrow.size(); ++n) {
    const AlignedText whole(tomorrow.substr(0, n));
    fmt::print("{} bytes: {} character(s), {} of them U+FFFD\n", n,
               split_characters(whole.text()).size(), count(whole.text(), "\uFFFD"));
  }

  fmt::print("\nBytes that are no UTF-8\n");
  for (const std::string_view bytes : {"\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xFF"})
    fmt::print("{:<12} {}\n", hex(bytes), code_points(bytes));
}
