// Whether a caption is true of a scene: drawn pictures have a known answer.
#pragma once

#include <string>

#include "text/scenes/scene.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct Verdict {
  bool is_true;
  std::string reason;     ///< empty if true; else "no purple ring", "cannot read "of of"", ...
  std::size_t named = 0;  ///< objects of the scene that its things can be, each a different one
  std::size_t claims = 0; ///< forms, colours, sizes and relations that it states
};

/// Reads the caption word by word, whoever wrote it, and holds it against the scene. It is true if
/// each thing that it names can be a different object of the scene so that every size, colour, form
/// and relation holds. Objects that it leaves out do not matter; a word that cannot be read does.
Verdict check_caption(const std::string& caption, const Scene& scene);

} // namespace tapestry::inline TAPESTRY_PRECISION
