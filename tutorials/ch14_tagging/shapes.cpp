// The lecture's four sentences as tensors, and the loss of a batch of them: right four times, wrong
// twice.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/sequences/over_time.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t words = 1000, tags = 20; // as on the slide
enum Tag { possessive, determiner, adjective, noun, verb };
const char* names[] = {"possessive", "determiner", "adjective", "noun", "verb"};

struct Sentence {
  std::vector<std::string> text;
  std::vector<int> ids, tags;
};

// The lecture's sentences. The ids are rows of a table of 1,000 words; which ones does not matter.
std::vector<Sentence> lecture() {
  return {{{"my", "car", "works"}, {7, 41, 90}, {possessive, noun, verb}},
          {{"my", "dog", "ate", "the", "assignment"},
           {7, 52, 311, 3, 870},
           {possessive, noun, verb, determiner, noun}},
          {{"my", "mother", "saved", "the", "day"},
           {7, 88, 402, 3, 60},
           {possessive, noun, verb, determiner, noun}},
          {{"the", "smart", "kid", "solved", "the", "problem"},
           {3, 530, 205, 617, 3, 119},
           {determiner, adjective, noun, verb, determiner, noun}}};
}

//> tagger
struct SmallTagger : nn::Module {
  nn::Embedding embed;
  nn::LSTM lstm;
  nn::Linear to_tags;

  explicit SmallTagger(Rng& rng)
      : embed({.num_embeddings = words, .embedding_dim = 8}, rng),
        lstm({.input_size = 8, .hidden_size = 6, .bidirectional = true}, rng),
        to_tags({.in_features = 12, .out_features = tags}, rng) {}
  void visit(nn::Visitor& v) override { v("embed", embed), v("lstm", lstm), v("to_tags", to_tags); }
};
//< tagger

std::vector<std::vector<int>> all_ids(const std::vector<Sentence>& sentences, bool of_tags) {
  std::vector<std::vector<int>> all;
  for (const Sentence& s : sentences) all.push_back(of_tags ? s.tags : s.ids);
  return all;
}

// -log P(the true tag) at every place of a padded batch. scores: (T, B, tags), truth: (T, B)
Var losses_of(const Var& scores, const Indices& truth) {
  const std::size_t steps = truth.shape()[0], batch = truth.shape()[1];
  Indices column = Indices::from_shape({steps, batch, 1});
  std::copy_n(truth.data(), truth.size(), column.data());
  return -reshape(gather(log_softmax(scores), 2, column), {steps, batch});
}

} // namespace

int main() {
  const std::vector<Sentence> sentences = lecture();
  fmt::print("The lecture's sentences\n");
  for (const Sentence& s : sentences) {
    for (std::size_t t = 0; t < s.text.size(); ++t)
      fmt::print("{}{}/{}", t ? "  " : "", s.text[t], names[s.tags[t]]);
    fmt::print("\n");
  }

  fmt::print("\nOne at a time\n");
  for (const Sentence& s : sentences) {
    const Tensor input = one_hot(ids_from(s.ids), words);
    fmt::print("input {}, scores ({}, {})\n", to_string(input.shape()), s.ids.size(), tags);
  }

  Rng rng(1);
  SmallTagger tagger(rng);
  const Lengths lengths{3, 5, 5, 6};
  const Indices ids = stack_padded(all_ids(sentences, false), 0);
  const Indices truth = stack_padded(all_ids(sentences, true), 0); // 0: a true tag, at padding too
  const auto layout =
      pack_padded_sequence(ids, lengths, {.enforce_sorted = false}); // word ids, packed
  fmt::print("\nA batch\npadded ids {}: {} places for {} words\npacked ids ({}), batch sizes {}\n",
             to_string(Shape(ids.shape().begin(), ids.shape().end())), ids.size(),
             layout.layout->rows(), layout.data.size(), fmt::join(layout.layout->batch_sizes, " "));

  // One after the other: the sum over all words, divided by their number.
  double sum_of_all = 0, mean_of_means = 0;
  for (const Sentence& s : sentences) {
    const Indices one = stack_padded(std::vector<std::vector<int>>{s.ids}, 0);
    const Var scores = tagger.to_tags(tagger.lstm(tagger.embed(one)).output);
    const double mean = static_cast<double>(
        cross_entropy(reshape(scores, {s.ids.size(), tags}), ids_from(s.tags)).item());
    sum_of_all += mean * static_cast<double>(s.ids.size());
    mean_of_means += mean / 4;
  }
  //> packed-loss
  const PackedSequence read = tagger.lstm(tagger.embed(layout)).output;
  const PackedIndices targets = pack_padded_sequence(truth, lengths, {.enforce_sorted = false});
  const Var packed = cross_entropy(tagger.to_tags(read), targets);
  //< packed-loss
  //> masked-loss
  const Var scores = tagger.to_tags(pad_packed_sequence(read).output); // (T, B, 20)
  const Var losses = losses_of(scores, truth);                         // (T, B)
  const Var masked = masked_mean(losses, lengths);
  //< masked-loss
  Indices ignored = truth;
  for (std::size_t b = 0; b < 4; ++b)
    for (std::size_t t = static_cast<std::size_t>(lengths[b]); t < 6; ++t) ignored(t, b) = -100;
  const Var by_index = cross_entropy(scores, ignored);
  const Var unmasked = mean(losses);
  fmt::print("\nThe loss of the batch\n");
  const auto line = [](const char* what, double loss) { fmt::print("{:<42}{:.6f}\n", what, loss); };
  line("one by one, sum over words / words", sum_of_all / 19);
  line("packed rows", static_cast<double>(packed.item()));
  line("padded, masked_mean", static_cast<double>(masked.item()));
  line("padded, ignore_index", static_cast<double>(by_index.item()));
  line("padded, the mean of all places", static_cast<double>(unmasked.item()));
  line("the mean of the sentences' means", mean_of_means);

  // More steps of padding, as if a long sentence were in the batch.
  fmt::print("\nIn longer company\n{:<22}{:>14}{:>14}\n", "", "masked_mean", "all places");
  for (const std::size_t steps : {6u, 12u, 24u, 48u}) {
    const Var wide = tagger.to_tags(pad_packed_sequence(read, {.total_length = steps}).output);
    Indices places = Indices::from_shape({steps, 4}); // tag 0 at padding
    places.fill(0);
    std::copy_n(truth.data(), truth.size(), places.data());
    const Var all = losses_of(wide, places);
    fmt::print("{:<22}{:>14.6f}{:>14.6f}\n", fmt::format("{} steps, {} places", steps, 4 * steps),
               masked_mean(all, lengths).item(), mean(all).item());
  }
  keep("shapes.json", fmt::format("{{\"right\": {:.4f}, \"unmasked\": {:.4f}, \"means\": {:.4f}, "
                                  "\"places\": {}, \"words\": {}}}\n",
                                  masked.item(), unmasked.item(), mean_of_means, ids.size(),
                                  layout.layout->rows()));
}
