// The grammar that is read here, wider than the one that scene_captions.cpp speaks:
//
//   caption  = [opening] thing { more }
//   opening  = "there is" | "there are" | "we see" | "a picture of" | "this is" | ...
//   thing    = ["a" | "an" | "the" | "one"] [size] [colour] form
//   more     = ["that"] ["is"] relation thing       of the first thing if "is" or "and" precedes,
//            | "and" ["is"] relation thing            else of the last one
//            | ("," | "and" | ", and") thing
//            | ["," | "and"] "with" thing [side]    side: "to its left", "above it", "inside"
//
// It shares no table with the speaker: an error there would otherwise be approved here.
#include "text/scenes/scene_truth.hpp"

#include "text/scenes/scene_captions.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using Words = std::vector<std::string>;

struct Thing {
  std::optional<bool> large;
  std::optional<Colour> colour;
  Form form;

  bool fits(const Object& o, bool but_for_size = false) const {
    if (form != o.form || (colour && *colour != o.colour)) return false;
    return but_for_size || !large || (*large ? is_large(o) : is_small(o));
  }
  std::string name() const {
    const std::string size = large ? (*large ? "large " : "small ") : "";
    return size + (colour ? std::string(name_of(*colour)) + " " : "") + name_of(form);
  }
};

struct Claim {
  std::size_t a, b; // things
  Relation relation;
};

struct Meaning {
  std::vector<Thing> things;
  std::vector<Claim> claims;
};

// Longer phrases stand before those that they begin with.
const std::vector<std::pair<const char*, Relation>> relation_phrases{
    {"to the left of", Relation::left_of},
    {"on the left of", Relation::left_of},
    {"left of", Relation::left_of},
    {"to the right of", Relation::right_of},
    {"on the right of", Relation::right_of},
    {"right of", Relation::right_of},
    {"above", Relation::above},
    {"over", Relation::above},
    {"below", Relation::below},
    {"under", Relation::below},
    {"beneath", Relation::below},
    {"inside of", Relation::inside},
    {"inside", Relation::inside},
    {"in", Relation::inside},
    {"within", Relation::inside},
    {"around", Relation::around}};
const std::vector<std::pair<const char*, Relation>> side_phrases{
    {"to its left", Relation::left_of},   {"on its left", Relation::left_of},
    {"to its right", Relation::right_of}, {"on its right", Relation::right_of},
    {"above it", Relation::above},        {"over it", Relation::above},
    {"below it", Relation::below},        {"under it", Relation::below},
    {"beneath it", Relation::below},      {"inside it", Relation::inside},
    {"inside", Relation::inside},         {"in it", Relation::inside},
    {"around it", Relation::around}};

Words split(const std::string& text) {
  Words words{""};
  const auto end_word = [&] {
    if (!words.back().empty()) words.emplace_back();
  };
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      end_word();
    } else if (c == ',' || c == '.') {
      end_word();
      words.back() = c;
      end_word();
    } else {
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  words.pop_back(); // the last word is empty, or is ended by the space that callers append
  if (!words.empty() && words.back() == ".") words.pop_back();
  return words;
}

class Reader {
public:
  explicit Reader(const std::string& caption) : words_(split(caption + " ")) {}

  // Nothing if some word cannot be read; rest() then begins there.
  std::optional<Meaning> read() {
    for (const char* opening : {"there is", "there are", "this is", "we see", "a picture of",
                                "a picture with", "the picture shows", "it is"})
      if (take(opening)) break;
    if (!thing()) return std::nullopt;
    while (at_ < words_.size())
      if (!more()) return std::nullopt;
    return meaning_;
  }

  std::string rest() const {
    if (at_ >= words_.size()) return "";
    const std::size_t end = std::min(at_ + 2, words_.size());
    return fmt::format("{}", fmt::join(words_.begin() + static_cast<std::ptrdiff_t>(at_),
                                       words_.begin() + static_cast<std::ptrdiff_t>(end), " "));
  }

private:
  bool take(const std::string& phrase) {
    const Words wanted = split(phrase + " ");
    if (words_.size() - at_ < wanted.size()) return false;
    if (!std::equal(wanted.begin(), wanted.end(),
                    words_.begin() + static_cast<std::ptrdiff_t>(at_)))
      return false;
    at_ += wanted.size();
    return true;
  }

  template <class Name, std::size_t N>
  std::optional<Name> take_name(const std::array<const char*, N>& names) {
    for (std::size_t i = 0; i < N; ++i)
      if (take(names[i])) return static_cast<Name>(i);
    return std::nullopt;
  }

  std::optional<Relation>
  take_relation(const std::vector<std::pair<const char*, Relation>>& phrases) {
    for (const auto& [phrase, relation] : phrases)
      if (take(phrase)) return relation;
    return std::nullopt;
  }

  bool thing() {
    const std::size_t start = at_;
    Thing result{};
    if (!take("a") && !take("an") && !take("the")) take("one");
    if (take("small"))
      result.large = false;
    else if (take("large"))
      result.large = true;
    result.colour = take_name<Colour>(colour_names);
    const std::optional<Form> form = take_name<Form>(form_names);
    if (!form) {
      if (at_ == words_.size()) at_ = start; // "a red": show what was begun
      return false;
    }
    result.form = *form;
    meaning_.things.push_back(result);
    return true;
  }

  bool more() {
    const bool comma = take(","), conjunction = take("and");
    if (!comma && !conjunction) take("that"); // "a circle that is left of ..."
    if (take("with")) {
      if (!thing()) return false;
      const std::size_t last = meaning_.things.size() - 1;
      if (const auto side = take_relation(side_phrases))
        meaning_.claims.push_back({last, last - 1, *side});
      return true;
    }
    const bool is = take("is");
    const std::size_t subject = is || conjunction ? 0 : meaning_.things.size() - 1;
    if (const auto relation = take_relation(relation_phrases)) {
      if (!thing()) return false;
      meaning_.claims.push_back({subject, meaning_.things.size() - 1, *relation});
      return true;
    }
    return (comma || conjunction) && !is && thing();
  }

  Words words_;
  std::size_t at_ = 0;
  Meaning meaning_;
};

// Tries every way to give things 0.. different objects; `best` is the longest list of things that
// was placed, and `failed` a claim that was false with all of them placed.
struct Search {
  const Meaning& meaning;
  const Scene& scene;
  std::vector<std::size_t> object_of{};
  std::size_t best = 0;
  std::optional<Claim> failed{};

  bool run() {
    best = std::max(best, object_of.size());
    if (object_of.size() == meaning.things.size()) return claims_hold();
    for (std::size_t o = 0; o < scene.objects.size(); ++o) {
      if (!meaning.things[object_of.size()].fits(scene.objects[o])) continue;
      if (std::find(object_of.begin(), object_of.end(), o) != object_of.end()) continue;
      object_of.push_back(o);
      if (run()) return true;
      object_of.pop_back();
    }
    return false;
  }

  bool claims_hold() {
    for (const Claim& claim : meaning.claims) {
      const Object& a = scene.objects[object_of[claim.a]];
      const Object& b = scene.objects[object_of[claim.b]];
      if (relation_of(a, b) == claim.relation) continue;
      failed = claim;
      return false;
    }
    return true;
  }
};

// The most objects that things from `first` on can be, each a different one that is not `taken`.
std::size_t most_named(const Meaning& meaning, const Scene& scene, std::size_t first,
                       std::vector<bool>& taken) {
  if (first == meaning.things.size()) return 0;
  std::size_t most = most_named(meaning, scene, first + 1, taken); // this thing names none
  for (std::size_t o = 0; o < scene.objects.size(); ++o) {
    if (taken[o] || !meaning.things[first].fits(scene.objects[o])) continue;
    taken[o] = true;
    most = std::max(most, 1 + most_named(meaning, scene, first + 1, taken));
    taken[o] = false;
  }
  return most;
}

std::size_t claims_of(const Meaning& meaning) {
  std::size_t n = meaning.claims.size();
  for (const Thing& thing : meaning.things)
    n += 1u + thing.colour.has_value() + thing.large.has_value();
  return n;
}

std::string why_false(const Meaning& meaning, const Scene& scene, const Search& search) {
  const auto any = [&](const Thing& thing, bool but_for_size) {
    return std::any_of(scene.objects.begin(), scene.objects.end(),
                       [&](const Object& o) { return thing.fits(o, but_for_size); });
  };
  for (Thing thing : meaning.things) {
    if (!any(thing, true)) {
      thing.large.reset();
      return "no " + thing.name();
    }
    if (!any(thing, false)) {
      const bool large = *std::exchange(thing.large, std::nullopt);
      return fmt::format("the {} is not {}", thing.name(), large ? "large" : "small");
    }
  }
  if (search.failed) {
    const Claim& claim = *search.failed;
    return fmt::format("the {} is not {} the {}", meaning.things[claim.a].name(),
                       name_of(claim.relation), meaning.things[claim.b].name());
  }
  return fmt::format("no second {}", meaning.things[search.best].name());
}

} // namespace

Verdict check_caption(const std::string& caption, const Scene& scene) {
  Reader reader(caption);
  const std::optional<Meaning> meaning = reader.read();
  if (!meaning) {
    const std::string rest = reader.rest();
    return {false, rest.empty() ? "ends too early" : fmt::format("cannot read \"{}\"", rest), 0, 0};
  }
  Search search{*meaning, scene};
  std::vector<bool> taken(scene.objects.size());
  const std::size_t named = most_named(*meaning, scene, 0, taken), claims = claims_of(*meaning);
  if (search.run()) return {true, "", named, claims};
  return {false, why_false(*meaning, scene, search), named, claims};
}

} // namespace tapestry::inline TAPESTRY_PRECISION
