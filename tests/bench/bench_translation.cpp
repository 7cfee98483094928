// Translators: a whole training step, the decoding of 256 sentences with a beam of 5, and the
// memory that a step takes; ours and PyTorch's.
//
// 512 units, words of 256 numbers and a readout of 256 (Bahdanau et al. 2015 have 1000, 620 and
// 500), 8,000 words on both sides, batches of 64, 5 to 25 words a sentence.
#include <algorithm>

#include <fmt/format.h>

#include "autograd/ids.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/bound.hpp"
#include "text/models/attention_translator.hpp"
#include "text/models/encoder_decoder.hpp"

using namespace tapestry;

namespace {

struct TranslationCase {
  bool attention;
  std::size_t words = 8000, embedding = 256, hidden = 512, maxout = 256;
  std::size_t batch = 64;
  int shortest = 5, longest = 25;

  TranslatorOptions options() const {
    return {.source_vocabulary = words,
            .target_vocabulary = words,
            .embedding = embedding,
            .hidden = hidden,
            .maxout = maxout};
  }
  std::shared_ptr<Translator> model() const {
    Rng rng(1);
    if (attention)
      return std::make_shared<AttentionTranslator>(AttentionTranslatorOptions{options()}, rng);
    return std::make_shared<EncoderDecoder>(EncoderDecoderOptions{options()}, rng);
  }
  std::vector<std::vector<int>> sentences(std::size_t n, Rng& rng) const {
    std::vector<std::vector<int>> all(n);
    for (auto& s : all) {
      s.resize(static_cast<std::size_t>(shortest) +
               rng.below(static_cast<std::size_t>(longest - shortest + 1)));
      for (int& id : s) id = static_cast<int>(4 + rng.below(words - 4));
    }
    return all;
  }
  nlohmann::json for_peer(const char* make) const {
    Rng rng(2);
    return {{"make", make},
            {"attention", attention},
            {"V", words},
            {"E", embedding},
            {"H", hidden},
            {"L", maxout},
            {"sources", sentences(batch, rng)},
            {"targets", sentences(batch, rng)}};
  }
};

PackedIndices packed(const std::vector<std::vector<int>>& sentences) {
  Lengths lengths;
  for (const auto& s : sentences) lengths.push_back(static_cast<int>(s.size()));
  return pack_padded_sequence(stack_padded(sentences, Vocabulary::pad_id), lengths,
                              {.enforce_sorted = false});
}

// Loss, gradients, clipping, Adam.
std::function<void()> training_step(const TranslationCase& c) {
  Rng rng(2);
  const PackedIndices source = packed(c.sentences(c.batch, rng));
  std::vector<std::vector<int>> targets = c.sentences(c.batch, rng);
  for (auto& s : targets) {
    s.insert(s.begin(), Vocabulary::start_id);
    s.push_back(Vocabulary::end_id);
  }
  const Indices target = stack_padded(targets, Vocabulary::pad_id);
  const auto model = c.model();
  const auto parameters = std::make_shared<std::vector<Parameter>>(model->parameters());
  const std::shared_ptr<nn::Adam> none;
  return [=, adam = none, draws = Rng(3)]() mutable {
    if (!adam) // its room for gradients is the step's memory
      adam = std::make_shared<nn::Adam>(*parameters, nn::AdamOptions{.lr = 1e-3, .lazy = false});
    adam->zero_grad();
    Tape tape;
    tape.backward(model->loss(source, target, draws));
    nn::clip_grad_norm(*parameters, 1);
    adam->step();
  };
}

std::size_t words_of(const std::vector<std::vector<int>>& sentences) {
  std::size_t n = 0;
  for (const auto& s : sentences) n += s.size();
  return n;
}

// What every program must do at least: each word of a source and each of a target, once. Of the
// context, the decoder without attention has one for a sentence, which is left out here; to train
// with attention, one for each word; a search has what it makes of a place, once for each.
bench::Bound products_of(const TranslationCase& c, std::size_t source, std::size_t target,
                         bool search) {
  const std::size_t e = c.embedding, h = c.hidden, pairs = 2 * c.maxout;
  bench::Bound all;
  for (int direction = 0; direction < (c.attention ? 2 : 1); ++direction) {
    all.add_product(source, e, 3 * h);
    all.add_product(source, h, 3 * h);
  }
  if (c.attention) {
    all.add_product(source, 2 * h, h); // the keys
    all.add_product(target, h, h);     // the queries
    all.add_product(search ? source : target, 2 * h, 3 * h + pairs);
  }
  all.add_product(target, e + h, pairs); // the readout
  all.add_product(target, e, 3 * h);
  all.add_product(target, h, 3 * h);
  all.add_product(target, c.maxout, c.words);
  return all;
}

// No sentence may end, so that both sides do all of 25 steps.
std::function<void()> decoding(const TranslationCase& c) {
  Rng rng(2);
  const PackedIndices source = packed(c.sentences(c.batch, rng));
  const auto model = c.model();
  return [=] {
    model->translate(source, {.beam_size = 5,
                              .max_length = c.longest,
                              .banned = {Vocabulary::pad_id, Vocabulary::start_id,
                                         Vocabulary::end_id, Vocabulary::unk_id}});
  };
}

void memory(bench::Bench& suite, const std::string& name, const TranslationCase& c) {
  if (!suite.wanted(name)) return;
  TranslationCase small = c;
  small.words = 100, small.embedding = small.hidden = small.maxout = 16, small.batch = 2;
  const double ours = bench::memory_of([&] {
    training_step(small)(); // so that no code is loaded in the steps that count
    return training_step(c);
  });
  nlohmann::json row{{"case", name}, {"memory", {{"ours_mb", ours}}}};
  std::string line = fmt::format("{:32} {:.1f} MB a step", name, ours);
  if (!suite.peer_name().empty()) {
    nlohmann::json description = c.for_peer("translator");
    description["small"] = small.for_peer("translator");
    const double peer = bench::memory_of_peer(suite.peer_name(), description);
    row["memory"]["peer_mb"] = peer;
    row["memory"]["share"] = ours / peer;
    line += fmt::format(", {} {:.1f} MB: {:.0f} %", suite.peer_name(), peer, 100 * ours / peer);
  }
  suite.add(row, line);
}

} // namespace

int main(int argc, char** argv) try {
  bench::Bench suite("translation", argc, argv);
  struct Model {
    const char* name;
    bool attention;
  };
  const auto models = {Model{"encoder-decoder", false}, Model{"attention", true}};
  for (const Model& m : models) // first: see memory_of
    memory(suite, fmt::format("memory, {}", m.name), {m.attention});
  for (const Model& m : models) {
    const TranslationCase c{m.attention};
    const std::string name = fmt::format("training, {}", m.name);
    if (!suite.wanted(name)) continue;
    Rng rng(2);
    const std::size_t source = words_of(c.sentences(c.batch, rng)),
                      target = words_of(c.sentences(c.batch, rng)) + c.batch; // with <end>
    suite.run({.name = name,
               .ours = training_step(c),
               .peer = c.for_peer("translator"),
               .bound = products_of(c, source, target, false).ways(true)});
  }
  // Ours decodes all sentences at once. PyTorch does so too, or takes one after another, which is
  // the program that is usually written, and so slow that 64 must do.
  for (const bool together : {true, false})
    for (const Model& m : models) {
      TranslationCase c{m.attention};
      c.batch = together ? 256 : 64;
      const std::string name =
          fmt::format("{}, {}", together ? "beam of 5" : "peer one by one", m.name);
      if (!suite.wanted(name)) continue;
      nlohmann::json peer = c.for_peer("translate");
      peer["together"] = together;
      Rng rng(2);
      const std::size_t source = words_of(c.sentences(c.batch, rng));
      const std::size_t target = c.batch * (1 + 5 * static_cast<std::size_t>(c.longest - 1));
      suite.run({.name = name,
                 .ours = decoding(c),
                 .peer = peer,
                 .bound = products_of(c, source, target, true).ways(false)});
    }
  return suite.finish();
} catch (const std::exception& error) {
  fmt::print(stderr, "bench_translation: {}\n", error.what());
  return 1;
}
