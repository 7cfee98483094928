// Translators in training and at work: what the programs of chapters 17 and 18 share.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "languages.hpp"
#include "nn/training/optimizer.hpp"
#include "nn/training/safetensors.hpp"
#include "nn/training/schedule.hpp"
#include "nn/training/weight_average.hpp"
#include "text/metrics/chrf.hpp"
#include "text/metrics/translation_bleu.hpp"
#include "text/models/alignment.hpp"
#include "text/models/translator.hpp"
#include "training.hpp"

namespace tapestry {

struct TranslatorSettings {
  std::string out;
  std::size_t epochs = 8, batch = 64, embedding = 64, hidden = 128, maxout = 64, longest = 50;
  double dropout = 0.2, rate = 2e-3, clip = 1, average = 0.998, save_every = 30;
  bool lazy = true; ///< Adam steps only the vectors of the batch's words
  std::uint64_t seed = 1;

  // What must be equal for a checkpoint to be gone on from. The folder may move.
  std::string text() const {
    return fmt::format("epochs {}, batch {}, embedding {}, hidden {}, maxout {}, longest {}, "
                       "dropout {}, rate {}, clip {}, average {}, lazy {}, seed {}",
                       epochs, batch, embedding, hidden, maxout, longest, dropout, rate, clip,
                       average, lazy, seed);
  }
  void add_to(CLI::App& app) {
    whole_option(app, "--epochs", epochs, "passes over all pairs", 1, 100'000);
    whole_option(app, "--batch", batch, "pairs a step", 1, 100'000);
    whole_option(app, "--embedding", embedding, "size of a word's vector", 1, 65'536);
    whole_option(app, "--hidden", hidden, "size of a state", 1, 16'384);
    whole_option(app, "--maxout", maxout, "size of the layer before the softmax", 1, 65'536);
    whole_option(app, "--longest", longest,
                 "tokens of a sentence at most; longer ones are left out", 1, 100'000);
    real_option(app, "--dropout", dropout, "of words' vectors and before the softmax", 0, 0.95);
    real_option(app, "--rate", rate, "the learning rate at its highest", 1e-12, 1e3);
    real_option(app, "--clip", clip, "the largest norm of the gradient", 1e-12, 1e12);
    real_option(app, "--average", average, "of the weights' moving average", 0, 0.999999);
    app.add_flag("--lazy,!--not-lazy", lazy, "Adam steps only the vectors of the batch's words");
    whole_option(app, "--seed", seed, "of all random choices", 0, UINT64_MAX);
    real_option(app, "--save-every", save_every, "seconds between checkpoints", 0, 1e9);
  }
  TranslatorOptions model(std::size_t source_words, std::size_t target_words) const {
    return {.source_vocabulary = source_words,
            .target_vocabulary = target_words,
            .embedding = embedding,
            .hidden = hidden,
            .maxout = maxout,
            .dropout = dropout};
  }
};

/// A parallel corpus as ids.
struct TranslationCorpus {
  EncodedPairs train, dev;
};

// What learns, with what a checkpoint must hold beside its weights.
struct TranslatorTraining : nn::Module {
  TranslatorTraining(Translator& m, double decay) : model(m), average(m, decay) {}
  void visit(nn::Visitor& v) override { v("model", model), v("average", average), v("best", best); }
  Translator& model;
  nn::WeightAverage average;
  Tensor best = full({}, real{1e30f}); // dev's loss so far
};

/// The mean of -log P over all target words and <end>s, each after the right words before it.
inline double loss_of(Translator& model, const EncodedPairs& pairs, std::size_t batch = 128) {
  const bool training = model.training();
  model.eval();
  Rng rng(0); // of the order, which changes nothing
  double sum = 0, words = 0;
  for (const auto& places : translation_batches(pairs, {.batch_size = batch}, rng)) {
    const TranslationBatch b = translation_batch(pairs, places);
    double count = -static_cast<double>(places.size()); // <start> is given
    for (const auto id : b.target) count += id != Vocabulary::pad_id;
    sum += count * static_cast<double>(model.loss(b.source, b.target, rng).item());
    words += count;
  }
  model.train(training);
  return sum / words;
}

/// Trains with teacher forcing, and writes the averages of the weights that have the least loss on
/// dev to OUT/translator.safetensors, with the model's notes and `notes`.
inline Curve train_translator(Translator& model, const TranslationCorpus& corpus,
                              const TranslatorSettings& s, const nn::Notes& notes) {
  TranslatorTraining learner(model, s.average);
  nn::Adam optimizer(learner.parameters(), {.lazy = s.lazy});
  Rng rng(s.seed * 7919 + 1);
  const auto batches_of = [&](std::size_t pass) { // each pass in an order of its own
    Rng order(s.seed * 1'000'003 + pass);
    return translation_batches(corpus.train, {.batch_size = s.batch}, order);
  };
  std::size_t pass = 0;
  auto batches = batches_of(pass);
  const std::size_t pass_steps = batches.size(), steps = s.epochs * pass_steps;
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(200, steps), nn::cosine_schedule(steps, 0.01));
  const auto held_out = [&] {
    learner.average.exchange();
    const double now = loss_of(model, corpus.dev);
    if (now < static_cast<double>(learner.best())) {
      learner.best() = static_cast<real>(now);
      nn::Notes all = model.notes();
      all.insert(notes.begin(), notes.end());
      nn::save_safetensors(s.out + "/translator.safetensors", {model.state_dict(), all});
    }
    learner.average.exchange();
    return now;
  };
  std::string run = s.text() + fmt::format("; {} pairs", corpus.train.source.size());
  for (const auto& [name, value] : model.notes()) run += fmt::format(", {} {}", name, value);
  return train({.out = s.out,
                .name = "training",
                .run = run,
                .steps = steps,
                .report_every = std::max<std::size_t>(1, pass_steps / 2),
                .clip = s.clip,
                .save_every = s.save_every},
               learner, optimizer, rng,
               {.loss =
                    [&](std::size_t step) {
                      if (step / pass_steps != pass) batches = batches_of(pass = step / pass_steps);
                      const TranslationBatch b =
                          translation_batch(corpus.train, batches[step % pass_steps]);
                      return model.loss(b.source, b.target, rng);
                    },
                .rate = [&](std::size_t step) { return s.rate * schedule(step); },
                .held_out = held_out,
                .after = [&] { learner.average.update(); }});
}

/// The best translation of each sentence. The search ends at twice the source's length and ten.
inline std::vector<Hypothesis> translate_all(Translator& model,
                                             const std::vector<std::vector<int>>& sentences,
                                             BeamOptions search) {
  std::vector<Hypothesis> best(sentences.size());
  std::vector<std::size_t> order(sentences.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return sentences[a].size() > sentences[b].size();
  });
  Progress progress(fmt::format("translating, beam {}", search.beam_size), sentences.size());
  constexpr std::size_t at_once = 64;
  for (std::size_t begin = 0; begin < order.size(); begin += at_once) {
    const std::size_t end = std::min(order.size(), begin + at_once);
    std::vector<std::vector<int>> some;
    search.max_lengths.clear();
    for (std::size_t i = begin; i < end; ++i) {
      some.push_back(sentences[order[i]]);
      search.max_lengths.push_back(2 * static_cast<int>(some.back().size()) + 10);
    }
    auto found = model.translate(side_by_side(some), search);
    for (std::size_t i = begin; i < end; ++i)
      if (!found[i - begin].empty()) best[order[i]] = std::move(found[i - begin].front());
    progress.update(end);
  }
  return best;
}

struct TranslationScores {
  TranslationBleu bleu;
  Chrf chrf;
};

inline TranslationScores score(const std::vector<std::string>& translations,
                               const std::vector<SentencePair>& pairs) {
  std::vector<std::vector<std::string>> references;
  for (const SentencePair& pair : pairs) references.push_back({pair.target});
  return {translation_bleu(translations, references), chrf(translations, references)};
}

/// What each id stands for; "Hab@@" if the word goes on.
inline std::vector<std::string> pieces_of(const Tokenizer& tokenizer, const std::vector<int>& ids) {
  std::vector<std::string> pieces;
  for (const int id : ids) {
    if (id == Vocabulary::end_id) {
      pieces.push_back("<end>");
      continue;
    }
    const std::array twice{id, id};
    const bool goes_on = tokenizer.decode(twice).find(' ') == std::string::npos;
    pieces.push_back(tokenizer.decode(std::span(&id, 1)) + (goes_on ? "@@" : ""));
  }
  return pieces;
}

/// Where a translation of the sentence looked.
inline Alignment alignment_of(const Languages& languages, const std::vector<int>& sentence,
                              const Hypothesis& translation) {
  Alignment a{
      pieces_of(*languages.source, sentence), pieces_of(*languages.target, translation.tokens), {}};
  for (const auto& row : translation.attention) a.weights.emplace_back(row.begin(), row.end());
  return a;
}

/// Of several sentences.
struct Translations {
  std::vector<std::string> texts;
  std::vector<Alignment> alignments; ///< as many
};

/// -> as many as pairs
inline Translations translations_of(Translator& model, const Languages& languages,
                                    const std::vector<SentencePair>& pairs,
                                    const BeamOptions& search) {
  std::vector<std::vector<int>> sentences;
  for (const SentencePair& pair : pairs) sentences.push_back(languages.encode(pair.source));
  const std::vector<Hypothesis> best = translate_all(model, sentences, search);
  Translations said;
  for (std::size_t i = 0; i < best.size(); ++i) {
    said.texts.push_back(languages.decode(best[i].tokens));
    said.alignments.push_back(alignment_of(languages, sentences[i], best[i]));
  }
  return said;
}

} // namespace tapestry
