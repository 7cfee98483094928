#include "text/metrics/pattern.hpp"

#include <algorithm>
#include <string>

namespace tapestry::patterns {

namespace {

bool is_capital(char32_t c) { return c >= U'A' && c <= U'Z'; }
char32_t small_letter(char32_t c) { return is_capital(c) ? c + 32 : c; }

bool is_listed(std::u32string_view characters, char32_t c) {
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const bool range = i + 2 < characters.size() && characters[i + 1] == U'-';
    if (range ? c >= characters[i] && c <= characters[i + 2] : c == characters[i]) return true;
    if (range) i += 2;
  }
  return false;
}

void sort_once(Pattern::Ends& ends) {
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
}

} // namespace

Pattern::Pattern(const char* word)
    : find_{[word = std::string{word}](std::u32string_view text, std::size_t begin, Ends& ends) {
        if (text.size() - begin < word.size()) return;
        for (std::size_t i = 0; i < word.size(); ++i)
          if (small_letter(text[begin + i]) != small_letter(static_cast<unsigned char>(word[i])))
            return;
        ends.push_back(begin + word.size());
      }} {}

Pattern::Ends Pattern::ends(std::u32string_view text, std::size_t begin) const {
  Ends found;
  find_(text, begin, found);
  sort_once(found);
  return found;
}

Pattern operator+(const Pattern& a, const Pattern& b) {
  return Pattern{[a, b](std::u32string_view text, std::size_t begin, Pattern::Ends& ends) {
    for (const std::size_t middle : a.ends(text, begin)) b.find_(text, middle, ends);
  }};
}

Pattern operator|(const Pattern& a, const Pattern& b) {
  return Pattern{[a, b](std::u32string_view text, std::size_t begin, Pattern::Ends& ends) {
    a.find_(text, begin, ends);
    b.find_(text, begin, ends);
  }};
}

Pattern run(const std::function<bool(char32_t)>& kind, std::size_t least, std::size_t most) {
  return Pattern{[=](std::u32string_view text, std::size_t begin, Pattern::Ends& ends) {
    for (std::size_t n = 0;; ++n) {
      if (n >= least) ends.push_back(begin + n);
      if (n == most || begin + n == text.size() || !kind(text[begin + n])) return;
    }
  }};
}

Pattern run(std::u32string_view characters, std::size_t least, std::size_t most) {
  return run([s = std::u32string{characters}](char32_t c) { return is_listed(s, c); }, least, most);
}

Pattern run_except(std::u32string_view characters, std::size_t least, std::size_t most) {
  return run([s = std::u32string{characters}](char32_t c) { return !is_listed(s, c); }, least,
             most);
}

Pattern maybe(const Pattern& pattern) { return times(pattern, 0, 1); }

Pattern times(const Pattern& pattern, std::size_t least, std::size_t most) {
  return Pattern{[=](std::u32string_view text, std::size_t begin, Pattern::Ends& ends) {
    Pattern::Ends now{begin}, seen{begin};
    for (std::size_t n = 0; !now.empty(); ++n) {
      if (n >= least) ends.insert(ends.end(), now.begin(), now.end());
      if (n == most) return;
      Pattern::Ends next;
      for (const std::size_t end : now)
        for (const std::size_t further : pattern.ends(text, end))
          // What was reached in fewer rounds leads nowhere new, once there are enough of them.
          if (n < least || !std::binary_search(seen.begin(), seen.end(), further))
            next.push_back(further);
      sort_once(next);
      seen.insert(seen.end(), next.begin(), next.end());
      sort_once(seen);
      now = std::move(next);
    }
  }};
}

Pattern one_of(std::string_view words) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t space = std::min(words.find(' ', at), words.size());
    all.emplace_back(words.substr(at, space - at));
    at = space + 1;
  }
  return Pattern{[all](std::u32string_view text, std::size_t begin, Pattern::Ends& ends) {
    for (const std::string& word : all) {
      if (text.size() - begin < word.size()) continue;
      const bool same =
          std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(begin),
                     [](unsigned char w, char32_t c) {
                       return is_capital(w) ? c == w : small_letter(c) == w;
                     });
      if (same) ends.push_back(begin + word.size());
    }
  }};
}

} // namespace tapestry::patterns
