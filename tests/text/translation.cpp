// The translators: as PyTorch computes them, composed against fused, and what they translate. In
// double: sums of a few hundred products, in other orders, differ by far less than 1e-11.
#include <cmath>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/ids.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/nn/check.hpp"
#include "tests/nn/json_tensor.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/models/attention_translator.hpp"
#include "text/models/encoder_decoder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

using nlohmann::json;
constexpr double same = 1e-11;
using Sentences = std::vector<std::vector<int>>;

// Sentences without special words, packed.
PackedIndices source_of(const Sentences& sentences) {
  Lengths lengths;
  for (const auto& s : sentences) lengths.push_back(static_cast<int>(s.size()));
  return pack_padded_sequence(stack_padded(sentences, Vocabulary::pad_id), lengths,
                              {.enforce_sorted = false});
}

// (T, B)
Indices target_of(const Sentences& sentences) {
  Sentences whole;
  for (const auto& s : sentences) {
    auto& line = whole.emplace_back(1, Vocabulary::start_id);
    line.insert(line.end(), s.begin(), s.end());
    line.push_back(Vocabulary::end_id);
  }
  return stack_padded(whole, Vocabulary::pad_id);
}

// (T, B), as the file has it
Indices target_of(const json& rows) {
  Sentences columns(rows[0].size());
  for (const json& row : rows)
    for (std::size_t b = 0; b < columns.size(); ++b) columns[b].push_back(row[b].get<int>());
  return stack_padded(columns, Vocabulary::pad_id);
}

TranslatorOptions sizes_of(const json& o, bool fused) {
  return {.source_vocabulary = o.at("source_vocabulary"),
          .target_vocabulary = o.at("target_vocabulary"),
          .embedding = o.at("embedding"),
          .hidden = o.at("hidden"),
          .maxout = o.at("maxout"),
          .fused = fused};
}

AttentionScore score_of(const std::string& name) {
  return name == "additive"  ? AttentionScore::additive
         : name == "general" ? AttentionScore::general
                             : AttentionScore::dot;
}

std::unique_ptr<Translator> translator(const json& o, bool fused) {
  Rng rng(1);
  if (o.contains("score"))
    return std::make_unique<AttentionTranslator>(
        AttentionTranslatorOptions{sizes_of(o, fused), score_of(o.at("score"))}, rng);
  return std::make_unique<EncoderDecoder>(
      EncoderDecoderOptions{sizes_of(o, fused), o.at("every_step"), o.at("reverse_source")}, rng);
}

const json& translation_cases() {
  static const json all = json::parse(read_file(TAPESTRY_FIXTURES "/translation.json"));
  return all;
}

const TranslatorOptions small{
    .source_vocabulary = 9, .target_vocabulary = 11, .embedding = 3, .hidden = 4, .maxout = 5};

// One of each kind, with small random weights.
std::vector<std::unique_ptr<Translator>> all_translators(TranslatorOptions o = small) {
  Rng rng(3);
  std::vector<std::unique_ptr<Translator>> all;
  for (const bool every : {true, false})
    all.push_back(std::make_unique<EncoderDecoder>(EncoderDecoderOptions{o, every, !every}, rng));
  for (const auto score : {AttentionScore::additive, AttentionScore::general, AttentionScore::dot,
                           AttentionScore::uniform})
    all.push_back(std::make_unique<AttentionTranslator>(AttentionTranslatorOptions{o, score}, rng));
  return all;
}

const Sentences sources{{4, 7}, {5}, {8, 4, 6, 4, 5}, {6, 8, 7}};

std::string name_of(const Translator& model) {
  std::string all;
  for (const auto& [key, value] : model.notes()) all += key + " " + value + ", ";
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(translation)

BOOST_AUTO_TEST_CASE(as_pytorch_has_it) {
  for (const json& c : translation_cases())
    for (const bool fused : {true, false})
      BOOST_TEST_CONTEXT(c.at("options").dump() << (fused ? ", fused" : ", composed")) {
        const auto model = translator(c.at("options"), fused);
        nn::StateDict parameters;
        for (const auto& [name, x] : c.at("parameters").items()) parameters[name] = tensor(x);
        model->load_state_dict(parameters);
        Rng unused(0);
        Tape tape;
        const Var loss = model->loss(source_of(c.at("sources").get<Sentences>()),
                                     target_of(c.at("target")), unused);
        tape.backward(loss);
        BOOST_TEST(std::abs(loss.item() - c.at("loss").get<double>()) < same);
        for (const auto& [name, p] : model->named_parameters()) BOOST_TEST_CONTEXT(name)
        BOOST_TEST(difference(p.grad(), tensor(c.at("gradients").at(name))) < same);
      }
}

// Longer sentences than the fixtures', wider than a register, more than one core takes.
BOOST_AUTO_TEST_CASE(fused_is_composed) {
  Rng rng(2);
  Sentences source(19), target(19);
  for (std::size_t i = 0; i < source.size(); ++i) {
    for (std::size_t j = 0; j < 1 + i % 7; ++j)
      source[i].push_back(4 + static_cast<int>(rng.below(5)));
    for (std::size_t j = 0; j < (3 * i) % 8; ++j)
      target[i].push_back(4 + static_cast<int>(rng.below(7)));
  }
  TranslatorOptions o{
      .source_vocabulary = 9, .target_vocabulary = 11, .embedding = 17, .hidden = 22, .maxout = 13};
  const auto fused = all_translators(o);
  o.fused = false;
  const auto composed = all_translators(o);
  for (std::size_t i = 0; i < fused.size(); ++i) BOOST_TEST_CONTEXT(name_of(*fused[i])) {
      composed[i]->load_state_dict(fused[i]->state_dict());
      Rng unused(0);
      const auto gradients = [&](Translator& model) {
        Tape tape;
        const Var loss = model.loss(source_of(source), target_of(target), unused);
        tape.backward(loss);
        nn::StateDict all{{"loss", loss.value()}};
        for (const auto& [name, p] : model.named_parameters()) all[name] = p.grad();
        return all;
      };
      const nn::StateDict a = gradients(*fused[i]), b = gradients(*composed[i]);
      for (const auto& [name, x] : a)
        BOOST_TEST_CONTEXT(name) BOOST_TEST(difference(x, b.at(name)) < same);
    }
}

// A sentence's loss does not depend on those that stand beside it.
BOOST_AUTO_TEST_CASE(one_by_one) {
  const Sentences targets{{6, 4, 10}, {9, 5, 7, 8, 4}, {}, {10}};
  for (const auto& model : all_translators()) BOOST_TEST_CONTEXT(name_of(*model)) {
      Rng unused(0);
      double sum = 0;
      std::size_t words = 0;
      for (std::size_t i = 0; i < sources.size(); ++i) {
        const std::size_t n = targets[i].size() + 1;
        sum +=
            static_cast<double>(n) *
            model->loss(source_of({sources[i]}), target_of(Sentences{targets[i]}), unused).item();
        words += n;
      }
      const double together = model->loss(source_of(sources), target_of(targets), unused).item();
      BOOST_TEST(std::abs(together - sum / static_cast<double>(words)) < same);
    }
}

// What the search says of a translation is what teacher forcing says of it, in a batch or alone.
BOOST_AUTO_TEST_CASE(translations_have_their_probability) {
  const BeamOptions options{.beam_size = 4, .max_length = 6};
  for (const auto& model : all_translators()) BOOST_TEST_CONTEXT(name_of(*model)) {
      const auto found = model->translate(source_of(sources), options);
      BOOST_TEST(model->training());
      BOOST_REQUIRE(found.size() == sources.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        const auto alone = model->translate(source_of({sources[i]}), options);
        BOOST_REQUIRE(alone.at(0).size() == found[i].size());
        for (std::size_t k = 0; k < found[i].size(); ++k) {
          const Hypothesis& h = found[i][k];
          BOOST_TEST(h.tokens == alone[0][k].tokens, boost::test_tools::per_element());
          BOOST_TEST(std::abs(h.log_probability - alone[0][k].log_probability) < same);
          if (h.attention.empty() == (model->notes().at("translator") == "attention"))
            BOOST_ERROR("attention rows are there for the wrong model");
          for (const std::vector<real>& row : h.attention) {
            BOOST_TEST(row.size() == sources[i].size());
            double sum = 0;
            for (const real w : row) sum += w;
            BOOST_TEST(std::abs(sum - 1) < same);
            if (model->notes().at("score") == "uniform")
              for (const real w : row)
                BOOST_TEST(std::abs(w - 1 / static_cast<double>(row.size())) < same);
          }
          if (!h.finished) continue;
          std::vector<int> words(h.tokens.begin(), h.tokens.end() - 1);
          Rng unused(0);
          const double loss =
              model->loss(source_of({sources[i]}), target_of(Sentences{words}), unused).item();
          BOOST_TEST(std::abs(h.log_probability + loss * static_cast<double>(h.tokens.size())) <
                     same);
        }
      }
    }
}

BOOST_AUTO_TEST_CASE(dropout_draws_from_the_generator) {
  TranslatorOptions o = small;
  o.dropout = 0.5;
  for (const auto& model : all_translators(o)) BOOST_TEST_CONTEXT(name_of(*model)) {
      const Indices target = target_of(Sentences{{6, 4}, {9}, {5, 5, 8}, {}});
      const auto loss = [&](std::uint64_t seed) {
        Rng rng(seed);
        return model->loss(source_of(sources), target, rng).item();
      };
      BOOST_TEST(loss(1) == loss(1));
      BOOST_TEST(loss(1) != loss(2));
      model->eval();
      BOOST_TEST(loss(1) == loss(2));
    }
}

// Each learns to say short sentences backwards.
BOOST_AUTO_TEST_CASE(each_can_learn) {
  const Sentences source{{4, 5, 6}, {6, 4}, {7, 8, 4, 5}, {5}, {8, 7}}, target = [&] {
    Sentences all;
    for (const auto& s : source) all.emplace_back(s.rbegin(), s.rend());
    return all;
  }();
  TranslatorOptions o = small;
  o.embedding = 8, o.hidden = 16, o.maxout = 8;
  for (const auto& model : all_translators(o)) BOOST_TEST_CONTEXT(name_of(*model)) {
      nn::Adam adam(model->parameters(), {.lr = 0.02});
      Rng unused(0);
      for (int i = 0; i < 120; ++i) {
        adam.zero_grad();
        Tape tape;
        tape.backward(model->loss(source_of(source), target_of(target), unused));
        adam.step();
      }
      const auto found = model->translate(source_of(source), {.beam_size = 2});
      for (std::size_t i = 0; i < source.size(); ++i) {
        std::vector<int> wanted = target[i];
        wanted.push_back(Vocabulary::end_id);
        BOOST_TEST(found[i].at(0).tokens == wanted, boost::test_tools::per_element());
      }
    }
}

BOOST_AUTO_TEST_CASE(checkpoints) {
  const TemporaryFolder folder;
  const std::string path = folder.path("model.safetensors");
  for (const auto& model : all_translators()) BOOST_TEST_CONTEXT(name_of(*model)) {
      nn::save_safetensors(path, {.tensors = model->state_dict(), .metadata = model->notes()});
      const bool attends = model->notes().at("translator") == "attention";
      const auto check = [&](auto loaded) {
        BOOST_TEST(identical(loaded.state_dict(), model->state_dict()));
        BOOST_TEST((loaded.notes() == model->notes()));
        BOOST_TEST(!loaded.training());
      };
      if (attends)
        check(AttentionTranslator::load(path));
      else
        check(EncoderDecoder::load(path));
      const std::string other = message_of<FormatError>([&] {
        if (attends)
          EncoderDecoder::load(path);
        else
          AttentionTranslator::load(path);
      });
      BOOST_TEST(other.find("a checkpoint of another model") != std::string::npos, other);
      BOOST_TEST(other.find(path) == 0u, other);
      nn::Notes notes = model->notes();
      const auto refused = [&](const std::string& key, const std::string& value) {
        nn::Notes changed = notes;
        changed[key] = value;
        nn::save_safetensors(path, {.tensors = model->state_dict(), .metadata = changed});
        const std::string said = message_of<FormatError>([&] {
          if (attends)
            AttentionTranslator::load(path);
          else
            EncoderDecoder::load(path);
        });
        BOOST_TEST(said.find(path) == 0u, said);
      };
      refused("hidden", "many");
      refused("hidden", "0");
      refused("hidden", "3");
      refused("target_vocabulary", "99999999999999999999");
      refused("embedding", "400");
      refused(attends ? "score" : "summary", "none");
    }
  nn::save_safetensors(path, {.tensors = {{"x", zeros({2})}}});
  const std::string none = message_of<FormatError>([&] { EncoderDecoder::load(path); });
  BOOST_TEST(none.find("no translator's checkpoint") != std::string::npos, none);
}

BOOST_AUTO_TEST_CASE(targets_that_are_not_so) {
  const auto model = std::move(all_translators()[0]);
  const auto said = [&](const Indices& target) {
    return message_of<std::invalid_argument>([&] {
      Rng unused(0);
      model->loss(source_of(sources), target, unused);
    });
  };
  const auto names = [&](const Sentences& columns, const std::string& part) {
    const std::string text = said(stack_padded(columns, Vocabulary::pad_id));
    BOOST_TEST(text.find(part) != std::string::npos, text);
  };
  names({{1, 5, 2}, {1, 2}, {1, 5, 5}, {1, 2}}, "target 2 does not go from <start> to <end>");
  names({{1, 5, 2}, {5, 2}, {1, 2}, {1, 2}}, "target 1 does not go from <start> to <end>");
  names({{1, 2, 0, 5}, {1, 2}, {1, 2}, {1, 2}}, "target 0 has word 5 behind its <pad>");
  names({{1, 2}, {1, 2}, {1, 2}}, "3 targets for 4 sentences");
  names({{1}, {1}, {1}, {1}}, "expected (T, B)");
}

BOOST_AUTO_TEST_SUITE_END()
