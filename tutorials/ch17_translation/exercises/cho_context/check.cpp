#include "expect.hpp"

#include <cmath>

#include "autograd/ids.hpp"
#include "autograd/tape.hpp"
#include "text/models/encoder_decoder.hpp"

using namespace tapestry;

namespace {

using Sentences = std::vector<std::vector<int>>;

PackedIndices packed(const Sentences& sentences) {
  Lengths lengths;
  for (const std::vector<int>& s : sentences) lengths.push_back(static_cast<int>(s.size()));
  return pack_padded_sequence(stack_padded(sentences, Vocabulary::pad_id), lengths,
                              {.enforce_sorted = false});
}

// (T, B), from <start> to <end>
Indices target_of(Sentences sentences) {
  for (std::vector<int>& s : sentences) {
    s.insert(s.begin(), Vocabulary::start_id);
    s.push_back(Vocabulary::end_id);
  }
  return stack_padded(sentences, Vocabulary::pad_id);
}

EncoderDecoder translator(std::size_t embedding, std::size_t hidden, std::size_t maxout,
                          bool every_step, bool fused) {
  Rng rng(1);
  return EncoderDecoder(EncoderDecoderOptions{{.source_vocabulary = 6,
                                               .target_vocabulary = 6,
                                               .embedding = embedding,
                                               .hidden = hidden,
                                               .maxout = maxout,
                                               .fused = fused},
                                              every_step},
                        rng);
}

// Words of one number and states of two. All weights are 0 but for those that are set here: the
// vector of <start> is 0.7, the state starts from (tanh 1, tanh -0.5), and the summary, if there is
// one, is (tanh 0.4, tanh -0.2).
struct Tiny {
  Tiny(bool every_step, bool fused) : model(translator(1, 2, 1, every_step, fused)) {
    weights = model.state_dict();
    for (auto& [name, x] : weights) x.fill(0);
    weights.at("target_words.weight")(Vocabulary::start_id, 0) = 0.7;
    weights.at("output.to_words.weight")(5, 0) = 1;
    if (every_step) {
      weights.at("to_summary.bias") = Tensor{0.4, -0.2};
      weights.at("to_start.bias") = Tensor{1, -0.5};
    } else {
      weights.at("encoder.bias_ih_l0") = Tensor{0, 0, -60, -60, 1, -0.5}; // all proposal
    }
  }

  // The next state is the one before, or, with keep = -60, the proposal.
  void keep(double by) {
    Tensor& bias = weights.at("decoder.bias_ih");
    bias(2) = bias(3) = by;
  }

  // What the readout sees before the first word: each entry in turn becomes the score of word 5.
  Tensor seen() {
    Tensor& pairs = weights.at("output.to_pairs.weight"); // (2, n)
    const std::size_t n = pairs.shape()[1];
    Tensor all = Tensor::from_shape({n});
    for (std::size_t j = 0; j < n; ++j) {
      pairs.fill(0);
      pairs(0, j) = pairs(1, j) = 1;
      model.load_state_dict(weights);
      const double log_p = model.log_probabilities(packed({{4}}), target_of({{5}}))(0, 0);
      all(j) = std::log(5.0) + log_p - std::log1p(-std::exp(log_p)); // the others score 0
    }
    return all;
  }

  // What the decoder reads: each entry in turn becomes the proposal for the state's first unit.
  Tensor read() {
    keep(-60);
    Tensor& in = weights.at("decoder.weight_ih"); // (6, n)
    const std::size_t n = in.shape()[1], unit = n == 1 ? 0 : 1;
    Tensor all = Tensor::from_shape({n});
    for (std::size_t j = 0; j < n; ++j) {
      in.fill(0);
      in(4, j) = 1;
      all(j) = std::atanh(seen()(unit));
    }
    return all;
  }

  EncoderDecoder model;
  nn::StateDict weights;
};

const std::vector<double> state{std::tanh(1.0), std::tanh(-0.5)},
    summary{std::tanh(0.4), std::tanh(-0.2)};

// A few sentences for models with random weights.
const Sentences source{{4, 5}, {5}, {5, 4, 4}}, target{{5, 4, 3}, {}, {4, 5}};

Var loss_of(EncoderDecoder& model) {
  Rng unused(0);
  return model.loss(packed(source), target_of(target), unused);
}

} // namespace

STEP("what the readout sees") {
  Tiny t(true, true);
  t.keep(60);
  expect_equal("a word of 0.7, a state of (tanh 1, tanh -0.5), a summary of (tanh 0.4, tanh -0.2)",
               t.seen(), {0.7, state[0], state[1], summary[0], summary[1]});
}

STEP("what the decoder reads") {
  expect_equal("a word of 0.7, a summary of (tanh 0.4, tanh -0.2)", Tiny(true, false).read(),
               {0.7, summary[0], summary[1]});
}

STEP("the state goes on") {
  Tiny t(true, false);
  t.keep(60);
  expect_equal("what the readout sees when the update gate keeps everything", t.seen(),
               {0.7, state[0], state[1], summary[0], summary[1]});
}

STEP("without a summary") {
  Tiny t(false, true);
  t.keep(60);
  expect_equal("what the readout sees, a state of (tanh 1, tanh -0.5)", t.seen(),
               {state[0], state[1]});
  expect_equal("what the decoder reads, a word of 0.7", Tiny(false, false).read(), {0.7});
  Tiny composed(false, false);
  composed.keep(60);
  expect_equal("what the readout sees when the update gate keeps everything", composed.seen(),
               {state[0], state[1]});
}

STEP("the gradient") {
  for (const bool every_step : {true, false}) {
    EncoderDecoder model = translator(3, 2, 4, every_step, false);
    const std::string name =
        every_step ? "the loss of three sentences" : "the same, without a summary";
    // Of those parameters whose gradient comes through the two functions.
    for (const auto& named : model.named_parameters()) {
      const std::string& part = named.first;
      Parameter p = named.second;
      if (part.starts_with("source") || part.starts_with("output.to_words")) continue;
      for (Parameter& q : model.parameters()) q.zero_grad();
      {
        Tape tape;
        tape.backward(loss_of(model));
      }
      const Tensor got = p.grad(), at = std::as_const(p).value();
      Tensor numeric = at;
      for (std::size_t i = 0; i < at.size(); ++i) {
        constexpr double h = 1e-4; // the third derivative's part and the rounding: both below 1e-8
        const auto moved = [&](double by) {
          Tensor x = at;
          x.data()[i] += by;
          p.set(x);
          return static_cast<double>(loss_of(model).item());
        };
        numeric.data()[i] = (moved(h) - moved(-h)) / (2 * h);
      }
      p.set(at);
      expect_equal(name + ", with respect to " + part, got, numeric, 1e-5);
    }
  }
}

STEP("composed step by step, and fused") {
  for (const bool every_step : {true, false}) {
    EncoderDecoder composed = translator(3, 4, 5, every_step, false);
    EncoderDecoder fused = translator(3, 4, 5, every_step, true);
    expect_equal(every_step ? "log P of three translations" : "the same, without a summary",
                 composed.log_probabilities(packed(source), target_of(target)),
                 fused.log_probabilities(packed(source), target_of(target)));
  }
}

STEP("a use: a translation has the probability that teacher forcing gives it") {
  EncoderDecoder model = translator(3, 4, 5, true, true);
  const auto found = model.translate(packed(source), {.beam_size = 3, .max_length = 4});
  for (std::size_t i = 0; i < source.size(); ++i)
    for (const Hypothesis& h : found[i]) {
      if (!h.finished) continue;
      const std::vector<int> words(h.tokens.begin(), h.tokens.end() - 1);
      const Tensor log_p = model.log_probabilities(packed({source[i]}), target_of({words}));
      double sum = 0;
      for (const real x : log_p) sum += x;
      expect_equal("log P of what the search found", h.log_probability, sum);
    }
}
