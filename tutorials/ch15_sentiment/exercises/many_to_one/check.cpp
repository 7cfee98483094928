#include "expect.hpp"

#include <stdexcept>
#include <vector>

#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "text/models/sentiment.hpp"

using namespace tapestry;

namespace {

using Sentences = std::vector<std::vector<int>>;

const Sentences three{{4, 5}, {6, 4, 7, 5, 8}, {7}};

SentimentOptions small(Summary summary, bool both = true) {
  return {.vocabulary = 9,
          .classes = 3,
          .embedding = 20,
          .hidden = 20,
          .bidirectional = both,
          .summary = summary,
          .dropout = 0,
          .word_dropout = 0};
}

// A model's parts under its names, with the same weights. It reads one sentence.
struct Parts : nn::Module {
  SentimentOptions options;
  nn::Embedding embed;
  nn::LSTM lstm;
  nn::Linear to_classes;

  Parts(SentimentModel& model, const SentimentOptions& o, Rng rng = Rng(9))
      : options(o), embed({.num_embeddings = 9, .embedding_dim = 20}, rng),
        lstm({.input_size = 20, .hidden_size = 20, .bidirectional = o.bidirectional}, rng),
        to_classes({.in_features = o.bidirectional ? 40u : 20u, .out_features = 3}, rng) {
    load_state_dict(model.state_dict());
  }
  void visit(nn::Visitor& v) override {
    v("embed", embed), v("lstm", lstm), v("to_classes", to_classes);
  }
  Var operator()(const std::vector<int>& words) const { // -> (1, classes)
    const std::size_t n = words.size();
    const Var out = lstm(reshape(embed(ids_from(words)), {n, 1, 20})).output; // (n, 1, D * 20)
    if (options.summary == Summary::mean) return to_classes(mean(out, {0}));
    if (options.summary == Summary::max) return to_classes(max(out, {0}));
    const Var end = select(out, 0, n - 1), begin = select(out, 0, 0);
    return to_classes(options.bidirectional
                          ? concatenate({slice(end, 1, 0, 20), slice(begin, 1, 20, 40)}, 1)
                          : end);
  }
};

void expect_as_alone(Summary summary, bool both) {
  Rng rng(1);
  SentimentOptions options = small(summary, both);
  options.dropout = 0.5, options.word_dropout = 0.5; // for training alone
  SentimentModel model(options, rng);
  model.eval();
  const Parts parts(model, options);
  const Var scores = model(three, rng);
  expect_equal("the shape of the scores of three sentences", scores.shape(), Shape{3, 3});
  for (std::size_t b = 0; b < 3; ++b)
    expect_equal("the scores of a sentence of " + std::to_string(three[b].size()) +
                     ", as if it were alone",
                 slice(scores, 0, b, b + 1).value(), parts(three[b]).value());
}

void expect_same_gradients(Summary summary) {
  Rng rng(2);
  SentimentModel model(small(summary), rng);
  Parts parts(model, small(summary));
  const Tensor cotangent = random({3, 3}, 5);
  {
    Tape tape;
    tape.backward(model(three, rng), cotangent);
  }
  Tape tape;
  tape.backward(concatenate({parts(three[0]), parts(three[1]), parts(three[2])}, 0), cotangent);
  const auto got = model.named_parameters(), wanted = parts.named_parameters();
  for (std::size_t i = 0; i < got.size(); ++i)
    expect_equal("the gradient of " + got[i].first, got[i].second.grad(), wanted[i].second.grad());
}

// How many columns of this parameter's gradient, or rows, are 0 throughout.
int zeros_of(SentimentModel& model, const std::string& name, bool rows) {
  for (const auto& [its, parameter] : model.named_parameters()) {
    if (its != name) continue;
    const Tensor g = parameter.grad();
    int zero = 0;
    for (std::size_t k = 0; k < g.shape()[rows ? 0 : 1]; ++k) {
      bool all = true;
      for (std::size_t l = 0; l < g.shape()[rows ? 1 : 0]; ++l)
        all = all && (rows ? g(k, l) : g(l, k)) == 0;
      zero += all;
    }
    return zero;
  }
  return -1;
}

} // namespace

STEP("last") { expect_as_alone(Summary::last, true); }

STEP("last, of one direction") { expect_as_alone(Summary::last, false); }

STEP("mean") { expect_as_alone(Summary::mean, true); }

STEP("max") { expect_as_alone(Summary::max, true); }

STEP("the gradients") {
  for (const Summary summary : {Summary::last, Summary::mean, Summary::max})
    expect_same_gradients(summary);
}

STEP("a sentence without words") {
  Rng rng(3);
  const SentimentModel model(small(Summary::mean), rng);
  expect_error<std::invalid_argument>(
      "the second of two is empty",
      [&] {
        model({{4}, {}}, rng);
      },
      "a sentence without words");
}

STEP("dropout, in training") {
  Rng rng(4);
  SentimentOptions options = small(Summary::mean);
  options.dropout = 0.5;
  SentimentModel model(options, rng);
  {
    Tape tape;
    tape.backward(sum(model({{7}}, rng)));
  }
  // Of 20 and of 40 fair coins: outside of this once in 10,000 times.
  const int read = zeros_of(model, "lstm.weight_ih_l0", false),
            summary = zeros_of(model, "to_classes.weight", false);
  expect("of the 20 entries of a word's vector", 2 < read && read < 18,
         "about half should be dropped", {double(read)});
  expect("of the 40 entries of the summary", 8 < summary && summary < 32,
         "about half should be dropped", {double(summary)});
  options.dropout = 0.9;
  SentimentModel most(options, rng);
  {
    Tape tape;
    tape.backward(sum(most({{7}}, rng)));
  }
  const int of_40 = zeros_of(most, "to_classes.weight", false);
  expect("with a dropout of 0.9, of 40", of_40 > 26, "most should be dropped", {double(of_40)});
}

STEP("words that become unknown, in training") {
  Rng rng(5);
  SentimentOptions options = small(Summary::mean, false);
  options.word_dropout = 0.25;
  SentimentModel model(options, rng);
  // 400 times the one word 7: the gradient of its row to that of row <unk> is as what is kept to
  // what is not, for one that goes alike into every sentence.
  const Sentences many(400, {7});
  model.vectors().update([](Tensor& w) {
    for (std::size_t j = 0; j < 20; ++j) w(Vocabulary::unk_id, j) = w(7, j);
  });
  {
    Tape tape;
    tape.backward(sum(model(many, rng)));
  }
  const Tensor g = model.vectors().grad();
  const double share = g(Vocabulary::unk_id, 0) / (g(Vocabulary::unk_id, 0) + g(7, 0));
  // Its deviation is 0.022.
  expect("of 400 words, the share that became unknown", 0.15 < share && share < 0.35,
         "it should be about 0.25", {share});
  expect("rows of the table with a gradient", zeros_of(model, "embed.weight", true) == 7,
         "they should be <unk>'s and the word's", {});
  // Each word is drawn for itself, also within a sentence.
  for (const Parameter& p : model.parameters()) p.zero_grad();
  {
    Tape tape;
    tape.backward(sum(model({std::vector<int>(40, 7)}, rng)));
  }
  expect("rows with a gradient, after one sentence of 40 times the word",
         zeros_of(model, "embed.weight", true) == 7, "they should be <unk>'s and the word's", {});
}

STEP("a use: not good, not bad") {
  Rng rng(6);
  SentimentOptions options = small(Summary::last);
  options.classes = 2;
  SentimentModel model(options, rng);
  // 4 the, 5 soup, 6 good, 7 bad, 8 not: blame is 0, praise is 1
  const Sentences texts{{6}, {7}, {8, 6}, {8, 7}, {4, 5, 6}, {4, 5, 7}, {4, 5, 8, 6}, {4, 5, 8, 7}};
  const Indices labels = ids_from(std::vector<int>{1, 0, 0, 1, 1, 0, 0, 1});
  nn::Adam adam(model.parameters(), {.lr = 0.02});
  for (int step = 0; step < 80; ++step) {
    adam.zero_grad();
    Tape tape;
    tape.backward(cross_entropy(model(texts, rng), labels));
    adam.step();
  }
  model.eval();
  const Indices said = argmax(model(texts, rng), 1);
  int right = 0;
  for (std::size_t i = 0; i < 8; ++i) right += said(i) == labels(i);
  expect("of 8 verdicts", right == 8, "some are wrong", {double(right)});
}
