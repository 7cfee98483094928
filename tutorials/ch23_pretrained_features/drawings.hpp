// Drawn pictures with three labels each: the form, the colour and the number of the things on them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "autograd/tensor.hpp"
#include "vision/scenes/scene_draw.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

constexpr std::array<const char*, 3> task_names{"form", "colour", "number"};
constexpr std::array<std::size_t, 3> task_classes{6, 8, 3};

struct Drawings {
  Tensor pictures;                        // (N, 3, side, side) in [0, 1]
  std::array<std::vector<int>, 3> labels; // form, colour, number - 1
};

/// One to three things of one form and one colour, anywhere, on any background.
inline Scene random_drawing(Rng& rng) {
  Scene scene{static_cast<Background>(rng.below(5)), static_cast<std::uint32_t>(rng.bits()), {}};
  const auto form = static_cast<Form>(rng.below(6));
  const auto colour = static_cast<Colour>(rng.below(8));
  const std::size_t number = 1 + rng.below(3);
  for (int tries = 1; scene.objects.size() < number; ++tries) {
    if (tries % 50 == 0) scene.objects.clear(); // there may be no room left
    const double radius = 0.09 + 0.05 * rng.uniform();
    const double x = 0.2 + 0.6 * rng.uniform(), y = 0.2 + 0.6 * rng.uniform();
    const Object thing{form, colour, x, y, radius};
    const bool apart =
        std::all_of(scene.objects.begin(), scene.objects.end(), [&](const Object& other) {
          return std::hypot(x - other.x, y - other.y) > extent(thing) + extent(other);
        });
    if (apart) scene.objects.push_back(thing);
  }
  return scene;
}

inline Drawings draw(std::size_t n, std::size_t side, std::uint64_t seed) {
  Rng rng(seed);
  Drawings all{Tensor::from_shape({n, 3, side, side}), {}};
  for (std::size_t i = 0; i < n; ++i) {
    const Scene scene = random_drawing(rng);
    const Tensor picture = draw_scene(scene, side);
    std::copy_n(picture.data(), picture.size(), all.pictures.data() + i * picture.size());
    all.labels[0].push_back(static_cast<int>(scene.objects[0].form));
    all.labels[1].push_back(static_cast<int>(scene.objects[0].colour));
    all.labels[2].push_back(static_cast<int>(scene.objects.size()) - 1);
  }
  return all;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
