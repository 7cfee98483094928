// Trains a language model of characters on a text, measures it on the text's end, and lets it
// write.
#include "characters.hpp"
#include "units.hpp"

using namespace tapestry;

namespace {

// What some units of the last layer say while it reads.
void draw_units(const CharacterModel& c, const std::string& path) {
  const std::size_t n = std::min<std::size_t>(c.parts.dev.size(), 20'000);
  const std::vector<int> ids(c.parts.dev.begin(),
                             c.parts.dev.begin() + static_cast<std::ptrdiff_t>(n));
  const std::vector<std::string> text = c.letters(ids);
  std::vector<ColouredText> texts;
  for (const FollowingUnit& u : following_units(c.model, ids, text)) {
    const std::size_t shown = std::min<std::size_t>(u.values.size(), 400);
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(n / 2);
    texts.push_back({fmt::format("unit {}, which follows {} (correlation {:.2f}; without training "
                                 "{:.2f})",
                                 u.unit, u.follows, u.correlation, u.untrained),
                     {begin, begin + static_cast<std::ptrdiff_t>(shown)},
                     {u.values.begin(), u.values.begin() + static_cast<std::ptrdiff_t>(shown)}});
  }
  write_file_atomically(path, coloured_texts("What units show while the text is read", texts));
}

void run(LanguageSettings s, std::size_t length, const SamplingOptions& how,
         const std::string& start) {
  CharacterModel c(s);
  const Curve curve = c.train();
  draw_curve(curve, s.out + "/curve.svg", "A language model of characters", "nats per character");
  draw_units(c, s.out + "/units.svg");

  const DynamicOptions dynamic = choose_dynamic(c.model, c.parts.dev);
  const char* where = s.test ? "test" : "kept for choosing";
  const LanguageScore fixed = evaluate_stream(c.model, measured(c.parts, s));
  fmt::print("{}, weights fixed:  {:.4f} nats, {:.3f} bits per character\n", where, fixed.nats(),
             fixed.bits());
  const LanguageScore moving = evaluate_stream(c.model, measured(c.parts, s), dynamic);
  fmt::print("{}, dynamic ({}): {:.4f} nats, {:.3f} bits per character\n", where, dynamic.rate,
             moving.nats(), moving.bits());
  const std::string first = start.empty() ? c.symbols.decode({c.parts.train.front()}) : start;
  fmt::print(
      "\nIt writes, at temperature {}:\n\n{}{}\n\nCurve and units: {}/curve.svg, units.svg\n",
      how.temperature, first, written(c.model, c.symbols, first, length, how, s.seed), s.out);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a language model of characters.", "characters");
  LanguageSettings s;
  s.out = data_folder() + "/characters";
  std::size_t length = 400;
  SamplingOptions how{.temperature = 0.8};
  std::string start;
  s.add_to(app);
  app.add_option("--length", length, "characters to write at the end")
      ->capture_default_str()
      ->check(whole_number(0, 1'000'000));
  app.add_option("--start", start, "what the text to be written begins with");
  app.add_option("--temperature", how.temperature, "0: always the likeliest character")
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
      unless_given(app, "--hidden", s.hidden, 128);
      unless_given(app, "--epochs", s.epochs, 10);
      unless_given(app, "--batch", s.batch, 16);
      unless_given(app, "--window", s.window, 32);
      unless_given(app, "--rate", s.rate, 1e-2);
      unless_given(app, "--dropout", s.dropout, 0);
    }
    run(s, length, how, start);
  });
}
