// Show and Tell on photographs: a decoder learns from vectors that another network has made.
#pragma once

#include <cmath>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/base/digest.hpp"
#include "nn/training/safetensors.hpp"
#include "nn/training/schedule.hpp"
#include "nn/training/weight_average.hpp"
#include "text/metrics/caption_tokens.hpp"
#include "text/metrics/references.hpp"
#include "training.hpp"
#include "vectors.hpp"
#include "vision/captioning/caption_set.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/captioning/picture_vectors.hpp"

namespace tapestry {

struct PhotoSettings {
  std::string data, out = data_folder() + "/photographs", network;
  std::size_t epochs = 12, batch = 100, min_count = 5, embedding = 512, hidden = 512;
  double dropout = 0.5, rate = 2e-3, decay = 0.1, average = 0.998, smoothing = 0, clip = 5;
  double save_every = 20;
  std::uint64_t seed = 1;
  std::size_t fine_tune = 0, fine_batch = 10; // passes over the photographs, and photographs a step
  double fine_rate = 1e-4, fine_network = 0.1;

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
  // Of the second stage, in which the network learns along.
  std::string fine_text() const {
    return fmt::format("; fine-tune {}, fine-batch {}, fine-rate {}, fine-network {}", fine_tune,
                       fine_batch, fine_rate, fine_network);
  }
  void add_fine_tuning_to(CLI::App& app) {
    whole_option(app, "--fine-tune", fine_tune,
                 "passes over the photographs in which the network learns along", 0, 100'000);
    whole_option(app, "--fine-batch", fine_batch, "photographs a step of those", 1, 10'000);
    real_option(app, "--fine-rate", fine_rate, "the learning rate at its highest then", 1e-12, 1e3);
    real_option(app, "--fine-network", fine_network, "the network's share of that rate", 0, 1e3);
  }
};

// One part of the corpus, as the decoder takes it.
struct PhotoPart {
  PhotoPart(const std::vector<CaptionedImage>& part, const PictureVectors& all,
            const Vocabulary& words)
      : images(part), captions(part, words, 50, caption_tokens), examples(captions.examples()) {
    std::vector<std::string> names;
    for (const CaptionedImage& image : part) {
      names.push_back(image.name);
      auto& right = references.emplace_back();
      for (const std::string& caption : image.captions) right.push_back(caption_tokens(caption));
    }
    vectors = all.of(names);
  }
  // -> (B, P), the vector of each example's picture
  Tensor vectors_of(std::span<const CaptionExample> some) const {
    std::vector<std::size_t> pictures;
    for (const CaptionExample& e : some) pictures.push_back(e.picture);
    return rows_of(vectors, pictures);
  }

  const std::vector<CaptionedImage>& images;
  CaptionSet captions;
  std::vector<CaptionExample> examples;
  std::vector<References> references; // the captions' words, for the metrics
  Tensor vectors;                     // (pictures, P)
};

/// The three parts, with the words of the first.
struct PhotoCorpus {
  PhotoCorpus(const CaptionCorpus& corpus, const PictureVectors& vectors, const PhotoSettings& s)
      : words(caption_vocabulary(corpus.train, static_cast<int>(s.min_count), caption_tokens)),
        seen_by(std::filesystem::path(vectors.source()).stem().string()),
        train(corpus.train, vectors, words), dev(corpus.dev, vectors, words),
        test(corpus.test, vectors, words) {
    if (train.examples.empty() || dev.examples.empty())
      throw std::runtime_error(corpus.folder + ": expected captions in both train and dev");
  }
  Vocabulary words;
  std::string seen_by; // the vectors' source, for people
  PhotoPart train, dev, test;
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

inline std::string digest_of_numbers(const Tensor& x) {
  return digest_of({reinterpret_cast<const char*>(x.data()), x.size() * sizeof(real)});
}

// What learns, with what a checkpoint must hold beside its weights.
struct TellerTraining : nn::Module {
  TellerTraining(nn::Module& learner_, double decay)
      : learner(learner_), average(learner_, decay) {}
  void visit(nn::Visitor& v) override {
    v("teller", learner), v("average", average), v("best", best);
  }
  // Measures dev with the averages of the weights in their place, and saves a captioner that is
  // better than all before. -> the perplexity
  double measure(Captioner& captioner, const PhotoPart& dev, const std::string& out) {
    average.exchange();
    captioner.eval();
    const double now = perplexity(captioner.teller, dev);
    if (now < static_cast<double>(best())) {
      best() = static_cast<real>(now);
      nn::save_safetensors(out + "/captioner.safetensors",
                           {captioner.state_dict(), captioner.notes()});
    }
    captioner.train();
    average.exchange();
    return now;
  }

  nn::Module& learner;
  nn::WeightAverage average;
  Tensor best = full({}, real{1e30f}); // perplexity of dev so far
};

/// Trains a decoder, and writes the captioner of the least perplexity on dev, with the averages of
/// its weights in their place, to OUT/captioner.safetensors.
inline Curve train_teller(const PhotoCorpus& photos, const PhotoSettings& s) {
  Rng first(s.seed);
  Captioner captioner(photos.words,
                      {.embedding = s.embedding,
                       .hidden = s.hidden,
                       .dropout = s.dropout,
                       .first_words = 0.1,
                       .picture = photos.train.vectors.shape()[1],
                       .seen_by = photos.seen_by},
                      first);
  captioner.teller.standardise(photos.train.vectors);
  TellerTraining learner(captioner.teller, s.average);
  Rng rng(s.seed * 7919 + 1);
  nn::AdamW optimizer(learner.parameters(), {.weight_decay = s.decay});
  std::vector<CaptionExample> order = photos.train.examples;
  const std::size_t batch = std::min(s.batch, order.size());
  const std::size_t pass_steps = order.size() / batch, steps = s.epochs * pass_steps;
  std::size_t pass = SIZE_MAX;
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(300, steps), nn::cosine_schedule(steps, 0.01));
  return train({.out = s.out,
                .name = "training",
                .run = s.text() + fmt::format("; {} captions, {} words, vectors {}", order.size(),
                                              captioner.words.size(),
                                              digest_of_numbers(photos.train.vectors)),
                .steps = steps,
                .report_every = std::max<std::size_t>(1, pass_steps / 2),
                .clip = s.clip,
                .save_every = s.save_every},
               learner, optimizer, rng,
               {.loss =
                    [&](std::size_t step) {
                      if (step / pass_steps != pass) { // each pass in an order of its own
                        pass = step / pass_steps;
                        order = photos.train.examples;
                        Rng(s.seed * 1'000'003 + pass).shuffle(order);
                      }
                      const std::span<const CaptionExample> some(
                          order.data() + step % pass_steps * batch, batch);
                      const CaptionBatch b = photos.train.captions.batch(some);
                      return captioner.teller.loss(constant(photos.train.vectors_of(some)),
                                                   b.picture_of, b.words, rng, s.smoothing);
                    },
                .rate = [&](std::size_t step) { return s.rate * schedule(step); },
                .held_out = [&] { return learner.measure(captioner, photos.dev, s.out); },
                .after = [&] { learner.average.update(); }});
}

} // namespace tapestry
