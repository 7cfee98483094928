#include "vision/captioning/results_page.hpp"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "text/tokens/base64.hpp"
#include "text/tokens/html.hpp"
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

CardPageFrame captions_frame(const ResultsHeading& heading) {
  std::string curve;
  if (!heading.curve.empty())
    curve = "<details><summary>How it learnt</summary><img alt=\"The loss while the captioner "
            "learnt\" src=\"" +
            html_escaped(heading.curve) + "\"></details>\n";
  return {.title = heading.title,
          .text = heading.text,
          .figures = heading.figures,
          .below_figures = curve,
          .orders = {{"best", "best first"},
                     {"worst", "worst first"},
                     {"given", "as computed"},
                     {"name", "by name"}},
          .controls = "<label><input type=\"checkbox\" name=\"numbers\"> Show "
                      "probabilities</label>\n",
          .hint = "The stronger a word is tinted, the less sure the captioner was of it. Point at "
                  "a word, tap it, or step to a card with the tab key for the numbers.",
          .style = results_page_style,
          .script = results_page_script};
}

} // namespace

ResultsPage::ResultsPage(const std::string& path, const ResultsHeading& heading)
    : page_(path, captions_frame(heading)), score_name_(html_escaped(heading.score_name)) {}

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
  std::ostream& out = page_.cards();
  out << fmt::format(R"(<article tabindex="0" data-name="{}" data-score="{}">)", name,
                     scored ? fmt::format("{:.6g}", shown.score) : "")
      << picture << "<div class=\"in\"><div class=\"text\"><p class=\"said\">"
      << words_in_html(shown) << "</p>";
  if (!shown.references.empty()) out << "<ul>";
  for (const std::string& reference : shown.references)
    out << "<li> " << html_escaped(reference) << "</li>";
  if (!shown.references.empty()) out << "</ul>";
  out << "</div><p class=\"head\"><span>" << name << "</span><b>"
      << (scored ? fmt::format("{} {:.2f}", score_name_, shown.score) : std::string{})
      << "</b></p></div></article>\n";
}

} // namespace tapestry
