// One training of a scorer, as sentiment.cpp does it, but for checkpoints: for the programs that
// train many.
#pragma once

#include <memory>

#include "autograd/ids.hpp"
#include "autograd/tape.hpp"
#include "examples.hpp"
#include "nn/training/optimizer.hpp"
#include "nn/training/schedule.hpp"
#include "nn/training/weight_average.hpp"

namespace tapestry {

struct RunOptions {
  std::size_t epochs = 8, batch = 32;
  double rate = 2e-3, decay = 0.05, average = 0.995, clip = 1, prior = 0.3;
  std::uint64_t seed = 1;
};

/// What a scorer of SST-2 is, but for the size of its vocabulary.
inline const SentimentOptions scorer_defaults{
    .vocabulary = 0, .summary = Summary::mean, .dropout = 0.5, .word_dropout = 0.15};

struct TrainedScorer {
  std::unique_ptr<SentimentModel> model;
  std::unique_ptr<nn::WeightAverage> average; ///< exchange(): the last weights, and back
};

/// With the averages of its weights in place. words_alone: where `prior` comes from.
inline TrainedScorer train_scorer(const Parts& parts, SentimentOptions options,
                                  const NgramClassifier& words_alone, const RunOptions& run) {
  Rng rng(run.seed);
  options.vocabulary = parts.vocabulary.size();
  options.classes = parts.names.size();
  TrainedScorer t{std::make_unique<SentimentModel>(options, rng), nullptr};
  if (run.prior > 0) add_prior(*t.model, parts.vocabulary, words_alone, run.prior);
  t.average = std::make_unique<nn::WeightAverage>(*t.model, run.average);
  const std::vector<Parameter> parameters = t.model->parameters();
  nn::AdamW optimizer(parameters, {.beta2 = 0.99, .weight_decay = run.decay});
  nn::Schedule schedule;
  for (std::size_t pass = 0, step = 0; pass < run.epochs; ++pass) {
    Rng order(run.seed * 1'000'003 + pass);
    const auto batches = length_batches(parts.train.lengths, {.batch_size = run.batch}, order);
    const std::size_t steps = run.epochs * batches.size();
    if (pass == 0)
      schedule = nn::warm_up(std::min<std::size_t>(100, steps), nn::cosine_schedule(steps, 0.01));
    for (const auto& chosen : batches) {
      std::vector<std::vector<int>> ids;
      std::vector<int> labels;
      for (const std::size_t i : chosen)
        ids.push_back(parts.train.ids[i]), labels.push_back(parts.train.labels[i]);
      optimizer.zero_grad();
      {
        Tape tape;
        tape.backward(cross_entropy((*t.model)(ids, rng), ids_from(labels)));
      }
      nn::clip_grad_norm(parameters, run.clip);
      optimizer.lr = run.rate * schedule(step++);
      optimizer.step();
      t.average->update();
    }
  }
  t.average->exchange();
  return t;
}

} // namespace tapestry
