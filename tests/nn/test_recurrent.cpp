// nn::RNN, nn::LSTM and nn::GRU: the fused operators against loops over cells, one by one against
// packed and padded, and finite differences.
#include <boost/test/unit_test.hpp>

#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/cho_gru_sequence.hpp"
#include "nn/recurrent/elman_sequence.hpp"
#include "nn/recurrent/gru_sequence.hpp"
#include "nn/recurrent/lstm_sequence.hpp"
#include "nn/sequences/padding.hpp"
#include "tests/nn/check.hpp"
#include "tests/nn/composed.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

// The three layers under one interface. c is () for those that have none.
struct Net {
  std::string name;
  std::shared_ptr<nn::Recurrent> layer;
  Cell cell;
  std::size_t input, hidden, shown, layers;
  bool bidirectional;
  std::function<nn::LSTM::Result(const Var&, const Var&, const Var&)> dense;
  std::function<nn::LSTM::PackedResult(const PackedSequence&, const Var&, const Var&)> packed;

  std::size_t states() const { return layers * (bidirectional ? 2 : 1); }
  std::vector<Parameter> parameters() const { return layer->parameters(); }
};

template <class Layer> Net with_h(std::string name, std::shared_ptr<Layer> layer, Cell cell) {
  Net net{std::move(name), layer, std::move(cell), 0, 0, 0, 0, false, {}, {}};
  net.dense = [layer](const Var& x, const Var& h, const Var& c) {
    const auto r = (*layer)(x, h);
    return nn::LSTM::Result{r.output, {r.state, c}};
  };
  net.packed = [layer](const PackedSequence& x, const Var& h, const Var& c) {
    const auto r = (*layer)(x, h);
    return nn::LSTM::PackedResult{r.output, {r.state, c}};
  };
  return net;
}

struct Sizes {
  std::size_t input, hidden, layers;
  bool bidirectional, bias;
};

std::vector<Net> all_nets(const Sizes& s, Rng& rng) {
  std::vector<Net> nets;
  for (const Nonlinearity f : {Nonlinearity::tanh, Nonlinearity::relu})
    nets.push_back(
        with_h(f == Nonlinearity::tanh ? "tanh" : "relu",
               std::make_shared<nn::RNN>(nn::RNNOptions{.input_size = s.input,
                                                        .hidden_size = s.hidden,
                                                        .num_layers = s.layers,
                                                        .nonlinearity = f,
                                                        .bias = s.bias,
                                                        .bidirectional = s.bidirectional},
                                         rng),
               elman(f)));
  for (const bool after : {true, false})
    nets.push_back(with_h(after ? "gru" : "cho gru",
                          std::make_shared<nn::GRU>(nn::GRUOptions{.input_size = s.input,
                                                                   .hidden_size = s.hidden,
                                                                   .num_layers = s.layers,
                                                                   .bias = s.bias,
                                                                   .bidirectional = s.bidirectional,
                                                                   .reset_after = after},
                                                    rng),
                          after ? gru() : cho_gru()));
  for (const std::size_t projected : {std::size_t{0}, s.hidden - 1}) {
    if (projected == 0 && s.hidden == 1) continue;
    const auto layer = std::make_shared<nn::LSTM>(nn::LSTMOptions{.input_size = s.input,
                                                                  .hidden_size = s.hidden,
                                                                  .num_layers = s.layers,
                                                                  .bias = s.bias,
                                                                  .bidirectional = s.bidirectional,
                                                                  .proj_size = projected},
                                                  rng);
    Net net{projected ? "projected lstm" : "lstm", layer, lstm(), 0, 0, 0, 0, false, {}, {}};
    net.dense = [layer](const Var& x, const Var& h, const Var& c) {
      return (*layer)(x, LSTMState{h, c});
    };
    net.packed = [layer](const PackedSequence& x, const Var& h, const Var& c) {
      return (*layer)(x, LSTMState{h, c});
    };
    nets.push_back(net);
    nets.back().shown = projected;
  }
  for (Net& net : nets) {
    net.input = s.input, net.hidden = s.hidden, net.layers = s.layers;
    net.bidirectional = s.bidirectional;
    if (net.shown == 0) net.shown = s.hidden;
  }
  return nets;
}

// Random starts for a batch.
std::vector<Tensor> inputs_of(const Net& net, std::size_t steps, std::size_t batch, Rng& rng) {
  return {normal({steps, batch, net.input}, 0, 1, rng),
          normal({net.states(), batch, net.shown}, 0, 1, rng),
          normal({net.states(), batch, net.hidden}, 0, 1, rng)};
}

// A net's walks in four forms, all of x, h and c; the results joined.
Function dense_run(const Net& net) {
  return [net](const std::vector<Var>& x) {
    const auto r = net.dense(x[0], x[1], x[2]);
    return joined({r.output, r.state.h, r.state.c});
  };
}

Function composed_run(const Net& net) {
  return [net](const std::vector<Var>& x) {
    const auto r = composed(*net.layer, net.cell, x[0], x[1], x[2], net.layers, net.bidirectional);
    return joined({r.output, r.state.h, r.state.c});
  };
}

Function packed_run(const Net& net, const Lengths& lengths) {
  return [net, lengths](const std::vector<Var>& x) {
    const auto in = pack_padded_sequence(x[0], lengths, {.enforce_sorted = false});
    const auto r = net.packed(in, x[1], x[2]);
    return joined({pad_packed_sequence(r.output).output, r.state.h, r.state.c});
  };
}

Function one_by_one(const Net& net, const Lengths& lengths) {
  return [net, lengths](const std::vector<Var>& x) {
    std::vector<Var> outputs, h, c;
    const std::vector<Var> sequences = unpad_sequence(x[0], lengths);
    for (std::size_t b = 0; b < lengths.size(); ++b) {
      const Var alone = reshape(sequences[b], {sequences[b].shape()[0], 1, net.input});
      const auto r = composed(*net.layer, net.cell, alone, slice(x[1], 1, b, b + 1),
                              slice(x[2], 1, b, b + 1), net.layers, net.bidirectional);
      outputs.push_back(reshape(r.output, {r.output.shape()[0], r.output.shape()[2]}));
      h.push_back(r.state.h), c.push_back(r.state.c);
    }
    return joined({pad_sequence(outputs), concatenate(h, 1), concatenate(c, 1)});
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(recurrent)

BOOST_AUTO_TEST_CASE(fused_is_composed) {
  Rng rng(1);
  for (const Sizes& sizes : {Sizes{3, 4, 1, false, true}, Sizes{2, 3, 2, true, true},
                             Sizes{5, 2, 3, false, false}, Sizes{4, 35, 1, true, true}})
    for (const Net& net : all_nets(sizes, rng))
      for (const auto& [steps, batch] : {std::pair{1u, 1u}, {5u, 3u}, {4u, 17u}})
        BOOST_TEST_CONTEXT(net.name << ", H = " << net.hidden << ", T = " << steps
                                    << ", B = " << batch) {
          check_equal(dense_run(net), composed_run(net), inputs_of(net, steps, batch, rng),
                      net.parameters());
        }
}

// Graves 2013: the fused operator clips what the composed one clips before its nonlinearity.
BOOST_AUTO_TEST_CASE(clipped_elman) {
  Rng rng(7);
  nn::RNN net({.input_size = 3, .hidden_size = 4, .gradient_clip = 0.1}, rng);
  nn::RNN free({.input_size = 3, .hidden_size = 4}, rng);
  const nn::RecurrentWeights& w = net.weights();
  const Tensor x = normal({6, 2, 3}, 0, 1, rng);
  check_equal([&](const auto& v) { return net(v[0]).output; },
              [&](const auto& v) {
                Var h = constant(zeros({2, 4}));
                std::vector<Var> all;
                for (std::size_t t = 0; t < 6; ++t) {
                  const Var from_input = affine(select(v[0], 0, t), w.weight_ih, w.bias_ih);
                  const Var from_state = affine(h, w.weight_hh, w.bias_hh);
                  h = tanh(clip_gradient(from_input + from_state, 0.1));
                  all.push_back(h);
                }
                return stack(all);
              },
              {x}, net.parameters());
  const auto gradient = [&](nn::RNN& layer) {
    const Var v = variable(x);
    Tape tape;
    const Var y = layer(v).output;
    tape.backward(y, ones(y.shape()));
    return v.grad();
  };
  free.load_state_dict(net.state_dict());
  BOOST_TEST(difference(gradient(net), gradient(free)) > 0.1); // it does clip here
}

// The cells with clip_gradient on what each gate's nonlinearity gets. `seen` collects those clipped
// variables: the gradients that arrive at them are still whole.
Cell clipped_lstm(double bound, std::vector<Var>& seen) {
  return [bound, &seen](const Var& x, const LSTMState& s, const nn::RecurrentWeights& w) {
    const Var from_input = affine(x, w.weight_ih, w.bias_ih);
    const Var from_state = affine(s.h, w.weight_hh, w.bias_hh);
    seen.push_back(clip_gradient(from_input + from_state, bound));
    return lstm_gates(seen.back(), s.c);
  };
}

Cell clipped_gru(double bound, std::vector<Var>& seen) {
  return [bound, &seen](const Var& x, const LSTMState& s, const nn::RecurrentWeights& w) {
    const std::size_t n = s.h.shape()[1];
    const auto gate = [n](const Var& of, std::size_t k) {
      return slice(of, -1, k * n, (k + 1) * n);
    };
    const auto clip = [&](const Var& sum) {
      seen.push_back(clip_gradient(sum, bound));
      return seen.back();
    };
    const Var from_input = affine(x, w.weight_ih, w.bias_ih);
    const Var from_state = affine(s.h, w.weight_hh, w.bias_hh);
    const Var r = sigmoid(clip(gate(from_input, 0) + gate(from_state, 0)));
    const Var z = sigmoid(clip(gate(from_input, 1) + gate(from_state, 1)));
    const Var new_part = tanh(clip(gate(from_input, 2) + r * gate(from_state, 2)));
    return LSTMState{new_part + z * (s.h - new_part), s.c};
  };
}

BOOST_AUTO_TEST_CASE(clipped_lstm_and_gru) {
  Rng rng(17);
  const double bound = 0.2;
  const Lengths lengths{2, 5, 1, 5, 3};
  std::vector<Var> seen;
  Net nets[2];
  const auto lstm_layer = std::make_shared<nn::LSTM>(nn::LSTMOptions{.input_size = 3,
                                                                     .hidden_size = 4,
                                                                     .num_layers = 2,
                                                                     .bidirectional = true,
                                                                     .gradient_clip = bound},
                                                     rng);
  nets[0] = {"lstm", lstm_layer, clipped_lstm(bound, seen), 3, 4, 4, 2, true, {}, {}};
  nets[0].dense = [&](const Var& x, const Var& h, const Var& c) {
    return (*lstm_layer)(x, LSTMState{h, c});
  };
  nets[0].packed = [&](const PackedSequence& x, const Var& h, const Var& c) {
    return (*lstm_layer)(x, LSTMState{h, c});
  };
  nets[1] = with_h("gru",
                   std::make_shared<nn::GRU>(nn::GRUOptions{.input_size = 3,
                                                            .hidden_size = 4,
                                                            .num_layers = 2,
                                                            .bidirectional = true,
                                                            .gradient_clip = bound},
                                             rng),
                   clipped_gru(bound, seen));
  nets[1].input = 3, nets[1].hidden = nets[1].shown = 4, nets[1].layers = 2;
  nets[1].bidirectional = true;
  for (const Net& net : nets)
    for (const bool pack : {false, true}) BOOST_TEST_CONTEXT(net.name << (pack ? ", packed" : "")) {
        seen.clear();
        check_equal(pack ? packed_run(net, lengths) : dense_run(net),
                    pack ? one_by_one(net, lengths) : composed_run(net),
                    inputs_of(net, 5, lengths.size(), rng), net.parameters());
        std::size_t cut = 0, whole = 0;
        for (const Var& v : seen)
          for (const real g : v.grad()) ++(std::abs(g) > bound ? cut : whole);
        BOOST_TEST(cut > whole / 10);
        BOOST_TEST(whole > cut / 10);
      }
}

BOOST_AUTO_TEST_CASE(no_state_is_zeros) {
  Rng rng(2);
  for (const Net& net : all_nets({3, 4, 2, true, true}, rng)) BOOST_TEST_CONTEXT(net.name) {
      const Shape h{net.states(), 2, net.shown}, c{net.states(), 2, net.hidden};
      check_equal([&](const auto& x) { return net.dense(x[0], {}, {}).output; },
                  [&](const auto& x) {
                    return net.dense(x[0], constant(zeros(h)), constant(zeros(c))).output;
                  },
                  {normal({5, 2, 3}, 0, 1, rng)}, net.parameters());
    }
}

// What is added in every step is as if it were read in each of x's rows.
BOOST_AUTO_TEST_CASE(every_step_is_in_each_row) {
  Rng rng(18);
  const Lengths lengths{2, 5, 1, 5, 3};
  const auto draw = [&](const Shape& shape) { return normal(shape, 0, 0.7, rng); };
  const Var padded = constant(draw({5, 5, 3}));
  const auto layout = pack_padded_sequence(padded, lengths, {.enforce_sorted = false}).layout;
  struct Kind {
    std::size_t gates;
    SequenceOutput (*walk)(const SequenceInput&);
  };
  for (const Kind& kind :
       {Kind{1, [](const SequenceInput& in) { return elman_sequence(in, Nonlinearity::tanh); }},
        Kind{3, gru_sequence}, Kind{3, cho_gru_sequence}, Kind{4, lstm_sequence}}) {
    const std::size_t rows = kind.gates * 4;
    const auto walk = [&](const std::vector<Var>& v, bool apart) {
      const auto part = [&](const Var& w, std::size_t begin, std::size_t end) { // of weight_ih
        return apart ? slice(w, 1, begin, end) : w;
      };
      SequenceInput in{
          .x = v[0],
          .steps = Steps(layout),
          .directions = {{part(v[2], 0, 3), v[3], v[4]}, {part(v[5], 0, 3), v[6], v[7]}}};
      if (apart)
        in.every_step = stack({linear(v[1], part(v[2], 3, 5)), linear(v[1], part(v[5], 3, 5))});
      else
        in.x = concatenate({v[0], embedding(v[1], layout->sequences())}, 1);
      return kind.walk(in).output;
    };
    check_equal([&](const auto& v) { return walk(v, true); },
                [&](const auto& v) { return walk(v, false); },
                {draw({layout->rows(), 3}), draw({5, 2}), draw({rows, 5}), draw({rows, 4}),
                 draw({rows}), draw({rows, 5}), draw({rows, 4}), draw({rows})});
  }
}

// Packed, one by one, and padded with its padding masked: the same outputs, states and gradients.
BOOST_AUTO_TEST_CASE(packed_is_one_by_one) {
  Rng rng(3);
  const Lengths lengths{2, 5, 1, 5, 3};
  for (const Net& net : all_nets({3, 4, 2, true, true}, rng)) BOOST_TEST_CONTEXT(net.name) {
      check_equal(packed_run(net, lengths), one_by_one(net, lengths), inputs_of(net, 5, 5, rng),
                  net.parameters());
    }
}

BOOST_AUTO_TEST_CASE(packed_is_padded_and_masked) {
  Rng rng(4);
  const Lengths lengths{4, 4, 2, 1};
  const Tensor mask = length_mask(lengths, 4);
  for (const Net& net : all_nets({3, 4, 2, false, true}, rng)) // one direction: padding comes last
    BOOST_TEST_CONTEXT(net.name)
  check_equal(
      [&](const auto& x) {
        const auto r = net.packed(pack_padded_sequence(x[0], lengths), x[1], x[2]);
        return pad_packed_sequence(r.output).output;
      },
      [&](const auto& x) {
        return net.dense(x[0], x[1], x[2]).output * constant(reshaped(mask, {4, 4, 1}));
      },
      inputs_of(net, 4, 4, rng), net.parameters());
}

BOOST_AUTO_TEST_CASE(no_gradient_reaches_padding) {
  Rng rng(5);
  const Lengths lengths{1, 4, 2};
  for (const Net& net : all_nets({3, 4, 2, true, true}, rng)) BOOST_TEST_CONTEXT(net.name) {
      const std::vector<Tensor> in = inputs_of(net, 4, 3, rng);
      const Var x = variable(in[0]);
      Tape tape;
      const auto r = net.packed(pack_padded_sequence(x, lengths, {.enforce_sorted = false}),
                                constant(in[1]), constant(in[2]));
      tape.backward(sum(pad_packed_sequence(r.output, {.padding_value = 3}).output));
      for (std::size_t t = 0; t < 4; ++t)
        for (std::size_t b = 0; b < 3; ++b)
          for (std::size_t i = 0; i < 3; ++i)
            BOOST_TEST((x.grad()(t, b, i) == 0) == (t >= static_cast<std::size_t>(lengths[b])));
    }
}

BOOST_AUTO_TEST_CASE(gradients_by_finite_differences) {
  Rng rng(6);
  for (const Net& net : all_nets({3, 2, 1, true, true}, rng)) BOOST_TEST_CONTEXT(net.name) {
      check_gradients(
          [&](const auto& x) {
            const auto r = net.packed(
                pack_padded_sequence(x[0], {2, 4, 1}, {.enforce_sorted = false}), x[1], x[2]);
            return joined({r.output.data, r.state.h, r.state.c});
          },
          {inputs_of(net, 4, 3, rng)[0], inputs_of(net, 4, 3, rng)[1],
           inputs_of(net, 4, 3, rng)[2]},
          net.parameters());
      if (net.hidden == net.shown && net.name != "lstm") continue;
      check_gradients( // the last state alone, with no gradient at the output
          [&](const auto& x) { return net.dense(x[0], x[1], x[2]).state.c; },
          {inputs_of(net, 3, 2, rng)[0], inputs_of(net, 3, 2, rng)[1],
           inputs_of(net, 3, 2, rng)[2]});
    }
}

// What cores share: every sequence goes to one of them, and the rows are shared as well as whole
// sequences allow.
BOOST_AUTO_TEST_CASE(shares_of_a_batch) {
  const auto packed = [](const Lengths& lengths) {
    const Var x = constant(zeros({static_cast<std::size_t>(lengths[0]), lengths.size(), 1}));
    return Steps(pack_padded_sequence(x, lengths).layout);
  };
  const auto half = [&](const Steps& steps) { return share_begin(steps, 1, 2); };
  BOOST_TEST(half(Steps(7, 16)) == 8u);
  BOOST_TEST(half(Steps(1, 17)) == 9u);
  BOOST_TEST(half(packed({5, 3, 3, 1})) == 2u);    // 8 of 12
  BOOST_TEST(half(packed({4, 4, 4, 4})) == 2u);    // 8 of 16
  BOOST_TEST(half(packed({90, 1, 1, 1})) == 1u);   // one alone has more than half
  BOOST_TEST(half(packed({6, 2, 2, 1, 1})) == 1u); // 6 of 12
  for (const Steps& steps : {Steps(7, 26), Steps(3, 0), packed({9, 9, 7, 4, 4, 2, 1})})
    for (const std::size_t shares : {1u, 2u, 3u, 8u}) { // none is left out, none comes twice
      BOOST_TEST(share_begin(steps, 0, shares) == 0u);
      BOOST_TEST(share_begin(steps, shares, shares) == steps.batch());
      for (std::size_t i = 0; i < shares; ++i)
        BOOST_TEST(share_begin(steps, i, shares) <= share_begin(steps, i + 1, shares));
    }
}

BOOST_AUTO_TEST_CASE(the_other_forms_of_input) {
  Rng rng(7);
  nn::LSTM steps_first({.input_size = 3, .hidden_size = 4, .bidirectional = true}, rng);
  nn::LSTM batch_first(
      {.input_size = 3, .hidden_size = 4, .batch_first = true, .bidirectional = true}, rng);
  batch_first.load_state_dict(steps_first.state_dict());
  const Tensor x = normal({5, 2, 3}, 0, 1, rng);
  check_equal([&](const auto& in) { return steps_first(in[0]).output; },
              [&](const auto& in) {
                const auto r = batch_first(transpose(in[0], {1, 0, 2}));
                return transpose(r.output, {1, 0, 2});
              },
              {x});
  check_equal(
      [&](const auto& in) {
        const auto r = steps_first(in[0], {in[1], in[2]});
        return joined({r.output, r.state.h, r.state.c});
      },
      [&](const auto& in) { // a batch of one
        const auto as_batch = [](const Var& v) {
          return reshape(v, {v.shape()[0], 1, v.shape()[1]});
        };
        const auto r = steps_first(as_batch(in[0]), {as_batch(in[1]), as_batch(in[2])});
        return joined({r.output, r.state.h, r.state.c});
      },
      {normal({5, 3}, 0, 1, rng), normal({2, 4}, 0, 1, rng), normal({2, 4}, 0, 1, rng)},
      steps_first.parameters());
}

BOOST_AUTO_TEST_CASE(dropout_between_layers) {
  Rng rng(8);
  nn::GRU net({.input_size = 3, .hidden_size = 40, .num_layers = 2, .dropout = 0.5}, rng);
  const Var x = constant(normal({4, 2, 3}, 0, 1, rng));
  BOOST_CHECK_THROW(net(x), std::invalid_argument); // it cannot draw
  Rng a(1), b(1);
  BOOST_TEST(identical(net(x, a).output.value(), net(x, b).output.value()));
  BOOST_TEST(!identical(net(x, a).output.value(), net(x, a).output.value()));
  net.eval();
  BOOST_TEST(identical(net(x).output.value(), net(x, a).output.value()));
}

// A record for the layer and two for its last states, however long the sequence.
BOOST_AUTO_TEST_CASE(a_long_sequence) {
  Rng rng(9);
  for (const Net& net : all_nets({2, 3, 1, false, true}, rng)) {
    const Var x = variable(normal({2000, 1, 2}, 0, 1, rng));
    Tape tape;
    const Var y = net.dense(x, {}, {}).output;
    BOOST_TEST(tape.size() <= 3);
    tape.backward(sum(y));
    if (net.name != "relu") BOOST_TEST(x.grad().data()[1999 * 2] != 0); // those may be dead
  }
}

BOOST_AUTO_TEST_SUITE_END()
