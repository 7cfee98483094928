// The drawn scenes in two languages: small parallel text of which the truth is known.
#pragma once

#include <string>
#include <vector>

#include "text/corpora/parallel_text.hpp"
#include "text/scenes/scene_captions.hpp"

namespace tapestry {

/// Pairs of a Spanish and an English sentence, each about a scene of its own.
struct ScenePairs {
  std::vector<SentencePair> pairs;
  std::vector<Scene> scenes;
};

/// `part` says which combinations of colour and form are shown (kept_for in scene.hpp): in training
/// none that is kept; in dev and test one or more of those kept for it in every scene.
inline ScenePairs scene_pairs(std::size_t n, Part part, std::uint64_t seed) {
  Rng rng(seed);
  ScenePairs all;
  for (std::size_t i = 0; i < n; ++i) {
    all.scenes.push_back(random_scene(rng, {.shows = part}));
    const SceneCaption said = random_caption(all.scenes.back(), rng);
    all.pairs.push_back({said.spanish, said.english});
  }
  return all;
}

} // namespace tapestry
