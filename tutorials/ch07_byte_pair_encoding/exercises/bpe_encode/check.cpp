#include "expect.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "text/subwords/merge_table.hpp"

using namespace tapestry;
using Parts = std::vector<std::pair<std::string, std::string>>; // of the merges, by rank

namespace {

// A table of these merges: each is two tokens, of which both are bytes or made before.
class Made {
public:
  explicit Made(const Parts& parts) {
    // The bytes do not have their own values as ids, so that nobody takes one for the other.
    for (int byte = 0; byte < 256; ++byte)
      tokens_.emplace_back(1, static_cast<char>((byte + 100) % 256));
    for (const auto& [left, right] : parts)
      if (id(left + right) < 0) tokens_.push_back(left + right);
    for (const auto& [left, right] : parts)
      merges_.push_back({id(left), id(right), id(left + right)});
  }
  MergeTable table() const { return {tokens_, merges_}; }
  void expect_tokens(const std::string& piece, const std::string& wanted) const {
    std::string text;
    std::vector<double> lengths;
    const MergeTable made = table();
    for (const int id : encode_plain(made, piece)) {
      expect("the tokens of " + piece, id >= 0 && id < static_cast<int>(tokens_.size()),
             "there is no token " + std::to_string(id));
      const std::string& token = tokens_[static_cast<std::size_t>(id)];
      text += (text.empty() ? "" : "|") + token;
      lengths.push_back(static_cast<double>(token.size()));
    }
    expect("the tokens of " + piece, text == wanted,
           "they are \"" + text + "\", and should be \"" + wanted + "\"", lengths);
  }

private:
  int id(const std::string& token) const {
    const auto found = std::find(tokens_.begin(), tokens_.end(), token);
    return found == tokens_.end() ? -1 : static_cast<int>(found - tokens_.begin());
  }
  std::vector<std::string> tokens_;
  std::vector<Merge> merges_;
};

} // namespace

STEP("bytes") {
  Made(Parts{}).expect_tokens("coast", "c|o|a|s|t");
  Made(Parts{}).expect_tokens("", "");
  Made(Parts{}).expect_tokens("\xc3\xa9\xff", "\xc3|\xa9|\xff");
}

STEP("one merge") {
  Made(Parts{{"q", "z"}, {"o", "a"}}).expect_tokens("coast", "c|oa|s|t");
  Made(Parts{{"o", "a"}}).expect_tokens("coast", "c|oa|s|t"); // of rank 0
  Made(Parts{{"s", "t"}}).expect_tokens("coast", "c|o|a|st"); // at the end
  Made(Parts{{"c", "o"}}).expect_tokens("coast", "co|a|s|t"); // at the beginning
}

STEP("the lowest rank first") {
  Made(Parts{{"b", "c"}, {"a", "b"}, {"bc", "d"}, {"a", "bcd"}}).expect_tokens("abcd", "abcd");
  Made(Parts{{"b", "c"}, {"a", "b"}}).expect_tokens("abc", "a|bc");
  Made(Parts{{"a", "b"}, {"b", "c"}}).expect_tokens("abc", "ab|c");
  Made(Parts{{"d", "e"}, {"c", "d"}, {"b", "c"}, {"a", "b"}}).expect_tokens("abcde", "a|bc|de");
}

STEP("merges of merges") {
  Made(Parts{{"a", "b"}, {"c", "d"}, {"ab", "cd"}}).expect_tokens("abcdab", "abcd|ab");
  Made(Parts{{"n", "a"}, {"na", "na"}}).expect_tokens("nananas", "nana|na|s");
}

STEP("not the longest token") {
  // "abc" is a token, but b c is merged before a and b can be.
  Made(Parts{{"a", "b"}, {"b", "d"}, {"ab", "c"}}).expect_tokens("abcabd", "abc|ab|d");
  Made(Parts{{"c", "d"}, {"a", "b"}, {"ab", "c"}}).expect_tokens("abcd", "ab|cd");
}

STEP("the leftmost of several places") {
  Made(Parts{{"a", "a"}}).expect_tokens("aaa", "aa|a");
  Made(Parts{{"a", "a"}}).expect_tokens("aaaaa", "aa|aa|a");
  Made(Parts{{"b", "b"}, {"c", "b"}}).expect_tokens("cbbb", "c|bb|b");
}

STEP("a merge that comes before what makes its parts") {
  // After the first a b c c is there already: its rank is lower than that of the second a b.
  Made(Parts{{"ab", "c"}, {"c", "a"}, {"a", "b"}}).expect_tokens("abcxabc", "abc|x|abc");
  Made(Parts{{"ab", "a"}, {"b", "a"}, {"a", "b"}}).expect_tokens("abab", "a|ba|b");
  Made(Parts{{"aba", "b"}, {"ab", "a"}, {"a", "b"}}).expect_tokens("abab", "abab");
}

STEP("a use: a word that was never seen") {
  // Merges of low, lower, newest and widest; none of them is lowest.
  Made(Parts{{"e", "s"},
             {"es", "t"},
             {"l", "o"},
             {"lo", "w"},
             {"n", "e"},
             {"ne", "w"},
             {"new", "est"}})
      .expect_tokens("lowest", "low|est");
}
