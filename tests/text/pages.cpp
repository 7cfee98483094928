#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>

#include <boost/test/unit_test.hpp>

#include "../times_in.hpp"
#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "temporary_folder.hpp"
#include "text/models/translations_page.hpp"
#include "text/tokens/html.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;
using tapestry::testing::times_in;

namespace {

ShownTranslation red_circle() {
  return {.source = "un círculo rojo",
          .translation = "a red circle",
          .references = {"a red circle", "one red circle"},
          .score = 81.25,
          .alignment = {.source = {"un", "círculo", "rojo"},
                        .target = {"a", "red", "circle"},
                        .weights = {{1, 0, 0}, {0.125, 0.25, 0.625}, {0, 0.5, 0.5}}}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(text_pages)

BOOST_AUTO_TEST_CASE(escaped) {
  BOOST_TEST(html_escaped("<b a='1' c=\"2\">&</b>") ==
             "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;&lt;/b&gt;");
  BOOST_TEST(html_escaped("\x01\xFF\xC3\xA9") == "\uFFFD\uFFFD\u00E9");
}

BOOST_AUTO_TEST_CASE(a_sentence_is_no_html) {
  const TemporaryFolder folder;
  const std::string path = folder.path("page.html"),
                    nasty = "</script><script>alert('x')</script>\"</style></details>";
  TranslationsPage page(path, {.title = nasty,
                               .text = nasty,
                               .figures = {{nasty, nasty, nasty}},
                               .score_name = nasty,
                               .by_length = {{nasty, 1, 2, 3}}});
  page.add({nasty, nasty, {nasty}, 1, {{nasty}, {nasty}, {{1}}}});
  page.finish();
  const std::string html = read_file(path);
  for (const std::string tag : {"<script", "</script", "</style", "</details", "<title"})
    BOOST_TEST(times_in(html, tag) == 1u, tag << " is there " << times_in(html, tag) << " times");
}

BOOST_AUTO_TEST_CASE(what_a_page_of_translations_holds) {
  const TemporaryFolder folder;
  const std::string path = folder.path("page.html");
  TranslationsPage page(path,
                        {.title = "Translations",
                         .text = "Some.",
                         .figures = {{"BLEU", "31.20", "nrefs:1|case:mixed"}, {"chrF", "50.1"}},
                         .by_length = {{"1-5", 12, 30.25, 50}}});
  BOOST_TEST(!std::filesystem::exists(path)); // not before it is whole
  page.add(red_circle());
  ShownTranslation plain = red_circle(); // of a model that looks nowhere
  plain.alignment = {};
  plain.score = std::numeric_limits<double>::quiet_NaN();
  page.add(plain);
  page.finish();
  BOOST_TEST(!std::filesystem::exists(path + ".part"));
  const std::string html = read_file(path);
  BOOST_TEST(times_in(html, "<article") == 2u);
  BOOST_TEST(times_in(html, "<small>nrefs:1|<wbr>case:mixed</small>") == 1u);
  BOOST_TEST(times_in(html, "<tr><th>1-5</th><td>12</td><td>30.2</td><td>50.0</td></tr>") == 1u);
  BOOST_TEST(times_in(html, "<article id=\"1\" data-score=\"81.25\">") == 1u);
  BOOST_TEST(times_in(html, "<article id=\"2\" data-score=\"\">") == 1u);
  BOOST_TEST(times_in(html, ">un círculo rojo</p>") == 2u);
  BOOST_TEST(times_in(html, ">one red circle</p>") == 2u);
  BOOST_TEST(times_in(html, "<b>chrF 81.2</b>") == 1u);
  // Thousandths in base 36: 1000 is rs, 125 is 3h, 250 is 6y, 625 is hd, 500 is dw.
  BOOST_TEST(times_in(html,
                      "<details data-source=\"un\ncírculo\nrojo\" "
                      "data-target=\"a\nred\ncircle\" data-weights=\"rs00003h6yhd00dwdw\">") == 1u);
  BOOST_TEST(times_in(html, "<details") == 1u);
  // Nothing comes from elsewhere.
  BOOST_TEST(times_in(html, "http:") + times_in(html, "https:") + times_in(html, "@import") == 0u);
}

BOOST_AUTO_TEST_CASE(a_page_of_translations_refuses) {
  const TemporaryFolder folder;
  const std::string path = folder.path("page.html");
  {
    TranslationsPage page(path, {.title = "Translations", .text = "", .figures = {}});
    page.add(red_circle());
    const auto refused = [&](const auto& spoil) {
      ShownTranslation bad = red_circle();
      spoil(bad.alignment);
      return message_of<std::invalid_argument>([&] { page.add(bad); });
    };
    const std::string where = "TranslationsPage: sentence 2: ";
    BOOST_TEST(refused([](Alignment& a) { a.weights.pop_back(); }) ==
               where + "2 rows of weights for 3 target pieces");
    BOOST_TEST(refused([](Alignment& a) { a.weights[1].pop_back(); }) ==
               where + "row 2 has 2 weights for 3 source pieces");
    BOOST_TEST(refused([](Alignment& a) { a.weights[2][0] = -0.5; }) ==
               where + "row 3 has a weight of -0.5; expected 0 to 1");
    BOOST_TEST(refused([](Alignment& a) {
                 a.weights[2][0] = std::numeric_limits<double>::quiet_NaN();
               }) == where + "row 3 has a weight of nan; expected 0 to 1");
    BOOST_TEST(refused([](Alignment& a) { a.weights[0][1] = 0.5; }) ==
               where + "the weights of row 1 sum to 1.5; expected 1");
  }
  BOOST_TEST(std::filesystem::is_empty(folder.path())); // not finished: nothing is left
  BOOST_CHECK_THROW((TranslationsPage{folder.path("no/page.html"), {"Translations", "", {}}}),
                    FormatError);
}

BOOST_AUTO_TEST_CASE(an_alignment_in_a_terminal) {
  const Alignment a = red_circle().alignment;
  BOOST_TEST(in_blocks(a) == "     a  ███      \n"
                             "   red  ░░░░░░▓▓▓\n"
                             "circle     ▒▒▒▒▒▒\n"
                             "         1  2  3\n"
                             "1 un  2 círculo  3 rojo\n");
  // Chinese characters are two columns wide.
  BOOST_TEST(in_blocks({{"hi"}, {"你", "a"}, {{1}, {1}}}) == "你  ███\n a  ███\n     1\n1 hi\n");
  // 30 places: blocks of two, every fifth number, and the names in lines of at most 70 columns.
  Alignment wide{{}, {"b"}, {{}}};
  for (int j = 0; j < 30; ++j) wide.source.push_back("a"), wide.weights[0].push_back(j == 4);
  BOOST_TEST(in_blocks(wide, 70) ==
             "b          ██" + std::string(50, ' ') +
                 "\n           5         10        15        20        25        30\n"
                 "1 a  2 a  3 a  4 a  5 a  6 a  7 a  8 a  9 a  10 a  11 a  12 a  13 a\n"
                 "14 a  15 a  16 a  17 a  18 a  19 a  20 a  21 a  22 a  23 a  24 a  25 a\n"
                 "26 a  27 a  28 a  29 a  30 a\n");
  BOOST_TEST(in_blocks({{"a"}, {"b"}, {}}) == "");
  BOOST_CHECK_THROW(in_blocks({{"a"}, {"b"}, {{0.5}}}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
