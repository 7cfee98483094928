#include "text/scenes/scene_captions.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using Phrases = std::vector<SceneCaption>; // pieces of captions: an English and a Spanish one each

// {a}, {b}, {c}: the objects in reading order, "a red circle". {ab}: how a lies to b, "left of".
// {its}: how b lies to a, seen from a, "to its left". A line that stands twice is said more often.
const Phrases one_object{
    {"{a}", "{a}"},
    {"{a}", "{a}"},
    {"there is {a}", "hay {a}"},
    {"this is {a}", "esto es {a}"},
    {"we see {a}", "vemos {a}"},
    {"the picture shows {a}", "la imagen muestra {a}"},
};
const Phrases two_objects{
    {"{a} {ab} {b}", "{a} {ab} {b}"},
    {"{a} {ab} {b}", "{a} {ab} {b}"},
    {"{a} {ab} {b}", "{a} {ab} {b}"},
    {"{a} is {ab} {b}", "{a} está {ab} {b}"},
    {"{a} is {ab} {b}", "{a} está {ab} {b}"},
    {"there is {a} {ab} {b}", "hay {a} {ab} {b}"},
    {"we see {a} {ab} {b}", "vemos {a} {ab} {b}"},
    {"{a} with {b} {its}", "{a} con {b} {its}"},
    {"there is {a} with {b} {its}", "hay {a} con {b} {its}"},
    {"{a} and {b}", "{a} y {b}"},
    {"there are {a} and {b}", "hay {a} y {b}"},
};
const Phrases three_objects{
    {"{a}, {b} and {c}", "{a}, {b} y {c}"},
    {"there are {a}, {b} and {c}", "hay {a}, {b} y {c}"},
    {"we see {a}, {b} and {c}", "vemos {a}, {b} y {c}"},
    {"{a} {ab} {b}, and {c}", "{a} {ab} {b}, y {c}"},
    {"there is {a} {ab} {b}, and {c}", "hay {a} {ab} {b}, y {c}"},
    {"{a} with {b} {its}, and {c}", "{a} con {b} {its}, y {c}"},
    {"{a} {ab} {b} and {ac} {c}", "{a} {ab} {b} y {ac} {c}"},
    {"{a} is {ab} {b} and {ac} {c}", "{a} está {ab} {b} y {ac} {c}"},
};

// By Relation. "around" has no words seen from outside: nobody says "with a square around it".
const std::vector<Phrases> relation_words{
    {{"", ""}},
    {{"left of", "a la izquierda de"},
     {"to the left of", "a la izquierda de"},
     {"on the left of", "al lado izquierdo de"}},
    {{"right of", "a la derecha de"},
     {"to the right of", "a la derecha de"},
     {"on the right of", "al lado derecho de"}},
    {{"above", "encima de"}, {"above", "encima de"}, {"over", "sobre"}},
    {{"below", "debajo de"}, {"below", "debajo de"}, {"under", "bajo"}},
    {{"inside", "dentro de"}, {"inside", "dentro de"}, {"in", "en"}},
    {{"around", "alrededor de"}},
};
const std::vector<Phrases> side_words{
    {{"", ""}},
    {{"to its left", "a su izquierda"}, {"on its left", "en su lado izquierdo"}},
    {{"to its right", "a su derecha"}, {"on its right", "en su lado derecho"}},
    {{"above it", "encima"}, {"over it", "por encima"}},
    {{"below it", "debajo"}, {"under it", "por debajo"}},
    {{"inside", "dentro"}, {"inside it", "en su interior"}},
    {},
};

// Spanish, in the order of the enumerators. An adjective in -o ends in -a beside a feminine noun.
struct Noun {
  const char* word;
  bool feminine;
};
constexpr std::array<Noun, form_names.size()> nouns{{{"círculo", false},
                                                     {"cuadrado", false},
                                                     {"triángulo", false},
                                                     {"estrella", true},
                                                     {"anillo", false},
                                                     {"cruz", true}}};
constexpr std::array<const char*, colour_names.size()> colours{
    "rojo", "verde", "azul", "amarillo", "morado", "naranja", "blanco", "negro"};

std::string agreeing(std::string adjective, bool feminine) {
  if (feminine && adjective.back() == 'o') adjective.back() = 'a';
  return adjective;
}

// A size is said of some objects in a third of the captions, and only where it is plain.
SceneCaption noun_phrase(const Object& object, bool with_size) {
  SceneCaption size;
  if (with_size && is_small(object)) size = {"small ", " pequeño"};
  if (with_size && is_large(object)) size = {"large ", " grande"};
  const auto [noun, feminine] = nouns[static_cast<std::size_t>(object.form)];
  const std::string english =
      fmt::format("{}{} {}", size.english, name_of(object.colour), name_of(object.form));
  const char* colour = colours[static_cast<std::size_t>(object.colour)];
  return {(english.starts_with("orange") ? "an " : "a ") + english,
          fmt::format("{} {} {}{}", feminine ? "una" : "un", noun, agreeing(colour, feminine),
                      size.spanish.empty() ? "" : agreeing(size.spanish, feminine))};
}

const SceneCaption& words_for(const std::vector<Phrases>& table, Relation relation, Rng& rng) {
  static const SceneCaption nothing;
  const Phrases& choices = table[static_cast<std::size_t>(relation)];
  return choices.empty() ? nothing : rng.pick(choices);
}

std::ptrdiff_t word_count(const std::string& text) {
  return 1 + std::count(text.begin(), text.end(), ' ');
}

} // namespace

const char* name_of(Relation relation) {
  return relation_words[static_cast<std::size_t>(relation)][0].english.c_str();
}

SceneCaption random_caption(const Scene& scene, Rng& rng) {
  const std::size_t n = scene.objects.size();
  if (n < 1 || n > 3)
    throw ShapeError(fmt::format("a scene of {} objects has no caption; expected 1 to 3", n));
  std::vector<std::size_t> order = reading_order(scene.objects);
  if (order.empty()) { // a scene that nobody drew for this: as its objects stand
    order.resize(n);
    std::iota(order.begin(), order.end(), 0);
  }
  const Phrases& sentences = n == 1 ? one_object : n == 2 ? two_objects : three_objects;
  for (;;) {
    std::vector<Object> objects;
    for (const std::size_t i : order) objects.push_back(scene.objects[i]);
    const bool sizes = rng.chance(0.35);
    Phrases phrases;
    for (const Object& object : objects)
      phrases.push_back(noun_phrase(object, sizes && rng.chance(0.6)));
    phrases.resize(3);

    const auto relation = [&](std::size_t i, std::size_t j) {
      return i < n && j < n ? relation_of(objects[i], objects[j]) : Relation::none;
    };
    // One draw a line: compilers differ in the order in which they evaluate a call's arguments.
    const SceneCaption& sentence = rng.pick(sentences);
    const SceneCaption& ab = words_for(relation_words, relation(0, 1), rng);
    const SceneCaption& ac = words_for(relation_words, relation(0, 2), rng);
    const SceneCaption& its = words_for(side_words, relation(1, 0), rng);
    if (its.english.empty() && sentence.english.find("{its}") != std::string::npos) continue;
    const auto said = [&](std::string SceneCaption::*language) {
      return fmt::format(fmt::runtime(sentence.*language), fmt::arg("a", phrases[0].*language),
                         fmt::arg("b", phrases[1].*language), fmt::arg("c", phrases[2].*language),
                         fmt::arg("ab", ab.*language), fmt::arg("ac", ac.*language),
                         fmt::arg("its", its.*language));
    };
    std::string english = said(&SceneCaption::english);
    if (word_count(english) <= 16) return {std::move(english), said(&SceneCaption::spanish)};
  }
}

std::vector<SceneCaption> random_captions(const Scene& scene, std::size_t count, Rng& rng) {
  std::vector<SceneCaption> captions;
  for (int tries = 0; captions.size() < count && tries < 200; ++tries) {
    SceneCaption caption = random_caption(scene, rng);
    const auto same = [&](const SceneCaption& c) { return c.english == caption.english; };
    if (std::none_of(captions.begin(), captions.end(), same))
      captions.push_back(std::move(caption));
  }
  return captions;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
