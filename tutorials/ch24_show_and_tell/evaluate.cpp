// Captions the test pictures, scores the captions, and shows some on a contact sheet.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "keep.hpp"
#include "program.hpp"
#include "scores.hpp"
#include "text/metrics/caption_scores.hpp"
#include "text/metrics/caption_tokens.hpp"
#include "vision/captioning/caption_data.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/captioning/results_page.hpp"
#include "vision/images/contact_sheet.hpp"
#include "vision/images/image.hpp"
#include "vision/scenes/scene_data.hpp"

using namespace tapestry;

namespace {

struct Settings {
  std::string data = data_folder() + "/scenes";
  std::string model = data_folder() + "/captioner/captioner.safetensors";
  std::string sheet = data_folder() + "/captioner/contact_sheet.png";
  std::string page; // "": captions.html beside the sheet
  std::string part = "test";
  int beam = 3;
  std::size_t shown = 24, mistakes = 5;
};

// true: no word contradicts the picture. complete: the share of the objects that are named.
void print_group(const char* what, const Scores& s) {
  if (s.pictures == 0) return;
  fmt::print("  {} pictures, {}:\n", s.pictures, what);
  fmt::print("    true {:.1f} %, complete {:.1f} %, both {:.1f} %; {:.1f} words, {:.1f} claims a "
             "caption\n",
             s.is_true, s.complete, s.whole, s.words, s.claims);
}

struct Said {
  std::string caption;
  std::vector<std::string> words;
  std::vector<double> probabilities; // of the words
};

// All pictures with their captions, to look at.
void write_page(const Settings& s, const std::vector<CaptionedImage>& part,
                const CaptionCorpus& corpus, const std::vector<Said>& said, const Scores& all) {
  std::vector<Sentence> hypotheses;
  std::vector<References> references(part.size());
  for (std::size_t i = 0; i < part.size(); ++i) {
    hypotheses.push_back(caption_tokens(said[i].caption));
    for (const std::string& one : part[i].captions) references[i].push_back(caption_tokens(one));
  }
  const CaptionScores scores = score_captions(hypotheses, references);
  std::filesystem::path path = s.page;
  if (s.page.empty()) path = std::filesystem::path(s.sheet).replace_filename("captions.html");
  const bool has_curve =
      std::filesystem::exists(std::filesystem::path(path).replace_filename("loss.svg"));
  ResultsPage page(path.string(),
                   {.title = "What the captioner says",
                    .text = "Of pictures that it has not learnt from.",
                    .figures = {{"BLEU-4", fmt::format("{:.1f}", all.bleu)},
                                {"CIDEr", fmt::format("{:.1f}", 100 * scores.cider_d)}},
                    .score_name = "CIDEr",
                    .curve = has_curve ? "loss.svg" : ""});
  for (std::size_t i = 0; i < part.size(); ++i)
    page.add({.name = part[i].name,
              .image_bytes = read_file(corpus.image_path(part[i].name)),
              .words = said[i].words,
              .probabilities = said[i].probabilities,
              .references = part[i].captions,
              .score = 100 * scores.cider_d_of_picture[i]});
  page.finish();
}

void evaluate(const Settings& s) {
  Captioner captioner = load_seeing_captioner(s.model);
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
  std::vector<Said> said(data.size());
  Progress progress("captioning", data.size());
  constexpr std::size_t at_once = 20;
  for (std::size_t begin = 0; begin < data.size(); begin += at_once) {
    const std::size_t n = std::min(at_once, data.size() - begin);
    parallel_parts(n, [&](std::size_t i) {
      const Var picture = constant(data.pictures({begin + i}));
      const Tensor vector = captioner.cnn->look(picture).value();
      const auto best = captioner.teller.tell(vector, {.beam_size = s.beam});
      if (best.empty()) return;
      const std::vector<int>& ids = best.front().tokens;
      Said& one = said[begin + i];
      one.words = captioner.words.decode(ids);
      one.caption = join_words(one.words);
      for (const double log_p : captioner.teller.log_probabilities(vector, ids))
        one.probabilities.push_back(std::min(1.0, std::exp(log_p)));
      one.probabilities.resize(one.words.size()); // without <end>
    });
    progress.update(begin + n);
  }

  std::vector<Judged> judged;
  std::vector<Captioned> cards;
  std::vector<std::string> mistakes;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Judged& j = judged.emplace_back(
        judge(said[i].caption, part[i], drawn ? &layouts.at(part[i].name) : nullptr));
    const bool good = !drawn || j.verdict.is_true;
    if (!good)
      mistakes.push_back(
          fmt::format("  {}  \"{}\": {}", part[i].name, said[i].caption, j.verdict.reason));
    if (cards.size() < s.shown && (j.held_out || !drawn || s.part == "train"))
      cards.push_back({read_image(corpus.image_path(part[i].name)), said[i].caption, good});
  }
  if (!mistakes.empty())
    fmt::print("captions that are not true of their picture, the first of {}:\n", mistakes.size());
  for (std::size_t i = 0; i < std::min(mistakes.size(), s.mistakes); ++i)
    fmt::print("{}\n", mistakes[i]);
  const Scores all = scores_of(judged);
  fmt::print("{} {} pictures, beam of {}\n", data.size(), s.part, s.beam);
  if (drawn)
    for (const bool held_out : {false, true})
      print_group(held_out ? "a combination that no training picture shows"
                           : "combinations that training pictures show",
                  scores_of(judged, held_out));
  fmt::print("BLEU-4: {:.1f}\n", all.bleu);
  if (drawn) fmt::print("true captions: {:.1f} %\n", all.is_true);
  fmt::print("exact match: {:.1f} %\n", all.exact);

  // Last: if they cannot be written, the scores are there.
  write_png(s.sheet, contact_sheet(cards, 6));
  keep_file(s.sheet);
  write_page(s, part, corpus, said, all);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Captions the test pictures and scores the captions.", "evaluate");
  Settings s;
  app.add_option("--data", s.data, "the folder of pictures and captions")->capture_default_str();
  app.add_option("--model", s.model, "the trained captioner")->capture_default_str();
  app.add_option("--sheet", s.sheet, "the picture to write")->capture_default_str();
  app.add_option("--page", s.page, "the page to write; by default captions.html beside the sheet");
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
