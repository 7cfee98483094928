// COCO's annotations, once alone and once together with themselves.
#include "vision/datasets/coco.hpp"

#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"

FUZZED(coco) {
  using namespace tapestry;
  const std::string path = as_file(data, size, "coco.json");
  for (const auto& paths : {std::vector{path}, std::vector{path, path}}) {
    try {
      const CocoData coco = read_coco(paths);
      for (const CocoImage& image : coco.images) {
        if (image.file_name.empty()) __builtin_trap();
        for (const std::string& caption : image.captions)
          if (caption.empty()) __builtin_trap();
        for (const CocoObject& object : image.objects)
          if (object.category >= coco.categories.size()) __builtin_trap();
      }
    } catch (const FormatError&) {
    }
  }
  return 0;
}
