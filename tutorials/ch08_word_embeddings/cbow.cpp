// Trains word vectors on a text, CBOW or skip-gram, saves them, and shows what is near what.
#include <fmt/format.h>

#include "autograd/random.hpp"
#include "program.hpp"
#include "small_text.hpp"
#include "text/embeddings/word2vec.hpp"
#include "text/embeddings/word_tests.hpp"
#include "text/embeddings/word_vector_files.hpp"

using namespace tapestry;

namespace {

void print_neighbours(const WordVectors& vectors, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const auto id = vectors.find(word);
    if (!id) {
      fmt::print("  {:<12}is not in the table\n", word);
      continue;
    }
    fmt::print("  {:<12}", word);
    for (const Neighbour& n : vectors.nearest(*id, 5))
      fmt::print(" {} {:.2f} ", vectors.words()[n.word], n.cosine);
    fmt::print("\n");
  }
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains word vectors on a text.", "cbow");
  Word2VecOptions o;
  std::string data, out, format = "text", questions, pairs;
  std::vector<std::string> words;
  std::uint64_t min_count = 5;
  bool hierarchical = false;
  double lr = 0;
  app.add_option("--data", data, "a text, its words between spaces; unset: a small made one");
  app.add_option("--out", out, "where to write the vectors");
  app.add_option("--format", format, "text or binary, as word2vec writes them, or glove")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "binary", "glove"}));
  app.add_option("--dim", o.dim)->capture_default_str()->check(whole_number(1, 10'000));
  app.add_option("--window", o.window, "words to each side, at most")
      ->capture_default_str()
      ->check(whole_number(1, 1000));
  app.add_option("--negatives", o.negatives)->capture_default_str()->check(whole_number(1, 1000));
  app.add_flag("--hierarchical", hierarchical, "a hierarchical softmax instead of negatives");
  app.add_flag("--skip-gram", o.skip_gram, "each word of the context by itself");
  app.add_option("--epochs", o.epochs)->capture_default_str()->check(whole_number(1, 1'000'000));
  app.add_option("--sample", o.sample, "thins out words with a larger share of the text")
      ->capture_default_str()
      ->check(real_number(0, 1));
  app.add_option("--min-count", min_count, "rarer words are left out")
      ->capture_default_str()
      ->check(whole_number(1, 1'000'000'000));
  app.add_option("--lr", lr, "learning rate at first; unset: 0.05, with --skip-gram 0.025")
      ->check(real_number(1e-9, 10));
  app.add_option("--batch", o.batch, "examples between changes of the tables")
      ->capture_default_str()
      ->check(whole_number(1, 100'000));
  app.add_option("--seed", o.seed)->capture_default_str();
  app.add_option("--near", words, "words whose neighbours to show");
  app.add_option("--questions", questions, "analogies to answer, as in questions-words.txt");
  app.add_option("--pairs", pairs, "pairs of words with people's scores, as in WordSim-353");

  return run_program(app, argc, argv, [&] {
    WordCorpus corpus;
    if (data.empty()) {
      corpus = word_corpus(small_text::make(20'000, 1), {.min_count = min_count});
      if (app.count("--dim") == 0) o.dim = 20;
      if (app.count("--window") == 0) o.window = 4;
      if (app.count("--sample") == 0) o.sample = 1e-2;
      if (app.count("--batch") == 0) o.batch = 16; // of 80 words, each is in many examples
      if (words.empty()) words = {"cat", "bread", "paris", "france", "queen", "she"};
    } else
      corpus = read_word_corpus(data, {.min_count = min_count});
    if (hierarchical) o.negatives = 0;
    o.lr = lr > 0 ? lr : o.skip_gram ? 0.025 : 0.05;
    fmt::print("{} words, {} different\n", corpus.total, corpus.words.size());

    Word2Vec trainer(corpus, o);
    double first = 0, last = 0;
    {
      Progress bar("training", corpus.total * o.epochs);
      trainer.train([&](const Word2VecProgress& p) {
        last = p.loss;
        if (first == 0) first = last;
        bar.update(p.words, fmt::format("loss {:.3f}", p.loss));
      });
      bar.update(corpus.total * o.epochs);
    }
    fmt::print("loss {:.2f} at first, {:.2f} at the end\n", first, last);
    const WordVectors vectors(corpus.words, trainer.vectors());
    if (!out.empty()) {
      write_word_vectors(out, vectors,
                         format == "text"     ? WordVectorFormat::word2vec_text
                         : format == "binary" ? WordVectorFormat::word2vec_binary
                                              : WordVectorFormat::glove);
      fmt::print("saved {}\n", out);
    }
    if (words.empty()) // of the most frequent ones that are not everywhere
      for (std::size_t i = 100; i < std::min<std::size_t>(vectors.size(), 110); ++i)
        words.push_back(vectors.words()[i]);
    fmt::print("\nNearest, by cosine:\n");
    print_neighbours(vectors, words);
    if (!questions.empty()) {
      const auto scores = score_analogies(vectors, read_analogies(questions, true));
      const AnalogyScore all = total_of(scores);
      fmt::print("\nanalogies: {} of {} right ({:.1f} %), {} more have a word that is not there\n",
                 all.right, all.asked, 100 * all.share(), all.questions - all.asked);
    }
    if (!pairs.empty()) {
      const SimilarityScore s = score_similarities(vectors, read_word_pairs(pairs, true));
      fmt::print("\nsimilarities: Spearman {:.3f} over {} of {} pairs\n", s.correlation, s.asked,
                 s.pairs);
    }
  });
}
