#include "vision/captioning/results_page.hpp"

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/tokens/base64.hpp"
#include "text/tokens/unicode.hpp"
#include "vision/captioning/results_page_parts.hpp"

namespace tapestry {

namespace {

const char* kind_of_image(const ShownCaption& shown) {
  if (shown.image_bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (shown.image_bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  throw std::invalid_argument(
      fmt::format("ResultsPage: the picture of \"{}\" begins as neither PNG nor JPEG", shown.name));
}

void require_probabilities(const ShownCaption& shown) {
  if (!shown.probabilities.empty() && shown.probabilities.size() != shown.words.size())
    throw std::invalid_argument(fmt::format("ResultsPage: \"{}\" has {} words and {} probabilities",
                                            shown.name, shown.words.size(),
                                            shown.probabilities.size()));
  for (const double p : shown.probabilities)
    if (!(p >= 0 && p <= 1))
      throw std::invalid_argument(fmt::format(
          "ResultsPage: \"{}\" has a word of probability {}; expected 0 to 1", shown.name, p));
}

std::string words_in_html(const ShownCaption& shown) {
  std::string html;
  for (std::size_t i = 0; i < shown.words.size(); ++i) {
    const std::string word = html_escaped(shown.words[i]);
    if (i > 0) html += ' ';
    if (shown.probabilities.empty()) {
      html += word;
      continue;
    }
    const double p = shown.probabilities[i];
    html += fmt::format(
        R"(<span class="w" style="--p:{0:.3f}" title="{1:.3g}">{2}<i>{1:.2g}</i></span>)", p, p,
        word);
  }
  return html;
}

} // namespace

std::string html_escaped(const std::string& text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    switch (c.value) {
    case U'&':
      escaped += "&amp;";
      break;
    case U'<':
      escaped += "&lt;";
      break;
    case U'>':
      escaped += "&gt;";
      break;
    case U'"':
      escaped += "&quot;";
      break;
    case U'\'':
      escaped += "&#39;";
      break;
    default: {
      const bool control = (c.value < 0x20 && c.value != U'\n' && c.value != U'\t') ||
                           (c.value >= 0x7F && c.value < 0xA0);
      if (c.valid && !control)
        escaped += text.substr(at, c.bytes);
      else
        escaped += "\xEF\xBF\xBD";
    }
    }
    at += c.bytes;
  }
  return escaped;
}

ResultsPage::ResultsPage(const std::string& path, const ResultsHeading& heading)
    : path_(path), part_(path + ".part"), score_name_(html_escaped(heading.score_name)),
      file_(part_, std::ios::binary | std::ios::trunc) {
  if (!file_) throw FormatError(path + ": this file cannot be written");
  const std::string title = html_escaped(heading.title);
  file_ << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        << title << "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>" << results_page_style
        << "</style>\n</head>\n<body>\n<header>\n<h1>" << title << "</h1>\n<p>"
        << html_escaped(heading.text) << "</p>\n";
  if (!heading.figures.empty()) file_ << "<dl>";
  for (const auto& [name, value] : heading.figures)
    file_ << "<div><dt>" << html_escaped(name) << "</dt><dd>" << html_escaped(value)
          << "</dd></div>";
  if (!heading.figures.empty()) file_ << "</dl>\n";
  if (!heading.curve.empty())
    file_ << "<details><summary>How it learnt</summary><img alt=\"The loss while the captioner "
             "learnt\" src=\""
          << html_escaped(heading.curve) << "\"></details>\n";
  file_
      << "<form>\n<label>Order <select name=\"order\"><option value=\"best\">best first</option>"
         "<option value=\"worst\">worst first</option><option value=\"given\">as computed</option>"
         "<option value=\"name\">by name</option></select></label>\n"
         "<label>With the word <input type=\"search\" name=\"word\" size=\"14\" "
         "autocomplete=\"off\"></label>\n"
         "<label><input type=\"checkbox\" name=\"numbers\"> Show probabilities</label>\n"
         "<output aria-live=\"polite\"></output>\n</form>\n"
         "<p>The stronger a word is tinted, the less sure the captioner was of it. Point at a "
         "word, "
         "tap it, or step to a card with the tab key for the numbers.</p>\n"
         "</header>\n<main>\n";
}

ResultsPage::~ResultsPage() {
  if (finished_) return;
  file_.close();
  std::remove(part_.c_str());
}

void ResultsPage::add(const ShownCaption& shown) {
  require_probabilities(shown);
  const std::string name = html_escaped(shown.name);
  const bool scored = std::isfinite(shown.score);
  std::string picture = "<div class=\"none\">no picture</div>";
  if (!shown.image_bytes.empty()) {
    const std::string alt = shown.references.empty() ? "The picture " + name + ", not described"
                                                     : html_escaped(shown.references[0]);
    picture =
        fmt::format(R"(<img alt="{}" loading="lazy" decoding="async" src="data:{};base64,{}">)",
                    alt, kind_of_image(shown), to_base64(shown.image_bytes));
  }
  file_ << fmt::format(R"(<article tabindex="0" data-name="{}" data-score="{}">)", name,
                       scored ? fmt::format("{:.6g}", shown.score) : "")
        << picture << "<div class=\"in\"><div class=\"text\"><p class=\"said\">"
        << words_in_html(shown) << "</p>";
  if (!shown.references.empty()) file_ << "<ul>";
  for (const std::string& reference : shown.references)
    file_ << "<li> " << html_escaped(reference) << "</li>";
  if (!shown.references.empty()) file_ << "</ul>";
  file_ << "</div><p class=\"head\"><span>" << name << "</span><b>"
        << (scored ? fmt::format("{} {:.2f}", score_name_, shown.score) : std::string{})
        << "</b></p></div></article>\n";
}

void ResultsPage::finish() {
  file_ << "</main>\n<script>" << results_page_script << "</script>\n</body>\n</html>\n";
  file_.close();
  if (!file_ || std::rename(part_.c_str(), path_.c_str()) != 0)
    throw FormatError(path_ + ": not all could be written; is the disk full?");
  finished_ = true;
}

} // namespace tapestry
