#include "expect.hpp"

#include <vector>

#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "text/models/tagger.hpp"

using namespace tapestry;

namespace {

// The lecture's sentences, the longest first and last, with finer tags beside the tags.
std::vector<TaggedSentence> lecture(bool fine = true) {
  std::vector<TaggedSentence> all{
      {{"the", "smart", "kid", "solved", "the", "problem"},
       {"DET", "ADJ", "NOUN", "VERB", "DET", "NOUN"},
       {"DT", "JJ", "NN", "VBD", "DT", "NN"}},
      {{"my", "car", "works"}, {"DET", "NOUN", "VERB"}, {"PRP$", "NN", "VBZ"}},
      {{"the", "works", "of", "my", "mother"},
       {"DET", "NOUN", "ADP", "DET", "NOUN"},
       {"DT", "NNS", "IN", "PRP$", "NN"}}};
  if (!fine)
    for (TaggedSentence& s : all) s.fine.clear();
  return all;
}

std::vector<const TaggedSentence*> pointers(const std::vector<TaggedSentence>& all) {
  std::vector<const TaggedSentence*> some;
  for (const TaggedSentence& s : all) some.push_back(&s);
  return some;
}

TaggerOptions small(double dropped = 0) {
  return {.word_embedding = 12,
          .character_embedding = 3,
          .character_hidden = 4,
          .hidden = 20,
          .layers = 1,
          .dropout = dropped};
}

// A tagger's parts under its names, with the same weights. It reads one sentence, unpacked.
struct Parts : nn::Module {
  bool has_fine;
  nn::Embedding embed;
  WordSpeller speller;
  nn::LSTM lstm;
  nn::Linear to_tags, to_fine;

  Parts(Tagger& tagger, Rng rng = Rng(9))
      : has_fine(!tagger.vocabulary().fine.empty()),
        embed({.num_embeddings = tagger.vocabulary().words.size(), .embedding_dim = 12}, rng),
        speller({.characters = tagger.vocabulary().characters.size(), .embedding = 3, .hidden = 4},
                rng),
        lstm({.input_size = 20, .hidden_size = 20, .bidirectional = true}, rng),
        to_tags({.in_features = 40, .out_features = tagger.vocabulary().tags.size()}, rng),
        to_fine({.in_features = 40, .out_features = has_fine ? tagger.vocabulary().fine.size() : 1},
                rng) {
    load_state_dict(tagger.state_dict());
  }
  void visit(nn::Visitor& v) override {
    v("embed", embed), v("speller", speller), v("lstm", lstm), v("to_tags", to_tags);
    if (has_fine) v("to_fine", to_fine);
  }

  Var read(const TaggerBatch& one) const { // -> (T, 40)
    const std::size_t n = one.words.data.size();
    const Var rows = concatenate({embed(one.words.data), speller(one.spelt)}, 1);
    return reshape(lstm(reshape(rows, {n, 1, 20})).output, {n, 40});
  }
  // The loss of a corpus, whose words all have a tag: sentence by sentence.
  Var loss(const Tagger& tagger, const std::vector<TaggedSentence>& all, double share) const {
    Var sum = constant(zeros({}));
    double words = 0;
    for (const TaggedSentence& s : all) {
      const TaggerBatch one = tagger.batch({&s});
      const double n = static_cast<double>(s.words.size());
      const Var shown = read(one);
      sum = sum + n * (1 - share) * cross_entropy(to_tags(shown), one.tags);
      if (has_fine) sum = sum + n * share * cross_entropy(to_fine(shown), one.fine);
      words += n;
    }
    return sum / words;
  }
};

// Which columns of a gradient are 0 throughout: what was dropped.
std::vector<bool> zero_columns(const Tensor& gradient) {
  std::vector<bool> zero(gradient.shape()[1], true);
  for (std::size_t i = 0; i < gradient.shape()[0]; ++i)
    for (std::size_t j = 0; j < zero.size(); ++j)
      if (gradient(i, j) != 0) zero[j] = false;
  return zero;
}

Tensor gradient_of(Tagger& tagger, const std::string& name) {
  for (const auto& [its, parameter] : tagger.named_parameters())
    if (its == name) return parameter.grad();
  return {};
}

int count(const std::vector<bool>& which) {
  int n = 0;
  for (const bool one : which) n += one;
  return n;
}

} // namespace

STEP("the scores of each word") {
  Rng rng(1);
  const std::vector<TaggedSentence> all = lecture();
  Tagger tagger(TaggerVocabulary(all), small(0.5), rng);
  tagger.eval(); // nothing is dropped
  const Parts parts(tagger);
  const TaggerBatch batch = tagger.batch(pointers(all));
  const auto [tags, fine] = tagger(batch, rng);
  expect_equal("the shape of the scores of 14 words", tags.shape(),
               Shape{14, tagger.vocabulary().tags.size()});
  expect_equal("the shape of the finer ones", fine.shape(),
               Shape{14, tagger.vocabulary().fine.size()});
  const PackedLayout& layout = *batch.words.layout;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<int> rows;
    for (std::size_t t = 0; t < all[i].words.size(); ++t)
      rows.push_back(static_cast<int>(layout.begins[t]) + layout.unsorted_indices(i));
    const Var shown = parts.read(tagger.batch({&all[i]}));
    const std::string of = " of \"" + all[i].words[1] + "\"'s sentence, as if it were alone";
    expect_equal("the scores" + of, index_select(tags, 0, ids_from(rows)).value(),
                 parts.to_tags(shown).value());
    expect_equal("the finer scores" + of, index_select(fine, 0, ids_from(rows)).value(),
                 parts.to_fine(shown).value());
  }
}

STEP("the loss") {
  Rng rng(2);
  const std::vector<TaggedSentence> all = lecture();
  for (const double share : {0.3, 0.0, 1.0}) {
    TaggerOptions options = small();
    options.fine_share = share;
    Tagger tagger(TaggerVocabulary(all), options, rng);
    expect_equal("with a share of " + std::to_string(share).substr(0, 3) + " on the finer tags",
                 tagger.loss(tagger.batch(pointers(all)), rng).item(),
                 Parts(tagger).loss(tagger, all, share).item());
  }
}

STEP("a corpus without finer tags") {
  Rng rng(3);
  const std::vector<TaggedSentence> all = lecture(false);
  Tagger tagger(TaggerVocabulary(all), small(), rng);
  const TaggerBatch batch = tagger.batch(pointers(all));
  expect("the finer scores", tagger(batch, rng).fine.shape().empty(), "they are there");
  expect_equal("the loss", tagger.loss(batch, rng).item(),
               Parts(tagger).loss(tagger, all, 0).item());
}

STEP("the gradients") {
  Rng rng(4);
  const std::vector<TaggedSentence> all = lecture();
  Tagger tagger(TaggerVocabulary(all), small(), rng);
  Parts parts(tagger);
  {
    Tape tape;
    tape.backward(tagger.loss(tagger.batch(pointers(all)), rng));
  }
  Tape tape;
  tape.backward(parts.loss(tagger, all, 0.3));
  const auto wanted = parts.named_parameters();
  const auto got = tagger.named_parameters();
  for (std::size_t i = 0; i < got.size(); ++i)
    expect_equal("the gradient of " + got[i].first, got[i].second.grad(), wanted[i].second.grad());
}

STEP("dropout, in training") {
  Rng rng(5);
  const TaggedSentence one{{"works"}, {"NOUN"}, {"NNS"}};
  Tagger tagger(TaggerVocabulary(lecture()), small(0.5), rng);
  {
    Tape tape;
    tape.backward(tagger.loss(tagger.batch({&one}), rng));
  }
  const std::vector<bool> read = zero_columns(gradient_of(tagger, "lstm.weight_ih_l0")),
                          shown = zero_columns(gradient_of(tagger, "to_tags.weight")),
                          fine = zero_columns(gradient_of(tagger, "to_fine.weight"));
  // Of 20 and of 40 fair coins: outside of this once in 10,000 times.
  expect("of the 20 entries that lstm_ reads", 2 < count(read) && count(read) < 18,
         "about half should be dropped", {double(count(read))});
  expect("of the 40 entries that are scored", 8 < count(shown) && count(shown) < 32,
         "about half should be dropped", {double(count(shown))});
  expect("the finer scores", shown == fine, "they have another draw than the tags'");
  // What is kept is divided by 1 - p: that is dropout's own work, and it must be handed p.
  Tagger most(TaggerVocabulary(lecture()), small(0.9), rng);
  {
    Tape tape;
    tape.backward(most.loss(most.batch({&one}), rng));
  }
  expect("with a dropout of 0.9, of 40",
         count(zero_columns(gradient_of(most, "to_tags.weight"))) > 26, "most should be dropped",
         {double(count(zero_columns(gradient_of(most, "to_tags.weight"))))});
}

STEP("between the layers") {
  Rng rng(6);
  TaggerOptions options = small(0.5);
  options.layers = 2;
  const std::vector<TaggedSentence> all = lecture();
  Tagger tagger(TaggerVocabulary(all), options, rng);
  const TaggerBatch batch = tagger.batch(pointers(all));
  const Tensor in_training = tagger(batch, rng).tags.value();
  tagger.eval();
  expect("the scores in training and in use", in_training != tagger(batch, rng).tags.value(),
         "they are the same");
}

STEP("a use: two kinds of works") {
  Rng rng(7);
  const std::vector<TaggedSentence> all = lecture();
  TaggerOptions options = small(0.1);
  options.layers = 2;
  Tagger tagger(TaggerVocabulary(all), options, rng);
  nn::Adam adam(tagger.parameters(), {.lr = 0.02});
  for (int step = 0; step < 60; ++step) {
    adam.zero_grad();
    Tape tape;
    tape.backward(tagger.loss(tagger.batch(pointers(all)), rng));
    adam.step();
  }
  const auto said = tagger.tag(pointers(all));
  int right = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t t = 0; t < all[i].words.size(); ++t)
      right += tagger.vocabulary().tags[static_cast<std::size_t>(said[i][t])] == all[i].tags[t];
  expect("the tags of 14 words, learnt by heart", right == 14, "some are wrong", {double(right)});
}
