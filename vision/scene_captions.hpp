// What people might say of a scene: a small grammar with paraphrases.
#pragma once

#include <string>
#include <vector>

#include "vision/scene.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// "left of", "inside", ...: the plainest words for a relation; "" for none.
const char* name_of(Relation relation);

/// One true sentence of at most 16 words that names every object: "a small red circle is to the
/// left of a blue square". Lower case, no full stop. Throws ShapeError unless the scene has one to
/// three objects.
std::string random_caption(const Scene& scene, Rng& rng);

/// `count` different ones, fewer only if the grammar has no more.
std::vector<std::string> random_captions(const Scene& scene, std::size_t count, Rng& rng);

} // namespace tapestry::inline TAPESTRY_PRECISION
