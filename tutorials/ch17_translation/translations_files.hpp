// What a test set became: lines for programs, and a page for people.
#pragma once

#include "by_length.hpp"
#include "text/models/translations_page.hpp"

namespace tapestry {

struct TestScores {
  TranslationScores all;
  std::vector<LengthGroup> by_length;
};

inline TestScores test_scores(const std::vector<std::string>& said,
                              const std::vector<SentencePair>& pairs) {
  return {score(said, pairs), scores_by_length(said, pairs)};
}

inline TranslationsHeading heading_of(const std::string& text, const TestScores& scores) {
  TranslationsHeading heading{
      .title = "What the translator says",
      .text = text,
      .figures = {
          {"BLEU", fmt::format("{:.2f}", scores.all.bleu.score), scores.all.bleu.signature},
          {"chrF", fmt::format("{:.2f}", scores.all.chrf.score), scores.all.chrf.signature}}};
  for (const LengthGroup& g : scores.by_length)
    heading.by_length.push_back(
        {name_of(g), g.sentences, g.scores.bleu.score, g.scores.chrf.score});
  return heading;
}

/// Writes OUT/translations.tsv, a line a sentence, source, translation and reference between tabs,
/// and OUT/translations.html; says where the page is, aside from what the program prints.
inline void write_translations(const std::string& out, const TranslationsHeading& heading,
                               const std::vector<SentencePair>& pairs, const Translations& said) {
  std::string lines;
  TranslationsPage page(out + "/translations.html", heading);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::string& text = said.texts[i];
    lines += pairs[i].source + "\t" + text + "\t" + pairs[i].target + "\n";
    const std::vector<std::string> references{pairs[i].target};
    page.add({.source = pairs[i].source,
              .translation = text,
              .references = references,
              .score = chrf(std::span(&text, 1), std::span(&references, 1)).score,
              .alignment = said.alignments[i]});
  }
  write_file_atomically(out + "/translations.tsv", lines);
  page.finish();
  std::fflush(stdout);
  fmt::print(stderr, "sentence by sentence: {}/translations.html\n", out);
}

} // namespace tapestry
