// Attention composed of tape operators, and the fused decoder against it.
#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/attention/attention_decoder.hpp"
#include "tests/nn/check.hpp"
#include "tests/nn/composed.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

enum class Score { additive, general, dot };

// A batch of targets and what they look at. All sizes are distinct but those that scores make
// equal.
struct AttentionCase {
  Score score = Score::additive;
  std::size_t input = 2, hidden = 3, value = 5, key = 4; // E, H, A, K
  Lengths targets{2, 4, 1, 4, 3}, sources{3, 1, 6, 2, 5};

  AttentionCase(Score s, std::size_t wide = 0) : score(s) {
    if (wide) hidden = wide, key = wide + 2, value = 2 * wide + 1, input = wide - 3;
    if (score != Score::additive) key = hidden;
    if (score == Score::dot) value = hidden;
  }
  std::size_t batch() const { return targets.size(); }
  std::size_t rows() const { // M
    std::size_t sum = 0;
    for (const int n : sources) sum += static_cast<std::size_t>(n);
    return sum;
  }
  std::shared_ptr<const PackedLayout> layout() const {
    return pack_padded_sequence(constant(zeros({4, batch(), 1})), targets,
                                {.enforce_sorted = false})
        .layout;
  }
  AttentionPlaces places(const Var& keys, const Var& values) const {
    AttentionPlaces p{keys, values, {0}};
    for (const int n : sources) p.begins.push_back(p.begins.back() + static_cast<std::size_t>(n));
    return p;
  }
  // x (N, E), h (B, H), values (M, A), weights, v, query, u
  std::vector<Tensor> inputs(Rng& rng) const {
    const auto draw = [&](const Shape& shape) { return normal(shape, 0, 0.7, rng); };
    return {draw({layout()->rows(), input}),
            draw({batch(), hidden}),
            draw({rows(), value}),
            draw({3 * hidden, input + value}),
            draw({3 * hidden, hidden}),
            draw({3 * hidden}),
            draw({3 * hidden}),
            draw({key}),
            draw({key, hidden}),
            draw({key, value})};
  }
  AttentionWeights weights(const std::vector<Var>& v) const {
    return {.cell = {v[3], v[4], v[5], v[6]},
            .query = score == Score::additive ? v[8] : Var{},
            .v = score == Score::additive ? v[7] : Var{}};
  }
  Var keys(const std::vector<Var>& v) const {
    return score == Score::dot ? v[2] : linear(v[2], v[9]);
  }
};

// seen (N, H + A) and the last states, by the fused operator.
Function fused_run(const AttentionCase& c) {
  return [c](const std::vector<Var>& v) {
    const auto layout = c.layout();
    const AttentionDecoderOutput out = attention_decoder({.x = v[0],
                                                          .steps = Steps(layout),
                                                          .weights = c.weights(v),
                                                          .h = v[1],
                                                          .places = c.places(c.keys(v), v[2]),
                                                          .sentence = layout->sorted_indices});
    return joined({out.seen, out.h});
  };
}

// The same by attention_step, whose memory is padded with numbers that must not matter.
Function stepped_run(const AttentionCase& c, real padding) {
  return [c, padding](const std::vector<Var>& v) {
    const auto layout = c.layout();
    const auto padded = [&](const Var& rows) { // (M, ...) -> (B, S, ...), as the steps are sorted
      std::vector<Var> sentences;
      const AttentionPlaces p = c.places(v[2], v[2]);
      for (const std::int32_t i : layout->sorted_indices) {
        const auto s = static_cast<std::size_t>(i);
        sentences.push_back(slice(rows, 0, p.begins[s], p.begins[s + 1]));
      }
      return pad_sequence(sentences, {.batch_first = true, .padding_value = padding});
    };
    Lengths lengths;
    for (const std::int32_t i : layout->sorted_indices)
      lengths.push_back(c.sources[static_cast<std::size_t>(i)]);
    AttentionMemory memory{padded(c.keys(v)), padded(v[2]), attention_mask(lengths, 6)};
    std::vector<Var> seen, last;
    Var s = v[1];
    for (std::size_t t = 0; t < layout->steps(); ++t) {
      const std::size_t going = layout->batch_sizes[t];
      if (const std::size_t before = s.shape()[0]; going < before) {
        last.insert(last.begin(), slice(s, 0, going, before));
        s = slice(s, 0, 0, going);
        memory = {slice(memory.keys, 0, 0, going), slice(memory.values, 0, 0, going),
                  rows(memory.mask, 0, going)};
      }
      const Var x = slice(v[0], 0, layout->begins[t], layout->begins[t + 1]);
      const AttentionStep step = attention_step(x, s, c.weights(v), memory);
      seen.push_back(concatenate({s, step.seen.context}, 1));
      s = step.state;
    }
    last.insert(last.begin(), s);
    return joined({concatenate(seen), concatenate(last)});
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(attention)

BOOST_AUTO_TEST_CASE(masks) {
  const Indices mask = attention_mask({2, 1, 3}, 3);
  BOOST_TEST(mask == indices({3, 3}, {1, 1, 0, 1, 0, 0, 1, 1, 1}),
             boost::test_tools::per_element());
  BOOST_CHECK_THROW(attention_mask({2, 0}, 3), ShapeError);
  BOOST_CHECK_THROW(attention_mask({2, 4}, 3), ShapeError);
}

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  const auto draw = [&](const Shape& shape) { return normal(shape, 0, 1, rng); };
  const Indices mask = attention_mask({3, 5}, 5);
  const auto both = [](const Attended& a) { return joined({a.context, a.weights}); };
  check_gradients(
      [&](const auto& x) {
        return both(additive_attention(x[0], {x[1], x[2], mask}, x[3]));
      },
      {draw({2, 3}), draw({2, 5, 3}), draw({2, 5, 4}), draw({3})});
  check_gradients(
      [&](const auto& x) {
        return both(product_attention(x[0], {x[1], x[2], mask}));
      },
      {draw({2, 3}), draw({2, 5, 3}), draw({2, 5, 4})});
}

BOOST_AUTO_TEST_CASE(fused_is_composed) {
  Rng rng(2);
  for (const Score score : {Score::additive, Score::general, Score::dot})
    for (const std::size_t wide : {0u, 19u}) { // wider than a register
      const AttentionCase c(score, wide);
      check_equal(fused_run(c), stepped_run(c, 0), c.inputs(rng));
    }
}

BOOST_AUTO_TEST_CASE(shared_by_cores) { // more sequences than one core takes
  Rng rng(3);
  AttentionCase c(Score::additive);
  for (int i = 0; i < 20; ++i) c.targets.push_back(1 + i % 4), c.sources.push_back(1 + i % 6);
  check_equal(fused_run(c), stepped_run(c, 0), c.inputs(rng));
}

// Padding changes no number, whatever it is, and gets no gradient.
BOOST_AUTO_TEST_CASE(padding_does_not_matter) {
  Rng rng(4);
  const AttentionCase c(Score::additive);
  check_equal(stepped_run(c, 3), stepped_run(c, -7), c.inputs(rng));
  const Var keys = variable(normal({2, 4, 3}, 0, 1, rng));
  const Var values = variable(normal({2, 4, 5}, 0, 1, rng));
  const Var query = constant(normal({2, 3}, 0, 1, rng)), v = constant(normal({3}, 0, 1, rng));
  Tape tape;
  const Attended a = additive_attention(query, {keys, values, attention_mask({2, 3}, 4)}, v);
  tape.backward(a.context, normal({2, 5}, 0, 1, rng));
  for (std::size_t b = 0; b < 2; ++b)
    for (std::size_t j = 0; j < 4; ++j) {
      const bool behind = j >= 2 + b;
      BOOST_TEST((keys.grad()(b, j, 0) == 0) == behind);
      BOOST_TEST((values.grad()(b, j, 0) == 0) == behind);
      BOOST_TEST((a.weights.value()(b, j) == 0) == behind);
    }
}

BOOST_AUTO_TEST_CASE(gradients_by_finite_differences) {
  Rng rng(5);
  for (const Score score : {Score::additive, Score::general}) {
    const AttentionCase c(score);
    std::vector<Tensor> in = c.inputs(rng);
    if (score != Score::additive) { // v and the query's weight are not read
      const Tensor v = in[7], query = in[8];
      in.erase(in.begin() + 7, in.begin() + 9);
      check_gradients(
          [&](const auto& x) {
            std::vector<Var> all(x.begin(), x.end());
            all.insert(all.begin() + 7, {constant(v), constant(query)});
            return fused_run(c)(all);
          },
          {in.begin(), in.end()});
    } else {
      check_gradients(fused_run(c), {in.begin(), in.end()});
    }
  }
}

// Several sequences that look at one sentence: as if each had its own copy.
BOOST_AUTO_TEST_CASE(sentences_may_be_shared) {
  Rng rng(6);
  const AttentionCase c(Score::additive);
  const Indices sentence = indices({5}, {1, 4, 1, 0, 1});
  const auto run = [&](const std::vector<Var>& v, bool copied) {
    AttentionPlaces to = c.places(c.keys(v), v[2]);
    if (copied) {
      AttentionPlaces own{{}, {}, {0}};
      std::vector<Var> keys, values;
      for (const std::int32_t i : sentence) {
        const auto s = static_cast<std::size_t>(i);
        keys.push_back(slice(to.keys, 0, to.begins[s], to.begins[s + 1]));
        values.push_back(slice(to.values, 0, to.begins[s], to.begins[s + 1]));
        own.begins.push_back(own.begins.back() + to.begins[s + 1] - to.begins[s]);
      }
      own.keys = concatenate(keys), own.values = concatenate(values);
      to = own;
    }
    const AttentionDecoderOutput out = attention_decoder({.x = v[0],
                                                          .steps = Steps(c.layout()),
                                                          .weights = c.weights(v),
                                                          .h = v[1],
                                                          .places = to,
                                                          .sentence = copied ? Indices{} : sentence,
                                                          .show_weights = true});
    for (std::size_t i = 0; i < out.weights.shape()[0]; ++i) {
      real sum = 0;
      for (std::size_t j = 0; j < out.weights.shape()[1]; ++j) sum += out.weights(i, j);
      BOOST_TEST(sum == 1, boost::test_tools::tolerance(same_in_double));
    }
    return joined({out.seen, out.h});
  };
  check_equal([&](const auto& v) { return run(v, false); },
              [&](const auto& v) { return run(v, true); }, c.inputs(rng));
}

// Places that have been multiplied by the gates' weights beforehand.
BOOST_AUTO_TEST_CASE(multiplied_once_for_each_place) {
  Rng rng(9);
  for (const Score score : {Score::additive, Score::dot}) {
    const AttentionCase c(score);
    const auto layout = c.layout();
    check_equal(
        fused_run(c),
        [&](const std::vector<Var>& v) {
          AttentionWeights w = c.weights(v);
          w.cell.weight_ih = slice(v[3], 1, 0, c.input);
          const Var read = linear(v[2], slice(v[3], 1, c.input, c.input + c.value));
          const AttentionDecoderOutput out =
              attention_decoder({.x = v[0],
                                 .steps = Steps(layout),
                                 .weights = w,
                                 .h = v[1],
                                 .places = c.places(c.keys(v), concatenate({read, v[2]}, 1)),
                                 .sentence = layout->sorted_indices});
          const std::size_t n = c.hidden;
          return joined(
              {concatenate({slice(out.seen, 1, 0, n), slice(out.seen, 1, 4 * n, 4 * n + c.value)},
                           1),
               out.h});
        },
        c.inputs(rng));
  }
}

// A pull-back that runs again adds the same gradients again.
BOOST_AUTO_TEST_CASE(pulled_back_twice) {
  Rng rng(7);
  const AttentionCase c(Score::additive);
  std::vector<Var> v;
  for (const Tensor& x : c.inputs(rng)) v.push_back(variable(x));
  Tape tape;
  const AttentionDecoderOutput out =
      attention_decoder({v[0], Steps(c.layout()), c.weights(v), v[1], c.places(c.keys(v), v[2])});
  tape.backward(out.seen, normal(out.seen.shape(), 0, 1, rng));
  std::size_t record = 0;
  while (std::string(tape.line(record).op) != "attention_decoder") ++record;
  const Tensor once = v[4].grad();
  tape.pull_back(record);
  BOOST_TEST(difference(v[4].grad(), Tensor(2 * once)) < same_in_double);
}

BOOST_AUTO_TEST_CASE(misfits_are_named) {
  Rng rng(8);
  const AttentionCase c(Score::additive);
  const auto message = [&](auto change) {
    std::vector<Var> v;
    for (const Tensor& x : c.inputs(rng)) v.push_back(constant(x));
    AttentionDecoderInput in{v[0], Steps(c.layout()), c.weights(v), v[1],
                             c.places(c.keys(v), v[2])};
    change(in);
    try {
      attention_decoder(in);
    } catch (const ShapeError& e) {
      return std::string(e.what());
    }
    return std::string("nothing");
  };
  const auto names = [&](auto change, const std::string& part) {
    const std::string text = message(change);
    BOOST_TEST(text.find(part) != std::string::npos, text);
  };
  names([](auto& in) { in.h = constant(zeros({4, 3})); }, "the state h is (4, 3), expected (5, 3)");
  names([](auto& in) { in.weights.v = constant(zeros({9})); }, "v is (9), expected (4)");
  names([](auto& in) { in.places.begins[2] = in.places.begins[1]; }, "sentence 1 has no places");
  names([](auto& in) { in.places.begins.pop_back(); }, "must begin at 0 and end at 17");
  names([](auto& in) { in.sentence = indices({5}, {0, 1, 2, 3, 5}); }, "there is no sentence 5");
  names([](auto& in) { in.weights.query = {}; }, "the keys is (17, 4), expected (17, 3)");
}

BOOST_AUTO_TEST_SUITE_END()
