#include "text/metrics/translation_tokens.hpp"

#include "text/tokens/normalization.hpp"
#include "text/tokens/unicode.hpp"

namespace tapestry {

namespace {

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
bool is_stop(char c) { return c == '.' || c == ','; }

/// Any mark of ASCII but the apostrophe, the hyphen, the full stop and the comma.
bool stands_alone(char c) {
  return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') ||
         (c >= '(' && c <= '+') || (c >= ':' && c <= '@') || c == '/';
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t found; (found = text.find(from, at)) != text.npos; at = found + from.size())
    result.append(text, at, found - at).append(to);
  if (at > 0) text = result.append(text, at);
}

/// Goes over the text as a regular expression of two characters does: after a match, behind it.
template <class Matches, class Write>
std::string replace_pairs(const std::string& text, const Matches& matches, const Write& write) {
  std::string result;
  result.reserve(text.size() + text.size() / 4);
  for (std::size_t i = 0; i < text.size();)
    if (i + 1 < text.size() && matches(text[i], text[i + 1])) {
      write(result, text[i], text[i + 1]);
      i += 2;
    } else {
      result += text[i++];
    }
  return result;
}

} // namespace

std::vector<std::string> split_spaces(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;
  for (std::size_t at = 0; at < line.size();) {
    const CodePoint c = code_point_at(line, at);
    const bool space = c.valid && is_python_space(c.value);
    if (!space) {
      if (!inside) words.emplace_back();
      words.back().append(line, at, c.bytes);
    }
    inside = !space;
    at += c.bytes;
  }
  return words;
}

std::vector<std::string> tokens_13a(std::string_view line) {
  std::string text(line.substr(0, line.find_last_not_of(" \t\n\v\f\r") + 1));
  replace_all(text, "<skipped>", "");
  replace_all(text, "-\n", "");
  replace_all(text, "\n", " ");
  replace_all(text, "&quot;", "\"");
  replace_all(text, "&amp;", "&");
  replace_all(text, "&lt;", "<");
  replace_all(text, "&gt;", ">");
  std::string apart = " ";
  for (const char c : text)
    if (stands_alone(c))
      apart.append({' ', c, ' '});
    else
      apart += c;
  apart += ' ';
  // In each rule the character that is not a digit may be any byte of UTF-8: no such byte is a
  // digit, a stop or a space.
  apart = replace_pairs(
      apart, [](char a, char b) { return !is_ascii_digit(a) && is_stop(b); },
      [](std::string& to, char a, char b) {
        to.append({a, ' ', b, ' '});
      });
  apart = replace_pairs(
      apart, [](char a, char b) { return is_stop(a) && !is_ascii_digit(b); },
      [](std::string& to, char a, char b) {
        to.append({' ', a, ' ', b});
      });
  apart = replace_pairs(
      apart, [](char a, char b) { return is_ascii_digit(a) && b == '-'; },
      [](std::string& to, char a, char b) {
        to.append({a, ' ', b, ' '});
      });
  return split_spaces(apart);
}

std::string lowered(std::string_view line) {
  return normalized(line, {Normalization::lower_case}).text();
}

std::u32string characters_of(std::string_view line, bool whitespace) {
  std::u32string characters;
  for (std::size_t at = 0; at < line.size();) {
    const CodePoint c = code_point_at(line, at);
    if (whitespace || !c.valid || !is_python_space(c.value)) characters += c.value;
    at += c.bytes;
  }
  return characters;
}

} // namespace tapestry
