// One HTML file of cards, which opens without a server: what a page of captions and a page of
// translations share.
#pragma once

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace tapestry {

/// A number at the top of a page: "BLEU", "31.2", and in small print how it was computed.
struct PageFigure {
  std::string name, value, note = {};
};

/// A page but for its cards. Titles, texts and figures may hold anything: they are shown as they
/// are, never as HTML. What is HTML, CSS and JavaScript here goes into the file unchanged.
struct CardPageFrame {
  std::string title, text;
  std::vector<PageFigure> figures;
  std::string below_figures = {};                          ///< HTML
  std::vector<std::pair<std::string, std::string>> orders; ///< "best", "best first"
  std::string controls = {};                               ///< HTML, beside the order and the word
  std::string hint = {};                                   ///< of how to read a card
  const char* style = "";                                  ///< CSS, behind what all pages have
  const char* script = "";                                 ///< JavaScript, the same
};

/// Writes card by card, so that a thousand of them take the memory of one. Until finish() the text
/// is in PATH.part; a page that is not finished is removed.
///
/// The page sorts its cards, of which the first order is the one it opens with, filters them by a
/// word, follows the reader's choice of light or dark, and fits a telephone. A card is an
/// `<article data-score="1.5">`, or `data-score=""`; the word is looked for in its element of class
/// "text". The script knows the orders best, worst and given; the page's own may add to `orders`.
class CardPage {
public:
  /// Throws FormatError if the file cannot be made.
  CardPage(const std::string& path, const CardPageFrame& frame);
  ~CardPage();
  CardPage(const CardPage&) = delete;
  CardPage& operator=(const CardPage&) = delete;

  std::ostream& cards() { return file_; }
  /// Throws FormatError if not all could be written, as on a full disk; the page is removed then.
  void finish();

private:
  std::string path_, part_, script_;
  std::ofstream file_;
  bool finished_ = false;
};

} // namespace tapestry
