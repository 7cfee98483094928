#include "text/embeddings/word2vec.hpp"

#include <cmath>
#include <numeric>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/random.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/embeddings/word_vectors.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;
using Ids = std::vector<std::int32_t>;
using Counts = std::vector<std::uint64_t>;

namespace {

// Sentences "a1 a3 a2 a2", of one of two kinds of words: neighbours are of one kind.
std::string two_kinds() {
  Rng rng(1);
  std::string text;
  for (int sentence = 0; sentence < 400; ++sentence) {
    const char kind = rng.chance(0.5) ? 'a' : 'b';
    for (int i = 0; i < 8; ++i) (text += kind) += std::to_string(rng.below(6)) + ' ';
    text += '\n';
  }
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(word2vec)

BOOST_AUTO_TEST_CASE(a_text_becomes_ids) {
  const WordCorpus corpus = word_corpus("b a\tb\r\n\n  c b a x\n", {.min_count = 2});
  BOOST_TEST((corpus.words == std::vector<std::string>{"b", "a"}));
  BOOST_TEST((corpus.counts == Counts{3, 2}));
  BOOST_TEST((corpus.ids == Ids{0, 1, 0, -1, 0, 1, -1}));
  BOOST_TEST(corpus.total == 5u);
  BOOST_TEST((word_corpus("b a", {.min_count = 1}).words == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(a_file_gives_what_its_text_gives) {
  // Longer than a piece, without a line end, so that a word is cut in two.
  std::string text;
  for (int i = 0; text.size() < (1u << 20) + 100; ++i)
    text += "word" + std::to_string(i % 100) + ' ';
  const TemporaryFolder folder;
  const WordCorpus whole = word_corpus(text), file = read_word_corpus(folder.write("t.txt", text));
  BOOST_TEST(whole.words.size() == 100u);
  BOOST_TEST((whole.words == file.words));
  BOOST_TEST((whole.ids == file.ids));
}

BOOST_AUTO_TEST_CASE(bad_texts_are_refused) {
  BOOST_TEST(message_of<std::invalid_argument>([] { word_corpus("a b", {.min_count = 2}); }) ==
             "text: no word occurs 2 times or more; it has 2 words");
  BOOST_TEST(message_of<FormatError>([] { word_corpus("ab\nabc abcd", {.most_bytes = 3}); }) ==
             "text: byte 7: a word of more than 3 bytes; expected words with spaces between them");
  BOOST_TEST(message_of<FormatError>([] { word_corpus(std::string_view("ab\0c", 4)); }) ==
             "text: byte 2: a byte of value 0; expected text");
  BOOST_TEST(message_of<FormatError>([] { read_word_corpus("/nowhere/t"); }) ==
             "/nowhere/t: no such file");
  const TemporaryFolder folder; // a line without a space is given up where a word cannot be so long
  const std::string path = folder.write("t", std::string(3 << 20, 'x'));
  BOOST_TEST(
      message_of<FormatError>([&] { read_word_corpus(path); }).starts_with(path + ": byte 0: "));
}

BOOST_AUTO_TEST_CASE(frequent_words_are_thinned_out) {
  const auto keep = keep_chances({9000, 900, 100}, 1e-2); // shares 0.9, 0.09, 0.01
  BOOST_TEST(std::abs(keep[0] - (std::sqrt(0.01 / 0.9) + 0.01 / 0.9)) < 1e-12);
  BOOST_TEST(std::abs(keep[1] - (std::sqrt(0.01 / 0.09) + 0.01 / 0.09)) < 1e-12);
  BOOST_TEST(keep[2] == 1);
  BOOST_TEST(keep_chances({5, 1}, 0)[0] == 1);
  BOOST_CHECK_THROW(keep_chances({5, 1}, -1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(negatives_follow_the_power_of_the_counts) {
  const Counts counts{1000, 500, 30, 7, 7, 1};
  const WordSampler sampler(counts, 0.75);
  double sum = 0;
  for (const std::uint64_t c : counts) sum += std::pow(double(c), 0.75);
  const auto chances = sampler.chances();
  for (std::size_t i = 0; i < counts.size(); ++i) // limits are rounded to 32 bits
    BOOST_TEST(std::abs(chances[i] - std::pow(double(counts[i]), 0.75) / sum) < 1e-8);
  Rng rng(2);
  std::vector<double> drawn(counts.size());
  for (int i = 0; i < 100'000; ++i) drawn[static_cast<std::size_t>(sampler(rng.bits()))] += 1e-5;
  for (std::size_t i = 0; i < counts.size(); ++i) // 0.0016 is one standard deviation of a half
    BOOST_TEST(std::abs(drawn[i] - chances[i]) < 0.008);
  BOOST_CHECK_THROW(WordSampler({0, 0}), std::invalid_argument);
  BOOST_CHECK_THROW(WordSampler({1}, -1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_huffman_tree_is_as_short_as_can_be) {
  const HuffmanTree tree(Counts{8, 4, 2, 1, 1});
  std::vector<std::size_t> lengths;
  for (std::size_t w = 0; w < 5; ++w) {
    lengths.push_back(tree.nodes_of(w).size());
    BOOST_TEST(tree.nodes_of(w)[0] == 3); // the root
    BOOST_TEST(tree.turns_of(w).size() == lengths.back());
  }
  BOOST_TEST((lengths == std::vector<std::size_t>{1, 2, 3, 4, 4}));
  // A product of sigmoids over all paths is a distribution, whatever the scores.
  Rng rng(3);
  std::vector<double> left(4);
  for (double& p : left) p = rng.uniform();
  double total = 0;
  for (std::size_t w = 0; w < 5; ++w) {
    double chance = 1;
    for (std::size_t i = 0; i < tree.nodes_of(w).size(); ++i) {
      const double p = left[static_cast<std::size_t>(tree.nodes_of(w)[i])];
      chance *= tree.turns_of(w)[i] == 0 ? p : 1 - p;
    }
    total += chance;
  }
  BOOST_TEST(std::abs(total - 1) < 1e-12);
  BOOST_CHECK_THROW(HuffmanTree(Counts{1}), std::invalid_argument);
  BOOST_CHECK_THROW(HuffmanTree(Counts{1, 2}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(words_of_a_kind_come_together) {
  const WordCorpus corpus = word_corpus(two_kinds());
  Word2VecOptions options{.dim = 8, .window = 3, .negatives = 4, .epochs = 10, .sample = 0};
  options.batch = 16;
  for (const bool skip_gram : {false, true})
    for (const std::size_t negatives : {4u, 0u}) {
      options.skip_gram = skip_gram, options.negatives = negatives;
      options.lr = skip_gram ? 0.025 : 0.05;
      Word2Vec trainer(corpus, options);
      double first = 0, last = 0;
      trainer.train([&](const Word2VecProgress& p) {
        if (first == 0) first = p.loss;
        last = p.loss;
      });
      BOOST_TEST(last < first);
      const WordVectors vectors(corpus.words, trainer.vectors());
      for (std::size_t w = 0; w < vectors.size(); ++w) // all five others of its kind come first
        for (const Neighbour& n : vectors.nearest(w, 5))
          BOOST_TEST(corpus.words[n.word][0] == corpus.words[w][0]);
    }
}

BOOST_AUTO_TEST_CASE(the_same_bits_whatever_the_threads) {
  const WordCorpus corpus = word_corpus(two_kinds());
  const std::size_t before = thread_count();
  std::vector<Tensor> results;
  for (const std::size_t threads : {1u, 2u, 5u}) {
    set_thread_count(threads);
    Word2Vec trainer(corpus, {.dim = 20, .epochs = 1, .sample = 1e-2, .batch = 100});
    trainer.train();
    results.push_back(trainer.vectors());
    results.push_back(trainer.outputs());
  }
  set_thread_count(before);
  for (std::size_t i = 2; i < results.size(); ++i) BOOST_CHECK(results[i] == results[i % 2]);
}

BOOST_AUTO_TEST_CASE(numbers_that_overflow_are_reported) {
  const WordCorpus corpus = word_corpus(two_kinds());
  Word2Vec trainer(corpus, {.dim = 8, .sample = 0, .lr = 100});
  BOOST_TEST(message_of<std::runtime_error>([&] {
               trainer.train();
             }).ends_with("lr 100 or batch 64 is too large for this text"));
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  const WordCorpus corpus = word_corpus("a b a b", {.min_count = 1});
  const auto problem = [&](const Word2VecOptions& o) {
    return message_of<std::invalid_argument>([&] { Word2Vec(corpus, o); });
  };
  BOOST_TEST(problem({.dim = 0}) == "word2vec: dim is 0, expected 1 to 10000");
  BOOST_TEST(problem({.window = 0}) == "word2vec: window is 0, expected 1 to 1000");
  BOOST_TEST(problem({.epochs = 0}) == "word2vec: epochs is 0, expected at least 1");
  BOOST_TEST(problem({.lr = -1}) == "word2vec: lr is -1, expected more than 0");
  BOOST_TEST(problem({.batch = 0}) == "word2vec: batch is 0, expected 1 to 100000");
  const WordCorpus one = word_corpus("a a a a a");
  BOOST_CHECK_THROW(Word2Vec(one, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
