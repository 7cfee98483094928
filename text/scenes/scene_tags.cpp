#include "text/scenes/scene_tags.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/scenes/scene.hpp"
#include "text/tokens/word_tokenizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

const std::map<std::string, const char*> one_tag{
    {"a", "DET"},      {"an", "DET"},    {"the", "DET"},    {"small", "ADJ"},    {"large", "ADJ"},
    {"there", "PRON"}, {"this", "PRON"}, {"we", "PRON"},    {"it", "PRON"},      {"its", "PRON"},
    {"are", "VERB"},   {"see", "VERB"},  {"shows", "VERB"}, {"picture", "NOUN"}, {"with", "ADP"},
    {"of", "ADP"},     {"to", "ADP"},    {"on", "ADP"},     {"above", "ADP"},    {"over", "ADP"},
    {"below", "ADP"},  {"under", "ADP"}, {"in", "ADP"},     {"around", "ADP"},   {"and", "CCONJ"},
    {",", "PUNCT"},
};

template <std::size_t n>
bool is_one_of(const std::array<const char*, n>& names, const std::string& word) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

// "" if the grammar has no such word.
std::string tag_of(const std::string& before, const std::string& word, const std::string& after) {
  if (const auto found = one_tag.find(word); found != one_tag.end()) return found->second;
  if (is_one_of(colour_names, word)) return "ADJ";
  if (is_one_of(form_names, word)) return "NOUN";
  if (word == "is") return before == "there" ? "VERB" : "AUX"; // "there is a star", "it is above"
  if (word == "left" || word == "right")                       // "to the left of", "left of"
    return before == "the" || before == "its" ? "NOUN" : "ADV";
  if (word == "inside") // "inside a ring", "with a star inside"
    return after.empty() || after == "," ? "ADV" : "ADP";
  return "";
}

} // namespace

std::vector<TaggedWord> tag_caption(std::string_view caption) {
  const std::vector<std::string> words = tokenize_words(caption);
  const auto at = [&](std::size_t i) { return i < words.size() ? words[i] : ""; };
  std::vector<TaggedWord> tagged;
  for (std::size_t i = 0; i < words.size(); ++i) {
    tagged.push_back({words[i], tag_of(i > 0 ? at(i - 1) : "", words[i], at(i + 1))});
    if (tagged.back().tag.empty())
      throw FormatError(
          fmt::format("\"{}\": no caption of a scene has the word \"{}\"", caption, words[i]));
  }
  return tagged;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
