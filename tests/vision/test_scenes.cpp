#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "temporary_folder.hpp"
#include "text/scenes/scene_captions.hpp"
#include "text/scenes/scene_tags.hpp"
#include "text/scenes/scene_truth.hpp"
#include "vision/scenes/scene_draw.hpp"

using namespace tapestry;
using std::string;

BOOST_AUTO_TEST_SUITE(scenes)

BOOST_AUTO_TEST_CASE(twelve_combinations_are_held_out) {
  std::map<Part, int> parts;
  std::map<Form, int> forms;
  for (std::size_t c = 0; c < colour_names.size(); ++c) {
    std::map<Part, int> of_colour;
    for (std::size_t f = 0; f < form_names.size(); ++f) {
      const Form form = static_cast<Form>(f);
      const Part part = kept_for(static_cast<Colour>(c), form);
      BOOST_TEST(is_held_out(static_cast<Colour>(c), form) == (part != Part::train));
      ++parts[part];
      ++of_colour[part];
      forms[form] += part != Part::train;
    }
    BOOST_TEST(of_colour[Part::test] == 1);
    BOOST_TEST(of_colour[Part::dev] <= 1);
  }
  BOOST_TEST(parts[Part::train] == 36);
  BOOST_TEST(parts[Part::dev] == 4);
  BOOST_TEST(parts[Part::test] == 8);
  for (const auto& [form, count] : forms) BOOST_TEST(count == 2, name_of(form));
}

BOOST_AUTO_TEST_CASE(random_scenes_are_clear) {
  Rng rng(1);
  std::map<Part, std::set<std::pair<Colour, Form>>> seen;
  std::map<Relation, int> relations;
  std::map<std::size_t, int> sizes;
  int large = 0, objects = 0;
  for (int i = 0; i < 4000; ++i) {
    const Part part = i % 4 == 0 ? Part::test : i % 4 == 1 ? Part::dev : Part::train;
    const Scene scene = random_scene(rng, {.shows = part});
    ++sizes[scene.objects.size()];
    bool shown = part == Part::train;
    for (const Object& o : scene.objects) {
      const Part kept = kept_for(o.colour, o.form);
      BOOST_TEST((kept == Part::train || kept == part));
      shown |= kept == part;
      seen[kept].emplace(o.colour, o.form);
      BOOST_TEST((is_small(o) || is_large(o)));
      BOOST_TEST((o.x - extent(o) > 0 && o.x + extent(o) < 1));
      BOOST_TEST((o.y - extent(o) > 0 && o.y + extent(o) < 1));
      large += is_large(o);
      ++objects;
    }
    BOOST_TEST(shown);
    for (std::size_t a = 0; a < scene.objects.size(); ++a)
      for (std::size_t b = 0; b < a; ++b) {
        const Relation relation = relation_of(scene.objects[a], scene.objects[b]);
        BOOST_TEST((relation != Relation::none));
        ++relations[relation];
      }
  }
  BOOST_TEST(seen[Part::train].size() == 36u);
  BOOST_TEST(seen[Part::dev].size() == 4u);
  BOOST_TEST(seen[Part::test].size() == 8u);
  BOOST_TEST(sizes.size() == 3u);
  BOOST_TEST(large > objects / 5);
  for (const Relation r : {Relation::left_of, Relation::right_of, Relation::above, Relation::below})
    BOOST_TEST(relations[r] > 400);
  BOOST_TEST(relations[Relation::inside] + relations[Relation::around] > 200);
}

BOOST_AUTO_TEST_CASE(things_are_read_from_the_left_the_top_and_within) {
  const auto at = [](double x, double y, double radius = 0.1, Form form = Form::circle) {
    return Object{form, Colour::red, x, y, radius};
  };
  using Order = std::vector<std::size_t>;
  BOOST_TEST(reading_order({at(0.5, 0.5)}) == Order({0}));
  BOOST_TEST(reading_order({at(0.8, 0.5), at(0.2, 0.5)}) == Order({1, 0}));
  BOOST_TEST(reading_order({at(0.5, 0.8), at(0.5, 0.2)}) == Order({1, 0}));
  BOOST_TEST(reading_order({at(0.5, 0.5, 0.4), at(0.6, 0.5)}) == Order({1, 0}));
  BOOST_TEST(reading_order({at(0.9, 0.5), at(0.1, 0.5), at(0.5, 0.5)}) == Order({1, 2, 0}));
  BOOST_TEST(reading_order({at(0.2, 0.2), at(0.8, 0.8)}).empty());
}

BOOST_AUTO_TEST_CASE(captions_name_things_in_reading_order) {
  Rng rng(8);
  for (int i = 0; i < 500; ++i) {
    const Scene scene = random_scene(rng);
    const auto order = reading_order(scene.objects);
    BOOST_REQUIRE(order.size() == scene.objects.size());
    const string caption = random_caption(scene, rng).english;
    std::size_t before = 0;
    for (const std::size_t o : order) {
      const string name =
          string(name_of(scene.objects[o].colour)) + " " + name_of(scene.objects[o].form);
      const std::size_t found = caption.find(name, before);
      BOOST_TEST(found != string::npos, caption << ": no " << name << " after " << before);
      before = found == string::npos ? before : found;
    }
  }
}

BOOST_AUTO_TEST_CASE(captions_are_true_short_and_different) {
  Rng rng(2);
  std::set<string> vocabulary;
  Scene other = random_scene(rng);
  int count = 0, true_of_other = 0;
  for (int i = 0; i < 3000; ++i) {
    const Scene scene = random_scene(rng, {.shows = i % 3 == 0 ? Part::test : Part::train});
    const std::vector<SceneCaption> captions = random_captions(scene, 5, rng);
    BOOST_TEST(captions.size() == 5u);
    std::set<string> different;
    for (const SceneCaption& both : captions) {
      const string& caption = both.english;
      BOOST_TEST(different.insert(caption).second);
      const Verdict verdict = check_caption(caption, scene);
      BOOST_TEST(verdict.is_true, caption << ": " << verdict.reason);
      true_of_other += check_caption(caption, other).is_true;
      ++count;
      std::istringstream words(caption);
      int length = 0;
      for (string word; words >> word; ++length) vocabulary.insert(word);
      BOOST_TEST((length >= 3 && length <= 16));
    }
    other = scene;
  }
  BOOST_TEST(true_of_other < count / 50);
  BOOST_TEST(vocabulary.size() < 60u);
}

// What a sentence says of each object, without the order of the words: how often each noun, colour
// and size is named, in English words. Spanish endings must agree with the noun before.
std::map<string, int> named_in_spanish(const string& caption) {
  static const std::map<string, std::pair<string, char>> nouns{
      {"círculo", {"circle", 'o'}}, {"cuadrado", {"square", 'o'}}, {"triángulo", {"triangle", 'o'}},
      {"estrella", {"star", 'a'}},  {"anillo", {"ring", 'o'}},     {"cruz", {"cross", 'a'}}};
  static const std::map<string, string> adjectives{
      {"roj", "red"},      {"verde", "green"},    {"azul", "blue"},   {"amarill", "yellow"},
      {"morad", "purple"}, {"naranja", "orange"}, {"blanc", "white"}, {"negr", "black"},
      {"pequeñ", "small"}, {"grande", "large"}};
  std::map<string, int> named;
  char ending = ' '; // of adjectives that have two
  string article;
  std::istringstream words(caption);
  for (string word; words >> word; article = word) {
    if (word.back() == ',') word.pop_back();
    if (const auto noun = nouns.find(word); noun != nouns.end()) {
      ++named[noun->second.first];
      ending = noun->second.second;
      BOOST_TEST(article == (ending == 'a' ? "una" : "un"), caption);
    } else if (adjectives.contains(word)) {
      ++named[adjectives.at(word)];
    } else if (adjectives.contains(word.substr(0, word.size() - 1))) {
      ++named[adjectives.at(word.substr(0, word.size() - 1))];
      BOOST_TEST(word.back() == ending, caption);
    }
  }
  return named;
}

BOOST_AUTO_TEST_CASE(translations_name_the_same_things) {
  Rng rng(7);
  for (int i = 0; i < 2000; ++i) {
    const SceneCaption caption = random_caption(random_scene(rng), rng);
    std::map<string, int> named;
    std::istringstream words(caption.english);
    for (string word; words >> word;) {
      if (word.back() == ',') word.pop_back();
      const auto is = [&](const char* name) { return word == name; };
      if (std::any_of(form_names.begin(), form_names.end(), is) ||
          std::any_of(colour_names.begin(), colour_names.end(), is) || is("small") || is("large"))
        ++named[word];
    }
    BOOST_TEST((named_in_spanish(caption.spanish) == named),
               caption.english << " / " << caption.spanish);
    const std::pair<const char*, const char*> directions[]{{"left", "izquierd"},
                                                           {"right", "derech"}};
    for (const auto& [english, spanish] : directions)
      BOOST_TEST((caption.english.find(english) == string::npos) ==
                     (caption.spanish.find(spanish) == string::npos),
                 caption.english << " / " << caption.spanish);
  }
}

BOOST_AUTO_TEST_CASE(tags_of_every_caption) {
  const auto tags = [](const string& caption) {
    string all;
    for (const TaggedWord& w : tag_caption(caption)) all += (all.empty() ? "" : " ") + w.tag;
    return all;
  };
  BOOST_TEST(tags("there is a small red circle to the left of an orange star, and a ring") ==
             "PRON VERB DET ADJ ADJ NOUN ADP DET NOUN ADP DET ADJ NOUN PUNCT CCONJ DET NOUN");
  BOOST_TEST(tags("a ring is left of a cross") == "DET NOUN AUX ADV ADP DET NOUN");
  BOOST_TEST(tags("a ring with a star inside, and a cross") ==
             "DET NOUN ADP DET NOUN ADV PUNCT CCONJ DET NOUN");
  BOOST_TEST(tags("a star inside a ring") == "DET NOUN ADP DET NOUN");
  BOOST_TEST(message_of([&] { tags("a red house"); }) ==
             "\"a red house\": no caption of a scene has the word \"house\"");
  Rng rng(8);
  for (int i = 0; i < 2000; ++i) // no word of the grammar is unknown
    BOOST_TEST(!tags(random_caption(random_scene(rng), rng).english).empty());
}

BOOST_AUTO_TEST_CASE(json_both_ways) {
  Rng rng(3);
  for (int i = 0; i < 100; ++i) {
    const Scene scene = random_scene(rng);
    BOOST_TEST((scene_from_json(nlohmann::json::parse(to_json(scene).dump())) == scene));
  }
  nlohmann::json broken = to_json(random_scene(rng));
  broken["objects"][0]["form"] = "potato";
  BOOST_TEST(message_of([&] { scene_from_json(broken); }) ==
             "a scene with the unknown word \"potato\"");
  BOOST_CHECK_THROW(scene_from_json(nlohmann::json::parse("[1]")), FormatError);
  broken["objects"][0].erase("form");
  BOOST_CHECK_THROW(scene_from_json(broken), FormatError);
}

BOOST_AUTO_TEST_CASE(pictures_show_the_objects) {
  Scene scene{
      Background::plain,
      5,
      {{Form::circle, Colour::red, 0.3, 0.5, 0.2}, {Form::ring, Colour::blue, 0.75, 0.5, 0.2}}};
  const Tensor picture = draw_scene(scene);
  BOOST_TEST(to_string(picture.shape()) == "(3, 64, 64)");
  for (const real x : picture.storage()) BOOST_TEST((x >= 0 && x <= 1));
  BOOST_TEST((picture(0, 32, 19) > 0.7 && picture(1, 32, 19) < 0.3)); // the red centre
  BOOST_TEST((picture(2, 32, 38) > 0.7 && picture(0, 32, 38) < 0.3)); // the blue rim
  BOOST_TEST(std::abs(picture(0, 32, 48) - picture(0, 2, 2)) < 0.01); // the ring's hole
  BOOST_TEST((draw_scene(scene) == picture));
  scene.texture = 6;
  BOOST_TEST(!(draw_scene(scene) == picture));
}

BOOST_AUTO_TEST_CASE(a_form_has_about_the_area_of_its_circle) {
  for (const Form form : {Form::square, Form::triangle, Form::star, Form::cross}) {
    const Scene with{Background::plain, 5, {{form, Colour::black, 0.5, 0.5, 0.25}}};
    const Scene without{Background::plain, 5, {}};
    const Tensor a = draw_scene(with, 128), b = draw_scene(without, 128);
    int covered = 0;
    for (std::size_t i = 0; i < 128 * 128; ++i)
      covered += std::abs(a.data()[i] - b.data()[i]) > 0.2;
    const double relative = covered / (3.14159 * 32 * 32);
    BOOST_TEST((relative > 0.6 && relative < 1.1), name_of(form) << " " << relative);
  }
}

BOOST_AUTO_TEST_SUITE_END()
