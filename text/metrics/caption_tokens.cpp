#include "text/metrics/caption_tokens.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include <utf8proc.h>

#include "text/metrics/caption_rules.hpp"
#include "text/tokens/unicode.hpp"
#include "text/tokens/utf8.hpp"

namespace tapestry {

namespace {

constexpr std::size_t longest_word = 500; // so that a text without spaces takes no quadratic time

void replace_all(std::u32string& text, std::u32string_view what, std::u32string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::u32string::npos; at += with.size())
    text.replace(at, what.size(), with);
}

std::u32string with_plain_quotes(std::u32string word) {
  replace_all(word, U"&apos;", U"'");
  replace_all(word, U"&quot;", U"\"");
  std::u32string plain;
  for (const char32_t c : word) switch (c) {
    case U'"':
    case 0x94:
    case 0x201D:
    case 0xBB:
      plain += U"''";
      break;
    case 0x93:
    case 0x201C:
    case 0xAB:
      plain += U"``";
      break;
    case 0x92:
    case 0x2019:
    case 0x203A:
      plain += U'\'';
      break;
    case 0x91:
    case 0x2018:
    case 0x201B:
    case 0x2039:
      plain += U'`';
      break;
    default:
      plain += c;
    }
  return plain;
}

/// Signs that stand alone and are written otherwise in the Treebank; "" means punctuation.
const std::unordered_map<std::u32string, std::u32string> written_otherwise{
    {U"[", U"-lsb-"},    {U"]", U"-rsb-"},    {U"{", U"-lcb-"},    {U"}", U"-rcb-"},
    {U"&lt;", U"<"},     {U"&gt;", U">"},     {U"\u00BC", U"1/4"}, {U"\u00BD", U"1/2"},
    {U"\u00BE", U"3/4"}, {U"\u2153", U"1/3"}, {U"\u2154", U"2/3"}, {U"\u00A2", U"cents"},
    {U"\u00A3", U"#"},   {U"\u00A4", U"$"},   {U"\u0080", U"$"},   {U"\u20A0", U"$"},
    {U"\u20AC", U"$"},   {U"''", U""},        {U"'", U""},         {U"``", U""},
    {U"`", U""},         {U".", U""},         {U"?", U""},         {U"!", U""},
    {U",", U""},         {U":", U""},         {U";", U""},         {U"-", U""},
    {U"--", U""},        {U"---", U""},       {U"----", U""},      {U"...", U""},
    {U"....", U""},      {U".....", U""},     {U"\u2026", U""},    {U"\u0085", U""},
    {U"&nbsp;", U""},    {U"&md;", U""},      {U"&mdash;", U""},   {U"&ndash;", U""},
    {U"\u0096", U""},    {U"\u0097", U""},    {U"\u2013", U""},    {U"\u2014", U""},
    {U"\u2015", U""}};

void add_words(std::u32string word, CaptionRule::Kind kind, std::vector<std::string>& words) {
  if (kind == CaptionRule::quote) word = with_plain_quotes(std::move(word));
  for (char32_t& c : word)
    c = static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  if (const auto other = written_otherwise.find(word); other != written_otherwise.end()) {
    if (!other->second.empty()) words.push_back(encode_utf8(other->second));
    return;
  }
  if (kind != CaptionRule::verbatim) {
    replace_all(word, U"&amp;", U"&");
    replace_all(word, U"\u00AD", U"");
    replace_all(word, U"(", U"-lrb-");
    replace_all(word, U")", U"-rrb-");
  }
  // ". . ." is an ellipsis too.
  if (word.find_first_not_of(U". \u00A0") == std::u32string::npos) return;
  std::replace(word.begin(), word.end(), U'\u00A0', U' ');
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t space = std::min(word.find(U' ', at), word.size());
    if (space > at) words.push_back(encode_utf8(word.substr(at, space - at)));
    at = space + 1;
  }
}

/// Where a word of nothing but letters ends, most words of captions; `begin` if it is none. The
/// words that are cut in two begin with c, g, l and w.
std::size_t end_of_plain_word(std::u32string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && ((text[end] | 32) >= U'a' && (text[end] | 32) <= U'z')) ++end;
  const std::u32string_view divided = U"cglw";
  const bool whole = end < text.size() && text[end] == U' ' && end > begin &&
                     (divided.find(text[begin] | 32) == std::u32string_view::npos ||
                      (end - begin != 5 && end - begin != 6));
  return whole && end - begin < longest_word ? end : begin;
}

} // namespace

std::vector<std::string> caption_tokens(std::string_view caption) {
  std::u32string text;
  for (std::size_t at = 0; at < caption.size();) {
    const CodePoint c = code_point_at(caption, at);
    at += c.bytes;
    text += c.value;
  }
  text += U'\n';

  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    if (text[begin] == U' ' || text[begin] == U'\n') {
      ++begin;
      continue;
    }
    std::size_t end = end_of_plain_word(text, begin), reach = end;
    CaptionRule::Kind kind = CaptionRule::plain;
    if (end == begin) {
      const auto window = std::u32string_view{text}.substr(0, begin + longest_word);
      for (const CaptionRule& rule : caption_rules())
        for (const std::size_t word : rule.word.ends(window, begin))
          if (const auto after = rule.after.ends(window, word);
              !after.empty() && (after.back() > reach)) {
            reach = after.back();
            end = word;
            kind = rule.kind;
          }
    }
    if (end == begin) { // a space, or a character that no rule knows
      ++begin;
      continue;
    }
    add_words(text.substr(begin, end - begin), kind, words);
    begin = end;
  }
  return words;
}

} // namespace tapestry
