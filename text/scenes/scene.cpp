#include "text/scenes/scene.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

struct Combination {
  Colour colour;
  Form form;
  Part part;
};

constexpr std::array<Combination, 12> kept{{{Colour::red, Form::cross, Part::test},
                                            {Colour::green, Form::star, Part::test},
                                            {Colour::blue, Form::ring, Part::test},
                                            {Colour::yellow, Form::square, Part::test},
                                            {Colour::purple, Form::triangle, Part::test},
                                            {Colour::orange, Form::circle, Part::test},
                                            {Colour::white, Form::star, Part::test},
                                            {Colour::black, Form::ring, Part::test},
                                            {Colour::red, Form::triangle, Part::dev},
                                            {Colour::blue, Form::square, Part::dev},
                                            {Colour::purple, Form::cross, Part::dev},
                                            {Colour::white, Form::circle, Part::dev}}};

double distance(const Object& a, const Object& b) { return std::hypot(a.x - b.x, a.y - b.y); }

// The radius of the largest circle at the centre that shows nothing but what is inside the object:
// the square's own area, or the hole of a ring.
double room(const Object& object) {
  switch (object.form) {
  case Form::circle:
    return object.radius;
  case Form::square:
    return 0.86 * object.radius;
  case Form::ring:
    return 0.6 * object.radius;
  default:
    return 0;
  }
}

bool inside(const Object& a, const Object& b) {
  return distance(a, b) + extent(a) <= room(b) - 0.01;
}

bool apart(const Object& a, const Object& b) {
  return distance(a, b) >= extent(a) + extent(b) + 0.03;
}

// Thousandths of the side: exact enough to draw, and short in JSON.
double rounded(double x) { return std::round(x * 1000) / 1000; }

double random_radius(Rng& rng, std::size_t count) {
  return rounded(rng.chance(count == 3 ? 0.8 : 0.4) ? rng.uniform(0.130, 0.155)
                                                    : rng.uniform(0.200, 0.240));
}

void place(Object& object, Rng& rng) {
  const double border = extent(object) + 0.02;
  object.x = rounded(rng.uniform(border, 1 - border));
  object.y = rounded(rng.uniform(border, 1 - border));
}

// objects[0] becomes large, objects[1] small and somewhere inside it.
void nest(std::vector<Object>& objects, Rng& rng) {
  const std::vector<Form> hollow{Form::circle, Form::square, Form::ring};
  objects[0].form = rng.pick(hollow);
  objects[0].radius = rounded(rng.uniform(0.33, 0.38));
  objects[1].radius = rounded(rng.uniform(0.13, 0.155));
  place(objects[0], rng);
  const double slack = std::max(0.0, room(objects[0]) - extent(objects[1]) - 0.015);
  const double angle = rng.uniform(0, 2 * 3.14159265358979), shift = slack * rng.uniform();
  objects[1].x = rounded(objects[0].x + shift * std::cos(angle));
  objects[1].y = rounded(objects[0].y + shift * std::sin(angle));
}

// Whether things that lie beside each other fill the frame evenly, as in a picture that was taken
// on purpose.
bool is_framed(const std::vector<Object>& objects) {
  const auto [left, right] = std::minmax_element(
      objects.begin(), objects.end(), [](const Object& a, const Object& b) { return a.x < b.x; });
  const auto [top, bottom] = std::minmax_element(
      objects.begin(), objects.end(), [](const Object& a, const Object& b) { return a.y < b.y; });
  const auto central = [](double from, double to) { return std::abs((from + to) / 2 - 0.5) < 0.1; };
  return central(left->x, right->x) && central(top->y, bottom->y);
}

bool is_clear(const std::vector<Object>& objects, bool nested, Part shows) {
  bool shown = shows == Part::train;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const Part part = kept_for(objects[i].colour, objects[i].form);
    if (part != Part::train && part != shows) return false;
    shown |= part == shows;
    for (std::size_t j = 0; j < i; ++j) {
      if (objects[i].colour == objects[j].colour && objects[i].form == objects[j].form)
        return false;
      if (relation_of(objects[i], objects[j]) == Relation::none) return false;
      if (nested && i == 1) {
        if (!inside(objects[1], objects[0]) || objects[0].colour == objects[1].colour) return false;
      } else if (!apart(objects[i], objects[j])) {
        return false;
      }
    }
  }
  if (objects.size() > (nested ? 2u : 1u) && !is_framed(objects)) return false;
  return shown && !reading_order(objects).empty();
}

template <std::size_t N>
std::size_t index_of(const nlohmann::json& word, const std::array<const char*, N>& names) {
  const auto found = std::find(names.begin(), names.end(), word.get<std::string>());
  if (found == names.end())
    throw FormatError(fmt::format("a scene with the unknown word \"{}\"", word.get<std::string>()));
  return static_cast<std::size_t>(found - names.begin());
}

} // namespace

double extent(const Object& object) {
  switch (object.form) {
  case Form::circle:
  case Form::ring:
    return object.radius;
  case Form::square:
    return 1.22 * object.radius;
  case Form::triangle:
    return 1.30 * object.radius;
  case Form::star:
    return 1.30 * object.radius;
  case Form::cross:
    return 1.15 * object.radius;
  }
  return object.radius;
}

Relation relation_of(const Object& a, const Object& b) {
  if (inside(a, b)) return Relation::inside;
  if (inside(b, a)) return Relation::around;
  const double dx = a.x - b.x, dy = a.y - b.y;
  if (!apart(a, b)) return Relation::none;
  if (std::abs(dx) >= 1.6 * std::abs(dy)) return dx < 0 ? Relation::left_of : Relation::right_of;
  if (std::abs(dy) >= 1.6 * std::abs(dx)) return dy < 0 ? Relation::above : Relation::below;
  return Relation::none;
}

std::vector<std::size_t> reading_order(const std::vector<Object>& objects) {
  const std::size_t n = objects.size();
  std::vector<std::size_t> order(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t before = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const Relation relation = j == i ? Relation::none : relation_of(objects[j], objects[i]);
      before += relation == Relation::left_of || relation == Relation::above ||
                relation == Relation::inside;
    }
    if (order[before] != n) return {}; // two would stand in one place
    order[before] = i;
  }
  return order;
}

Part kept_for(Colour colour, Form form) {
  const auto found = std::find_if(kept.begin(), kept.end(), [&](const Combination& c) {
    return c.colour == colour && c.form == form;
  });
  return found == kept.end() ? Part::train : found->part;
}

Scene random_scene(Rng& rng, const SceneOptions& options) {
  Scene scene;
  scene.background = static_cast<Background>(rng.below(background_names.size()));
  scene.texture = static_cast<std::uint32_t>(rng.bits() >> 32);
  const double kind = rng.uniform();
  const std::size_t count = kind < 0.6 ? 1 : kind < 0.92 ? 2 : 3;
  const bool nested = count == 2 && rng.chance(0.2);

  // Whole drawings are rejected, never single objects: what is kept stays evenly distributed.
  for (;;) {
    const Combination* chosen = nullptr;
    while (options.shows != Part::train && (chosen == nullptr || chosen->part != options.shows))
      chosen = &kept[rng.below(kept.size())];
    scene.objects.assign(count, {});
    for (Object& object : scene.objects) {
      object.form = static_cast<Form>(rng.below(form_names.size()));
      object.colour = static_cast<Colour>(rng.below(colour_names.size()));
      object.radius = random_radius(rng, count);
    }
    if (chosen != nullptr) {
      Object& rare = scene.objects[rng.below(count)];
      rare.colour = chosen->colour;
      rare.form = chosen->form;
    }
    if (nested) nest(scene.objects, rng);
    for (std::size_t i = nested ? 2 : 0; i < count; ++i) place(scene.objects[i], rng);
    if (is_clear(scene.objects, nested, options.shows)) return scene;
  }
}

nlohmann::json to_json(const Scene& scene) {
  nlohmann::json objects = nlohmann::json::array();
  for (const Object& o : scene.objects)
    objects.push_back({{"form", name_of(o.form)},
                       {"colour", name_of(o.colour)},
                       {"x", o.x},
                       {"y", o.y},
                       {"radius", o.radius}});
  return {{"background", background_names[static_cast<std::size_t>(scene.background)]},
          {"texture", scene.texture},
          {"objects", objects}};
}

Scene scene_from_json(const nlohmann::json& json) try {
  Scene scene;
  scene.background = static_cast<Background>(index_of(json.at("background"), background_names));
  scene.texture = json.at("texture").get<std::uint32_t>();
  for (const nlohmann::json& o : json.at("objects")) {
    Object object;
    object.form = static_cast<Form>(index_of(o.at("form"), form_names));
    object.colour = static_cast<Colour>(index_of(o.at("colour"), colour_names));
    object.x = o.at("x").get<double>();
    object.y = o.at("y").get<double>();
    object.radius = o.at("radius").get<double>();
    if (!(object.radius > 0)) throw FormatError("a scene with a radius that is not above 0");
    scene.objects.push_back(object);
  }
  return scene;
} catch (const nlohmann::json::exception& error) {
  throw FormatError(fmt::format("not a scene: {}", error.what()));
}

} // namespace tapestry::inline TAPESTRY_PRECISION
