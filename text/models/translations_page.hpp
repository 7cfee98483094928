// A test set's translations to be looked at: one HTML file that opens without a server.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "text/models/alignment.hpp"
#include "text/models/card_page.hpp"

namespace tapestry {

struct ShownTranslation {
  std::string source, translation;
  std::vector<std::string> references;
  double score = 0;    ///< by which the page sorts; NaN if there is none
  Alignment alignment; ///< without weights, if the translator looks nowhere
};

/// Scores of those sentences whose source has so many words.
struct ScoresOfLength {
  std::string words; ///< "6-10"
  std::size_t sentences;
  double bleu, chrf;
};

/// What stands above the sentences.
struct TranslationsHeading {
  std::string title;
  std::string text; ///< a sentence or two
  std::vector<PageFigure> figures;
  std::string score_name = "chrF"; ///< of ShownTranslation::score
  std::vector<ScoresOfLength> by_length = {};
};

/// A CardPage of sentences, each with its number, which is a link to it (PAGE#12). A click opens
/// the alignment: a table with the source's pieces above, the translation's at the left, and cells
/// the darker (in dark, the lighter) the more weight. A weight is kept in thousandths. Sentences
/// and pieces may hold anything: they are shown as they are, never as HTML.
class TranslationsPage {
public:
  /// Throws FormatError if the file cannot be made.
  TranslationsPage(const std::string& path, const TranslationsHeading& heading);

  /// Throws std::invalid_argument, with the sentence's number, for an alignment with a fault.
  void add(const ShownTranslation& shown);
  /// Throws FormatError if not all could be written; the page is removed then.
  void finish() { page_.finish(); }

private:
  CardPage page_;
  std::string score_name_;
  std::size_t count_ = 0;
};

} // namespace tapestry
