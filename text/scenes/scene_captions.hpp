// What people might say of a scene, in English and in Spanish: a small grammar with paraphrases.
#pragma once

#include <string>
#include <vector>

#include "text/scenes/scene.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// "left of", "inside", ...: the plainest words for a relation; "" for none.
const char* name_of(Relation relation);

/// A sentence and its translation.
struct SceneCaption {
  std::string english, spanish;
};

/// One true sentence that names every object, of at most 16 English words: "a small red circle is
/// to the left of a blue square", "un círculo rojo pequeño está a la izquierda de un cuadrado
/// azul". Lower case, no full stop. Throws ShapeError unless the scene has one to three objects.
SceneCaption random_caption(const Scene& scene, Rng& rng);

/// `count` whose English differs, fewer only if the grammar has no more.
std::vector<SceneCaption> random_captions(const Scene& scene, std::size_t count, Rng& rng);

} // namespace tapestry::inline TAPESTRY_PRECISION
