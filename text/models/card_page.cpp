#include "text/models/card_page.hpp"

#include <cstdio>

#include "autograd/base/error.hpp"
#include "text/models/card_page_parts.hpp"
#include "text/tokens/html.hpp"

namespace tapestry {

namespace {

// A long signature, "nrefs:1|case:mixed", may go on in another line behind a bar.
std::string breakable(const std::string& note) {
  std::string html;
  for (const char c : html_escaped(note)) html += c == '|' ? "|<wbr>" : std::string(1, c);
  return html;
}

} // namespace

CardPage::CardPage(const std::string& path, const CardPageFrame& frame)
    : path_(path), part_(path + ".part"), script_(frame.script),
      file_(part_, std::ios::binary | std::ios::trunc) {
  if (!file_) throw FormatError(path + ": this file cannot be written");
  const std::string title = html_escaped(frame.title);
  file_ << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        << title << "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>" << card_page_style
        << frame.style << "</style>\n</head>\n<body>\n<header>\n<h1>" << title << "</h1>\n<p>"
        << html_escaped(frame.text) << "</p>\n";
  if (!frame.figures.empty()) file_ << "<dl>";
  for (const PageFigure& figure : frame.figures) {
    file_ << "<div><dt>" << html_escaped(figure.name);
    if (!figure.note.empty()) file_ << " <small>" << breakable(figure.note) << "</small>";
    file_ << "</dt><dd>" << html_escaped(figure.value) << "</dd></div>";
  }
  if (!frame.figures.empty()) file_ << "</dl>\n";
  file_ << frame.below_figures << "<form>\n<label>Order <select name=\"order\">";
  for (const auto& [name, label] : frame.orders)
    file_ << "<option value=\"" << name << "\">" << label << "</option>";
  file_ << "</select></label>\n<label>With the word <input type=\"search\" name=\"word\" "
           "size=\"14\" autocomplete=\"off\"></label>\n"
        << frame.controls << "<output aria-live=\"polite\"></output>\n</form>\n";
  if (!frame.hint.empty()) file_ << "<p>" << frame.hint << "</p>\n";
  file_ << "</header>\n<main>\n";
}

CardPage::~CardPage() {
  if (finished_) return;
  file_.close();
  std::remove(part_.c_str());
}

void CardPage::finish() {
  file_ << "</main>\n<script>" << card_page_script << script_ << "</script>\n</body>\n</html>\n";
  file_.close();
  if (!file_ || std::rename(part_.c_str(), path_.c_str()) != 0)
    throw FormatError(path_ + ": not all could be written; is the disk full?");
  finished_ = true;
}

} // namespace tapestry
