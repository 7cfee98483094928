// The drawn data set: a folder in Flickr8k's own layout, so that whatever reads one reads both.
//
//   Flicker8k_Dataset/scene_00000.png ...   (the data set's authors spell the folder so)
//   Flickr8k.token.txt                      scene_00000.png#0<TAB>a red circle left of a ...
//   Flickr_8k.trainImages.txt, Flickr_8k.devImages.txt, Flickr_8k.testImages.txt
//   layouts.json                            the truth: name -> scene
//   spanish.token.txt                       the captions' translations, under the same names
//   tags.conllu                             their parts of speech, in the format of UD treebanks
//   scenes.json                             the options, and whether all of it was written
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "text/scenes/scene.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct SceneDataOptions {
  std::size_t train = 8000, dev = 800, test = 1000; ///< pictures
  std::uint64_t seed = 1;
  std::size_t side = 64; ///< pixels
};

/// Writes the data set. The same options give the same files on any number of threads. Every second
/// picture of dev and of test, from the first, shows a combination that is kept for its part
/// (kept_for in scene.hpp); all others show none that is kept. Throws FormatError if the folder
/// holds some other data set or cannot be written.
void write_scenes(const std::string& folder, const SceneDataOptions& options = {},
                  const std::function<void(std::size_t done, std::size_t total)>& progress = {});

/// Whether `write_scenes` with these options has finished here, and no file is missing.
bool scenes_complete(const std::string& folder, const SceneDataOptions& options = {});

/// Picture name -> its scene. Throws FormatError.
std::map<std::string, Scene> read_layouts(const std::string& folder);

} // namespace tapestry::inline TAPESTRY_PRECISION
