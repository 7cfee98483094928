// The tagger of one sentence, trained one by one and together: the same numbers, fewer calls.
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/models/sentence_tagger.hpp"
#include "text/tokens/vocabulary.hpp"

using namespace tapestry;

namespace {

struct Example {
  std::vector<int> words, tags;
};

struct Corpus {
  explicit Corpus(std::size_t count) {
    const std::vector<TaggedSentence> train = small_tagged(count, 1), test = small_tagged(200, 2);
    std::vector<std::vector<std::string>> texts;
    for (const TaggedSentence& s : train) texts.push_back(s.words);
    vocabulary = Vocabulary(texts);
    for (const auto* from : {&train, &test})
      for (const TaggedSentence& s : *from) {
        Example e{vocabulary.encode(s.words), {}};
        for (const std::string& tag : s.tags)
          e.tags.push_back(ids.emplace(tag, static_cast<int>(ids.size())).first->second);
        (from == &train ? learn : check).push_back(e);
      }
  }
  Vocabulary vocabulary;
  std::map<std::string, int> ids;
  std::vector<Example> learn, check;
};

constexpr std::size_t batch = 32, steps = 60;

SentenceTagger fresh(const Corpus& corpus) {
  Rng rng(1);
  return SentenceTagger({.words = corpus.vocabulary.size(),
                         .tags = corpus.ids.size(),
                         .embedding = 16,
                         .hidden = 16,
                         .layers = 2},
                        rng);
}

// The mean over all words: a sentence's mean counts as often as it has words.
Var mean_of(const std::vector<Var>& losses, const std::vector<double>& words) {
  Var sum = constant(0);
  double all = 0;
  for (std::size_t i = 0; i < losses.size(); ++i) sum = sum + words[i] * losses[i], all += words[i];
  return sum / all;
}

// Trains and returns the loss of each step. least: the operators of the longest sentence of each
// batch, of which no two can run in one call.
std::vector<double> train(SentenceTagger& tagger, const Corpus& corpus, bool together,
                          TogetherCounts* counts = nullptr, TogetherCounts* least = nullptr) {
  nn::Adam optimizer(tagger.parameters(), {.lr = 1e-2});
  std::vector<double> curve;
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t first = step * batch % corpus.learn.size();
    std::vector<double> lengths;
    for (std::size_t i = 0; i < batch; ++i)
      lengths.push_back(
          static_cast<double>(corpus.learn[(first + i) % corpus.learn.size()].words.size()));
    //> step
    const auto loss_of = [&](std::size_t i) { // of one sentence
      const Example& e = corpus.learn[(first + i) % corpus.learn.size()];
      return tagger.loss(e.words, e.tags);
    };
    optimizer.zero_grad();
    Tape tape;
    std::vector<Var> losses;
    if (together)
      losses = run_together(batch, loss_of, {.counts = counts});
    else
      for (std::size_t i = 0; i < batch; ++i) losses.push_back(loss_of(i));
    const Var loss = mean_of(losses, lengths);
    tape.backward(loss);
    optimizer.step();
    //< step
    curve.push_back(static_cast<double>(loss.item()));
    const auto longest = std::max_element(lengths.begin(), lengths.end()) - lengths.begin();
    if (least)
      run_together(1, [&](std::size_t) { return loss_of(static_cast<std::size_t>(longest)); },
                   {.counts = least});
  }
  return curve;
}

} // namespace

int main() {
  const Corpus corpus(640);
  SentenceTagger alone = fresh(corpus), all = fresh(corpus);
  TogetherCounts counts, least;
  const std::vector<double> one = train(alone, corpus, false),
                            together = train(all, corpus, true, &counts, &least);
  fmt::print("The loss while it learns:\n");
  fmt::print("  {:<6}{:>14}{:>14}\n", "step", "one by one", "together");
  for (const std::size_t step : {0u, 1u, 2u, 10u, 20u, 40u, 59u})
    fmt::print("  {:<6}{:>14.6f}{:>14.6f}\n", step, one[step], together[step]);

  fmt::print("\nOperators of {} sentences in a step, on average:\n", batch);
  fmt::print("  operators {:.0f}, calls {:.0f}, at least {:.0f}\n",
             static_cast<double>(counts.operators) / static_cast<double>(steps),
             static_cast<double>(counts.calls + counts.alone) / static_cast<double>(steps),
             static_cast<double>(least.operators) / static_cast<double>(steps));

  // Each word's most frequent tag is what a dictionary would say.
  std::map<int, std::map<int, int>> seen;
  for (const Example& e : corpus.learn)
    for (std::size_t t = 0; t < e.words.size(); ++t) ++seen[e.words[t]][e.tags[t]];
  std::size_t right = 0, floor = 0, words = 0;
  const std::vector<Indices> said = run_together(
      corpus.check.size(), [&](std::size_t i) { return argmax(all(corpus.check[i].words), 1); });
  for (std::size_t i = 0; i < corpus.check.size(); ++i)
    for (std::size_t t = 0; t < corpus.check[i].words.size(); ++t, ++words) {
      int best = -1, most = 0;
      for (const auto& [tag, n] : seen[corpus.check[i].words[t]])
        if (n > most) best = tag, most = n;
      floor += best == corpus.check[i].tags[t];
      right += said[i](t) == corpus.check[i].tags[t];
    }
  fmt::print("\nRight tags of {} words in sentences drawn anew:\n", words);
  fmt::print("  the tagger                     {:.1f} %\n",
             100.0 * static_cast<double>(right) / static_cast<double>(words));
  fmt::print("  each word's most frequent tag  {:.1f} %\n",
             100.0 * static_cast<double>(floor) / static_cast<double>(words));
  keep("tagger.json",
       fmt::format("{{\"operators\": {:.0f}, \"calls\": {:.0f}, \"ratio\": {:.0f}}}\n",
                   static_cast<double>(counts.operators) / static_cast<double>(steps),
                   static_cast<double>(counts.calls + counts.alone) / static_cast<double>(steps),
                   static_cast<double>(counts.operators) /
                       static_cast<double>(counts.calls + counts.alone)));
}
