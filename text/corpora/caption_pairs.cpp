#include "text/corpora/caption_pairs.hpp"

#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/corpora/caption_corpus.hpp"

namespace tapestry {

std::vector<CaptionPair> read_caption_pairs(const std::string& source, const std::string& target) {
  std::map<std::pair<std::string, int>, std::string> right;
  for (CaptionedImage& image : read_caption_file(target))
    for (std::size_t i = 0; i < image.captions.size(); ++i)
      right.emplace(std::pair(image.name, image.numbers[i]), std::move(image.captions[i]));

  std::vector<CaptionPair> pairs;
  for (CaptionedImage& image : read_caption_file(source))
    for (std::size_t i = 0; i < image.captions.size(); ++i) {
      const auto found = right.find({image.name, image.numbers[i]});
      if (found == right.end())
        throw FormatError(fmt::format("{}: no {}#{}, which {} has; expected the same in both",
                                      target, image.name, image.numbers[i], source));
      pairs.push_back({image.name, {std::move(image.captions[i]), std::move(found->second)}});
      right.erase(found);
    }
  if (!right.empty())
    throw FormatError(fmt::format("{}: no {}#{}, which {} has; expected the same in both", source,
                                  right.begin()->first.first, right.begin()->first.second, target));
  return pairs;
}

CaptionPairParts read_caption_parts(const std::string& folder, const std::string& source,
                                    const std::string& target) {
  std::unordered_map<std::string, std::vector<CaptionPair>> of_picture;
  for (CaptionPair& pair : read_caption_pairs(folder + "/" + source, folder + "/" + target))
    of_picture[pair.name].push_back(std::move(pair));
  const auto read_part = [&](const char* part) {
    const std::string path = fmt::format("{}/Flickr_8k.{}Images.txt", folder, part);
    std::vector<CaptionPair> pairs;
    for (const std::string& name : read_split(path)) {
      const auto found = of_picture.find(name);
      if (found == of_picture.end())
        throw FormatError(fmt::format("{}: no caption for {} in {}", path, name, source));
      pairs.insert(pairs.end(), found->second.begin(), found->second.end());
    }
    return pairs;
  };
  return {read_part("train"), read_part("dev"), read_part("test")};
}

std::vector<SentencePair> sentences_of(const std::vector<CaptionPair>& pairs) {
  std::vector<SentencePair> sentences;
  for (const CaptionPair& pair : pairs) sentences.push_back(pair.text);
  return sentences;
}

} // namespace tapestry
