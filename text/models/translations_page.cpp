#include "text/models/translations_page.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "text/models/translations_page_parts.hpp"
#include "text/tokens/html.hpp"

namespace tapestry {

namespace {

std::string table_by_length(const std::vector<ScoresOfLength>& groups) {
  if (groups.empty()) return {};
  std::string html = "<table class=\"lengths\"><tr><th>Words of the source</th><th>Sentences</th>"
                     "<th>BLEU</th><th>chrF</th></tr>\n";
  for (const ScoresOfLength& g : groups)
    html += fmt::format("<tr><th>{}</th><td>{}</td><td>{:.1f}</td><td>{:.1f}</td></tr>\n",
                        html_escaped(g.words), g.sentences, g.bleu, g.chrf);
  return html + "</table>\n";
}

CardPageFrame translations_frame(const TranslationsHeading& heading) {
  return {.title = heading.title,
          .text = heading.text,
          .figures = heading.figures,
          .below_figures = table_by_length(heading.by_length),
          .orders = {{"given", "as in the file"},
                     {"worst", "worst first"},
                     {"best", "best first"},
                     {"shortest", "shortest first"},
                     {"longest", "longest first"}},
          .style = translations_page_style,
          .script = translations_page_script};
}

std::string in_one_line(std::string piece) {
  std::replace(piece.begin(), piece.end(), '\n', ' ');
  return piece;
}

// A piece a line, for the script.
std::string pieces_in_html(const std::vector<std::string>& pieces) {
  std::string lines;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    lines += (i > 0 ? "\n" : "") + in_one_line(pieces[i]);
  return html_escaped(lines);
}

// Thousandths with two digits of base 36: "00" to "rs".
std::string in_two_digits(const std::vector<std::vector<double>>& weights) {
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text;
  for (const std::vector<double>& row : weights)
    for (const double w : row) {
      const auto n = static_cast<std::size_t>(std::lround(1000 * w));
      text += {digits[n / 36], digits[n % 36]};
    }
  return text;
}

} // namespace

TranslationsPage::TranslationsPage(const std::string& path, const TranslationsHeading& heading)
    : page_(path, translations_frame(heading)), score_name_(html_escaped(heading.score_name)) {}

void TranslationsPage::add(const ShownTranslation& shown) {
  const std::size_t number = count_ + 1;
  if (const std::string fault = fault_of(shown.alignment); !fault.empty())
    throw std::invalid_argument(fmt::format("TranslationsPage: sentence {}: {}", number, fault));
  const bool scored = std::isfinite(shown.score);
  std::ostream& out = page_.cards();
  out << fmt::format("<article id=\"{}\" data-score=\"{}\"><div class=\"text\">\n", number,
                     scored ? fmt::format("{:.6g}", shown.score) : "")
      << "<p class=\"from\" dir=\"auto\">" << html_escaped(shown.source) << "</p>\n"
      << "<p class=\"said\" dir=\"auto\">" << html_escaped(shown.translation) << "</p>\n";
  for (const std::string& reference : shown.references)
    out << "<p class=\"right\" dir=\"auto\">" << html_escaped(reference) << "</p>\n";
  out << "</div>";
  if (!shown.alignment.weights.empty())
    out << "<details data-source=\"" << pieces_in_html(shown.alignment.source)
        << "\" data-target=\"" << pieces_in_html(shown.alignment.target) << "\" data-weights=\""
        << in_two_digits(shown.alignment.weights)
        << "\"><summary>Where it looked</summary></details>";
  out << fmt::format("<p class=\"head\"><a href=\"#{0}\">{0}</a><b>{1}</b></p></article>\n", number,
                     scored ? fmt::format("{} {:.1f}", score_name_, shown.score) : "");
  count_ = number;
}

} // namespace tapestry
