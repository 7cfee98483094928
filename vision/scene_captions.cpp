#include "vision/scene_captions.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "autograd/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using Words = std::vector<std::string>;

// {a}, {b}, {c}: the objects in reading order, "a red circle". {ab}: how a lies to b, "left of".
// {its}: how b lies to a, seen from a, "to its left". A line that stands twice is said more often.
const Words one_object{
    "{a}", "{a}", "there is {a}", "this is {a}", "we see {a}", "the picture shows {a}",
};
const Words two_objects{
    "{a} {ab} {b}",        "{a} {ab} {b}",          "{a} {ab} {b}",
    "{a} is {ab} {b}",     "{a} is {ab} {b}",       "there is {a} {ab} {b}",
    "we see {a} {ab} {b}", "{a} with {b} {its}",    "there is {a} with {b} {its}",
    "{a} and {b}",         "there are {a} and {b}",
};
const Words three_objects{
    "{a}, {b} and {c}",          "there are {a}, {b} and {c}",     "we see {a}, {b} and {c}",
    "{a} {ab} {b}, and {c}",     "there is {a} {ab} {b}, and {c}", "{a} with {b} {its}, and {c}",
    "{a} {ab} {b} and {ac} {c}", "{a} is {ab} {b} and {ac} {c}",
};

// By Relation. "around" has no words seen from outside: nobody says "with a square around it".
const std::vector<Words> relation_words{
    {""},
    {"left of", "to the left of", "on the left of"},
    {"right of", "to the right of", "on the right of"},
    {"above", "above", "over"},
    {"below", "below", "under"},
    {"inside", "inside", "in"},
    {"around"},
};
const std::vector<Words> side_words{
    {""},
    {"to its left", "on its left"},
    {"to its right", "on its right"},
    {"above it", "over it"},
    {"below it", "under it"},
    {"inside", "inside it"},
    {},
};

// A size is said of some objects in a third of the captions, and only where it is plain.
std::string noun_phrase(const Object& object, bool with_size) {
  std::string words;
  if (with_size && is_small(object)) words = "small ";
  if (with_size && is_large(object)) words = "large ";
  words += fmt::format("{} {}", name_of(object.colour), name_of(object.form));
  return (words.starts_with("orange") ? "an " : "a ") + words;
}

const std::string& words_for(const std::vector<Words>& table, Relation relation, Rng& rng) {
  static const std::string nothing;
  const Words& choices = table[static_cast<std::size_t>(relation)];
  return choices.empty() ? nothing : rng.pick(choices);
}

std::ptrdiff_t word_count(const std::string& text) {
  return 1 + std::count(text.begin(), text.end(), ' ');
}

} // namespace

const char* name_of(Relation relation) {
  return relation_words[static_cast<std::size_t>(relation)][0].c_str();
}

std::string random_caption(const Scene& scene, Rng& rng) {
  const std::size_t n = scene.objects.size();
  if (n < 1 || n > 3)
    throw ShapeError(fmt::format("a scene of {} objects has no caption; expected 1 to 3", n));
  std::vector<std::size_t> order = reading_order(scene.objects);
  if (order.empty()) { // a scene that nobody drew for this: as its objects stand
    order.resize(n);
    std::iota(order.begin(), order.end(), 0);
  }
  const Words& sentences = n == 1 ? one_object : n == 2 ? two_objects : three_objects;
  for (;;) {
    std::vector<Object> objects;
    for (const std::size_t i : order) objects.push_back(scene.objects[i]);
    const bool sizes = rng.chance(0.35);
    Words phrases;
    for (const Object& object : objects)
      phrases.push_back(noun_phrase(object, sizes && rng.chance(0.6)));
    phrases.resize(3);

    const auto relation = [&](std::size_t i, std::size_t j) {
      return i < n && j < n ? relation_of(objects[i], objects[j]) : Relation::none;
    };
    // One draw a line: compilers differ in the order in which they evaluate a call's arguments.
    const std::string& sentence = rng.pick(sentences);
    const std::string& ab = words_for(relation_words, relation(0, 1), rng);
    const std::string& ac = words_for(relation_words, relation(0, 2), rng);
    const std::string& its = words_for(side_words, relation(1, 0), rng);
    if (its.empty() && sentence.find("{its}") != std::string::npos) continue;
    const std::string caption = fmt::format(
        fmt::runtime(sentence), fmt::arg("a", phrases[0]), fmt::arg("b", phrases[1]),
        fmt::arg("c", phrases[2]), fmt::arg("ab", ab), fmt::arg("ac", ac), fmt::arg("its", its));
    if (word_count(caption) <= 16) return caption;
  }
}

std::vector<std::string> random_captions(const Scene& scene, std::size_t count, Rng& rng) {
  Words captions;
  for (int tries = 0; captions.size() < count && tries < 200; ++tries) {
    std::string caption = random_caption(scene, rng);
    if (std::find(captions.begin(), captions.end(), caption) == captions.end())
      captions.push_back(std::move(caption));
  }
  return captions;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
