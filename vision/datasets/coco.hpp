// COCO's annotations: captions of pictures, and the objects in them with their places (Lin et al.,
// "Microsoft COCO: Common Objects in Context", 2014). JSON, read as a stream.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tapestry {

struct CocoObject {
  std::size_t category; ///< the place of its name in CocoData::categories
  double x, y;          ///< the upper left corner, in pixels from the picture's
  double width, height;
  bool crowd; ///< many of a kind in one box
};

struct CocoImage {
  std::int64_t id;
  std::string file_name;
  std::int64_t width, height; ///< pixels; 0 if the file does not say
  std::vector<std::string> captions;
  std::vector<CocoObject> objects;
};

struct CocoData {
  std::vector<CocoImage> images; ///< in the order of the files
  std::vector<std::string> categories;
  std::size_t stray_captions = 0, stray_objects = 0; ///< of pictures that no file lists: left out
  std::size_t empty_captions = 0;                    ///< without a letter: left out
};

/// captions_*.json, instances_*.json, or both, which are joined by the pictures' ids; plain or
/// packed by gzip. Line breaks in a caption become spaces. Outlines ("segmentation") are not read.
///
/// Throws FormatError "PATH: byte 812: an annotation without image_id": no JSON, a field that is
/// missing or of another type, an id that comes twice, an unknown category. The byte is where the
/// entry ends.
CocoData read_coco(const std::vector<std::string>& paths);

} // namespace tapestry
