#include "expect.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "autograd/ids.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "vision/captioning/show_and_tell.hpp"

using namespace tapestry;

namespace {

constexpr int end_id = Vocabulary::end_id, a = 4, b = 5, c = 6;

using Captions = std::vector<std::vector<int>>; // the words alone

// (T, N), from <start> to <end>, and more rows of padding
Indices columns(Captions captions, std::size_t padding = 0) {
  std::size_t longest = 0;
  for (std::vector<int>& words : captions) {
    words.insert(words.begin(), Vocabulary::start_id);
    words.push_back(end_id);
    longest = std::max(longest, words.size());
  }
  captions.front().resize(longest + padding, Vocabulary::pad_id);
  return stack_padded(captions, Vocabulary::pad_id);
}

double loss_of(ShowAndTell& model, const Tensor& vectors, const std::vector<int>& picture_of,
               const Indices& captions, double smoothing = 0) {
  Rng rng(1);
  return model.loss(constant(vectors), ids_from(picture_of), captions, rng, smoothing).item();
}

ShowAndTell teller(ShowAndTellOptions options) {
  Rng rng(1);
  return ShowAndTell(options, rng);
}

// --- one number for a word, for a picture and for the state ---

constexpr double picture = 0.5, start = 0.3;
Tensor one_picture() { return tensor({1, 1}, {picture}); }

// c' = f c + tanh(x) and h = tanh(c'), where f is 1, or 0 if the LSTM forgets. All other weights
// are 0, so all six words are as probable, but for what a step sets.
struct Tiny {
  explicit Tiny(bool every_step = false, double dropout = 0)
      : model(teller({.vocabulary = 6,
                      .embedding = 1,
                      .hidden = 1,
                      .dropout = dropout,
                      .every_step = every_step})),
        weights(model.state_dict()) {
    for (auto& [name, x] : weights) x.fill(0);
    weights.at("embed.weight").fill(0.9);
    weights.at("embed.weight")(Vocabulary::start_id, 0) = start;
    weights.at("lstm.weight_ih_l0")(2, 0) = 1;
    weights.at("lstm.bias_ih_l0") = Tensor{60, 60, 0, 60}; // i, f, g, o: open gates
  }

  // P(a) = 1/2, P(b) = 1/4, P(<end>) = 1/8, and 1/24 for the others, whatever was read.
  void set_probabilities() {
    Tensor& bias = weights.at("to_words.bias");
    bias.fill(-std::log(24.0));
    bias(a) = -std::log(2.0), bias(b) = -std::log(4.0), bias(end_id) = -std::log(8.0);
  }

  double loss(const Captions& captions, double smoothing = 0) {
    model.load_state_dict(weights);
    return loss_of(model, one_picture(), std::vector<int>(captions.size(), 0), columns(captions),
                   smoothing);
  }

  // What the LSTM shows when <end> is the first word: <end> has it for a score, and the others 0.
  double shown(bool forgets) {
    weights.at("lstm.bias_ih_l0")(1) = forgets ? -60 : 60;
    weights.at("to_words.weight")(end_id, 0) = 1;
    const double p = std::exp(-loss({{}}));
    return std::log(5 * p / (1 - p));
  }

  ShowAndTell model;
  nn::StateDict weights;
};

const double ln2 = std::log(2.0);

// --- models of random weights ---

ShowAndTellOptions small(bool every_step) {
  return {.vocabulary = 7, .embedding = 3, .hidden = 4, .every_step = every_step};
}

Tensor row(const Tensor& x, int i) {
  const std::size_t width = x.shape()[1];
  Tensor one = Tensor::from_shape({width});
  std::copy_n(x.data() + static_cast<std::size_t>(i) * width, width, one.data());
  return one;
}

// Word by word, caption by caption, as the search has it: it does not need the loss.
double one_by_one(ShowAndTell& model, const Tensor& vectors, const std::vector<int>& picture_of,
                  const Captions& captions) {
  double sum = 0, words = 0;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    std::vector<int> all = captions[i];
    all.push_back(end_id);
    for (const double log_p : model.log_probabilities(row(vectors, picture_of[i]), all))
      sum -= log_p, ++words;
  }
  return sum / words;
}

void expect_as_one_by_one(const std::string& what, ShowAndTell& model, std::size_t width,
                          const std::vector<int>& picture_of, const Captions& captions,
                          std::size_t padding = 0) {
  const Tensor vectors = random({3, width}, 2);
  expect_equal(what, loss_of(model, vectors, picture_of, columns(captions, padding)),
               one_by_one(model, vectors, picture_of, captions));
}

const Captions five{{b}, {a, b, c}, {}, {c, a}, {b}};
const std::vector<int> pictures_of_five{2, 0, 1, 2, 0};

// --- dropout of a half ---

// Each number that goes in or out is 0 or twice itself: what a caption without words can cost.
std::array<double, 5> possible_losses(bool every_step) {
  std::array<double, 5> all{std::log(6.0)}; // nothing came out
  std::size_t k = 1;
  for (const double x : {0.0, 2.0})
    for (const double y : {0.0, 2.0}) {
      const double second = every_step ? start + picture : start;
      const double h = std::tanh(std::tanh(0.2 + x * picture) + std::tanh(0.2 + y * second));
      all[k++] = std::log(std::exp(2 * h) + 5) - 2 * h;
    }
  return all;
}

// Two captions without words, of one picture: every possible loss must come, and no other.
void expect_possible_losses(bool every_step) {
  const std::string what = every_step ? "the same with every_step"
                                      : "the loss of two captions without words, of one picture";
  Tiny t(every_step, 0.5);
  t.weights.at("lstm.bias_ih_l0")(2) = 0.2; // a dropped input leaves a trace
  t.weights.at("to_words.weight")(end_id, 0) = 1;
  t.model.load_state_dict(t.weights);
  const std::array<double, 5> possible = possible_losses(every_step);
  std::array<std::array<bool, 5>, 5> came{};
  Rng rng(1);
  for (int draw = 0; draw < 4000; ++draw) { // the rarest comes once in 64 times
    const double loss =
        t.model.loss(constant(one_picture()), ids_from(std::vector{0, 0}), columns({{}, {}}), rng)
            .item();
    bool found = false;
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t j = i; j < 5; ++j)
        if (std::abs(loss - (possible[i] + possible[j]) / 2) < 1e-9) found = came[i][j] = true;
    expect(
        what, found,
        fmt::format("it is {:.6g}; with dropout 0.5 each number that goes into the LSTM, and each "
                    "that comes out, is 0 or twice itself, and no choice of those gives this",
                    loss),
        {loss});
  }
  int different = 0;
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t j = i; j < 5; ++j) different += came[i][j];
  expect(what, different == 15,
         fmt::format("in 4000 losses {} of 15 possible ones came: each row that goes in, and each "
                     "that comes out, is dropped for itself, and anew at each call",
                     different),
         {double(different)});
}

} // namespace

STEP("the targets: every word, and <end>") {
  Tiny t;
  t.set_probabilities();
  expect_equal("<start> a b <end>, where P(a) = 1/2, P(b) = 1/4, P(<end>) = 1/8", t.loss({{a, b}}),
               (1 + 2 + 3) * ln2 / 3);
  expect_equal("<start> <end>", t.loss({{}}), 3 * ln2);
  expect_equal("<start> a b <end> and <start> b <end>: the mean over five words",
               t.loss({{a, b}, {b}}), (1 + 2 + 3 + 2 + 3) * ln2 / 5);
}

STEP("the picture, then <start>") {
  expect_equal("what an LSTM that adds up shows after a picture of 0.5 and a <start> of 0.3, "
               "tanh(tanh 0.5 + tanh 0.3)",
               Tiny().shown(false), std::tanh(std::tanh(picture) + std::tanh(start)));
}

STEP("the picture comes first, and once") {
  expect_equal("what an LSTM that forgets all that was before shows after <start>, tanh(tanh 0.3)",
               Tiny().shown(true), std::tanh(std::tanh(start)));
}

STEP("one caption, word by word") {
  ShowAndTell model = teller(small(false));
  expect_as_one_by_one("<start> a b <end>, beside log_probabilities", model, 3, {1}, {{a, b}});
  expect_as_one_by_one("<start> c a a b <end>", model, 3, {2}, {{c, a, a, b}});
}

STEP("pictures of another size") {
  ShowAndTellOptions options = small(false);
  options.picture = 5;
  ShowAndTell model = teller(options);
  model.standardise(random({20, 5}, 3));
  expect_as_one_by_one("a vector of 5 numbers, where words have 3", model, 5, {1}, {{a, b}});
}

STEP("captions of different lengths") {
  ShowAndTell model = teller(small(false));
  expect_as_one_by_one("the longer first, each with its own picture", model, 3, {0, 1},
                       {{a, b, c}, {c}});
  expect_as_one_by_one("the shorter first, each with its own picture", model, 3, {0, 1},
                       {{c}, {a, b, c}});
  expect_as_one_by_one("five captions of three pictures", model, 3, pictures_of_five, five);
  expect_as_one_by_one("the same, and two rows of padding more", model, 3, pictures_of_five, five,
                       2);
  expect_as_one_by_one("two captions without words, of one picture", model, 3, {2, 2}, {{}, {}});
}

STEP("every_step: the picture is added to every word as well") {
  expect_equal("what an LSTM that forgets all that was before shows after <start>, tanh(tanh 0.8)",
               Tiny(true).shown(true), std::tanh(std::tanh(start + picture)));
  expect_equal(
      "what one that adds up shows, tanh(tanh 0.5 + tanh 0.8): the picture comes first, too",
      Tiny(true).shown(false), std::tanh(std::tanh(picture) + std::tanh(start + picture)));
  ShowAndTell model = teller(small(true));
  expect_as_one_by_one("five captions of three pictures", model, 3, pictures_of_five, five);
}

STEP("label smoothing") {
  Tiny t;
  t.set_probabilities();
  const double all = (ln2 + 2 * ln2 + 3 * ln2 + 3 * std::log(24.0)) / 6; // the mean of -log P
  expect_equal("<start> a b <end>, a share of 0.3 goes to all six words alike",
               t.loss({{a, b}}, 0.3), 0.7 * 2 * ln2 + 0.3 * all);
}

STEP("dropout, of what the LSTM shows") {
  Tiny t(false, 1);
  t.set_probabilities();
  t.weights.at("lstm.bias_ih_l0")(2) = 0.2; // it shows something, whatever goes in
  t.weights.at("to_words.weight")(end_id, 0) = 1;
  expect_equal("if everything is dropped, the biases alone speak: <start> a b <end>, where "
               "P(a) = 1/2, P(b) = 1/4, P(<end>) = 1/8",
               t.loss({{a, b}}), 2 * ln2);
}

STEP("dropout, of what goes in and of what comes out") {
  expect_possible_losses(false);
  expect_possible_losses(true);
}

STEP("in evaluation: the same, and nothing is dropped") {
  for (const bool every_step : {false, true}) {
    ShowAndTellOptions options = small(every_step);
    ShowAndTell without = teller(options);
    options.dropout = 0.5;
    ShowAndTell with = teller(options); // of the same weights
    with.eval();
    const Tensor vectors = random({3, 3}, 2);
    const auto loss = [&](ShowAndTell& model) {
      return loss_of(model, vectors, pictures_of_five, columns(five), 0.3);
    };
    expect_equal(fmt::format("the loss of five captions{}, label smoothing 0.3, beside that of a "
                             "model without dropout",
                             every_step ? ", with every_step" : ""),
                 loss(with), loss(without));
  }
}

STEP("the gradients") {
  for (const bool every_step : {false, true}) {
    ShowAndTellOptions options = small(every_step);
    options.picture = 2;
    options.dropout = 0.3;
    ShowAndTell model = teller(options);
    Parameter vectors("vectors", random({3, 2}, 5));
    const auto loss = [&] {
      Rng same(3); // the same entries are dropped each time
      return model.loss(vectors, ids_from(pictures_of_five), columns(five), same, 0.1);
    };
    auto all = model.named_parameters();
    all.emplace_back("the pictures' vectors", vectors);
    {
      Tape tape;
      tape.backward(loss());
    }
    for (auto& [name, p] : all) {
      const Tensor got = p.grad(), at = std::as_const(p).value();
      Tensor numeric = at;
      for (std::size_t i = 0; i < at.size(); ++i) {
        constexpr double h = 1e-4; // the third derivative's part and the rounding: both below 1e-8
        const auto moved = [&](double by) {
          Tensor x = at;
          x.data()[i] += by;
          p.set(x);
          return static_cast<double>(loss().item());
        };
        numeric.data()[i] = (moved(h) - moved(-h)) / (2 * h);
      }
      p.set(at);
      expect_equal(fmt::format("the gradient of {}{}", name, every_step ? ", with every_step" : ""),
                   got, numeric, 1e-5);
    }
  }
}

STEP("a use: three pictures, learnt by heart") {
  ShowAndTell model = teller({.vocabulary = 7, .embedding = 8, .hidden = 16});
  const Tensor vectors = random({3, 8}, 4);
  const Captions captions{{b, c}, {a}, {a, b, a, c}};
  nn::Adam adam(model.parameters(), {.lr = 0.05});
  Rng rng(1);
  for (int step = 0; step < 80; ++step) {
    adam.zero_grad();
    Tape tape;
    tape.backward(
        model.loss(constant(vectors), ids_from(std::vector{2, 0, 1}), columns(captions), rng));
    adam.step();
  }
  const std::vector<int> picture_of{2, 0, 1};
  int right = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<int> words = captions[i];
    words.push_back(end_id);
    right += model.tell(row(vectors, picture_of[i]), {})[0].tokens == words;
  }
  expect("of three captions, those that the search finds after 80 steps", right == 3,
         "some are not found", {double(right)});
}
