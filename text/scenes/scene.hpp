// A scene: a few coloured shapes on a background, where they are, and how they lie to each other.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "autograd/random.hpp"
#include "text/corpora/part.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

enum class Form { circle, square, triangle, star, ring, cross };
enum class Colour { red, green, blue, yellow, purple, orange, white, black };
enum class Background { plain, gradient, noise, stripes, checks };

/// The words, in the order of the enumerators.
inline constexpr std::array<const char*, 6> form_names{"circle", "square", "triangle",
                                                       "star",   "ring",   "cross"};
inline constexpr std::array<const char*, 8> colour_names{"red",    "green",  "blue",  "yellow",
                                                         "purple", "orange", "white", "black"};
inline constexpr std::array<const char*, 5> background_names{"plain", "gradient", "noise",
                                                             "stripes", "checks"};

inline const char* name_of(Form form) { return form_names[static_cast<std::size_t>(form)]; }
inline const char* name_of(Colour colour) { return colour_names[static_cast<std::size_t>(colour)]; }

/// Lengths are fractions of the picture's side; x grows to the right, y downwards.
struct Object {
  Form form;
  Colour colour;
  double x, y;   ///< the centre
  double radius; ///< of a circle; the other forms have about the same area

  bool operator==(const Object&) const = default;
};

struct Scene {
  Background background;
  std::uint32_t texture; ///< the seed of what no caption mentions: tints, stripes, tilts
  std::vector<Object> objects;

  bool operator==(const Scene&) const = default;
};

/// Between the two radii a thing is neither small nor large; no scene has one of that size.
inline constexpr double small_below = 0.165, large_above = 0.19;
inline bool is_small(const Object& object) { return object.radius < small_below; }
inline bool is_large(const Object& object) { return object.radius > large_above; }

/// How `a` lies to `b`.
enum class Relation { none, left_of, right_of, above, below, inside, around };

/// The one clear relation of a to b, or none: a direction holds only if its axis dominates.
Relation relation_of(const Object& a, const Object& b);

/// The order in which the objects are read, as indices: left before right, upper before lower,
/// inner before outer. Empty if these contradict each other, as for A left of B, B above C, C left
/// of A.
std::vector<std::size_t> reading_order(const std::vector<Object>& objects);

/// The radius of the smallest circle around the object.
double extent(const Object& object);

/// The one part whose pictures may show this combination of colour and form; `train` stands for all
/// three. Of the 48 combinations 4 are kept for dev and 8 for test (each form in two of the
/// twelve), so that naming one needs the colour and the form apart, not a memory of both together.
Part kept_for(Colour colour, Form form);
inline bool is_held_out(Colour colour, Form form) { return kept_for(colour, form) != Part::train; }

struct SceneOptions {
  Part shows = Part::train; ///< dev, test: one or more of the combinations kept for it; train: none
};

/// One to three objects, no two of the same colour and form, that do not overlap (though one may
/// lie inside another), each pair in one clear relation.
Scene random_scene(Rng& rng, const SceneOptions& options = {});

/// {"background": "plain", "texture": 7, "objects": [{"form": "star", "colour": "red", "x": 0.3,
/// "y": 0.5, "radius": 0.12}]}. Reading throws FormatError that says what is wrong.
nlohmann::json to_json(const Scene& scene);
Scene scene_from_json(const nlohmann::json& json);

} // namespace tapestry::inline TAPESTRY_PRECISION
