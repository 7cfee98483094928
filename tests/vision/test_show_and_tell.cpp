#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/tape.hpp"
#include "nn/training/checkpoint.hpp"
#include "nn/training/optimizer.hpp"
#include "nn/training/safetensors.hpp"
#include "temporary_folder.hpp"
#include "tests/nn/check.hpp"
#include "text/scenes/scene_captions.hpp"
#include "text/tokens/word_tokenizer.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/scenes/scene_draw.hpp"

using namespace tapestry;
using namespace tapestry::testing;
using std::string;

namespace {

// Eight drawn scenes with one caption each, and a captioner trained on nothing else.
struct Overfitted {
  static constexpr std::size_t side = 16;
  std::vector<Tensor> pictures;
  std::vector<string> captions;
  std::unique_ptr<Captioner> captioner;
  double loss = 0;

  Overfitted() {
    Rng rng(5);
    std::vector<std::vector<string>> sentences;
    for (int i = 0; i < 8; ++i) {
      const Scene scene = random_scene(rng);
      pictures.push_back(draw_scene(scene, side));
      captions.push_back(random_caption(scene, rng).english);
      sentences.push_back(tokenize_words(captions.back()));
    }
    const Vocabulary words(sentences);
    captioner = std::make_unique<Captioner>(
        words,
        CaptionerOptions{.embedding = 24,
                         .hidden = 48,
                         .cnn = {.channels = {6, 8}, .colour_channels = {6}, .side = side}},
        rng);
    std::size_t longest = 0;
    for (const auto& s : sentences) longest = std::max(longest, s.size());
    Tensor batch = Tensor::from_shape({8, 3, side, side});
    Indices picture_of = indices({8}, {0, 1, 2, 3, 4, 5, 6, 7});
    Indices ids = Indices::from_shape({longest + 2, 8});
    std::fill_n(ids.data(), ids.size(), Vocabulary::pad_id);
    for (std::size_t i = 0; i < 8; ++i) {
      std::copy_n(pictures[i].data(), pictures[i].size(), batch.data() + i * pictures[i].size());
      std::vector<int> column = words.encode(sentences[i]);
      column.insert(column.begin(), Vocabulary::start_id);
      column.push_back(Vocabulary::end_id);
      for (std::size_t t = 0; t < column.size(); ++t) ids.data()[t * 8 + i] = column[t];
    }
    Captioner& model = *captioner;
    nn::Adam optimizer(model.parameters(), {.lr = 0.01});
    for (int step = 0; step < 120; ++step) {
      optimizer.zero_grad();
      Tape tape;
      const Var vectors = model.cnn->look(constant(batch));
      const Var l = model.teller.loss(vectors, picture_of, ids, rng) +
                    5 * model.cnn->loss(vectors, picture_of, ids);
      tape.backward(l);
      nn::clip_grad_norm(model.parameters(), 5);
      optimizer.step();
      loss = l.item();
    }
    model.eval();
  }
};

const Overfitted& overfitted() {
  static const Overfitted result;
  return result;
}

// Unequal captions, a picture used twice.
const Indices picture_of = indices({5}, {1, 0, 1, 3, 2});
const Indices captions =
    indices({5, 5}, {1, 1, 1, 1, 1, 5, 4, 6, 4, 5, 4, 2, 5, 6, 2, 2, 0, 4, 2, 0, 0, 0, 2, 0, 0});

// Seven words.
constexpr std::size_t vocabulary = 7;
const Vocabulary& seven_words() {
  static const Vocabulary words(std::vector<std::vector<string>>{{"a", "b", "c"}});
  return words;
}
const CnnOptions tiny_cnn{.channels = {2, 3}, .colour_channels = {2}, .side = 8, .features = 4};

Captioner tiny_captioner(Rng& rng) {
  return Captioner(seven_words(), {.embedding = 4, .hidden = 5, .cnn = tiny_cnn}, rng);
}
ShowAndTell tiny_teller(Rng& rng, ShowAndTellOptions o = {.vocabulary = vocabulary}) {
  o.embedding = 4;
  o.hidden = 5;
  return ShowAndTell(o, rng);
}

// -log p of a caption, from the loss: the mean over words, times their number. vector: (E)
double cost(ShowAndTell& teller, const Tensor& vector, const std::vector<int>& tokens) {
  std::vector<int> ids{Vocabulary::start_id};
  ids.insert(ids.end(), tokens.begin(), tokens.end());
  Rng rng(0);
  return teller
             .loss(constant(reshaped(vector, {1, vector.size()})), indices({1}, {0}),
                   indices({ids.size(), 1}, ids), rng)
             .item() *
         static_cast<double>(tokens.size());
}

// The vector of one picture. -> (1, E)
Tensor vector_of(Captioner& captioner, const Tensor& picture) {
  const std::size_t s = picture.shape()[1];
  return captioner.cnn->look(constant(reshaped(picture, {1, 3, s, s}))).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(show_and_tell)

BOOST_AUTO_TEST_CASE(gradients_of_the_losses) {
  Rng rng(1);
  Captioner model = tiny_captioner(rng);
  const Tensor pictures = uniform({4, 3, 8, 8}, 0, 1, rng);
  const auto check = [&](std::vector<Parameter> parameters, const auto& loss) {
    std::erase_if(parameters, [&](const Parameter& p) {
      // In training the batch's mean takes these biases out again: their gradients are 0.
      return model.training() && p.name().ends_with("project.bias");
    });
    check_gradients([&](const auto& x) { return loss(x[0]); }, {pictures}, parameters);
  };
  const auto without = [](std::vector<Parameter> all, const string& start) {
    std::erase_if(all, [&](const Parameter& p) { return p.name().starts_with(start); });
    return all;
  };
  const auto tell = [&](const Var& x) {
    return model.teller.loss(model.cnn->look(x), picture_of, captions, rng);
  };
  check(without(model.parameters(), "to_concepts."), tell);
  check(model.cnn->parameters(),
        [&](const Var& x) { return model.cnn->loss(model.cnn->look(x), picture_of, captions); });
  model.eval();
  check(without(model.parameters(), "to_concepts."), tell);
}

// A vector of another size goes through a layer of its own; smoothed labels, and dropout.
BOOST_AUTO_TEST_CASE(gradients_from_vectors) {
  Rng rng(2);
  for (const bool every_step : {false, true}) {
    ShowAndTell teller = tiny_teller(
        rng, {.vocabulary = vocabulary, .picture = 6, .dropout = 0.3, .every_step = every_step});
    const Tensor vectors = normal({4, 6}, 0, 1, rng);
    teller.standardise(normal({9, 6}, 1, 3, rng));
    check_gradients(
        [&](const auto& x) {
          Rng same(3); // the same entries are dropped each time
          return teller.loss(x[0], picture_of, captions, same, 0.1);
        },
        {vectors}, teller.parameters());
  }
}

// The packed batch gives what the captions give one by one, in whatever order they come.
BOOST_AUTO_TEST_CASE(a_batch_is_its_captions) {
  Rng rng(1);
  for (const bool every_step : {false, true}) {
    ShowAndTell teller = tiny_teller(rng, {.vocabulary = vocabulary, .every_step = every_step});
    const Tensor vectors = normal({4, 4}, 0, 1, rng);
    double sum = 0, words = 0;
    for (std::size_t i = 0; i < 5; ++i) {
      std::vector<int> tokens;
      for (std::size_t t = 1; t < 5 && captions(t, i) != Vocabulary::pad_id; ++t)
        tokens.push_back(captions(t, i));
      Tensor own = zeros({4});
      std::copy_n(vectors.data() + 4 * picture_of(i), 4, own.data());
      sum += cost(teller, own, tokens);
      words += static_cast<double>(tokens.size());
      const std::vector<double> each = teller.log_probabilities(own, tokens);
      BOOST_REQUIRE(each.size() == tokens.size());
      double whole = 0;
      for (const double log_p : each) whole += log_p;
      BOOST_TEST(std::abs(whole + cost(teller, own, tokens)) < 1e-12); // a few sums in double
    }
    const double mean = teller.loss(constant(vectors), picture_of, captions, rng).item();
    BOOST_TEST(std::abs(mean - sum / words) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(smoothing_and_dropout) {
  Rng rng(1);
  ShowAndTell teller = tiny_teller(rng, {.vocabulary = vocabulary, .dropout = 0.5});
  const Tensor vectors = normal({4, 4}, 0, 1, rng);
  const auto loss = [&](double smoothing) {
    return teller.loss(constant(vectors), picture_of, captions, rng, smoothing).item();
  };
  BOOST_TEST(loss(0) != loss(0)); // other entries are dropped
  teller.eval();
  BOOST_TEST(loss(0) == loss(0));
  BOOST_TEST(loss(0.5) != loss(0));
}

// What the detectors are asked follows from the parts of a sentence, and from whether sums count.
BOOST_AUTO_TEST_CASE(detectors_of_parts_and_pairs) {
  const auto model = [](std::size_t parts, bool pairs) {
    Rng rng(1);
    return TaughtCnn({vocabulary, parts, pairs, tiny_cnn}, rng);
  };
  Rng rng(2);
  const Tensor vectors = normal({4, 4}, 0, 1, rng);
  for (const std::size_t parts : {1u, 2u, 3u}) {
    TaughtCnn with = model(parts, true), alone = model(parts, false);
    BOOST_TEST(with.state_dict().at("to_concepts.bias").shape()[0] == parts * vocabulary);
    const auto loss = [&](TaughtCnn& m) {
      return m.loss(constant(vectors), picture_of, captions).item();
    };
    BOOST_TEST(loss(with) > loss(alone)); // one term more
    // All detectors at 0: each of the two terms is log 2.
    for (Parameter p : with.parameters())
      if (p.name().starts_with("to_concepts")) std::fill_n(p.value().data(), p.value().size(), 0);
    BOOST_TEST(std::abs(loss(with) - 2 * std::log(2.0)) < 1e-6);
  }
}

// Step by step or as a whole, with the vector at every step or once, and of another size or not.
BOOST_AUTO_TEST_CASE(the_search_knows_the_probabilities) {
  Rng rng(1);
  for (const ShowAndTellOptions& o : {ShowAndTellOptions{.vocabulary = vocabulary},
                                      {.vocabulary = vocabulary, .every_step = true},
                                      {.vocabulary = vocabulary, .picture = 6}}) {
    ShowAndTell teller = tiny_teller(rng, o);
    const Tensor vector = normal({o.picture ? o.picture : 4}, 0, 1, rng);
    for (const Hypothesis& found : teller.tell(vector, {.beam_size = 3, .max_length = 6}))
      BOOST_TEST(std::abs(found.log_probability + cost(teller, vector, found.tokens)) < 1e-9);
  }
}

// Vectors scaled and moved are the same vectors once they are standardised.
BOOST_AUTO_TEST_CASE(standardised_vectors) {
  Rng rng(1), again(1), other(2);
  const ShowAndTellOptions o{.vocabulary = vocabulary, .picture = 3};
  ShowAndTell one = tiny_teller(rng, o), two = tiny_teller(again, o);
  const Tensor vectors = normal({20, 3}, 0, 1, other);
  Tensor moved = vectors;
  for (std::size_t i = 0; i < moved.size(); ++i) moved.data()[i] = 10 * moved.data()[i] + 5;
  one.standardise(vectors);
  two.standardise(moved);
  const double a = one.loss(constant(vectors), picture_of, captions, rng).item();
  const double b = two.loss(constant(moved), picture_of, captions, rng).item();
  BOOST_TEST(std::abs(a - b) < 1e-5); // 1e-6 is added to both variances
  BOOST_CHECK_THROW(one.standardise(zeros({2, 4})), std::logic_error);
  BOOST_CHECK_THROW(tiny_teller(rng).standardise(zeros({2, 4})), std::logic_error);
}

BOOST_AUTO_TEST_CASE(an_ensemble) {
  Rng rng(1);
  ShowAndTell a = tiny_teller(rng), b = tiny_teller(rng);
  const Tensor vector = normal({4}, 0, 1, rng);
  const BeamOptions search{.beam_size = 4, .max_length = 4};
  ShowAndTell* const twice[] = {&a, &a};
  const auto alone = a.tell(vector, search), doubled = tell_together(twice, vector, search);
  BOOST_REQUIRE(alone.size() == doubled.size());
  for (std::size_t i = 0; i < alone.size(); ++i) BOOST_TEST(alone[i].tokens == doubled[i].tokens);

  // Each word's probability is the mean of both models'.
  ShowAndTell* const both[] = {&a, &b};
  for (const Hypothesis& found : tell_together(both, vector, search)) {
    const auto of_a = a.log_probabilities(vector, found.tokens),
               of_b = b.log_probabilities(vector, found.tokens);
    double sum = 0;
    for (std::size_t i = 0; i < of_a.size(); ++i)
      sum += std::log((std::exp(of_a[i]) + std::exp(of_b[i])) / 2);
    BOOST_TEST(std::abs(sum - found.log_probability) < 1e-9);
  }
  BOOST_CHECK_THROW(tell_together({}, vector, search), std::invalid_argument);
  BOOST_CHECK_THROW(a.log_probabilities(vector, {static_cast<int>(vocabulary)}),
                    std::invalid_argument);
  BOOST_CHECK_THROW(a.log_probabilities(vector, {-1}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_losses_as_in_pytorch) {
  Rng rng(1);
  Captioner model = tiny_captioner(rng);
  const Fixture torch = fixture("show_and_tell");
  check_parity("show_and_tell", &model, [&](const auto& x) {
    const Var vectors = model.cnn->look(x[0]);
    const Indices pictures = torch.indices("picture_of"), words = torch.indices("captions");
    return std::vector{model.teller.loss(vectors, pictures, words, rng) +
                       model.cnn->loss(vectors, pictures, words)};
  });
}

BOOST_AUTO_TEST_CASE(a_cnn_needs_pixels_to_halve) {
  Rng rng(1);
  const auto error = [&](const CnnOptions& options) {
    return message_of([&] { Cnn(options, rng); });
  };
  BOOST_TEST(error({.channels = {2, 2, 2}, .colour_channels = {2}, .side = 4}) ==
             "Cnn: 3 stages cannot halve a picture of 4 pixels");
  BOOST_TEST(error({.channels = {2}, .colour_channels = {2, 2}, .side = 8}) ==
             "Cnn: 2 stages cannot halve a picture of 2 pixels");
  BOOST_TEST(error({.channels = {2}, .colour_channels = {2}, .side = 10}) ==
             "Cnn: a side of 10 pixels, expected a multiple of 4");
  // 12 -> 6 -> 3 and 12/4 -> 1
  Cnn cnn({.channels = {2, 3}, .colour_channels = {4}, .side = 12, .features = 5}, rng);
  BOOST_TEST(to_string(cnn(constant(zeros({2, 3, 12, 12}))).shape()) == "(2, 5)");
  BOOST_CHECK_THROW(cnn(constant(zeros({2, 3, 16, 16}))), ShapeError);
}

BOOST_AUTO_TEST_CASE(eight_scenes_are_learnt_by_heart) {
  const Overfitted& o = overfitted();
  BOOST_TEST(o.loss < 0.05);
  for (std::size_t i = 0; i < 8; ++i)
    BOOST_TEST(o.captioner->describe(o.pictures[i]) == o.captions[i]);
}

// The word-by-word search and the whole-sentence loss are two paths through the same model.
BOOST_AUTO_TEST_CASE(probabilities_of_the_search_are_those_of_the_loss) {
  const Overfitted& o = overfitted();
  for (std::size_t i = 0; i < 8; ++i)
    for (const Tensor vector = vector_of(*o.captioner, o.pictures[i]);
         const Hypothesis& found : o.captioner->teller.tell(vector, {.beam_size = 3})) {
      const double expected = -cost(o.captioner->teller, vector, found.tokens);
      BOOST_TEST(std::abs(found.log_probability - expected) < 1e-9); // about 10 terms in double
    }
}

BOOST_AUTO_TEST_CASE(one_beam_is_greedy) {
  const Overfitted& o = overfitted();
  Rng rng(3);
  const Tensor unseen = uniform({3, o.side, o.side}, 0, 1, rng); // noise: not learnt by heart
  for (const Tensor& picture : {o.pictures[0], unseen}) {
    const BeamOptions options{.beam_size = 1, .max_length = 8};
    const Tensor vector = vector_of(*o.captioner, picture);
    std::vector<int> greedy; // by trying every next word
    const int size = static_cast<int>(o.captioner->words.size());
    while (greedy.size() < 8 && (greedy.empty() || greedy.back() != Vocabulary::end_id)) {
      greedy.push_back(0);
      int best = Vocabulary::end_id;
      double least = HUGE_VAL;
      for (int id = Vocabulary::end_id; id < size; ++id) {
        if (id == Vocabulary::unk_id) continue;
        greedy.back() = id;
        const double c = cost(o.captioner->teller, vector, greedy);
        if (c < least) least = c, best = id;
      }
      greedy.back() = best;
    }
    const std::vector<Hypothesis> found = o.captioner->teller.tell(vector, options);
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0].tokens == greedy, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_saved_captioner_says_the_same) {
  const Overfitted& o = overfitted();
  const TemporaryFolder folder;
  Captioner& captioner = *o.captioner;
  const nn::SGD optimizer(captioner.parameters(), {});
  nn::save_checkpoint(folder / "c", captioner, optimizer, Rng(1), captioner.notes());
  Captioner back = load_captioner(folder / "c");
  BOOST_TEST((back.words == captioner.words));
  BOOST_TEST(!back.training());
  for (const Tensor& picture : o.pictures)
    BOOST_TEST(back.describe(picture) == captioner.describe(picture));
}

// One that was shown vectors has no CNN, and its file says whose vectors they are.
BOOST_AUTO_TEST_CASE(a_captioner_of_vectors) {
  const TemporaryFolder folder;
  Rng rng(1);
  Captioner captioner(seven_words(),
                      {.embedding = 4, .hidden = 5, .picture = 6, .seen_by = "some network"}, rng);
  captioner.eval();
  nn::save_safetensors(folder / "c", {captioner.state_dict(), captioner.notes()});
  Captioner back = load_captioner(folder / "c");
  BOOST_TEST(!back.cnn.has_value());
  BOOST_TEST(back.options.seen_by == "some network");
  const Tensor vector = normal({6}, 0, 1, rng);
  BOOST_TEST(back.teller.tell(vector, {})[0].log_probability ==
             captioner.teller.tell(vector, {})[0].log_probability);
  BOOST_TEST(message_of([&] {
               load_seeing_captioner(folder / "c");
             }).find("it captions vectors of some network, not pictures") != string::npos);
  BOOST_TEST(message_of([&] {
               back.describe(zeros({3, 8, 8}));
             }) ==
             "Captioner::describe: it has no CNN of its own; give `tell` a vector of some network");
  BOOST_TEST(back.tell(vector) ==
             join_words(back.words.decode(captioner.teller.tell(vector, {})[0].tokens)));
  BOOST_TEST(message_of([&] { back.tell(zeros({5})); }) ==
             "Captioner::tell: a vector of shape (5); expected 6 numbers");
}

BOOST_AUTO_TEST_CASE(describing_changes_nothing) {
  const Overfitted& o = overfitted();
  Rng rng(1);
  Captioner fresh(o.captioner->words, o.captioner->options, rng);
  const nn::StateDict before = fresh.state_dict();
  fresh.describe(o.pictures[0]);
  BOOST_TEST(identical(fresh.state_dict(), before)); // batch norm's averages are among them
  BOOST_TEST(fresh.training());
  for (const Shape& shape : {Shape{3, o.side, o.side + 1}, Shape{o.side, o.side}, Shape{},
                             Shape{1, o.side, o.side}, Shape{3, 2 * o.side, 2 * o.side}}) {
    const string message = message_of([&] { fresh.describe(zeros(shape)); });
    BOOST_TEST(message.starts_with("Captioner::describe: a picture of shape " + to_string(shape)),
               message);
  }
  BOOST_TEST(identical(fresh.state_dict(), before));
}

BOOST_AUTO_TEST_CASE(what_is_no_captioner_is_refused) {
  Captioner& captioner = *overfitted().captioner;
  const TemporaryFolder folder;
  const string path = folder / "c";
  const auto error = [&](const std::map<string, string>& notes) {
    nn::save_safetensors(path, {captioner.state_dict(), notes});
    const string message = message_of([&] { load_captioner(path); });
    BOOST_TEST(message.starts_with(path + ": "), message);
    BOOST_TEST(message.find('\n') == string::npos, message);
    return message.substr(std::min(message.size(), path.size() + 2));
  };
  const auto with = [&](const string& key, const string& text) {
    std::map<string, string> notes = captioner.notes();
    notes[key] = text;
    return notes;
  };
  BOOST_TEST(error({}).starts_with("this is no captioner's checkpoint"));
  BOOST_TEST(error(with("captioner", "x")).find("options cannot be used") != string::npos);
  BOOST_TEST(error(with("captioner", "{}")).find("options cannot be used") != string::npos);
  const auto sized = [&](const string& hidden, const string& side) {
    return with("captioner", R"({"embedding":24,"channels":[6,8],"colour_channels":[6],"hidden":)" +
                                 hidden + R"(,"side":)" + side + "}");
  };
  BOOST_TEST(
      error(sized("48", "2")).starts_with("its captioner's options cannot be used: Cnn: a side "));
  // Sizes that no memory holds, that wrap around, or that stop the program.
  for (const char* hidden : {"2305843009213693952", "100000000000", "0", "-1", "1.5", "\"x\"",
                             "1e400", "18446744073709551616"})
    BOOST_TEST(error(sized(hidden, "16")).starts_with("its captioner's options c"), hidden);
  BOOST_TEST(error(sized("400", "16")).find("they need more than the ") != string::npos);
  BOOST_TEST(error(sized("40", "16")).find("is (192, 48), expected (160, 40)") != string::npos);
  BOOST_TEST(error(with("captioner", R"({"embedding":24,"hidden":48,"picture":10000000000})"))
                 .find("\"picture\" is 10000000000") != string::npos);
  BOOST_TEST(error(with("vocabulary", "a\nb\n")).find("line 1") != string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
