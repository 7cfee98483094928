#include "text/tokens/treebank.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "text/tokens/unicode.hpp"

namespace tapestry {

namespace {

// The rules put spaces between what is to become pieces, one pass over the text after another. To
// know at the end where each piece stood, what a pass adds must be told from what was there: UTF-8
// has no use for these bytes.
constexpr char added = '\xFF';       // a space that was not there
constexpr char open_quote = '\xFE';  // `` for a "
constexpr char close_quote = '\xFD'; // '' for a "

bool is_blank(char c) { return c == ' ' || c == added; }

/// Python's \w.
bool is_word(char32_t c) { return c == U'_' || is_letter_or_digit(c); }

/// The code point before byte `at` > 0; a byte that was put in is U+FFFD.
CodePoint code_point_before(std::string_view text, std::size_t at) {
  std::size_t begin = at - 1;
  while (begin > 0 && at - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0u) == 0x80)
    --begin;
  return code_point_at(text, begin);
}

bool word_before(std::string_view text, std::size_t at) {
  return at > 0 && is_word(code_point_before(text, at).value);
}

bool word_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_word(code_point_at(text, at).value);
}

/// One pass: `rule(at, out)` looks at byte `at`, and if it applies there, adds to `out` what is to
/// stand instead and returns how many bytes that replaces; else 0.
template <class Rule> void pass(std::string& text, const Rule& rule) {
  std::string result, out;
  std::size_t done = 0; // bytes of text that stand in result
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t taken = rule(at, out);
    if (taken > 0) {
      if (done == 0) result.reserve(text.size() + text.size() / 4);
      result.append(text, done, at - done).append(out);
      out.clear();
      done = at + taken;
    }
    at += std::max<std::size_t>(taken, 1);
  }
  if (done > 0) text = std::move(result.append(text, done));
}

bool is_any_of(char c, std::string_view list) { return list.find(c) != list.npos; }

bool has(std::string_view text, std::size_t at, std::string_view what) {
  return text.substr(at, what.size()) == what;
}

void surround(std::string& out, std::string_view what) {
  out += added;
  out += what;
  out += added;
}

/// Each of `what`, from left to right, between spaces.
void set_apart(std::string& text, std::string_view what) {
  if (text.find(what) == text.npos) return;
  pass(text, [&](std::size_t at, std::string& out) -> std::size_t {
    if (!has(text, at, what)) return 0;
    surround(out, what);
    return what.size();
  });
}

/// Each character that is one of these.
void set_each_apart(std::string& text, std::string_view characters) {
  if (text.find_first_of(characters) == text.npos) return;
  pass(text, [&](std::size_t at, std::string& out) -> std::size_t {
    if (!is_any_of(text[at], characters)) return 0;
    surround(out, {&text[at], 1});
    return 1;
  });
}

void starting_quotes(std::string& text) {
  if (text.starts_with('"')) text[0] = open_quote;
  set_apart(text, std::string_view(&open_quote, 1));
  set_apart(text, "``");
  pass(text, [&](std::size_t at, std::string& out) -> std::size_t {
    const char before = text[at];
    if (!is_blank(before) && !is_any_of(before, "([{<")) return 0;
    const bool two = has(text, at + 1, "''");
    if (!two && !has(text, at + 1, "\"")) return 0;
    out += before;
    surround(out, two ? std::string_view("``") : std::string_view(&open_quote, 1));
    return two ? 3 : 2;
  });
}

void colons_and_commas(std::string& text) {
  if (text.find_first_of(":,") == text.npos) return;
  pass(text, [&](std::size_t at, std::string& out) -> std::size_t {
    if ((text[at] != ':' && text[at] != ',') || at + 1 == text.size()) return 0;
    const CodePoint next = code_point_at(text, at + 1);
    if (is_digit(next.value)) return 0;
    surround(out, {&text[at], 1});
    out.append(text, at + 1, next.bytes); // taken with it: of ",," the second is looked at no more
    return 1 + next.bytes;
  });
  const std::size_t line_end = text.ends_with('\n') ? 1 : 0; // before it is the end as well
  for (const std::size_t end : {text.size() - line_end, text.size()})
    if (end > 0 && (text[end - 1] == ':' || text[end - 1] == ',')) {
      text.insert(end, 1, added);
      text.insert(end - 1, 1, added);
      break;
    }
}

/// The last full stop, if only brackets, quotes and spaces follow it, and no other stands before
/// it.
void final_stop(std::string& text) {
  std::size_t end = text.size();
  while (end > 0) {
    const CodePoint c = code_point_before(text, end);
    if (text[end - 1] == added)
      --end;
    else if (c.valid && is_python_space(c.value))
      end -= c.bytes;
    else
      break;
  }
  std::size_t stop = end;
  while (stop > 0 && is_any_of(text[stop - 1], "])}>\"'")) --stop;
  if (stop < 2 || text[stop - 1] != '.' || text[stop - 2] == '.') return;
  text.resize(end); // spaces at the end stand for no piece
  text += added;
  text.insert(stop - 1, 1, added);
}

/// An apostrophe before a space, and no second one before it.
void lone_quotes(std::string& text) {
  pass(text, [&](std::size_t at, std::string& out) -> std::size_t {
    if (at + 2 >= text.size() || text[at] == '\'' || text[at + 1] != '\'' ||
        !is_blank(text[at + 2]))
      return 0;
    out += text[at];
    surround(out, "'");
    out += text[at + 2];
    return 3;
  });
}

/// The first of these endings that stands here before a space, and its length.
template <std::size_t n>
std::size_t ending_at(std::string_view text, std::size_t at,
                      const std::array<std::string_view, n>& endings) {
  for (const std::string_view ending : endings)
    if (has(text, at, ending) && at + ending.size() < text.size() &&
        is_blank(text[at + ending.size()]))
      return ending.size();
  return 0;
}

/// Sets endings apart that stand behind a character which is no space and no apostrophe.
template <std::size_t n>
void set_endings_apart(std::string& text, const std::array<std::string_view, n>& endings) {
  pass(text, [&](std::size_t at, std::string& out) -> std::size_t {
    if (text[at] == '\'' || is_blank(text[at])) return 0;
    const std::size_t length = ending_at(text, at + 1, endings);
    if (length == 0) return 0;
    out += text[at];
    surround(out, std::string_view(text).substr(at + 1, length));
    out += text[at + 1 + length];
    return length + 2;
  });
}

void ending_quotes(std::string& text) {
  set_apart(text, "''");
  pass(text, [&](std::size_t at, std::string& out) -> std::size_t {
    if (text[at] != '"') return 0;
    surround(out, {&close_quote, 1});
    return 1;
  });
  set_endings_apart(text, std::array<std::string_view, 7>{"'s", "'S", "'m", "'M", "'d", "'D", "'"});
  set_endings_apart(text, std::array<std::string_view, 8>{"'ll", "'LL", "'re", "'RE", "'ve", "'VE",
                                                          "n't", "N'T"});
}

/// The bytes at `at` that are `letters` in any case, as Python's re.IGNORECASE has it: I without a
/// dot and with one are an i, and the long s is an s.
std::size_t match_any_case(std::string_view text, std::size_t at, std::string_view letters) {
  const std::size_t begin = at;
  for (const char letter : letters) {
    if (at >= text.size()) return 0;
    const CodePoint c = code_point_at(text, at);
    char32_t lower = c.value >= U'A' && c.value <= U'Z' ? c.value + (U'a' - U'A') : c.value;
    if (lower == 0x130 || lower == 0x131) lower = U'i';
    if (lower == 0x17F) lower = U's';
    if (lower != static_cast<char32_t>(letter)) return 0;
    at += c.bytes;
  }
  return at - begin;
}

struct TwoWords {
  std::string_view first, second;
  enum { word_end, space } after = word_end; // what must follow
  bool after_space = false;                  // what must stand before: a space, or no word
};

constexpr std::array<TwoWords, 10> written_as_one{{{"can", "not"},
                                                   {"d", "'ye"},
                                                   {"gim", "me"},
                                                   {"gon", "na"},
                                                   {"got", "ta"},
                                                   {"lem", "me"},
                                                   {"more", "'n"},
                                                   {"wan", "na", TwoWords::space},
                                                   {"'t", "is", TwoWords::word_end, true},
                                                   {"'t", "was", TwoWords::word_end, true}}};

void two_words(std::string& text, const TwoWords& words) {
  pass(text, [&](std::size_t at, std::string& out) -> std::size_t {
    const std::size_t before = words.after_space ? 1 : 0;
    if (before == 1 && !is_blank(text[at])) return 0;
    const std::size_t first = match_any_case(text, at + before, words.first);
    if (first == 0 || (before == 0 && word_before(text, at))) return 0;
    const std::size_t middle = at + before + first;
    const std::size_t second = match_any_case(text, middle, words.second);
    if (second == 0) return 0;
    const std::size_t end = middle + second;
    if (words.after == TwoWords::word_end) {
      if (word_at(text, end)) return 0;
    } else if (end == text.size() ||
               (text[end] != added && !is_python_space(code_point_at(text, end).value))) {
      return 0;
    }
    if (before == 1) out += text[at];
    surround(out, std::string_view(text).substr(at + before, first));
    out.append(text, middle, second);
    out += added;
    return end - at;
  });
}

/// Cuts at spaces, and counts what was there from the beginning.
void visit_cut(std::string_view text, const VisitPiece& visit) {
  std::string piece;
  Span span;
  const auto finish = [&] {
    if (!piece.empty()) visit(piece, span);
    piece.clear();
    span.begin = span.end;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == added) {
      finish();
      ++at;
      continue;
    }
    if (text[at] == open_quote || text[at] == close_quote) {
      piece += text[at++] == open_quote ? "``" : "''";
      ++span.end;
      continue;
    }
    const CodePoint c = code_point_at(text, at);
    if (is_python_space(c.value)) {
      finish();
      span.begin = span.end += c.bytes;
    } else {
      piece.append(text.substr(at, c.bytes));
      span.end += c.bytes;
    }
    at += c.bytes;
  }
  finish();
}

} // namespace

// Each line is one or several of the regular expressions of tokenizer.sed, in its order.
void visit_treebank(std::string_view original, const VisitPiece& visit) {
  std::string text(original);
  starting_quotes(text);
  colons_and_commas(text);
  set_apart(text, "...");
  set_each_apart(text, ";@#$%&");
  final_stop(text);
  set_each_apart(text, "?!");
  lone_quotes(text);
  set_each_apart(text, "][(){}<>");
  set_apart(text, "--");
  text.insert(0, 1, added);
  text += added;
  ending_quotes(text);
  for (const TwoWords& words : written_as_one) two_words(text, words);
  visit_cut(text, visit);
}

} // namespace tapestry
