// A small text, and a language model of its characters that is trained in seconds.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "symbols.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/corpora/stream_batches.hpp"
#include "text/metrics/language_score.hpp"

namespace tapestry {

// Stories of a small grammar; the last tenth is for the test, what is before it for choosing.
struct SmallText {
  explicit SmallText(std::size_t length = 60'000)
      : text(decode_utf8(small_stories(length, 1))),
        symbols(std::u32string_view(text).substr(0, text.size() * 85 / 100)) {
    const std::vector<int> ids = symbols.encode(text);
    const auto dev = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() * 85 / 100),
               test = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() * 90 / 100);
    train_part.assign(ids.begin(), dev);
    dev_part.assign(dev, test);
    test_part.assign(test, ids.end());
  }
  std::u32string text;
  Symbols symbols;
  std::vector<int> train_part, dev_part, test_part;
};

inline LanguageModel small_model(const SmallText& text, std::uint64_t seed) {
  Rng rng(seed);
  return LanguageModel({.vocabulary = text.symbols.all.size(), .embedding = 16, .hidden = 64}, rng);
}

struct SmallTraining {
  std::size_t passes = 15, batch = 16, window = 32;
  bool carry = true;   // else every window begins with zeros
  bool shifted = true; // else the target is what has just been read
};

//> train
// The mean loss of the last pass.
inline double train(LanguageModel& model, const std::vector<int>& ids, const SmallTraining& how) {
  const StreamBatches stream(ids, how.batch, how.window);
  nn::Adam adam(model.parameters(), {});
  const auto steps = static_cast<double>(how.passes * stream.size());
  double step = 0;
  Rng unused(0); // nothing is dropped
  LanguageScore score;
  for (std::size_t pass = 0; pass < how.passes; ++pass) {
    LSTMState state = model.start(how.batch);
    score = {};
    for (std::size_t i = 0; i < stream.size(); ++i) {
      const StreamWindow w = stream.window(i);
      if (!how.carry) state = model.start(how.batch);
      adam.zero_grad();
      Tape tape;
      const Var loss = model.loss(w.ids, how.shifted ? w.targets : w.ids, state, unused);
      tape.backward(loss);
      nn::clip_grad_norm(model.parameters(), 1);
      adam.lr = 1e-2 * (1 - step++ / steps);
      adam.step();
      score.add(static_cast<double>(loss.item()), w.targets.size());
    }
  }
  return score.nats();
}
//< train

// The mean of -log P over a text whose state goes back to zeros every `steps` tokens.
inline double forgetful(const LanguageModel& model, const std::vector<int>& ids,
                        std::size_t steps) {
  const StreamBatches stream(ids, 1, steps);
  Rng unused(0);
  LanguageScore score;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    const StreamWindow w = stream.window(i);
    LSTMState state = model.start(1);
    score.add(static_cast<double>(model.loss(w.ids, w.targets, state, unused).item()),
              w.targets.size());
  }
  return score.nats();
}

} // namespace tapestry
