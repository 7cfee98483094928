#include <filesystem>
#include <set>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "temporary_folder.hpp"
#include "vision/captioning/caption_data.hpp"
#include "vision/images/image.hpp"

using namespace tapestry;
using std::string;

namespace {

// One picture of a single grey, each a little lighter than the one before.
Tensor grey(std::size_t i, std::size_t height = 16, std::size_t width = 16) {
  return full({3, height, width}, static_cast<real>(i) / 10);
}

struct Example {
  TemporaryFolder folder;
  CaptionCorpus corpus{folder.path(), folder.path(), {}, {}, {}};

  Example() {
    corpus.train = {{"0.png", {"one", "two words", "three more words", "one two three words"}},
                    {"1.png", {"more", "more more"}},
                    {"2.png", {"rare"}}};
    for (std::size_t i = 0; i < 3; ++i) write_png(folder / (std::to_string(i) + ".png"), grey(i));
  }
};

// One caption of a batch: its column of ids.
std::vector<int> column(const CaptionBatch& batch, std::size_t i) {
  const std::size_t n = batch.words.shape()[1];
  std::vector<int> ids;
  for (std::size_t t = 0; t < batch.words.shape()[0]; ++t)
    ids.push_back(batch.words.data()[t * n + i]);
  return ids;
}

} // namespace

BOOST_AUTO_TEST_SUITE(caption_data)

BOOST_AUTO_TEST_CASE(the_vocabulary_counts_all_captions) {
  const Example example;
  const Vocabulary all = caption_vocabulary(example.corpus.train, 1);
  BOOST_TEST(all.size() == 4 + 6u);
  BOOST_TEST(all.word(4) == "more"); // four times
  const Vocabulary frequent = caption_vocabulary(example.corpus.train, 2);
  BOOST_TEST(frequent.size() == 4 + 5u);
  BOOST_TEST(!frequent.contains("rare"));
}

BOOST_AUTO_TEST_CASE(a_batch) {
  const Example example;
  const Vocabulary words = caption_vocabulary(example.corpus.train, 2);
  const CaptionData data(example.corpus, example.corpus.train, words, 8);
  BOOST_TEST(data.size() == 3u);
  Rng rng(1);
  const CaptionBatch batch = data.captions.batch({2, 0, 1}, 3, rng);
  const Tensor pictures = data.pictures({2, 0, 1});
  BOOST_TEST(to_string(pictures.shape()) == "(3, 3, 8, 8)");
  for (const auto& [row, level] : {std::pair(0, 0.2), std::pair(1, 0.0), std::pair(2, 0.1)})
    for (int i = 0; i < 3 * 64; ++i) // stored in bytes
      BOOST_TEST(std::abs(pictures.data()[row * 192 + i] - level) <= 0.51 / 255);

  // Picture 2 has one caption, 0 gives three of four, 1 both of its two.
  const std::vector<std::int32_t> rows(batch.picture_of.begin(), batch.picture_of.end());
  const std::vector<std::int32_t> expected{0, 1, 1, 1, 2, 2};
  BOOST_TEST(rows == expected, boost::test_tools::per_element());
  BOOST_TEST(batch.words.shape()[1] == 6u);
  const std::vector<std::size_t> picture{2, 0, 1};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<int> ids = column(batch, i);
    BOOST_TEST(ids.front() == Vocabulary::start_id);
    const auto end = std::find(ids.begin(), ids.end(), Vocabulary::end_id);
    BOOST_REQUIRE((end != ids.end()));
    BOOST_TEST((std::count(end, ids.end(), Vocabulary::pad_id) == ids.end() - end - 1));
    const auto& captions =
        example.corpus.train[picture[static_cast<std::size_t>(rows[i])]].captions;
    const std::vector<int> inside(ids.begin() + 1, end);
    BOOST_TEST((std::count_if(captions.begin(), captions.end(), [&](const string& caption) {
                  string text;
                  for (const int id : inside)
                    text += (text.empty() ? "" : " ") +
                            (id == Vocabulary::unk_id ? "rare" : words.word(id));
                  return caption == text;
                }) == 1));
  }
}

BOOST_AUTO_TEST_CASE(captions_are_drawn_without_repetition) {
  const Example example;
  const Vocabulary words = caption_vocabulary(example.corpus.train, 1);
  const CaptionData data(example.corpus, example.corpus.train, words, 8);
  Rng rng(2);
  std::set<std::vector<int>> all;
  for (int draw = 0; draw < 40; ++draw) {
    const CaptionBatch batch = data.captions.batch({0}, 2, rng);
    BOOST_TEST(batch.words.shape()[1] == 2u);
    std::vector<int> a = column(batch, 0), b = column(batch, 1);
    for (std::vector<int>* ids : {&a, &b}) {
      ids->erase(std::find(ids->begin(), ids->end(), Vocabulary::end_id), ids->end());
      all.insert(*ids);
    }
    BOOST_TEST((a != b));
  }
  BOOST_TEST(all.size() == 4u); // each gets its turn: missing one in 40 has chance 4 / 2^40

  Rng one(3), same(3), other(4);
  const auto draw = [&](Rng& generator) {
    const CaptionBatch b = data.captions.batch({0, 0, 0, 0, 0, 0}, 1, generator);
    return std::vector<int>(b.words.begin(), b.words.end());
  };
  const std::vector<int> first = draw(one);
  BOOST_TEST((draw(same) == first));
  BOOST_TEST((draw(other) != first));
}

BOOST_AUTO_TEST_CASE(long_captions_are_cut) {
  const Example example;
  const Vocabulary words = caption_vocabulary(example.corpus.train, 1);
  const CaptionData data(example.corpus, example.corpus.train, words, 8, 2);
  Rng rng(1);
  const CaptionBatch batch = data.captions.batch({0}, 4, rng);
  BOOST_TEST(batch.words.shape()[0] == 4u); // <start>, two words, <end>
  std::multiset<string> cut;
  for (std::size_t i = 0; i < 4; ++i) {
    string text;
    for (const int id : column(batch, i)) text += words.word(id) + " ";
    cut.insert(text);
  }
  const std::multiset<string> expected{"<start> one <end> <pad> ", "<start> two words <end> ",
                                       "<start> three more <end> ", "<start> one two <end> "};
  BOOST_TEST(cut == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_middle_square_of_a_picture) {
  const TemporaryFolder folder;
  Tensor wide = zeros({3, 10, 30});
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t y = 0; y < 10; ++y)
      for (std::size_t x = 10; x < 20; ++x) wide.data()[(c * 10 + y) * 30 + x] = 1;
  write_png(folder / "wide.png", wide);
  const Tensor seen = read_for_captioning(folder / "wide.png", 16);
  BOOST_TEST(to_string(seen.shape()) == "(3, 16, 16)");
  for (const real v : seen.storage()) BOOST_TEST(std::abs(v - 1) < 1e-12); // averages of ones
}

BOOST_AUTO_TEST_CASE(pictures_that_are_too_small) {
  const TemporaryFolder folder;
  const auto message = [&](std::size_t height, std::size_t width) {
    write_png(folder / "x.png", grey(1, height, width));
    return message_of([&] { read_for_captioning(folder / "x.png", 16); });
  };
  const string path = folder / "x.png";
  BOOST_TEST(message(1, 1) == path + ": the picture is 1x1 pixels, expected at least 8x8");
  BOOST_TEST(message(7, 100) == path + ": the picture is 100x7 pixels, expected at least 8x8");
  BOOST_TEST(message(100, 7) == path + ": the picture is 7x100 pixels, expected at least 8x8");
  BOOST_TEST(message(8, 8) == "");
}

BOOST_AUTO_TEST_CASE(a_picture_that_cannot_be_read_is_named) {
  const Example example;
  const Vocabulary words = caption_vocabulary(example.corpus.train, 1);
  write_file(example.folder / "1.png", "text");
  BOOST_TEST(message_of([&] {
               CaptionData(example.corpus, example.corpus.train, words, 8);
             }).starts_with(example.folder / "1.png: "));
}

// Several cores read at once. A large picture, cut off, takes longer to refuse than a few letters.
BOOST_AUTO_TEST_CASE(the_first_picture_that_cannot_be_read_is_named) {
  const Example example;
  const Vocabulary words = caption_vocabulary(example.corpus.train, 1);
  Rng rng(1);
  const string whole = encode_png(uniform({3, 400, 400}, 0, 1, rng));
  write_file(example.folder / "0.png", whole.substr(0, whole.size() - 20));
  for (const char* name : {"1.png", "2.png"}) write_file(example.folder / name, "text");
  for (int again = 0; again < 5; ++again) {
    const string message =
        message_of([&] { CaptionData(example.corpus, example.corpus.train, words, 8); });
    BOOST_TEST(message.starts_with(example.folder / "0.png: "), message);
  }
}

BOOST_AUTO_TEST_SUITE_END()
