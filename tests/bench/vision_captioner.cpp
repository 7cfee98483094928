#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/tape.hpp"
#include "nn/sequences/packed_sequence.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/bench/vision_cases.hpp"
#include "text/tokens/vocabulary.hpp"
#include "vision/captioning/show_and_tell.hpp"

namespace tapestry::bench {
namespace {

constexpr std::size_t caption_count = 100, word_count = 2540, width = 512, vector_width = 1280;

// As Flickr8k's captions: with <start> and <end> they have 12.8 tokens, with a deviation of 3.8.
Lengths token_counts(Rng& rng) {
  Lengths lengths(caption_count);
  const Tensor drawn = normal({caption_count}, 12.8, 3.8, rng);
  for (std::size_t i = 0; i < caption_count; ++i)
    lengths[i] = std::clamp(static_cast<int>(std::lround(drawn.data()[i])), 4, 37);
  return lengths;
}

// (T, N), padded; as long as `lengths` says
Indices drawn_captions(const Lengths& lengths, Rng& rng) {
  const auto longest = static_cast<std::size_t>(*std::max_element(lengths.begin(), lengths.end()));
  Indices words = Indices::from_shape({longest, lengths.size()});
  for (std::size_t t = 0; t < longest; ++t)
    for (std::size_t i = 0; i < lengths.size(); ++i)
      words(t, i) = static_cast<int>(t) < lengths[i]
                        ? static_cast<std::int32_t>(4 + rng.below(word_count - 4))
                        : Vocabulary::pad_id;
  return words;
}

// Each step of the LSTM counts as rows of one product.
Bound captioner_bound(const Lengths& lengths) {
  const auto rows = static_cast<std::size_t>(std::accumulate(lengths.begin(), lengths.end(), 0));
  Bound bound;
  bound.add_product(width, vector_width, caption_count, false);
  bound.add_product(4 * width, width, rows);                  // W_ih x
  bound.add_product(4 * width, width, rows);                  // W_hh h
  bound.add_product(word_count, width, rows - caption_count); // the scores
  return bound;
}

} // namespace

void run_captioner(Bench& suite) {
  const std::string name = "Show and Tell, training step";
  if (!suite.wanted(name)) return;
  Rng rng(1);
  const Lengths lengths = token_counts(rng);
  const Indices words = drawn_captions(lengths, rng);
  const Var vectors = constant(normal({caption_count, vector_width}, 0, 1, rng));
  Indices picture_of = Indices::from_shape({caption_count});
  std::iota(picture_of.begin(), picture_of.end(), 0);
  const auto model = std::make_shared<ShowAndTell>(
      ShowAndTellOptions{.vocabulary = word_count, .picture = vector_width, .dropout = 0.5}, rng);
  const auto parameters = std::make_shared<std::vector<Parameter>>(model->parameters());
  const auto adam = std::make_shared<nn::Adam>(*parameters, nn::AdamOptions{.lazy = false});
  const auto step = [=, draws = Rng(2)]() mutable {
    adam->zero_grad();
    Tape tape;
    tape.backward(model->loss(vectors, picture_of, words, draws));
    nn::clip_grad_norm(*parameters, 5);
    adam->step();
  };
  suite.run({.name = name,
             .ours = step,
             .peer = {{"make", "captioner"},
                      {"lengths", lengths},
                      {"V", word_count},
                      {"H", width},
                      {"picture", vector_width},
                      {"dropout", 0.5}},
             .bound = captioner_bound(lengths).ways(true)});
}

} // namespace tapestry::bench
