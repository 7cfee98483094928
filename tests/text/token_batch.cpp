#include "text/tokens/token_batch.hpp"

#include <boost/test/unit_test.hpp>

#include "autograd/ids.hpp"
#include "temporary_folder.hpp"
#include "text/tokens/vocabulary_tokenizer.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

VocabularyTokenizer letters() { // a b c d are 4 5 6 7
  PieceCounter counter;
  counter.add("a b c d");
  return counter.tokenizer();
}

std::vector<int> values(const Indices& ids) { return {ids.begin(), ids.end()}; }
std::vector<int> values(const Tensor& x) {
  std::vector<int> result;
  for (const real v : x) result.push_back(static_cast<int>(v));
  return result;
}

const std::vector<std::string> texts{"a b c", "d", ""};

} // namespace

BOOST_AUTO_TEST_SUITE(token_batch)

BOOST_AUTO_TEST_CASE(time_first) {
  const TokenBatch batch = encode_batch(letters(), texts);
  BOOST_TEST((batch.ids.shape() == Shape{3, 3}));
  BOOST_TEST(values(batch.ids) == (std::vector{4, 7, 0, 5, 0, 0, 6, 0, 0}));
  BOOST_TEST(values(batch.mask) == (std::vector{1, 1, 0, 1, 0, 0, 1, 0, 0}));
  BOOST_TEST(
      (std::vector<int>(batch.lengths.begin(), batch.lengths.end()) == std::vector{3, 1, 0}));
  BOOST_TEST((batch.encodings[1].spans == std::vector<Span>{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(batch_first_as_stack_padded) {
  std::vector<std::vector<int>> ids;
  for (const std::string& text : texts) ids.push_back(letters().encode(text).ids);
  for (const bool batch_first : {false, true}) {
    const TokenBatch batch =
        encode_batch(letters(), texts, {.pad_id = 9, .batch_first = batch_first});
    BOOST_TEST(values(batch.ids) == values(stack_padded(ids, 9, batch_first)));
    BOOST_TEST((batch.mask.shape() == batch.ids.shape()));
  }
}

BOOST_AUTO_TEST_CASE(special_tokens_and_lengths) {
  const SpecialTokens both{.start = Vocabulary::start_id, .end = Vocabulary::end_id};
  const auto row = [&](const BatchOptions& options) {
    return encode_batch(letters(), std::vector<std::string>{"a b c d"}, options).encodings[0];
  };
  BOOST_TEST(row({.special = both}).ids == (std::vector{1, 4, 5, 6, 7, 2}));
  BOOST_TEST((row({.special = both}).spans.front() == Span{0, 0}));
  BOOST_TEST((row({.special = both}).spans.back() == Span{7, 7}));
  BOOST_TEST(row({.special = both, .max_length = 4}).ids == (std::vector{1, 4, 5, 2}));
  const Encoding left = row({.special = both, .max_length = 4, .cut = Side::left});
  BOOST_TEST(left.ids == (std::vector{1, 6, 7, 2}));
  BOOST_TEST((left.spans[1] == Span{4, 5})); // of the whole text still
  BOOST_TEST(row({.special = {.end = 2}, .max_length = 1}).ids == (std::vector{2}));
  BOOST_TEST(row({.max_length = 0}).ids.empty());
  BOOST_TEST(message_of<std::invalid_argument>([&] { row({.special = both, .max_length = 1}); }) ==
             "encode_batch: max_length 1 has no room for 2 special tokens");
}

BOOST_AUTO_TEST_CASE(padding_on_the_left) {
  const TokenBatch batch = encode_batch(letters(), texts, {.pad = Side::left, .batch_first = true});
  BOOST_TEST(values(batch.ids) == (std::vector{4, 5, 6, 0, 0, 7, 0, 0, 0}));
  BOOST_TEST(values(batch.mask) == (std::vector{1, 1, 1, 0, 0, 1, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(no_text) {
  const TokenBatch none = encode_batch(letters(), {});
  BOOST_TEST((none.ids.shape() == Shape{0, 0}));
  const TokenBatch empty = encode_batch(letters(), std::vector<std::string>{"", ""});
  BOOST_TEST((empty.ids.shape() == Shape{0, 2}));
}

BOOST_AUTO_TEST_CASE(an_error_in_one_text) {
  const VocabularyTokenizer strict(Vocabulary{}, {.bad_bytes = BadBytes::refuse});
  BOOST_CHECK_THROW(encode_batch(strict, std::vector<std::string>{"a", "b\xff"}),
                    std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
