// Captions the test pictures, scores the captions, and shows some on a contact sheet.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"
#include "keep.hpp"
#include "program.hpp"
#include "text/metrics/bleu.hpp"
#include "text/tokens/word_tokenizer.hpp"
#include "vision/captioning/caption_data.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/images/contact_sheet.hpp"
#include "vision/images/image.hpp"
#include "vision/scenes/scene_data.hpp"
#include "vision/scenes/scene_truth.hpp"

using namespace tapestry;

namespace {

struct Settings {
  std::string data = data_folder() + "/scenes";
  std::string model = data_folder() + "/captioner/captioner.safetensors";
  std::string sheet = data_folder() + "/captioner/contact_sheet.png";
  std::string part = "test";
  int beam = 3;
  std::size_t shown = 24, mistakes = 5;
};

using Words = std::vector<std::string>;

void evaluate(const Settings& s) {
  Captioner captioner = load_captioner(s.model);
  const CaptionCorpus corpus = read_corpus(s.data);
  const std::vector<CaptionedImage>& part = s.part == "train" ? corpus.train
                                            : s.part == "dev" ? corpus.dev
                                                              : corpus.test;
  if (part.empty()) throw std::runtime_error(fmt::format("{}: no {} pictures", s.data, s.part));
  const std::size_t side = captioner.options.cnn.side;
  const CaptionData data(corpus, part, captioner.words, side);

  const std::string truth = s.data + "/layouts.json";
  const bool drawn = std::filesystem::exists(truth);
  const auto layouts = drawn ? read_layouts(s.data) : std::map<std::string, Scene>{};
  for (const CaptionedImage& image : part)
    if (drawn && !layouts.contains(image.name))
      throw FormatError(fmt::format("{}: no layout of the picture {}", truth, image.name));

  // Each caption needs only itself, so the pictures are shared out among the cores.
  std::vector<std::string> captions(data.size());
  Progress progress("captioning", data.size());
  constexpr std::size_t at_once = 20;
  for (std::size_t begin = 0; begin < data.size(); begin += at_once) {
    const std::size_t n = std::min(at_once, data.size() - begin);
    parallel_parts(n, [&](std::size_t i) {
      captions[begin + i] = captioner.describe(data.picture(begin + i), {.beam_size = s.beam});
    });
    progress.update(begin + n);
  }

  std::vector<Words> hypotheses;
  std::vector<std::vector<Words>> references;
  std::vector<Captioned> cards;
  std::vector<std::string> mistakes;
  std::size_t exact = 0, correct = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    hypotheses.push_back(tokenize_words(captions[i]));
    auto& answers = references.emplace_back();
    for (const std::string& caption : part[i].captions) answers.push_back(tokenize_words(caption));
    exact += std::find(answers.begin(), answers.end(), hypotheses.back()) != answers.end();
    bool good = true;
    if (drawn) {
      const Verdict verdict = check_caption(captions[i], layouts.at(part[i].name));
      good = verdict.is_true;
      if (!good)
        mistakes.push_back(
            fmt::format("  {}  \"{}\": {}", part[i].name, captions[i], verdict.reason));
    }
    correct += good;
    if (cards.size() < s.shown)
      cards.push_back({read_image(corpus.image_path(part[i].name)), captions[i], good});
  }
  const auto percent = [&](std::size_t n) {
    return 100.0 * static_cast<double>(n) / static_cast<double>(data.size());
  };
  if (!mistakes.empty())
    fmt::print("captions that are not true of their picture, the first of {}:\n", mistakes.size());
  for (std::size_t i = 0; i < std::min(mistakes.size(), s.mistakes); ++i)
    fmt::print("{}\n", mistakes[i]);
  fmt::print("{} {} pictures, beam of {}\n", data.size(), s.part, s.beam);
  fmt::print("BLEU-4: {:.1f}\n", 100 * corpus_bleu(hypotheses, references).score[3]);
  if (drawn) fmt::print("true captions: {:.1f} %\n", percent(correct));
  fmt::print("exact match: {:.1f} %\n", percent(exact));

  // Last: if it cannot be written, the scores are there.
  write_png(s.sheet, contact_sheet(cards, 6));
  keep_file(s.sheet);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Captions the test pictures and scores the captions.", "evaluate");
  Settings s;
  app.add_option("--data", s.data, "the folder of pictures and captions")->capture_default_str();
  app.add_option("--model", s.model, "the trained captioner")->capture_default_str();
  app.add_option("--sheet", s.sheet, "the picture to write")->capture_default_str();
  app.add_option("--part", s.part, "which pictures")
      ->capture_default_str()
      ->check(CLI::IsMember({"train", "dev", "test"}));
  app.add_option("--beam", s.beam, "sentences kept at each word")
      ->capture_default_str()
      ->check(whole_number(1, 1000));
  app.add_option("--shown", s.shown, "pictures on the sheet")
      ->capture_default_str()
      ->check(whole_number(1, 1000));
  app.add_option("--mistakes", s.mistakes, "captions that are not true to print")
      ->capture_default_str()
      ->check(whole_number(0, 1'000'000));
  return run_program(app, argc, argv, [&] { evaluate(s); });
}
