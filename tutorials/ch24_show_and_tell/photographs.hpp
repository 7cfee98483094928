// Show and Tell on photographs: a decoder learns from vectors that another network has made.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "nn/training/safetensors.hpp"
#include "nn/training/schedule.hpp"
#include "nn/training/weight_average.hpp"
#include "text/metrics/caption_scores.hpp"
#include "text/metrics/caption_tokens.hpp"
#include "training.hpp"
#include "vision/captioning/caption_set.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/captioning/picture_vectors.hpp"

namespace tapestry {

struct PhotoSettings {
  std::string data, out = data_folder() + "/photographs";
  std::size_t epochs = 12, batch = 100, min_count = 5, embedding = 512, hidden = 512;
  double dropout = 0.5, rate = 2e-3, decay = 0.1, average = 0.998, smoothing = 0, clip = 5;
  double save_every = 20;
  std::uint64_t seed = 1;

  // What must be equal for a checkpoint to be gone on from. Folders may move.
  std::string text() const {
    return fmt::format("epochs {}, batch {}, min-count {}, embedding {}, hidden {}, dropout {}, "
                       "rate {}, decay {}, average {}, smoothing {}, clip {}, seed {}",
                       epochs, batch, min_count, embedding, hidden, dropout, rate, decay, average,
                       smoothing, clip, seed);
  }
  void add_to(CLI::App& app) {
    whole_option(app, "--epochs", epochs, "passes over all captions", 1, 100'000);
    whole_option(app, "--batch", batch, "captions a step", 1, 100'000);
    whole_option(app, "--min-count", min_count, "rarer words become <unk>", 0, 1'000'000'000);
    whole_option(app, "--embedding", embedding, "size of a word's vector", 1, 65'536);
    whole_option(app, "--hidden", hidden, "size of the LSTM's state", 1, 16'384);
    real_option(app, "--dropout", dropout, "of what enters the LSTM and what it shows", 0, 0.95);
    real_option(app, "--rate", rate, "the learning rate at its highest", 1e-12, 1e3);
    real_option(app, "--decay", decay, "weight decay", 0, 1e3);
    real_option(app, "--average", average, "of the weights' moving average", 0, 0.999999);
    real_option(app, "--smoothing", smoothing, "of the labels", 0, 0.99);
    real_option(app, "--clip", clip, "the largest norm of the gradient", 1e-12, 1e12);
    whole_option(app, "--seed", seed, "of all random choices", 0, UINT64_MAX);
    real_option(app, "--save-every", save_every, "seconds between checkpoints", 0, 1e9);
  }
};

// One part of the corpus, as the decoder takes it.
struct PhotoPart {
  PhotoPart(const std::vector<CaptionedImage>& part, const PictureVectors& all,
            const Vocabulary& words)
      : images(part), captions(part, words, 50, caption_tokens), examples(captions.examples()) {
    std::vector<std::string> names;
    for (const CaptionedImage& image : part) names.push_back(image.name);
    vectors = all.of(names);
  }
  Tensor vector(std::size_t picture) const { // -> (1, P)
    const std::size_t width = vectors.shape()[1];
    Tensor one = Tensor::from_shape({1, width});
    std::copy_n(vectors.data() + picture * width, width, one.data());
    return one;
  }
  // -> (B, P), the vector of each example's picture
  Tensor vectors_of(std::span<const CaptionExample> some) const {
    const std::size_t width = vectors.shape()[1];
    Tensor rows = Tensor::from_shape({some.size(), width});
    for (std::size_t i = 0; i < some.size(); ++i)
      std::copy_n(vectors.data() + some[i].picture * width, width, rows.data() + i * width);
    return rows;
  }

  const std::vector<CaptionedImage>& images;
  CaptionSet captions;
  std::vector<CaptionExample> examples;
  Tensor vectors; // (pictures, P)
};

//> perplexity
/// exp of the mean of -log p over all words and <end>s of all captions; rare words count as <unk>.
inline double perplexity(ShowAndTell& teller, const PhotoPart& part, std::size_t batch = 200) {
  double sum = 0, words = 0;
  Rng unused(0);
  for (std::size_t begin = 0; begin < part.examples.size(); begin += batch) {
    const std::size_t n = std::min(batch, part.examples.size() - begin);
    const std::span<const CaptionExample> some(part.examples.data() + begin, n);
    const CaptionBatch b = part.captions.batch(some);
    double count = -static_cast<double>(n); // <start> is given
    for (const auto id : b.words) count += id != Vocabulary::pad_id;
    sum += count *
           static_cast<double>(
               teller.loss(constant(part.vectors_of(some)), b.picture_of, b.words, unused).item());
    words += count;
  }
  return std::exp(sum / words);
}
//< perplexity

// The decoder while it learns, with what a checkpoint must hold beside its weights.
struct TellerTraining : nn::Module {
  TellerTraining(ShowAndTell& t, double decay) : teller(t), average(t, decay) {}
  void visit(nn::Visitor& v) override {
    v("teller", teller), v("average", average), v("best", best);
  }
  ShowAndTell& teller;
  nn::WeightAverage average;
  Tensor best = full({}, real{1e30f}); // perplexity of dev so far
};

/// Trains the captioner's decoder, and writes the one of the least perplexity on dev, with the
/// averages of its weights in their place, to OUT/captioner.safetensors.
inline Curve train_teller(Captioner& captioner, const PhotoPart& train_part, const PhotoPart& dev,
                          const PhotoSettings& s) {
  captioner.teller.standardise(train_part.vectors);
  TellerTraining learner(captioner.teller, s.average);
  Rng rng(s.seed * 7919 + 1);
  nn::AdamW optimizer(learner.parameters(), {.weight_decay = s.decay});
  std::vector<CaptionExample> order = train_part.examples;
  if (order.empty()) throw std::runtime_error(s.data + ": no training captions");
  const std::size_t batch = std::min(s.batch, order.size());
  const std::size_t pass_steps = order.size() / batch, steps = s.epochs * pass_steps;
  std::size_t pass = SIZE_MAX;
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(300, steps), nn::cosine_schedule(steps, 0.01));
  const auto held_out = [&] {
    learner.average.exchange();
    captioner.eval();
    const double now = perplexity(captioner.teller, dev);
    if (now < static_cast<double>(learner.best())) {
      learner.best() = static_cast<real>(now);
      nn::save_safetensors(s.out + "/captioner.safetensors",
                           {captioner.state_dict(), captioner.notes()});
    }
    captioner.train();
    learner.average.exchange();
    return now;
  };
  return train({.out = s.out,
                .name = "training",
                .run = s.text() +
                       fmt::format("; {} captions, {} words", order.size(), captioner.words.size()),
                .steps = steps,
                .report_every = std::max<std::size_t>(1, pass_steps / 2),
                .clip = s.clip,
                .save_every = s.save_every},
               learner, optimizer, rng,
               {.loss =
                    [&](std::size_t step) {
                      if (step / pass_steps != pass) { // each pass in an order of its own
                        pass = step / pass_steps;
                        order = train_part.examples;
                        Rng(s.seed * 1'000'003 + pass).shuffle(order);
                      }
                      const std::span<const CaptionExample> some(
                          order.data() + step % pass_steps * batch, batch);
                      const CaptionBatch b = train_part.captions.batch(some);
                      return captioner.teller.loss(constant(train_part.vectors_of(some)),
                                                   b.picture_of, b.words, rng, s.smoothing);
                    },
                .rate = [&](std::size_t step) { return s.rate * schedule(step); },
                .held_out = held_out,
                .after = [&] { learner.average.update(); }});
}

/// What the decoders say together of every picture of a part. -> word ids up to <end>
inline std::vector<std::vector<int>> tell_all(std::span<ShowAndTell* const> tellers,
                                              const PhotoPart& part, const BeamOptions& search) {
  std::vector<std::vector<int>> told(part.images.size());
  Progress progress(fmt::format("captioning, beam {}", search.beam_size), told.size());
  constexpr std::size_t at_once = 100;
  for (std::size_t begin = 0; begin < told.size(); begin += at_once) {
    const std::size_t n = std::min(at_once, told.size() - begin);
    parallel_parts(n, [&](std::size_t i) {
      const auto best = tell_together(tellers, part.vector(begin + i), search);
      if (!best.empty()) told[begin + i] = best.front().tokens;
    });
    progress.update(begin + n);
  }
  return told;
}

/// The words of a caption, without <end>.
inline std::string as_text(const Vocabulary& words, const std::vector<int>& ids) {
  std::string text;
  for (const int id : ids)
    if (id != Vocabulary::end_id) text += (text.empty() ? "" : " ") + words.word(id);
  return text;
}

/// The captions held against what people wrote.
inline CaptionScores scores_of(const std::vector<std::string>& captions,
                               const std::vector<CaptionedImage>& images) {
  std::vector<Sentence> hypotheses;
  std::vector<References> references;
  for (std::size_t i = 0; i < images.size(); ++i) {
    hypotheses.push_back(caption_tokens(captions[i]));
    auto& right = references.emplace_back();
    for (const std::string& caption : images[i].captions) right.push_back(caption_tokens(caption));
  }
  return score_captions(hypotheses, references);
}

inline void print_scores(const CaptionScores& s) {
  for (std::size_t n = 0; n < 4; ++n) fmt::print("BLEU-{}: {:.1f}\n", n + 1, 100 * s.bleu[n]);
  fmt::print("ROUGE-L: {:.1f}\nMETEOR (exact words and stems): {:.1f}\nCIDEr: {:.1f}\n",
             100 * s.rouge_l, 100 * s.meteor, 100 * s.cider_d);
}

struct Told {
  std::vector<std::vector<int>> ids;
  std::vector<std::string> captions;
  CaptionScores scores;
};

inline Told tell_and_score(std::span<ShowAndTell* const> tellers, const Vocabulary& words,
                           const PhotoPart& part, const BeamOptions& search) {
  Told told{tell_all(tellers, part, search), {}, {}};
  for (const auto& ids : told.ids) told.captions.push_back(as_text(words, ids));
  told.scores = scores_of(told.captions, part.images);
  return told;
}

//> choose-search
/// The beam and the power of the length that give dev the best CIDEr.
inline BeamOptions choose_search(std::span<ShowAndTell* const> tellers, const Vocabulary& words,
                                 const PhotoPart& dev) {
  BeamOptions best;
  double most = -1;
  for (const int beam : {1, 2, 3, 5, 7})
    for (const double power : {0.0, 0.7}) {
      if (beam == 1 && power > 0) continue; // greedy: nothing is compared
      const BeamOptions search{.beam_size = beam, .max_length = 30, .length_penalty = power};
      const CaptionScores s = tell_and_score(tellers, words, dev, search).scores;
      fmt::print("dev, beam {}, length^{}: BLEU-1 {:.1f}, BLEU-4 {:.1f}, CIDEr {:.1f}\n", beam,
                 power, 100 * s.bleu[0], 100 * s.bleu[3], 100 * s.cider_d);
      std::fflush(stdout);
      if (s.cider_d > most) most = s.cider_d, best = search;
    }
  return best;
}
//< choose-search

/// Chooses the search on dev, captions `part` with it, and prints how good that is.
inline Told evaluate_photographs(std::span<ShowAndTell* const> tellers, const Vocabulary& words,
                                 const PhotoPart& dev, const PhotoPart& part, const char* name,
                                 const std::string& out) {
  const BeamOptions search = choose_search(tellers, words, dev);
  Told told = tell_and_score(tellers, words, part, search);
  std::string lines;
  for (std::size_t i = 0; i < told.captions.size(); ++i)
    lines += part.images[i].name + "\t" + told.captions[i] + "\n";
  write_file_atomically(out + "/captions.tsv", lines);
  fmt::print("\n{}: {} pictures, beam {}, length^{}\n", name, part.images.size(), search.beam_size,
             search.length_penalty);
  print_scores(told.scores);
  return told;
}

} // namespace tapestry
