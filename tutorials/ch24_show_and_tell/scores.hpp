// How good captions are: the measures that evaluate, ablation and test_once print.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "text/corpora/caption_corpus.hpp"
#include "text/metrics/bleu.hpp"
#include "text/scenes/scene_truth.hpp"
#include "text/tokens/word_tokenizer.hpp"

namespace tapestry {

// One caption held against its picture.
struct Judged {
  std::vector<std::string> words;
  std::vector<std::vector<std::string>> references;
  Verdict verdict{};       // of a drawn picture
  std::size_t objects = 0; // that the picture shows
  bool exact = false, held_out = false;
};

inline Judged judge(const std::string& caption, const CaptionedImage& image, const Scene* scene) {
  Judged j;
  j.words = tokenize_words(caption);
  for (const std::string& c : image.captions) j.references.push_back(tokenize_words(c));
  j.exact = std::find(j.references.begin(), j.references.end(), j.words) != j.references.end();
  if (scene == nullptr) return j;
  j.verdict = check_caption(caption, *scene);
  j.objects = scene->objects.size();
  j.held_out = std::any_of(scene->objects.begin(), scene->objects.end(),
                           [](const Object& o) { return is_held_out(o.colour, o.form); });
  return j;
}

//> scores
// Over a group of pictures; the first four are shares in percent, as is BLEU-4.
struct Scores {
  std::size_t pictures = 0;
  double is_true = 0;  // captions of which no word contradicts the picture
  double complete = 0; // objects that the captions name
  double whole = 0;    // captions that are true and name every object
  double exact = 0;    // captions that equal one of the references, word for word
  double bleu = 0;
  double words = 0, claims = 0; // a caption
};
//< scores

inline Scores scores_of(const std::vector<Judged>& all, std::optional<bool> held_out = {}) {
  Scores s;
  std::vector<std::vector<std::string>> hypotheses;
  std::vector<std::vector<std::vector<std::string>>> references;
  double objects = 0;
  for (const Judged& j : all) {
    if (held_out && j.held_out != *held_out) continue;
    ++s.pictures;
    s.is_true += j.verdict.is_true;
    s.complete += static_cast<double>(j.verdict.named);
    objects += static_cast<double>(j.objects);
    s.whole += j.verdict.is_true && j.verdict.named == j.objects;
    s.exact += j.exact;
    s.words += static_cast<double>(j.words.size());
    s.claims += static_cast<double>(j.verdict.claims);
    hypotheses.push_back(j.words);
    references.push_back(j.references);
  }
  if (s.pictures == 0) return s;
  const auto n = static_cast<double>(s.pictures);
  for (double* sum : {&s.is_true, &s.whole, &s.exact}) *sum *= 100 / n;
  for (double* sum : {&s.words, &s.claims}) *sum /= n;
  s.complete *= 100 / std::max(objects, 1.0);
  s.bleu = 100 * corpus_bleu(hypotheses, references).score[3];
  return s;
}

// Of several captioners: the mean of each score, with the least and the most, for the book.
inline nlohmann::json spread(const std::vector<Scores>& all) {
  nlohmann::json json{{"pictures", all[0].pictures}, {"trainings", all.size()}};
  const std::map<std::string, double Scores::*> scores{
      {"true", &Scores::is_true}, {"complete", &Scores::complete}, {"whole", &Scores::whole},
      {"exact", &Scores::exact},  {"bleu", &Scores::bleu},         {"words", &Scores::words},
      {"claims", &Scores::claims}};
  for (const auto& [name, score] : scores) {
    double sum = 0, least = 1e9, most = -1e9;
    for (const Scores& one : all) {
      sum += one.*score;
      least = std::min(least, one.*score);
      most = std::max(most, one.*score);
    }
    const auto rounded = [](double x) { return std::round(10 * x) / 10; };
    json[name] = {{"mean", rounded(sum / static_cast<double>(all.size()))},
                  {"least", rounded(least)},
                  {"most", rounded(most)}};
  }
  return json;
}

} // namespace tapestry
