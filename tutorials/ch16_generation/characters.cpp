// Trains a language model of characters on a text, measures it on the text's end, and lets it
// write.
#include <iterator>
#include <set>

#include "autograd/ids.hpp"
#include "language.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/corpora/text_stream.hpp"
#include "text/decoding/sampling.hpp"
#include "text/tokens/utf8.hpp"

using namespace tapestry;

namespace {

// Characters as numbers: 0 stands for all that the training text has not.
struct Symbols {
  explicit Symbols(std::u32string_view text) {
    const std::set<char32_t> seen(text.begin(), text.end());
    all.assign(1, U'\ufffd');
    for (const char32_t c : seen)
      if (c != U'\ufffd') all.push_back(c);
  }
  std::vector<int> encode(std::u32string_view text) const {
    std::vector<int> ids;
    for (const char32_t c : text) {
      const auto found = std::lower_bound(all.begin() + 1, all.end(), c);
      ids.push_back(found != all.end() && *found == c ? static_cast<int>(found - all.begin()) : 0);
    }
    return ids;
  }
  std::string decode(const std::vector<int>& ids) const {
    std::u32string text;
    for (const int id : ids) text += all[static_cast<std::size_t>(id)];
    return encode_utf8(text);
  }
  std::u32string all;
};

std::string read_text(const std::string& path) {
  if (path.empty()) return small_stories(60'000, 1);
  TextStream stream(path);
  std::string text;
  for (std::string piece; stream.next(piece);) text += piece;
  return text;
}

// What it writes after `start`, read character by character.
std::string written(const LanguageModel& model, const Symbols& symbols, const std::string& start,
                    std::size_t length, const SamplingOptions& how, std::uint64_t seed) {
  LSTMState state = model.start(1);
  Rng rng(seed);
  const auto next = [&](int id) {
    Tensor scores = model.next(ids_from(std::vector<int>{id}), state);
    scores(0, 0) = -std::numeric_limits<real>::infinity(); // not the one that stands for others
    return scores;
  };
  return symbols.decode(generate(next, symbols.encode(decode_utf8(start)), -1, length, how, rng));
}

// How surprising each character of a passage is, and what some units of the first layer say there.
void draw_units(const LanguageModel& model, const Symbols& symbols, const std::vector<int>& ids,
                const std::string& path) {
  const std::size_t n = std::min<std::size_t>(ids.size() - 1, 400);
  Indices passage = Indices::from_shape({n, 1});
  std::copy_n(ids.begin(), n, passage.data());
  LSTMState state = model.start(1);
  Rng unused(0);
  const Tensor shown = model.read(passage, state, unused).value(); // (n, 1, H)
  const std::size_t hidden = model.options().hidden;
  std::vector<std::string> tokens;
  for (std::size_t t = 0; t < n; ++t) tokens.push_back(symbols.decode({ids[t]}));
  // The units that follow a simple feature of the text best, by the correlation with it.
  const auto feature = [&](std::size_t which, std::size_t t) -> double {
    std::size_t since_line = 0, since_space = 0;
    while (since_line < t && tokens[t - since_line] != "\n") ++since_line;
    while (since_space < t && tokens[t - since_space] != " " && tokens[t - since_space] != "\n")
      ++since_space;
    return static_cast<double>(which == 0 ? since_line : which == 1 ? since_space : 0);
  };
  std::vector<ColouredText> texts;
  for (const std::size_t which : {0, 1}) {
    const char* names[] = {"place in the line", "place in the word"};
    double best = -1, sign = 1;
    std::size_t unit = 0;
    for (std::size_t j = 0; j < hidden; ++j) {
      double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
      for (std::size_t t = 0; t < n; ++t) {
        const double x = feature(which, t), y = static_cast<double>(shown.data()[t * hidden + j]);
        sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
      }
      const double count = static_cast<double>(n);
      const double r =
          (sxy - sx * sy / count) /
          std::sqrt(std::max(1e-12, (sxx - sx * sx / count) * (syy - sy * sy / count)));
      if (std::abs(r) > best) best = std::abs(r), unit = j, sign = r < 0 ? -1 : 1;
    }
    ColouredText text{fmt::format("unit {}, which follows the {} (correlation {:.2f})", unit,
                                  names[which], best * sign),
                      tokens,
                      {}};
    for (std::size_t t = 0; t < n; ++t)
      text.values.push_back(static_cast<double>(shown.data()[t * hidden + unit]));
    texts.push_back(std::move(text));
  }
  write_file_atomically(path, coloured_texts("What two units show while the text is read", texts));
}

void run(LanguageSettings s, std::size_t length, const SamplingOptions& how,
         const std::string& start) {
  if (s.data.empty()) { // enough for a text of a small grammar
    s.hidden = std::min<std::size_t>(s.hidden, 128);
    s.epochs = std::min<std::size_t>(s.epochs, 6);
  }
  const std::u32string text = decode_utf8(read_text(s.data));
  const auto trained =
      static_cast<std::size_t>(static_cast<double>(text.size()) * (1 - s.test_share - s.dev_share));
  const Symbols symbols(std::u32string_view(text).substr(0, trained));
  const Parts parts = parts_of_text(symbols.encode(text), s);
  fmt::print("{} characters to train on, {} to choose on, {} to test on; {} different ones\n",
             parts.train.size(), parts.dev.size(), parts.test.size(), symbols.all.size() - 1);
  std::fflush(stdout);
  Rng rng(s.seed);
  LanguageModel model({.vocabulary = symbols.all.size(),
                       .embedding = s.embedding,
                       .hidden = s.hidden,
                       .layers = s.layers,
                       .dropout = s.dropout,
                       .tied = s.tied},
                      rng);
  const Curve curve =
      train_language(model, parts, s, "characters", {{"symbols", encode_utf8(symbols.all)}});
  draw_curve(curve, s.out + "/curve.svg", "A language model of characters", "nats per character");
  draw_units(model, symbols, parts.dev, s.out + "/units.svg");

  const DynamicOptions dynamic = choose_dynamic(model, parts.dev);
  const char* where = s.test ? "test" : "kept for choosing";
  const LanguageScore fixed = evaluate_stream(model, measured(parts, s));
  fmt::print("{}, weights fixed:  {:.4f} nats, {:.3f} bits per character\n", where, fixed.nats(),
             fixed.bits());
  const LanguageScore moving = evaluate_stream(model, measured(parts, s), dynamic);
  fmt::print("{}, dynamic ({}): {:.4f} nats, {:.3f} bits per character\n", where, dynamic.rate,
             moving.nats(), moving.bits());
  const std::string first = start.empty() ? symbols.decode({parts.train.front()}) : start;
  fmt::print(
      "\nIt writes, at temperature {}:\n\n{}{}\n\nCurve and units: {}/curve.svg, units.svg\n",
      how.temperature, first, written(model, symbols, first, length, how, s.seed), s.out);
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
  return run_program(app, argc, argv, [&] { run(s, length, how, start); });
}
