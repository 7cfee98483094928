#include "text/embeddings/word2vec.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "autograd/random.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

namespace {

constexpr std::size_t longest_sentence = 1000; // of kept words, as in word2vec.c; then it is cut

// splitmix64: a stream of random numbers for each example, whichever thread computes it.
class Stream {
public:
  Stream(std::uint64_t seed, std::uint64_t example) : state_(mixed(seed) ^ mixed(~example)) {}
  std::uint64_t operator()() { return mixed(state_ += 0x9e3779b97f4a7c15u); }

private:
  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

const Word2VecOptions& checked(const WordCorpus& corpus, const Word2VecOptions& o) {
  const auto expect = [](bool fine, const char* name, double value, const char* expected) {
    if (!fine)
      throw std::invalid_argument(
          fmt::format("word2vec: {} is {}, expected {}", name, value, expected));
  };
  expect(o.dim >= 1 && o.dim <= 10'000, "dim", double(o.dim), "1 to 10000");
  expect(o.window >= 1 && o.window <= 1000, "window", double(o.window), "1 to 1000");
  expect(o.negatives <= 1000, "negatives", double(o.negatives), "0 to 1000");
  expect(o.epochs >= 1, "epochs", double(o.epochs), "at least 1");
  expect(o.lr > 0 && std::isfinite(o.lr), "lr", o.lr, "more than 0");
  expect(o.batch >= 1 && o.batch <= 100'000, "batch", double(o.batch), "1 to 100000");
  expect(corpus.words.size() >= 2, "the number of words", double(corpus.words.size()),
         "at least 2");
  return o;
}

} // namespace

Word2Vec::Word2Vec(const WordCorpus& corpus, const Word2VecOptions& options)
    : corpus_(corpus), options_(checked(corpus, options)),
      keep_(keep_chances(corpus.counts, options.sample)), in_(corpus.words.size(), options.dim),
      out_(corpus.words.size() - (options.negatives == 0 ? 1 : 0), options.dim),
      step_(in_, out_, options.input_gradient) {
  if (options_.negatives > 0)
    sampler_.emplace(corpus.counts, options.power);
  else
    tree_.emplace(corpus.counts);
  Rng rng(options.seed);
  const double half = 0.5 / static_cast<double>(options.dim);
  for (std::size_t i = 0; i < in_.rows(); ++i)
    for (std::size_t j = 0; j < options.dim; ++j)
      in_.row(i)[j] = static_cast<real>(rng.uniform(-half, half));
}

void Word2Vec::add_targets(std::int32_t centre) {
  if (tree_) {
    const auto nodes = tree_->nodes_of(static_cast<std::size_t>(centre));
    examples_.targets.insert(examples_.targets.end(), nodes.begin(), nodes.end());
    for (const std::uint8_t turn : tree_->turns_of(static_cast<std::size_t>(centre)))
      examples_.labels.push_back(turn == 0 ? 1 : 0);
  } else { // room for the negatives, which are drawn by the threads
    examples_.targets.push_back(centre);
    examples_.labels.push_back(1);
    examples_.targets.resize(examples_.targets.size() + options_.negatives);
    examples_.labels.resize(examples_.targets.size(), 0);
  }
  examples_.target_begins.push_back(examples_.targets.size());
}

void Word2Vec::add_example(std::span<const std::int32_t> sentence, std::size_t at,
                           std::size_t reach) {
  const std::size_t begin = at - std::min(at, reach);
  const std::size_t end = std::min(sentence.size(), at + reach + 1);
  for (std::size_t i = begin; i < end; ++i) {
    if (i == at) continue;
    examples_.inputs.push_back(sentence[i]);
    if (!options_.skip_gram) continue;
    examples_.input_begins.push_back(examples_.inputs.size());
    add_targets(sentence[at]);
  }
  if (options_.skip_gram || end - begin < 2) return;
  examples_.input_begins.push_back(examples_.inputs.size());
  add_targets(sentence[at]);
}

void Word2Vec::draw_negatives(std::uint64_t first_example, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    Stream stream(options_.seed, first_example + i);
    std::int32_t* const targets = examples_.targets.data() + examples_.target_begins[i];
    for (std::size_t k = 1; k <= options_.negatives; ++k) do
        targets[k] = (*sampler_)(stream());
      while (targets[k] == targets[0]); // the right word is no wrong one: drawn again
  }
}

void Word2Vec::step(double rate) {
  const std::size_t n = examples_.size();
  if (n == 0) return;
  step_.begin(examples_, rate);
  const std::size_t parts = std::min(thread_count(), std::max<std::size_t>(1, n / 8));
  parallel_ranges(n, parts, [&](std::size_t first, std::size_t last, std::size_t) {
    if (sampler_) draw_negatives(drawn_, first, last);
    step_.forward(examples_, first, last);
  });
  parallel_parts(parts, [&](std::size_t part) { step_.apply(examples_, part, parts); });
  drawn_ += n;
  loss_ += step_.loss(examples_);
  losses_ += n;
  examples_.clear();
}

void Word2Vec::train(const std::function<void(const Word2VecProgress&)>& report) {
  Rng rng(options_.seed + 1); // of what is left out, and of windows
  const std::uint64_t total = corpus_.total * options_.epochs;
  std::uint64_t words = 0, reported = 0;
  const std::uint64_t report_every = std::clamp<std::uint64_t>(total / 100, 1, 1'000'000);
  std::vector<std::int32_t> sentence;
  const auto train_sentence = [&] {
    for (std::size_t at = 0; at < sentence.size(); ++at) {
      add_example(sentence, at, 1 + rng.below(options_.window));
      if (examples_.size() < options_.batch) continue;
      const double done = static_cast<double>(words) / static_cast<double>(total + 1);
      step(options_.lr * std::max(1 - done, 1e-4));
    }
    sentence.clear();
    if (report && words - reported >= report_every && losses_ > 0) {
      report({words, total, loss_ / static_cast<double>(losses_)});
      reported = words, loss_ = 0, losses_ = 0;
    }
  };
  for (std::size_t epoch = 0; epoch < options_.epochs; ++epoch) {
    for (const std::int32_t id : corpus_.ids) {
      if (id != WordCorpus::sentence_end) {
        ++words;
        const double keep = keep_[static_cast<std::size_t>(id)];
        if (keep >= 1 || rng.chance(keep)) sentence.push_back(id);
        if (sentence.size() < longest_sentence) continue;
      }
      train_sentence();
    }
    train_sentence();
  }
  step(options_.lr * 1e-4); // what is left of the last batch
  for (std::size_t i = 0; i < in_.rows(); ++i)
    if (!std::all_of(in_.row(i), in_.row(i) + in_.dim(), [](real x) { return std::isfinite(x); }))
      throw std::runtime_error(
          fmt::format("word2vec: the vector of \"{}\" is no number any more: lr {} or batch {} is "
                      "too large for this text",
                      corpus_.words[i], options_.lr, options_.batch));
}

} // namespace tapestry::inline TAPESTRY_PRECISION
