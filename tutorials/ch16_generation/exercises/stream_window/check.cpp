#include "expect.hpp"

#include "nn/embedding.hpp"
#include "text/corpora/stream_batches.hpp"
#include "text/models/language_model.hpp"

using namespace tapestry;

namespace {

Tensor numbers(const Indices& ids) {
  Tensor shown = Tensor::from_shape({ids.shape()[0], ids.shape()[1]});
  for (std::size_t i = 0; i < ids.size(); ++i) shown.data()[i] = static_cast<real>(ids.data()[i]);
  return shown;
}

const std::vector<int> text{10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

} // namespace

STEP("what is read") {
  const StreamBatches two(text, 2, 2); // 10 11 | 12 13 | 14 and 15 16 | 17 18 | 19
  expect_equal("the first window of 2 streams", numbers(two.window(0).ids), {{10, 15}, {11, 16}});
  expect_equal("the second", numbers(two.window(1).ids), {{12, 17}, {13, 18}});
  const StreamBatches three(text, 3, 2);
  expect_equal("the first window of 3 streams", numbers(three.window(0).ids),
               {{10, 13, 16}, {11, 14, 17}});
}

STEP("what is asked for") {
  const StreamBatches two(text, 2, 2);
  expect_equal("the first window of 2 streams", numbers(two.window(0).targets),
               {{11, 16}, {12, 17}});
  expect_equal("the second", numbers(two.window(1).targets), {{13, 18}, {14, 19}});
}

STEP("the last window") {
  const StreamBatches two(text, 2, 2);
  expect_equal("one step is left: read", numbers(two.window(2).ids), {{14, 19}});
  expect_equal("one step is left: asked for", numbers(two.window(2).targets), {{15, 20}});
  const StreamBatches wide(text, 2, 50);
  expect_equal("a window longer than the streams", numbers(wide.window(0).ids),
               {{10, 15}, {11, 16}, {12, 17}, {13, 18}, {14, 19}});
}

STEP("a use: a model that carries its state") {
  std::vector<int> ids;
  for (int i = 0; i < 25; ++i) ids.push_back(i * i % 7);
  Rng rng(1);
  LanguageModel model({.vocabulary = 7, .embedding = 3, .hidden = 4}, rng);
  const auto mean = [&](std::size_t steps) {
    const StreamBatches stream(ids, 2, steps);
    LSTMState state = model.start(2);
    double sum = 0;
    for (std::size_t i = 0; i < stream.size(); ++i) {
      const StreamWindow w = stream.window(i);
      sum += static_cast<double>(model.loss(w.ids, w.targets, state, rng).item()) *
             static_cast<double>(w.targets.size());
    }
    return sum / static_cast<double>(stream.targets());
  };
  expect_equal("windows of 5 steps say what one of 12 says", mean(5), mean(12));
}
