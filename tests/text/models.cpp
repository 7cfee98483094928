// The models of chapters 14 to 16: what goes in, what comes out, and that each can learn.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "autograd/base/error.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/corpora/stream_batches.hpp"
#include "text/models/evaluation.hpp"
#include "text/models/sentiment.hpp"
#include "text/models/tagger.hpp"
#include "text/models/weight_noise.hpp"

using namespace tapestry;

namespace {

template <class Loss> void learn(nn::Module& model, int steps, double rate, const Loss& loss) {
  nn::Adam optimizer(model.parameters(), {.lr = rate});
  for (int i = 0; i < steps; ++i) {
    optimizer.zero_grad();
    Tape tape;
    tape.backward(loss());
    optimizer.step();
  }
}

std::vector<const TaggedSentence*> all_of(const std::vector<TaggedSentence>& sentences) {
  std::vector<const TaggedSentence*> some;
  for (const TaggedSentence& s : sentences) some.push_back(&s);
  return some;
}

std::vector<int> repeated(const std::vector<int>& period, std::size_t n) {
  std::vector<int> ids;
  while (ids.size() < n) ids.push_back(period[ids.size() % period.size()]);
  return ids;
}

} // namespace

BOOST_AUTO_TEST_SUITE(models)

BOOST_AUTO_TEST_CASE(a_language_model_carries_its_state) {
  Rng rng(1);
  LanguageModel model({.vocabulary = 5, .embedding = 3, .hidden = 4, .layers = 2}, rng);
  model.eval();
  const std::vector<int> ids = repeated({0, 3, 1, 4, 4, 2}, 13);
  // Whole, in windows, and token by token: the same surprise.
  const StreamBatches whole(ids, 1, 100), cut(ids, 1, 5);
  LSTMState state = model.start(1);
  const double together =
      model.loss(whole.window(0).ids, whole.window(0).targets, state, rng).item();
  LanguageScore in_windows, one_by_one;
  state = model.start(1);
  for (std::size_t i = 0; i < cut.size(); ++i) {
    const StreamWindow w = cut.window(i);
    in_windows.add(model.loss(w.ids, w.targets, state, rng).item(), w.targets.size());
  }
  state = model.start(1);
  for (std::size_t t = 0; t + 1 < ids.size(); ++t) {
    const Tensor log_p = model.next(ids_from(std::vector<int>{ids[t]}), state);
    one_by_one.add(-log_p(0, static_cast<std::size_t>(ids[t + 1])), 1);
  }
  const auto near = boost::test_tools::tolerance(1e-5); // sums of float in other orders
  BOOST_TEST(in_windows.nats() == together, near);
  BOOST_TEST(one_by_one.nats() == together, near);
  BOOST_TEST(evaluate_stream(model, ids, {.steps = 3}).nats() == together, near);
}

BOOST_AUTO_TEST_CASE(tied_weights_are_one_parameter) {
  Rng rng(1);
  const auto numbers = [&](bool tied, std::size_t hidden) {
    LanguageModel model({.vocabulary = 7, .embedding = 3, .hidden = hidden, .tied = tied}, rng);
    std::size_t n = 0;
    for (const Parameter& p : model.parameters()) n += p.value().size();
    return n;
  };
  const std::size_t lstm = 4 * 3 * (3 + 3 + 2);
  BOOST_TEST(numbers(false, 3) == 2 * 7 * 3 + 7 + lstm);
  BOOST_TEST(numbers(true, 3) == 7 * 3 + 7 + lstm);
  BOOST_TEST(numbers(true, 5) == 7 * 3 + 7 + 4 * 5 * (3 + 5 + 2) + 3 * 5); // with a layer between
}

BOOST_AUTO_TEST_CASE(a_language_model_learns_a_pattern) {
  for (const bool tied : {false, true}) {
    Rng rng(2);
    LanguageModel model(
        {.vocabulary = 4, .embedding = 8, .hidden = 12, .dropout = 0.1, .tied = tied}, rng);
    const StreamBatches stream(repeated({0, 1, 2, 1, 3}, 161), 4, 40);
    learn(model, 120, 0.03, [&] {
      LSTMState state = model.start(4);
      return model.loss(stream.window(0).ids, stream.window(0).targets, state, rng);
    });
    // 1.33 nats would be the symbols' frequencies alone; the period is known after four of them.
    BOOST_TEST(evaluate_stream(model, repeated({0, 1, 2, 1, 3}, 60)).nats() < 0.3);
  }
}

BOOST_AUTO_TEST_CASE(dynamic_evaluation_adapts_and_puts_back) {
  Rng rng(3);
  LanguageModel model({.vocabulary = 4, .embedding = 4, .hidden = 8}, rng);
  const std::vector<int> text = repeated({0, 2, 2, 0, 3}, 400);
  const nn::StateDict before = model.state_dict();
  const double fixed = evaluate_stream(model, text).nats();
  const DynamicOptions moving{.rate = 0.5, .steps = 10, .clip = 1};
  const double adapted = evaluate_stream(model, text, moving).nats();
  BOOST_TEST(adapted < fixed - 0.2); // untrained: it learns while it reads
  const nn::StateDict after = model.state_dict();
  for (const auto& [name, x] : before) BOOST_TEST((after.at(name) == x), name);
  BOOST_TEST(model.training());
  // Nothing is seen before it is scored: a first window of the whole text is scored as if fixed.
  BOOST_TEST(evaluate_stream(model, text, {.rate = 0.5, .steps = 1000}).nats() == fixed,
             boost::test_tools::tolerance(1e-5));
  // Pulled back wholly after each update, nothing is kept.
  BOOST_TEST(evaluate_stream(model, text, {.rate = 0.5, .steps = 10, .decay = 1}).nats() == fixed,
             boost::test_tools::tolerance(1e-5));
  BOOST_CHECK_THROW(evaluate_stream(model, {1}), std::invalid_argument);
  BOOST_CHECK_THROW(evaluate_stream(model, text, {.rate = -1}), std::invalid_argument);
  BOOST_CHECK_THROW(evaluate_stream(model, text, {.steps = 0}), std::invalid_argument);
  BOOST_CHECK_THROW(evaluate_stream(model, text, {.decay = 2}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(language_model_options) {
  Rng rng(1);
  for (const LanguageModelOptions& o :
       std::vector<LanguageModelOptions>{{.vocabulary = 0},
                                         {.vocabulary = 2, .layers = 0},
                                         {.vocabulary = 2, .dropout = 1},
                                         {.vocabulary = 2, .dropout = -1}})
    BOOST_CHECK_THROW(LanguageModel(o, rng), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(weight_noise_goes_again) {
  Rng rng(1), noise_rng(2);
  nn::Linear layer({.in_features = 30, .out_features = 40}, rng);
  const Tensor before = std::as_const(layer.weight).value();
  {
    const WeightNoise noise(layer.parameters(), 0.1, noise_rng);
    double square = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const double d =
          static_cast<double>(std::as_const(layer.weight).value().data()[i] - before.data()[i]);
      square += d * d;
    }
    // The deviation of 1,200 draws is within 4 / sqrt(2 * 1,200) = 8 % of 0.1.
    BOOST_TEST(std::sqrt(square / 1200) == 0.1, boost::test_tools::tolerance(0.08));
    Tape tape; // a gradient at the trembling weights
    tape.backward(cross_entropy(layer(constant(ones({2, 30}))), ids_from(std::vector<int>{1, 2})));
    BOOST_TEST(layer.weight.has_grad());
  }
  BOOST_TEST((std::as_const(layer.weight).value() == before));
  const auto state = noise_rng.state();
  { const WeightNoise none(layer.parameters(), 0, noise_rng); }
  BOOST_TEST((noise_rng.state() == state));
  BOOST_CHECK_THROW(WeightNoise(layer.parameters(), -1, rng), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(characters_of_words) {
  BOOST_TEST((characters_of("caf\u00e9") == std::vector<std::string>{"c", "a", "f", "\u00e9"}));
  BOOST_TEST((characters_of("abcdefgh", 5) == std::vector<std::string>{"a", "b", "c", "g", "h"}));
  BOOST_TEST(characters_of(std::string(10'000'000, 'x')).size() == 40);
  BOOST_TEST((characters_of("") == std::vector<std::string>{""}));
  const Vocabulary letters(std::vector<std::vector<std::string>>{{"a", "b"}});
  const std::vector<std::string> words{"ab", "b", "ab"};
  const SpeltWords spelt = spell(words, letters);
  BOOST_TEST(spelt.characters.data.size() == 3);
  BOOST_TEST((spelt.word_of == Indices{0, 1, 0}));
  BOOST_CHECK_THROW(spell({}, letters), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_tagger_does_not_see_its_batch) {
  const std::vector<TaggedSentence> sentences = small_tagged(12, 1);
  Rng rng(1);
  Tagger tagger(TaggerVocabulary(sentences), {.hidden = 8}, rng);
  const auto together = tagger.tag(all_of(sentences));
  for (std::size_t i = 0; i < sentences.size(); ++i)
    BOOST_TEST((tagger.tag({&sentences[i]}).front() == together[i]), "sentence " << i);
  BOOST_CHECK_THROW(tagger.tag({}), std::invalid_argument);
  const TaggedSentence empty;
  BOOST_CHECK_THROW(tagger.tag({&empty}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_tagger_learns) {
  std::vector<TaggedSentence> sentences = small_tagged(40, 1);
  for (TaggedSentence& s : sentences) s.fine = s.words; // something finer
  Rng rng(1);
  const TaggerVocabulary vocabulary(sentences);
  Tagger tagger(vocabulary,
                {.word_embedding = 16,
                 .character_embedding = 8,
                 .character_hidden = 8,
                 .hidden = 16,
                 .layers = 1,
                 .dropout = 0.1},
                rng);
  learn(tagger, 60, 0.02, [&] { return tagger.loss(tagger.batch(all_of(sentences), &rng), rng); });
  std::size_t right = 0, all = 0;
  const auto said = tagger.tag(all_of(sentences));
  for (std::size_t i = 0; i < sentences.size(); ++i)
    for (std::size_t t = 0; t < said[i].size(); ++t, ++all)
      right += vocabulary.tags[static_cast<std::size_t>(said[i][t])] == sentences[i].tags[t];
  BOOST_TEST(static_cast<double>(right) > 0.95 * static_cast<double>(all)); // learnt by heart
  const TaggerVocabulary again = TaggerVocabulary::from_notes(vocabulary.notes(), "a");
  BOOST_TEST((again.words == vocabulary.words && again.characters == vocabulary.characters));
  BOOST_TEST((again.tags == vocabulary.tags && again.fine == vocabulary.fine));
  BOOST_CHECK_THROW(TaggerVocabulary::from_notes({}, "a"), FormatError);
  BOOST_TEST(TaggerVocabulary::id(vocabulary.tags, "NOWHERE") == -100);
}

BOOST_AUTO_TEST_CASE(sentiment_hears_the_order) {
  for (const Summary summary : {Summary::last, Summary::mean, Summary::max}) {
    Rng rng(1);
    SentimentModel model({.vocabulary = 8,
                          .embedding = 8,
                          .hidden = 8,
                          .summary = summary,
                          .dropout = 0.1,
                          .word_dropout = 0},
                         rng);
    const std::vector<std::vector<int>> texts{{4, 5}, {5, 4}, {6, 4, 5}, {6, 5, 4}};
    const Indices labels = ids_from(std::vector<int>{0, 1, 1, 0}); // the same words, turned round
    learn(model, 120, 0.03, [&] { return cross_entropy(model(texts, rng), labels); });
    model.eval();
    const Tensor together = model(texts, rng).value();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      BOOST_TEST((together(i, 1) > together(i, 0)) == (labels(i) == 1));
      const Tensor alone = model({texts[i]}, rng).value(); // padding says nothing
      BOOST_TEST(alone(0, 0) == together(i, 0), boost::test_tools::tolerance(1e-3f));
    }
    BOOST_CHECK_THROW(model({{}}, rng), std::invalid_argument);
  }
  BOOST_CHECK_THROW(summary_of("median"), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
