#include "text/corpora/conllu.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {
namespace {

using Columns = std::array<std::string_view, 10>;
constexpr const char* column_names[] = {"ID",    "FORM", "LEMMA",  "UPOS", "XPOS",
                                        "FEATS", "HEAD", "DEPREL", "DEPS", "MISC"};

// Digits alone, at most nine of them.
std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || text.size() > 9)
    return std::nullopt;
  return value;
}

// "2-3" or "8.1"; nothing if the sign is not there or one of the two is no number.
struct Pair {
  std::size_t first, second;
};
std::optional<Pair> pair_in(std::string_view text, char sign) {
  const std::size_t at = text.find(sign);
  if (at == text.npos) return std::nullopt;
  const auto first = number_in(text.substr(0, at)), second = number_in(text.substr(at + 1));
  if (!first || !second) return std::nullopt;
  return Pair{*first, *second};
}

std::string text_of(const ConlluWord& w) {
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", w.form, w.lemma, w.upos, w.xpos,
                     w.feats, w.head < 0 ? "_" : std::to_string(w.head), w.deprel, w.deps, w.misc);
}

} // namespace

std::string ConlluSentence::to_text() const {
  std::string text;
  for (const std::string& comment : comments) text += comment + "\n";
  std::size_t token = 0, node = 0;
  for (std::size_t i = 0; i <= words.size(); ++i) {
    if (i > 0) text += fmt::format("{}\t{}", i, text_of(words[i - 1]));
    for (; node < empty.size() && empty[node].after == i; ++node)
      text += fmt::format("{}.{}\t{}", i, empty[node].number, text_of(empty[node].word));
    for (; token < tokens.size() && tokens[token].first == i + 1; ++token)
      text += fmt::format("{}-{}\t{}\t_\t_\t_\t_\t_\t_\t_\t{}\n", i + 1, tokens[token].last,
                          tokens[token].form, tokens[token].misc);
  }
  return text + "\n";
}

ConlluReader::ConlluReader(const std::string& path, const ConlluOptions& options)
    : lines_(path, options.most_bytes), options_(options) {}

bool ConlluReader::next(ConlluSentence& sentence) {
  sentence = {};
  std::string line;
  while (lines_.next(line)) {
    if (trimmed(line).empty()) {
      if (sentence.line == 0) continue; // several between two sentences
      finish(sentence);
      return true;
    }
    if (sentence.line == 0) sentence.line = lines_.number();
    if (line[0] != '#') {
      add(sentence, line);
    } else {
      if (!sentence.words.empty() || !sentence.tokens.empty() || !sentence.empty.empty())
        lines_.fail("a comment inside of a sentence; expected it before the first word");
      sentence.comments.push_back(line);
    }
    if (std::max({sentence.words.size(), sentence.comments.size(), sentence.empty.size()}) >
        options_.most_words)
      lines_.fail(fmt::format("the sentence that begins in line {} has more than {} words or "
                              "comments; is an empty line missing?",
                              sentence.line, options_.most_words));
  }
  if (sentence.line == 0) return false;
  finish(sentence);
  return true;
}

void ConlluReader::add(ConlluSentence& sentence, const std::string& line) const {
  const auto tabs = static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t'));
  if (tabs != 9) lines_.fail(fmt::format("{} columns; expected 10, with tabs between", tabs + 1));
  Columns c;
  std::string_view rest = line;
  for (std::size_t i = 0; i < c.size(); ++i) {
    c[i] = rest.substr(0, rest.find('\t'));
    rest.remove_prefix(std::min(c[i].size() + 1, rest.size()));
    if (c[i].empty())
      lines_.fail(fmt::format("{} is empty; expected a value, or _", column_names[i]));
  }
  const auto wrong_id = [&](const std::string& expected) {
    lines_.fail(fmt::format("the id is \"{}\"; expected {}", c[0].substr(0, 40), expected));
  };
  const std::size_t count = sentence.words.size();
  if (c[0].find('-') != c[0].npos) {
    const auto range = pair_in(c[0], '-');
    if (!range || range->first != count + 1 || range->second < range->first)
      wrong_id(fmt::format("{}-N, before its words", count + 1));
    if (!sentence.tokens.empty() && sentence.tokens.back().last >= range->first)
      lines_.fail(fmt::format("token {} overlaps {}-{}", c[0], sentence.tokens.back().first,
                              sentence.tokens.back().last));
    sentence.tokens.push_back({range->first, range->second, std::string(c[1]), std::string(c[9])});
    return;
  }
  ConlluWord word{std::string(c[1]), std::string(c[2]), std::string(c[3]),
                  std::string(c[4]), std::string(c[5]), -1,
                  std::string(c[7]), std::string(c[8]), std::string(c[9])};
  if (c[0].find('.') != c[0].npos) {
    const std::size_t before = sentence.empty.empty() || sentence.empty.back().after != count
                                   ? 0
                                   : sentence.empty.back().number;
    const auto id = pair_in(c[0], '.');
    if (!id || id->first != count || id->second != before + 1)
      wrong_id(fmt::format("{}.{}, of an empty node", count, before + 1));
    sentence.empty.push_back({count, id->second, std::move(word)});
    return;
  }
  if (number_in(c[0]) != count + 1) wrong_id(std::to_string(count + 1));
  if (c[6] != "_") {
    const auto head = number_in(c[6]);
    if (!head || *head > options_.most_words)
      lines_.fail(
          fmt::format("HEAD is \"{}\"; expected the number of a word, 0 or _", c[6].substr(0, 40)));
    word.head = static_cast<int>(*head);
  }
  sentence.words.push_back(std::move(word));
}

void ConlluReader::finish(const ConlluSentence& sentence) const {
  const auto fail = [&](const std::string& problem) {
    line_error(lines_.path(), sentence.line, "the sentence that begins here " + problem);
  };
  const std::size_t count = sentence.words.size();
  if (count == 0) fail("has no words");
  for (std::size_t i = 0; i < count; ++i)
    if (sentence.words[i].head > static_cast<int>(count))
      fail(fmt::format("has {} words, but word {} has head {}", count, i + 1,
                       sentence.words[i].head));
  if (!sentence.tokens.empty() && sentence.tokens.back().last > count)
    fail(fmt::format("has {} words, but token {}-{}", count, sentence.tokens.back().first,
                     sentence.tokens.back().last));
}

std::vector<ConlluSentence> read_conllu(const std::string& path, const ConlluOptions& options) {
  ConlluReader reader(path, options);
  std::vector<ConlluSentence> all;
  for (ConlluSentence sentence; reader.next(sentence);) all.push_back(std::move(sentence));
  return all;
}

std::vector<TaggedSentence> read_tagged(const std::string& path, const ConlluOptions& options) {
  ConlluReader reader(path, options);
  std::vector<TaggedSentence> all;
  bool fine = true;
  for (ConlluSentence sentence; reader.next(sentence);) {
    TaggedSentence& tagged = all.emplace_back();
    for (ConlluWord& word : sentence.words) {
      if (word.upos == "_")
        line_error(path, sentence.line,
                   fmt::format("the sentence that begins here has no UPOS for \"{}\"", word.form));
      fine = fine && word.xpos != "_";
      tagged.words.push_back(std::move(word.form));
      tagged.tags.push_back(std::move(word.upos));
      tagged.fine.push_back(std::move(word.xpos));
    }
  }
  if (all.empty()) throw FormatError(path + ": no sentences; expected CoNLL-U");
  if (!fine)
    for (TaggedSentence& sentence : all) sentence.fine.clear();
  return all;
}

} // namespace tapestry
