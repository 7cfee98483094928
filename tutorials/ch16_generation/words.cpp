// Trains a language model of words on a text, measures it on the text's end, and lets it write.
#include "words.hpp"

using namespace tapestry;

namespace {

void run(LanguageSettings s, std::size_t min_count, std::size_t length,
         const SamplingOptions& how) {
  WordModel w(s, min_count);
  const Curve curve = w.train();
  draw_curve(curve, s.out + "/curve.svg", "A language model of words", "nats per word");

  const DynamicOptions dynamic = choose_dynamic(w.model, w.parts.dev);
  const char* where = s.test ? "test" : "kept for choosing";
  const LanguageScore fixed = evaluate_stream(w.model, measured(w.parts, s));
  fmt::print("{}, weights fixed:  perplexity {:.2f}\n", where, fixed.perplexity());
  const LanguageScore moving = evaluate_stream(w.model, measured(w.parts, s), dynamic);
  fmt::print("{}, dynamic ({}): perplexity {:.2f}\n", where, dynamic.rate, moving.perplexity());
  fmt::print("\nIt writes, at temperature {}:\n\n{}\nCurve: {}/curve.svg\n", how.temperature,
             w.written(length, how), s.out);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a language model of words.", "words");
  LanguageSettings s = word_settings();
  s.out = data_folder() + "/words";
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
  return run_program(app, argc, argv, [&] {
    if (s.data.empty()) { // enough for a text of a small grammar
      unless_given(app, "--embedding", s.embedding, 64);
      unless_given(app, "--hidden", s.hidden, 64);
      unless_given(app, "--epochs", s.epochs, 5);
      unless_given(app, "--batch", s.batch, 16);
      unless_given(app, "--window", s.window, 16);
      unless_given(app, "--rate", s.rate, 1e-2);
      unless_given(app, "--dropout", s.dropout, 0.1);
    }
    run(s, min_count, length, how);
  });
}
