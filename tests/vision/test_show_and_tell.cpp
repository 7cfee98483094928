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
#include "text/tokens/word_tokenizer.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/captioning/show_and_tell.hpp"
#include "vision/scenes/scene_captions.hpp"
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
        ShowAndTellOptions{.vocabulary = 0,
                           .embedding = 24,
                           .hidden = 48,
                           .label_smoothing = 0,
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
    ShowAndTell& model = captioner->model;
    nn::Adam optimizer(model.parameters(), {.lr = 0.01});
    for (int step = 0; step < 120; ++step) {
      optimizer.zero_grad();
      Tape tape;
      const Var vectors = model.look(constant(batch));
      const Var l =
          model.loss(vectors, picture_of, ids) + 5 * model.concept_loss(vectors, picture_of, ids);
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

// Seven words, pictures of 8x8, and labels as they are unless smoothing is asked for.
ShowAndTell tiny_model(Rng& rng, double smoothing = 0) {
  return ShowAndTell({.vocabulary = 7,
                      .embedding = 4,
                      .hidden = 5,
                      .label_smoothing = smoothing,
                      .cnn = {.channels = {2, 3}, .colour_channels = {2}, .side = 8}},
                     rng);
}

// -log p of a caption, from the loss: the mean over words, times their number.
double cost(ShowAndTell& model, const Tensor& picture, const std::vector<int>& tokens) {
  std::vector<int> ids{Vocabulary::start_id};
  ids.insert(ids.end(), tokens.begin(), tokens.end());
  const std::size_t s = picture.shape()[1];
  return model
             .loss(model.look(constant(reshaped(picture, {1, 3, s, s}))), indices({1}, {0}),
                   indices({ids.size(), 1}, ids))
             .item() *
         static_cast<double>(tokens.size());
}

} // namespace

BOOST_AUTO_TEST_SUITE(show_and_tell)

BOOST_AUTO_TEST_CASE(gradients_of_the_loss) {
  Rng rng(1);
  ShowAndTell model = tiny_model(rng);
  const Tensor pictures = uniform({4, 3, 8, 8}, 0, 1, rng);
  // Those of the parameters whose names start with one of these.
  const auto check = [&](const std::vector<string>& starts, const auto& loss) {
    std::vector<Parameter> parameters = model.parameters();
    std::erase_if(parameters, [&](const Parameter& p) {
      // In training the batch's mean takes these biases out again: their gradients are 0.
      if (model.training() && p.name().ends_with("project.bias")) return true;
      return std::none_of(starts.begin(), starts.end(),
                          [&](const string& start) { return p.name().starts_with(start); });
    });
    check_gradients([&](const auto& x) { return loss(x[0]); }, {pictures}, parameters);
  };
  const auto loss = [&](const Var& x) { return model.loss(model.look(x), picture_of, captions); };
  check({"cnn.", "embed.", "lstm.", "to_words."}, loss);
  check({"cnn.", "to_concepts."},
        [&](const Var& x) { return model.concept_loss(model.look(x), picture_of, captions); });
  model.eval();
  check({"cnn.", "embed.", "lstm.", "to_words."}, loss);
}

// What is trained first and what second are all parameters, each once.
BOOST_AUTO_TEST_CASE(looking_and_telling_share_the_parameters_out) {
  Rng rng(1);
  ShowAndTell model = tiny_model(rng);
  std::set<string> names;
  for (const auto& part : {model.looking_parameters(), model.telling_parameters()})
    for (const Parameter& p : part) BOOST_TEST(names.insert(p.name()).second, p.name());
  BOOST_TEST(names.size() == model.parameters().size());
  BOOST_TEST(!names.empty());
  for (const Parameter& p : model.telling_parameters())
    BOOST_TEST((p.name().starts_with("embed.") || p.name().starts_with("lstm.") ||
                p.name().starts_with("to_words.")));
}

BOOST_AUTO_TEST_CASE(smoothing_is_for_training) {
  Rng weights(1), again(1);
  ShowAndTell smoothed = tiny_model(weights, 0.5), plain = tiny_model(again);
  const Tensor vectors = normal({4, 4}, 0, 1, weights);
  const auto loss = [&](ShowAndTell& model) {
    return model.loss(constant(vectors), picture_of, captions).item();
  };
  BOOST_TEST(loss(smoothed) != loss(plain));
  smoothed.eval();
  plain.eval();
  BOOST_TEST(loss(smoothed) == loss(plain));
}

// What the detectors are asked follows from the parts of a sentence, and from whether sums count.
BOOST_AUTO_TEST_CASE(detectors_of_parts_and_pairs) {
  const auto model = [](std::size_t parts, bool pairs) {
    Rng rng(1);
    return ShowAndTell({.vocabulary = 7,
                        .embedding = 4,
                        .hidden = 5,
                        .sentence_parts = parts,
                        .pairs = pairs,
                        .cnn = {.channels = {2, 3}, .colour_channels = {2}, .side = 8}},
                       rng);
  };
  Rng rng(2);
  const Tensor vectors = normal({4, 4}, 0, 1, rng);
  for (const std::size_t parts : {1u, 2u, 3u}) {
    ShowAndTell with = model(parts, true), alone = model(parts, false);
    BOOST_TEST(with.state_dict().at("to_concepts.bias").shape()[0] == parts * 7);
    const auto loss = [&](ShowAndTell& m) {
      return m.concept_loss(constant(vectors), picture_of, captions).item();
    };
    BOOST_TEST(loss(with) > loss(alone)); // one term more
    // All detectors at 0: each of the two terms is log 2.
    for (Parameter p : with.looking_parameters())
      if (p.name().starts_with("to_concepts")) std::fill_n(p.value().data(), p.value().size(), 0);
    BOOST_TEST(std::abs(loss(with) - 2 * std::log(2.0)) < 1e-6);
  }
}

// The vector at every step: as the sum with each word's, in the loss and in the search.
BOOST_AUTO_TEST_CASE(a_vector_at_every_step) {
  Rng rng(1), again(1), other(2);
  const ShowAndTellOptions once{.vocabulary = 7,
                                .embedding = 4,
                                .hidden = 5,
                                .label_smoothing = 0,
                                .cnn = {.channels = {2, 3}, .colour_channels = {2}, .side = 8}};
  ShowAndTellOptions always = once;
  always.every_step = true;
  ShowAndTell model(always, rng), plain(once, again);
  const Tensor vectors = normal({4, 4}, 0, 1, other);
  BOOST_TEST(model.loss(constant(vectors), picture_of, captions).item() !=
             plain.loss(constant(vectors), picture_of, captions).item());
  const Tensor vector = normal({4}, 0, 1, other);
  for (ShowAndTell* m : {&model, &plain})
    for (const Hypothesis& found : m->tell(vector, {.beam_size = 3, .max_length = 6})) {
      std::vector<int> ids{Vocabulary::start_id};
      ids.insert(ids.end(), found.tokens.begin(), found.tokens.end());
      const double mean = m->loss(constant(reshaped(vector, {1, 4})), indices({1}, {0}),
                                  indices({ids.size(), 1}, ids))
                              .item();
      BOOST_TEST(std::abs(found.log_probability + mean * static_cast<double>(found.tokens.size())) <
                 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(the_loss_as_in_pytorch) {
  Rng rng(1);
  ShowAndTell model = tiny_model(rng);
  const Fixture torch = fixture("show_and_tell");
  check_parity("show_and_tell", &model, [&](const auto& x) {
    const Var vectors = model.look(x[0]);
    const Indices pictures = torch.indices("picture_of"), words = torch.indices("captions");
    return std::vector{model.loss(vectors, pictures, words) +
                       model.concept_loss(vectors, pictures, words)};
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
    for (const Hypothesis& found : o.captioner->model.describe(o.pictures[i], {.beam_size = 3})) {
      const double expected = -cost(o.captioner->model, o.pictures[i], found.tokens);
      BOOST_TEST(std::abs(found.log_probability - expected) < 1e-9); // about 10 terms in double
    }
}

BOOST_AUTO_TEST_CASE(one_beam_is_greedy) {
  const Overfitted& o = overfitted();
  Rng rng(3);
  const Tensor unseen = uniform({3, o.side, o.side}, 0, 1, rng); // noise: not learnt by heart
  for (const Tensor& picture : {o.pictures[0], unseen}) {
    const BeamOptions options{.beam_size = 1, .max_length = 8};
    std::vector<int> greedy; // by trying every next word
    const int size = static_cast<int>(o.captioner->words.size());
    while (greedy.size() < 8 && (greedy.empty() || greedy.back() != Vocabulary::end_id)) {
      greedy.push_back(0);
      int best = Vocabulary::end_id;
      double least = HUGE_VAL;
      for (int id = Vocabulary::end_id; id < size; ++id) {
        if (id == Vocabulary::unk_id) continue;
        greedy.back() = id;
        const double c = cost(o.captioner->model, picture, greedy);
        if (c < least) least = c, best = id;
      }
      greedy.back() = best;
    }
    const std::vector<Hypothesis> found = o.captioner->model.describe(picture, options);
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0].tokens == greedy, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_saved_captioner_says_the_same) {
  const Overfitted& o = overfitted();
  const TemporaryFolder folder;
  Captioner& captioner = *o.captioner;
  const nn::SGD optimizer(captioner.model.parameters(), {});
  nn::save_checkpoint(folder / "c", captioner.model, optimizer, Rng(1), captioner.notes());
  Captioner back = load_captioner(folder / "c");
  BOOST_TEST((back.words == captioner.words));
  BOOST_TEST(!back.model.training());
  for (const Tensor& picture : o.pictures)
    BOOST_TEST(back.describe(picture) == captioner.describe(picture));
}

BOOST_AUTO_TEST_CASE(describing_changes_nothing) {
  const Overfitted& o = overfitted();
  Rng rng(1);
  Captioner fresh(o.captioner->words, o.captioner->options, rng);
  const nn::StateDict before = fresh.model.state_dict();
  fresh.describe(o.pictures[0]);
  BOOST_TEST(identical(fresh.model.state_dict(), before)); // batch norm's averages are among them
  BOOST_TEST(fresh.model.training());
  for (const Shape& shape : {Shape{3, o.side, o.side + 1}, Shape{o.side, o.side}, Shape{},
                             Shape{1, o.side, o.side}, Shape{3, 2 * o.side, 2 * o.side}}) {
    const string message = message_of([&] { fresh.describe(zeros(shape)); });
    BOOST_TEST(message.starts_with("Captioner::describe: a picture of shape " + to_string(shape)),
               message);
  }
  BOOST_TEST(identical(fresh.model.state_dict(), before));
}

BOOST_AUTO_TEST_CASE(what_is_no_captioner_is_refused) {
  Captioner& captioner = *overfitted().captioner;
  const TemporaryFolder folder;
  const string path = folder / "c";
  const auto error = [&](const std::map<string, string>& notes) {
    nn::save_safetensors(path, {captioner.model.state_dict(), notes});
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
  BOOST_TEST(error(with("vocabulary", "a\nb\n")).find("line 1") != string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
