#include "text/corpora/caption_corpus.hpp"

#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "tests/text/temporary_folder.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;
using Lines = std::vector<std::string>;

namespace {

/// A complete corpus of three pictures, to be damaged.
struct SmallCorpus : TemporaryFolder {
  explicit SmallCorpus(const std::string& image_folder = "Flicker8k_Dataset") {
    write("Flickr8k.token.txt", "a.jpg#0\tA dog .\na.jpg#1\tOne dog .\nb.jpg#0\tA cat .\n"
                                "c.jpg#0\tA cow .\nd.jpg#0\tNobody lists me .\n");
    write("Flickr_8k.trainImages.txt", "b.jpg\na.jpg\n");
    write("Flickr_8k.devImages.txt", "c.jpg\r\n\r\n");
    write("Flickr_8k.testImages.txt", "");
    for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) write(image_folder + "/" + name, "");
  }
  std::string problem(const CorpusOptions& options = {}) const {
    return message_of<FormatError>([&] { read_corpus(path(), options); });
  }
};

std::string caption_problem(const std::string& text) {
  const TemporaryFolder folder;
  const std::string path = folder.write("t", text);
  const std::string message = message_of<FormatError>([&] { read_caption_file(path); });
  return message.empty() ? message : message.substr(path.size());
}

} // namespace

BOOST_AUTO_TEST_SUITE(caption_corpus)

BOOST_AUTO_TEST_CASE(reads_captions_in_file_order) {
  const TemporaryFolder folder;
  const auto images = read_caption_file(folder.write(
      "t", "z.jpg#0\tA dog . \r\nz.jpg.1#0\tpeople waiting\r\nz.jpg#1 \t\ta tab\tinside\r\n"
           "a#b.jpg#12\tUn niño .\n\n \n"));
  BOOST_REQUIRE(images.size() == 3u);
  BOOST_TEST(images[0].name == "z.jpg");
  BOOST_TEST(images[0].captions == (Lines{"A dog .", "a tab\tinside"}));
  BOOST_TEST(images[1].name == "z.jpg.1"); // Flickr8k's line 6731 has such a name: its own picture
  BOOST_TEST(images[2].name == "a#b.jpg");
  BOOST_TEST(images[2].captions == Lines{"Un niño ."});
}

BOOST_AUTO_TEST_CASE(caption_errors_name_the_line) {
  const std::string expected = "expected NAME#NUMBER<TAB>caption";
  for (const char* bad : {"no tab", "a.jpg\tno number", "a.jpg#\tx", "a.jpg#x\tx", "a.jpg#1x\tx",
                          "a.jpg#-1\tx", "#0\tno name", "a.jpg#0\t  ", "a.jpg#99999999999\tx", ""})
    BOOST_TEST(caption_problem("g.jpg#0\tfine\n" + std::string{bad} + "\nh.jpg#0\tfine\n") ==
               ": line 2: " + expected);
  BOOST_TEST(caption_problem("a.jpg#0\tx\nb.jpg#0\tx\na.jpg#0\ty\n") ==
             ": line 3: a.jpg#0 is there already");
  BOOST_TEST(caption_problem("") == "");
}

BOOST_AUTO_TEST_CASE(reads_a_corpus) {
  for (const char* name : {"Flicker8k_Dataset", "Flickr8k_Dataset", "Images"}) {
    const SmallCorpus folder{name};
    const CaptionCorpus corpus = read_corpus(folder.path());
    BOOST_REQUIRE(corpus.train.size() == 2u);
    BOOST_TEST(corpus.train[0].name == "b.jpg"); // in the order of the list
    BOOST_TEST(corpus.train[1].captions == (Lines{"A dog .", "One dog ."}));
    BOOST_REQUIRE(corpus.dev.size() == 1u);
    BOOST_TEST(corpus.test.empty());
    BOOST_TEST(corpus.unlisted == Lines{"d.jpg"});
    BOOST_TEST(corpus.unlisted_captions == 1u);
    BOOST_TEST(corpus.image_path("c.jpg") == folder.path(std::string{name} + "/c.jpg"));
  }
}

BOOST_AUTO_TEST_CASE(missing_pieces_are_named) {
  const TemporaryFolder empty;
  BOOST_TEST(message_of<FormatError>([&] {
               read_corpus(empty.path());
             }).starts_with(empty.path() + ": no Flickr8k.token.txt; expected Flickr8k.token.txt"));
  BOOST_TEST(message_of<FormatError>([&] {
               read_corpus(empty.path("x"));
             }).starts_with(empty.path("x") + ": no such folder"));

  const SmallCorpus no_split;
  std::filesystem::remove(no_split.path("Flickr_8k.devImages.txt"));
  BOOST_TEST(no_split.problem().starts_with(no_split.path() + ": no Flickr_8k.devImages.txt; "));

  const SmallCorpus no_images;
  std::filesystem::remove_all(no_images.path("Flicker8k_Dataset"));
  BOOST_TEST(no_images.problem().starts_with(no_images.path() + ": no folder of images; "));
  BOOST_TEST(no_images.problem({.require_images = false}) == "");
}

BOOST_AUTO_TEST_CASE(a_split_must_fit_captions_and_pictures) {
  const SmallCorpus no_caption;
  const std::string split = no_caption.write("Flickr_8k.testImages.txt", "a.jpg\nx.jpg\n");
  BOOST_TEST(no_caption.problem() == split + ": no caption for x.jpg in Flickr8k.token.txt");
  no_caption.write("Flickr_8k.testImages.txt", "a.jpg\nb.jpg\na.jpg \n");
  BOOST_TEST(no_caption.problem() == split + ": line 3: a.jpg is there already");

  const SmallCorpus no_picture;
  const std::string picture = no_picture.path("Flicker8k_Dataset/c.jpg");
  std::filesystem::remove(picture);
  BOOST_TEST(no_picture.problem() == no_picture.path("Flickr_8k.devImages.txt") +
                                         ": a caption for a missing picture: c.jpg (expected at " +
                                         picture + ")");
  BOOST_TEST(no_picture.problem({.require_images = false}) == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_captions) {
  BOOST_TEST(caption_problem("a.jpg#0\tx\nb.jpg#0\t" + std::string(10'000, 'x') + "\n") ==
             ": line 2: 10008 bytes; expected at most 10000");
  BOOST_TEST(caption_problem("a.jpg#0\tx\nb.jpg#0\ty" + std::string(1, '\0') + "\n") ==
             ": line 2: a byte of value 0; expected text");
  using namespace std::string_literals;
  for (const std::string& text : {"\xff\xfe"
                                  "a\0\t\0"s,
                                  "\xfe\xff\0a\0\t"s})
    BOOST_TEST(caption_problem(text) == ": is UTF-16; expected UTF-8");
  const TemporaryFolder folder;
  BOOST_TEST(message_of<FormatError>([&] { read_split(folder.path()); }) ==
             folder.path() + ": is a folder; expected a file");
  BOOST_TEST(message_of<FormatError>([&] { read_split("/proc/self/mem"); }) ==
             "/proc/self/mem: cannot read: Input/output error");
}

BOOST_AUTO_TEST_CASE(a_picture_in_two_lists) {
  const SmallCorpus folder;
  folder.write("Flickr_8k.testImages.txt", "a.jpg\n");
  BOOST_TEST(folder.problem() ==
             folder.path() + ": a.jpg is in two lists, train and test; expected one");
}

BOOST_AUTO_TEST_SUITE_END()
