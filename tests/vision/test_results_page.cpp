#include <filesystem>
#include <limits>
#include <string>

#include <boost/test/unit_test.hpp>

#include "../times_in.hpp"
#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "temporary_folder.hpp"
#include "vision/captioning/results_page.hpp"

using namespace tapestry;
using tapestry::testing::times_in;

namespace {

const std::string png_beginning = "\x89PNG\r\n\x1a\n";

ShownCaption shown_dog() {
  return {"dog.png", png_beginning, {"a", "dog"}, {0.5, 0.25}, {"A dog runs"}, 1.5};
}

} // namespace

BOOST_AUTO_TEST_SUITE(results_pages)

BOOST_AUTO_TEST_CASE(nothing_is_html) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/page.html";
  ResultsPage page{path, {"<title>", "</style>", {{"<dt>", "</dd>"}}, "</b>"}};
  const std::string nasty = "</script><script>alert('x')</script>\"";
  page.add({nasty, png_beginning, {nasty}, {1}, {nasty}, 0});
  page.finish();
  const std::string html = read_file(path);
  BOOST_TEST(times_in(html, "<script") == 1u);
  BOOST_TEST(times_in(html, "</script") == 1u);
  BOOST_TEST(times_in(html, "</style") == 1u);
  BOOST_TEST(times_in(html, "<title") == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_card_holds) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/page.html";
  ResultsPage page{path, {"Captions", "Some.", {{"BLEU-4", "18.0"}}, "CIDEr-D", "a\"b.svg"}};
  BOOST_TEST(!std::filesystem::exists(path)); // not before it is whole
  page.add(shown_dog());
  ShownCaption none{"none.jpg", "", {"a", "cat"}, {}, {}, std::numeric_limits<double>::quiet_NaN()};
  page.add(none);
  page.finish();
  BOOST_TEST(!std::filesystem::exists(path + ".part"));
  const std::string html = read_file(path);
  BOOST_TEST(times_in(html, "<article") == 2u);
  BOOST_TEST(times_in(html, "src=\"a&quot;b.svg\"") == 1u);
  BOOST_TEST(times_in(html, "alt=\"A dog runs\"") == 1u);
  BOOST_TEST(times_in(html, "src=\"data:image/png;base64,iVBORw0KGgo=\"") == 1u);
  BOOST_TEST(times_in(html, "style=\"--p:0.250\"") == 1u);
  BOOST_TEST(times_in(html, "data-score=\"1.5\"") == 1u);
  BOOST_TEST(times_in(html, "data-score=\"\"") == 1u);
  // Nothing comes from elsewhere.
  BOOST_TEST(times_in(html, "http:") + times_in(html, "https:") + times_in(html, "@import") == 0u);
}

BOOST_AUTO_TEST_CASE(a_page_refuses) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/page.html";
  {
    ResultsPage page{path, {"Captions", "", {}}};
    ShownCaption bad = shown_dog();
    bad.image_bytes = "GIF89a";
    BOOST_CHECK_THROW(page.add(bad), std::invalid_argument);
    bad = shown_dog();
    bad.probabilities.pop_back();
    BOOST_CHECK_THROW(page.add(bad), std::invalid_argument);
    bad = shown_dog();
    bad.probabilities[0] = 1.5;
    BOOST_CHECK_THROW(page.add(bad), std::invalid_argument);
    bad.probabilities[0] = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_THROW(page.add(bad), std::invalid_argument);
  }
  BOOST_TEST(std::filesystem::is_empty(folder.path())); // not finished: nothing is left
  BOOST_CHECK_THROW((ResultsPage{folder.path() + "/no/page.html", {"Captions", "", {}}}),
                    FormatError);
}

BOOST_AUTO_TEST_SUITE_END()
