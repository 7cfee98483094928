// Pictures and what people said of them, in the layout of Flickr8k: one file of captions, three
// lists of names, one folder of images. A folder of any other origin works if it has this layout.
#pragma once

#include <string>
#include <vector>

namespace tapestry {

/// A picture's file name and its captions, in the order of the caption file.
struct CaptionedImage {
  std::string name;
  std::vector<std::string> captions;
  std::vector<int> numbers{}; ///< of each caption, behind the '#'
};

/// A data set: where it lies, and its three parts. They need not cover every captioned picture.
struct CaptionCorpus {
  std::string folder;
  std::string image_folder; ///< empty if there is none, which only `require_images = false` allows
  std::vector<CaptionedImage> train, dev, test;
  /// In the caption file, and in none of the lists: left out. Flickr8k has 93 such names, two of
  /// them of no picture at all: 2258277193_586949ec62.jpg and 2258277193_586949ec62.jpg.1.
  std::vector<std::string> unlisted{};
  std::size_t unlisted_captions = 0; ///< theirs

  /// Where the picture of this name lies.
  std::string image_path(const std::string& name) const { return image_folder + "/" + name; }
};

struct CorpusOptions {
  bool require_images = true; ///< every picture of the three parts must have its image file
};

/// Pictures in the order in which the file first names them. A line is NAME#NUMBER<TAB>caption:
/// the name is all before the last '#', and no name has the same number twice. Spaces around a
/// caption are dropped; blank lines may only end the file; no line has more than 10,000 bytes.
/// Throws FormatError "path: line 17: expected NAME#NUMBER<TAB>caption".
std::vector<CaptionedImage> read_caption_file(const std::string& path);

/// The names of a list, one a line, blank lines left out. Throws FormatError for a repeated name.
std::vector<std::string> read_split(const std::string& path);

/// Reads Flickr8k.token.txt and Flickr_8k.{train,dev,test}Images.txt, and finds the folder of
/// images: Flicker8k_Dataset (the original's own spelling), Flickr8k_Dataset or Images.
/// Throws FormatError, in one line, if one of them is missing, if a listed picture has no caption,
/// if it has no image file, or if a training picture is in dev or test as well.
CaptionCorpus read_corpus(const std::string& folder, const CorpusOptions& options = {});

} // namespace tapestry
