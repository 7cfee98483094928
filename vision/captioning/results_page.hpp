// Captions to be looked at: one HTML file with the pictures in it, which opens without a server.
#pragma once

#include <cstddef>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

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
  std::string text;                                         ///< a sentence or two
  std::vector<std::pair<std::string, std::string>> figures; ///< "CIDEr-D", "43.1"
  std::string score_name = "CIDEr-D";                       ///< of ShownCaption::score
  std::string curve = {}; ///< a picture file beside the page: how the captioner learnt
};

/// Writes the page card by card, so that a thousand pictures take the memory of one. Until finish()
/// the text is in PATH.part; a page that is not finished is removed. Names, words and references
/// may hold anything: they are shown as they are, never as HTML.
///
/// The page shades words by 1 - probability, sorts by score, filters by a word, follows the
/// reader's choice of light or dark, and fits a telephone. Nothing on it but the curve comes from
/// another file.
class ResultsPage {
public:
  /// Throws FormatError if the file cannot be made.
  ResultsPage(const std::string& path, const ResultsHeading& heading);
  ~ResultsPage();
  ResultsPage(const ResultsPage&) = delete;
  ResultsPage& operator=(const ResultsPage&) = delete;

  /// Throws std::invalid_argument, naming the picture, for bytes that begin neither PNG nor JPEG,
  /// for other than as many probabilities as words or none, and for one outside 0 .. 1.
  void add(const ShownCaption& shown);
  /// Throws FormatError if not all could be written, as on a full disk; the page is removed then.
  void finish();

private:
  std::string path_, part_, score_name_;
  std::ofstream file_;
  bool finished_ = false;
};

/// The characters that mean something in HTML as references, and what is not UTF-8, or a control
/// character, as U+FFFD.
std::string html_escaped(const std::string& text);

} // namespace tapestry
