// Trains a language model of words on a text, measures it on the text's end, and lets it write.
#include "autograd/ids.hpp"
#include "language.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/corpora/text_stream.hpp"
#include "text/decoding/sampling.hpp"
#include "text/tokens/lines.hpp"
#include "text/tokens/vocabulary.hpp"
#include "text/tokens/word_tokenizer.hpp"

using namespace tapestry;

namespace {

const std::string line_end = "<line>"; // no word has these brackets

// The words of all lines, each line with its end.
std::vector<std::string> words_of(const std::string& path) {
  std::vector<std::string> words;
  const auto add = [&](const std::string& piece) {
    for (const std::string& line : split_lines(piece)) {
      for (std::string& word : tokenize_words(line)) words.push_back(std::move(word));
      words.push_back(line_end);
    }
  };
  if (path.empty()) {
    add(small_stories(200'000, 1));
    return words;
  }
  TextStream stream(path);
  for (std::string piece; stream.next(piece);) add(piece);
  return words;
}

void run(LanguageSettings s, std::size_t min_count, std::size_t length,
         const SamplingOptions& how) {
  if (s.data.empty()) { // enough for a text of a small grammar
    s.embedding = s.hidden = std::min<std::size_t>(s.hidden, 64);
    s.epochs = std::min<std::size_t>(s.epochs, 5);
  }
  const std::vector<std::string> words = words_of(s.data);
  const auto trained = static_cast<std::ptrdiff_t>(static_cast<double>(words.size()) *
                                                   (1 - s.test_share - s.dev_share));
  const std::vector<std::vector<std::string>> seen{{words.begin(), words.begin() + trained}};
  const Vocabulary vocabulary(seen, static_cast<int>(min_count));
  const Parts parts = parts_of_text(vocabulary.encode(words), s);
  fmt::print("{} words to train on, {} to choose on, {} to test on; {} different ones\n",
             parts.train.size(), parts.dev.size(), parts.test.size(), vocabulary.size() - 4);
  const auto unknown = std::count(parts.test.begin(), parts.test.end(), Vocabulary::unk_id);
  fmt::print("{:.1f} % of the test's words are not among them\n",
             100 * static_cast<double>(unknown) / static_cast<double>(parts.test.size()));
  std::fflush(stdout);
  Rng rng(s.seed);
  LanguageModel model({.vocabulary = vocabulary.size(),
                       .embedding = s.embedding,
                       .hidden = s.hidden,
                       .layers = s.layers,
                       .dropout = s.dropout,
                       .tied = s.tied},
                      rng);
  const Curve curve = train_language(model, parts, s, "words", {{"words", vocabulary.to_text()}});
  draw_curve(curve, s.out + "/curve.svg", "A language model of words", "nats per word");

  const DynamicOptions dynamic = choose_dynamic(model, parts.dev);
  const char* where = s.test ? "test" : "kept for choosing";
  const LanguageScore fixed = evaluate_stream(model, measured(parts, s));
  fmt::print("{}, weights fixed:  perplexity {:.2f}\n", where, fixed.perplexity());
  const LanguageScore moving = evaluate_stream(model, measured(parts, s), dynamic);
  fmt::print("{}, dynamic ({}): perplexity {:.2f}\n", where, dynamic.rate, moving.perplexity());

  LSTMState state = model.start(1);
  Rng drawn(s.seed);
  const auto next = [&](int id) {
    Tensor scores = model.next(ids_from(std::vector<int>{id}), state);
    for (const std::size_t special : {0, 1, 2, 3})
      scores(0, special) = -std::numeric_limits<real>::infinity();
    return scores;
  };
  std::vector<std::string> line;
  fmt::print("\nIt writes, at temperature {}:\n\n", how.temperature);
  for (const int id :
       generate(next, std::vector<int>{vocabulary.id(line_end)}, -1, length, how, drawn)) {
    if (vocabulary.word(id) != line_end) {
      line.push_back(vocabulary.word(id));
      continue;
    }
    fmt::print("  {}\n", join_words(line));
    line.clear();
  }
  fmt::print("  {}\n\nCurve: {}/curve.svg\n", join_words(line), s.out);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a language model of words.", "words");
  LanguageSettings s;
  s.out = data_folder() + "/words";
  s.embedding = s.hidden = 256;
  s.dropout = 0.4;
  s.tied = true;
  s.batch = 20;
  s.window = 35;
  std::size_t length = 80, min_count = 2;
  SamplingOptions how{.temperature = 0.8};
  s.add_to(app);
  app.add_option("--min-count", min_count, "words that occur less often become <unk>")
      ->capture_default_str()
      ->check(whole_number(1, 1'000'000'000));
  app.add_option("--length", length, "words to write at the end")
      ->capture_default_str()
      ->check(whole_number(0, 1'000'000));
  app.add_option("--temperature", how.temperature, "0: always the likeliest word")
      ->capture_default_str()
      ->check(real_number(0, 100));
  app.add_option("--top-k", how.top_k, "draw from the k likeliest; 0: all")
      ->capture_default_str()
      ->check(whole_number(0, 1'000'000));
  app.add_option("--top-p", how.top_p, "draw from the likeliest that add up to p")
      ->capture_default_str()
      ->check(real_number(1e-9, 1));
  return run_program(app, argc, argv, [&] { run(s, min_count, length, how); });
}
