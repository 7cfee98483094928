// Captions and their translations, in the layout of Flickr8k: a second file of captions under the
// same names.
#pragma once

#include <string>
#include <vector>

#include "text/corpora/parallel_text.hpp"

namespace tapestry {

struct CaptionPair {
  std::string name; ///< of the picture that both describe
  SentencePair text;

  bool operator==(const CaptionPair&) const = default;
};

/// Two files of lines NAME#NUMBER<TAB>caption, whose lines belong together by name and number, in
/// the order of the source file. A FormatError names a caption that only one of them has, and as
/// read_caption_file does.
std::vector<CaptionPair> read_caption_pairs(const std::string& source, const std::string& target);

struct CaptionPairParts {
  std::vector<CaptionPair> train, dev, test;
};

/// Of a folder: `source` and `target` are files in it, and the parts are those of its lists
/// Flickr_8k.{train,dev,test}Images.txt. A FormatError names a listed picture without captions.
CaptionPairParts read_caption_parts(const std::string& folder,
                                    const std::string& source = "spanish.token.txt",
                                    const std::string& target = "Flickr8k.token.txt");

/// The sentences alone.
std::vector<SentencePair> sentences_of(const std::vector<CaptionPair>& pairs);

} // namespace tapestry
