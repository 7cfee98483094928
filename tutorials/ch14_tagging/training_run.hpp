// One training of a tagger, as tagger.cpp does it, but for checkpoints: for the programs that
// train many.
#pragma once

#include <memory>

#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "corpus.hpp"
#include "nn/training/optimizer.hpp"
#include "nn/training/schedule.hpp"
#include "nn/training/weight_average.hpp"

namespace tapestry {

struct RunOptions {
  std::size_t epochs = 10, batch = 32;
  double rate = 4e-3, decay = 1e-3, average = 0.998, clip = 5;
  std::uint64_t seed = 1;
  Looks looks = {};
};

struct TrainedTagger {
  std::unique_ptr<Tagger> tagger;
  std::unique_ptr<nn::WeightAverage> average; ///< exchange(): the last weights, and back
};

/// With the averages of its weights in place. after_pass(tagger), if given, is called with them.
template <class F>
TrainedTagger train_tagger(const std::vector<TaggedSentence>& sentences,
                           const TaggerOptions& options, const RunOptions& run,
                           const F& after_pass) {
  Rng rng(run.seed);
  TrainedTagger t{std::make_unique<Tagger>(TaggerVocabulary(sentences), options, rng), nullptr};
  t.average = std::make_unique<nn::WeightAverage>(*t.tagger, run.average);
  const std::vector<Parameter> parameters = t.tagger->parameters();
  nn::AdamW optimizer(parameters, {.beta2 = 0.99, .weight_decay = run.decay});
  const std::vector<std::size_t> lengths = lengths_of(sentences);
  nn::Schedule schedule;
  for (std::size_t pass = 0, step = 0; pass < run.epochs; ++pass) {
    Rng order(run.seed * 1'000'003 + pass);
    const auto batches = length_batches(lengths, {.batch_size = run.batch}, order);
    const std::size_t steps = run.epochs * batches.size();
    if (pass == 0)
      schedule = nn::warm_up(std::min<std::size_t>(100, steps), nn::cosine_schedule(steps, 0.01));
    for (const auto& chosen : batches) {
      TaggerBatch batch = t.tagger->batch(chosen_of(sentences, chosen), &rng);
      run.looks.hide(*t.tagger, batch);
      optimizer.zero_grad();
      {
        Tape tape;
        tape.backward(t.tagger->loss(batch, rng));
      }
      nn::clip_grad_norm(parameters, run.clip);
      optimizer.lr = run.rate * schedule(step++);
      optimizer.step();
      t.average->update();
    }
    t.average->exchange();
    after_pass(*t.tagger);
    if (pass + 1 < run.epochs) t.average->exchange();
  }
  return t;
}

inline TrainedTagger train_tagger(const std::vector<TaggedSentence>& sentences,
                                  const TaggerOptions& options, const RunOptions& run) {
  return train_tagger(sentences, options, run, [](Tagger&) {});
}

} // namespace tapestry
