// Captions to be looked at: one HTML file with the pictures in it, which opens without a server.
#pragma once

#include <string>
#include <vector>

#include "text/models/card_page.hpp"

namespace tapestry {

/// A picture and what was said of it.
struct ShownCaption {
  std::string name;
  std::string image_bytes; ///< of a PNG or JPEG file; empty if the picture is not at hand
  std::vector<std::string> words;
  std::vector<double> probabilities; ///< a word's, from 0 to 1, or none at all
  std::vector<std::string> references;
  double score = 0; ///< by which the page sorts; NaN if there is none
};

/// What stands above the pictures.
struct ResultsHeading {
  std::string title;
  std::string text; ///< a sentence or two
  std::vector<PageFigure> figures;
  std::string score_name = "CIDEr-D"; ///< of ShownCaption::score
  std::string curve = {};             ///< a picture file beside the page: how the captioner learnt
};

/// A CardPage of pictures. It shades words by 1 - probability, and sorts by score or name. Names,
/// words and references may hold anything: they are shown as they are, never as HTML. Nothing on
/// the page but the curve comes from another file.
class ResultsPage {
public:
  /// Throws FormatError if the file cannot be made.
  ResultsPage(const std::string& path, const ResultsHeading& heading);

  /// Throws std::invalid_argument, naming the picture, for bytes that begin neither PNG nor JPEG,
  /// for other than as many probabilities as words or none, and for one outside 0 .. 1.
  void add(const ShownCaption& shown);
  /// Throws FormatError if not all could be written; the page is removed then.
  void finish() { page_.finish(); }

private:
  CardPage page_;
  std::string score_name_;
};

} // namespace tapestry
