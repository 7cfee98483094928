// A folder of folders of pictures: the name of each is the class of what is in it.
#pragma once

#include <string>
#include <vector>

#include "vision/datasets/labelled_images.hpp"

namespace tapestry {

struct ImageFolder {
  struct Item {
    std::string path;
    int label; ///< the place of its class in `classes`
  };
  std::vector<std::string> classes; ///< the folders' names, sorted
  std::vector<Item> items;          ///< by class, then by name
  std::size_t ignored = 0;          ///< files whose ending is no picture's
};

/// Files end in .png, .jpg, .jpeg, .ppm, .pgm or .bmp, in any case; what is in them is not looked
/// at. Folders in the folders of classes belong to the class; what begins with '.' is left out.
/// Throws FormatError: no such folder, no class in it, or a class without a picture.
ImageFolder read_image_folder(const std::string& folder);

/// All pictures of a folder of class folders, read by all threads, if they are
/// of one size -> (N, 3, H, W). Throws FormatError for the first that is not, or cannot be read.
LabelledImages read_labelled_folder(const std::string& folder);

} // namespace tapestry
