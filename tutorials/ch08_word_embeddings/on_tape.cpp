// CBOW on the tape: its shapes, both losses, and the fast step beside the tape's gradient.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"
#include "small_text.hpp"
#include "text/embeddings/cbow.hpp"
#include "text/embeddings/embedding_step.hpp"
#include "text/embeddings/word_corpus.hpp"
#include "text/embeddings/word_sampling.hpp"

using namespace tapestry;

namespace {

struct Place {
  std::vector<std::int32_t> context;
  std::int32_t centre;
};

//> places
// Every place of the text, with the words up to two to each side.
std::vector<Place> places_of(const WordCorpus& corpus) {
  std::vector<Place> places;
  const auto& ids = corpus.ids;
  for (std::size_t at = 0, begin = 0; at < ids.size(); ++at) {
    if (ids[at] < 0) {
      begin = at + 1; // a sentence ends
      continue;
    }
    Place place{{}, ids[at]};
    for (std::size_t i = std::max(begin, at < 2 ? 0 : at - 2); i < at; ++i)
      place.context.push_back(ids[i]);
    for (std::size_t i = at + 1; i <= at + 2 && ids[i] >= 0; ++i) place.context.push_back(ids[i]);
    places.push_back(std::move(place));
  }
  return places;
}
//< places

struct Batch {
  SparseRows contexts;
  Indices centres, targets, signs;
};

Batch draw(const std::vector<Place>& places, std::size_t n, std::size_t negatives,
           const WordSampler& sampler, std::size_t words, Rng& rng) {
  Batch batch{{}, Indices::from_shape({n}), Indices::from_shape({n, 1 + negatives}), {}};
  batch.signs = batch.targets;
  std::vector<std::vector<std::int32_t>> contexts;
  for (std::size_t i = 0; i < n; ++i) {
    const Place& place = rng.pick(places);
    contexts.push_back(place.context);
    batch.centres(i) = batch.targets(i, 0) = place.centre;
    batch.signs(i, 0) = 1;
    for (std::size_t k = 1; k <= negatives; ++k) {
      do batch.targets(i, k) = sampler(rng.bits());
      while (batch.targets(i, k) == place.centre);
      batch.signs(i, k) = -1;
    }
  }
  batch.contexts = context_rows(contexts, words);
  return batch;
}

} // namespace

int main() {
  const WordCorpus corpus = word_corpus(small_text::make(2'000, 1));
  const std::vector<Place> places = places_of(corpus);
  const WordSampler sampler(corpus.counts);
  const std::size_t words = corpus.words.size(), dim = 10, negatives = 5, n = 64;
  Rng rng(1);
  const auto fresh = [&](const char* name) {
    return Parameter(name, normal({words, dim}, 0, 0.1, rng));
  };

  const Place& example = places[3];
  fmt::print("A place:\n  context");
  for (const std::int32_t id : example.context)
    fmt::print(" \"{}\"", corpus.words[static_cast<std::size_t>(id)]);
  fmt::print(", in the middle \"{}\"\n", corpus.words[static_cast<std::size_t>(example.centre)]);

  {
    const Batch batch = draw(places, n, negatives, sampler, words, rng);
    const Parameter in = fresh("in"), out = fresh("out");
    Tape tape;
    cbow_loss(batch.contexts, batch.centres, in, out);
    fmt::print("\nThe softmax over all words, on the tape:\n");
    for (const std::string& line :
         {fmt::format("  in, out  ({}, {})", words, dim),
          fmt::format("  contexts ({}, {})", n, words), fmt::format("  h        ({}, {})", n, dim),
          fmt::format("  scores   ({}, {})", n, words)})
      fmt::print("{}\n", line);
  }

  fmt::print("\nLosses over 1500 steps of {} places:\n{:>28}{:>10}{:>10}\n", n, "", "first",
             "last");
  for (const bool sampled : {false, true}) {
    Parameter in = fresh("in"), out = fresh("out");
    nn::Adam adam({in, out}, {.lr = 0.01});
    double first = 0, last = 0;
    for (int step = 0; step < 1500; ++step) {
      const Batch batch = draw(places, n, negatives, sampler, words, rng);
      adam.zero_grad();
      Tape tape;
      const Var loss =
          sampled ? negative_sampling_loss(batch.contexts, batch.targets, batch.signs, in, out)
                  : cbow_loss(batch.contexts, batch.centres, in, out);
      tape.backward(loss);
      adam.step();
      if (step < 10) first += loss.item() / 10;
      if (step >= 1400) last += loss.item() / 100;
    }
    fmt::print("{:<28}{:>10.1f}{:>10.1f}\n",
               sampled ? fmt::format("  1 right, {} wrong", negatives)
                       : fmt::format("  all {} words", words),
               first, last);
  }
  fmt::print("{:<28}{:>10.1f}\n{:<28}{:>10.1f}\n", "  a guess among all: log V", std::log(words),
             "  a guess for 6: 6 log 2", 6 * std::log(2.0));

  // The same batch on the tape and by the fast step, at the rate 1.
  const Batch batch = draw(places, n, negatives, sampler, words, rng);
  const Parameter in = fresh("in"), out = fresh("out");
  //> equal
  EmbeddingExamples examples;
  for (std::size_t i = 0; i < n; ++i) {
    const auto context = batch.contexts.ids_of(i);
    examples.inputs.insert(examples.inputs.end(), context.begin(), context.end());
    examples.input_begins.push_back(examples.inputs.size());
    for (std::size_t k = 0; k <= negatives; ++k) {
      examples.targets.push_back(batch.targets(i, k));
      examples.labels.push_back(k == 0 ? 1 : 0);
    }
    examples.target_begins.push_back(examples.targets.size());
  }
  EmbeddingTable fast_in(in.value()), fast_out(out.value());
  EmbeddingStep step(fast_in, fast_out, InputGradient::shared);
  step(examples, 1);

  Tape tape; // its loss is a mean, the step's a sum
  const Var loss =
      negative_sampling_loss(batch.contexts, batch.targets, batch.signs, in, out) * double(n);
  tape.backward(loss);
  //< equal
  double most = 0;
  const Tensor moved_in = fast_in.values(), moved_out = fast_out.values();
  for (std::size_t i = 0; i < moved_in.size(); ++i) {
    const real a = in.value().data()[i] - in.grad().data()[i] - moved_in.data()[i];
    const real b = out.value().data()[i] - out.grad().data()[i] - moved_out.data()[i];
    most = std::max({most, std::abs(double{a}), std::abs(double{b})});
  }
  fmt::print("\nThe fast step against the tape, {} numbers: {}\n", 2 * moved_in.size(),
             most < 1e-12 ? "all equal to 12 digits" : fmt::format("they differ by {:.1e}", most));
}
