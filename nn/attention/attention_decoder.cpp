#include "nn/attention/attention_decoder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/product.hpp"
#include "autograd/base/simd.hpp"
#include "nn/attention/attention_row.hpp"
#include "nn/recurrent/cho_gru_step.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

struct AttentionWalk {
  AttentionDecoderInput in;
  // What the parts shared with other recurrent operators read.
  SequenceInput words{in.x, in.steps, {in.weights.cell}};
  std::size_t batch = in.steps.batch(), rows = in.steps.rows(); // B, N
  std::size_t input = in.x.shape().back();                      // E
  std::size_t hidden = in.weights.cell.weight_hh.shape()[1];    // H
  std::size_t key = in.places.keys.shape()[1];                  // K
  std::size_t value = in.places.values.shape()[1];              // A
  std::size_t width = hidden + value;                           // of a row of `seen`
  Tensor gates = {}, reset = {};         // (N, 3H), (N, H): as ChoForward leaves them
  Tensor queries = {};                   // (N, K), unless they are the states
  Tensor weights = {};                   // sequence after sequence, for each step one a place
  Pooled<std::size_t> first_weight = {}; // (B + 1): where those of sequence i begin
  Pooled<std::size_t> first_row = {};    // (B + 1): sequence i's first, if they lay one by one

  std::size_t sentence(std::size_t i) const {
    return in.sentence.dimension() ? static_cast<std::size_t>(in.sentence.data()[i]) : i;
  }
  std::size_t begin(std::size_t i) const { return in.places.begins[sentence(i)]; }
  std::size_t places(std::size_t i) const { return in.places.begins[sentence(i) + 1] - begin(i); }
  AttentionView view(std::size_t i) const {
    return {places(i),
            key,
            value,
            in.places.keys.value().data() + begin(i) * key,
            in.places.values.value().data() + begin(i) * value,
            given(in.weights.v) ? in.weights.v.value().data() : nullptr};
  }
  std::size_t weight_row(std::size_t i, std::size_t t) const {
    return first_weight[i] + t * places(i);
  }
  // The part of weight_ih, (3H, E + A), that reads the context: (3H, A).
  Matrix from_context() const {
    return {in.weights.cell.weight_ih.value().data() + input, input + value};
  }
  Matrix query_weight() const { return {in.weights.query.value().data(), hidden}; }
  // Whether the values begin with what the gates read of them.
  bool multiplied() const { return in.weights.cell.weight_ih.shape()[1] == input; }
  bool asks_as_it_is() const { return !given(in.weights.query); }
};

void check_decoder(const AttentionDecoderInput& in) {
  constexpr auto op = "attention_decoder";
  const auto fail = [&](const std::string& problem) {
    throw ShapeError(fmt::format("{} at {}: {}", op, Inside::describe(in.x.caller()), problem));
  };
  const auto expect = [&](const char* name, const Var& v, const Shape& shape) {
    if (v.shape() != shape)
      fail(fmt::format("{} is {}, expected {}", name, to_string(v.shape()), to_string(shape)));
  };
  const AttentionPlaces& to = in.places;
  if (in.x.rank() != 2 || in.h.rank() != 2 || to.keys.rank() != 2 || to.values.rank() != 2)
    shape_error(op, {in.x, in.h, to.keys, to.values}, "expected (N, E), (B, H), (M, K) and (M, A)");
  const std::size_t e = in.x.shape()[1], h = in.h.shape()[1], k = to.keys.shape()[1],
                    a = to.values.shape()[1], places = to.values.shape()[0];
  expect("the input", in.x, {in.steps.rows(), e});
  expect("the state h", in.h, {in.steps.batch(), h});
  const Var& weight_ih = in.weights.cell.weight_ih;
  if (weight_ih.shape() != Shape{3 * h, e} || a < 3 * h)
    expect("weight_ih", weight_ih, {3 * h, e + a});
  expect("weight_hh", in.weights.cell.weight_hh, {3 * h, h});
  for (const Var& b : {in.weights.cell.bias_ih, in.weights.cell.bias_hh})
    if (given(b)) expect("a bias", b, {3 * h});
  expect("the keys", to.keys, {places, given(in.weights.query) ? k : h});
  if (given(in.weights.query)) expect("the query's weight", in.weights.query, {k, h});
  if (given(in.weights.v)) expect("v", in.weights.v, {k});
  if (to.begins.size() < 2 || to.begins.front() != 0 || to.begins.back() != places)
    fail(fmt::format("the sentences' places must begin at 0 and end at {}", places));
  for (std::size_t s = 0; s + 1 < to.begins.size(); ++s)
    if (to.begins[s] >= to.begins[s + 1]) fail(fmt::format("sentence {} has no places", s));
  const std::size_t sentences = to.begins.size() - 1, batch = in.steps.batch();
  if (in.sentence.dimension() == 0 ? sentences != batch : in.sentence.size() != batch)
    fail(fmt::format("there are {} sequences, and {} sentences to look at", batch, sentences));
  for (const std::int32_t s : in.sentence)
    if (in.sentence.dimension() && (s < 0 || static_cast<std::size_t>(s) >= sentences))
      fail(fmt::format("there is no sentence {}; there are {}", s, sentences));
}

// Weights packed for the way forward.
struct AttentionForward {
  ChoForward cell;
  Panels query, from_context; // (H, K), (A, 3H)
  Tensor h;                   // (B, H): the states, from the first to the last
  Tensor seen;                // (N, H + A)
};

// to += from. Both (n)
void add_row(std::size_t n, real* to, const real* from) {
  for_lanes(n, [=](auto at) { at.store(to, at.load(to) + at.load(from)); });
}

void walk_attention(AttentionWalk& k, AttentionForward& f, const Share& share) {
  const std::size_t n = k.hidden, g = 3 * n;
  std::size_t t = 0;
  walk_steps(k.in.steps, false, share, [&](const StepRows& at) {
    real* state = f.h.data() + at.sequence * n;           // (count, H)
    real* seen = f.seen.data() + at.packed * k.width;     // (count, H + A)
    real* gates = k.gates.data() + at.packed * g;         // (count, 3H)
    real* queries = k.queries.data() + at.packed * k.key; // (count, K)
    if (!k.asks_as_it_is()) f.query.product(at.count, {state, n}, queries, k.key, false);
    for (std::size_t i = 0; i < at.count; ++i) {
      const std::size_t s = at.sequence + i;
      std::copy_n(state + i * n, n, seen + i * k.width);
      attend_row(k.view(s), k.asks_as_it_is() ? state + i * n : queries + i * k.key,
                 k.weights.data() + k.weight_row(s, t), seen + i * k.width + n);
    }
    if (!k.multiplied()) f.from_context.product(at.count, {seen + n, k.width}, gates, g, true);
    for (std::size_t i = 0; k.multiplied() && i < at.count; ++i)
      add_row(g, gates + i * g, seen + i * k.width + n);
    f.cell.step(at.count, gates, state, k.reset.data() + at.packed * n, false);
    ++t;
  });
}

// What a pull-back computes on its way; nothing of it is kept, so it may run again.
struct AttentionBackward {
  ChoBackward cell;
  Panels query, from_context; // (K, H), (3H, A)
  const Tensor& dseen;        // (N, H + A)
  Tensor dh, dreset;          // (B, H): of the states, from the last to the first; of r h
  Tensor dgates, dqueries;    // (N, 3H), (N, K)
  Tensor dcontext;            // (N, A), sequence after sequence
  Tensor dv;                  // (B, K): each sequence's part
  real* dkeys;                // (M, K), or null
};

void walk_attention_back(const AttentionWalk& k, const Tensor& seen, AttentionBackward& b,
                         const Share& share) {
  const std::size_t n = k.hidden, g = 3 * n;
  std::size_t most = 0;
  for (std::size_t i = share.first; i < share.last; ++i) most = std::max(most, k.places(i));
  Tensor dweights = Tensor::from_shape({most}),
         dc = Tensor::from_shape({share.last - share.first, k.value});
  std::size_t t = share.first < share.last ? k.in.steps.length(share.first) : 0;
  walk_steps(k.in.steps, true, share, [&](const StepRows& at) {
    --t;
    real* dstate = b.dh.data() + at.sequence * n;             // (count, H)
    real* dgates = b.dgates.data() + at.packed * g;           // (count, 3H)
    real* dqueries = b.dqueries.data() + at.packed * k.key;   // (count, K)
    const real* states = seen.data() + at.packed * k.width;   // (count, H), H + A apart
    const real* above = b.dseen.data() + at.packed * k.width; // (count, H + A)
    b.cell.step(at.count, k.gates.data() + at.packed * g, {states, k.width}, dstate, dgates,
                b.dreset.data() + at.sequence * n);
    if (!k.multiplied()) b.from_context.product(at.count, {dgates, g}, dc.data(), k.value, false);
    for (std::size_t i = 0; i < at.count; ++i) {
      const std::size_t s = at.sequence + i;
      real* dcontext = b.dcontext.data() + (k.first_row[s] + t) * k.value;
      std::copy_n(above + i * k.width + n, k.value, dcontext);
      if (k.multiplied())
        add_row(g, dcontext, dgates + i * g);
      else
        add_row(k.value, dcontext, dc.data() + i * k.value);
      add_row(n, dstate + i * n, above + i * k.width);
      real* dquery = k.asks_as_it_is() ? dstate + i * n : dqueries + i * k.key; // added to
      if (!k.asks_as_it_is()) std::fill_n(dquery, k.key, real{0});
      attend_row_back(k.view(s),
                      k.asks_as_it_is() ? states + i * k.width
                                        : k.queries.data() + (at.packed + i) * k.key,
                      k.weights.data() + k.weight_row(s, t), dcontext,
                      {dweights.data(), dquery, b.dkeys ? b.dkeys + k.begin(s) * k.key : nullptr,
                       b.dv.dimension() ? b.dv.data() + s * k.key : nullptr});
    }
    if (!k.asks_as_it_is()) b.query.product(at.count, {dqueries, k.key}, dstate, n, true);
  });
}

// Adds weights' dcontext to each sentence's values: one product over all steps of a sequence.
void add_value_gradients(const AttentionWalk& k, const Tensor& dcontext, bool in_parts) {
  real* dvalues = k.in.places.values.grad().data();
  const auto some = [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i)
      product(k.places(i), k.value, k.in.steps.length(i),
              {k.weights.data() + k.first_weight[i], k.places(i), true},
              {dcontext.data() + k.first_row[i] * k.value, k.value}, dvalues + k.begin(i) * k.value,
              k.value, true);
  };
  if (in_parts)
    parallel_rows(k.batch, k.rows / std::max<std::size_t>(k.batch, 1) * k.value, some);
  else
    some(0, k.batch);
}

// Whether no two sequences look at the same sentence: then cores never add to the same gradients.
bool apart(const AttentionWalk& k) {
  std::vector<bool> taken(k.in.places.begins.size());
  for (std::size_t i = 0; i < k.batch; ++i) {
    if (taken[k.sentence(i)]) return false;
    taken[k.sentence(i)] = true;
  }
  return true;
}

void pull_back_attention(const AttentionWalk& k, const Var& seen, const Var& last_h) {
  const AttentionWeights& w = k.in.weights;
  const AttentionPlaces& to = k.in.places;
  const std::size_t n = k.hidden, g = 3 * n;
  const bool asks = k.asks_as_it_is(), alone = apart(k);
  AttentionBackward b{
      .cell = ChoBackward(w.cell, 0),
      .query = Panels(asks ? 0 : k.key, asks ? 0 : n, asks ? Matrix{nullptr, 0} : k.query_weight()),
      .from_context = Panels(k.multiplied() ? 0 : g, k.value, k.from_context()),
      .dseen = seen.grad(),
      .dh = last_h.has_grad() ? last_h.grad() : zeros({k.batch, n}),
      .dreset = Tensor::from_shape({k.batch, n}),
      .dgates = Tensor::from_shape({k.rows, g}),
      .dqueries = Tensor::from_shape({asks ? 0 : k.rows, k.key}),
      .dcontext = Tensor::from_shape({k.rows, k.value}),
      .dv = w.v.needs_grad() ? zeros({k.batch, k.key}) : Tensor{},
      .dkeys = to.keys.needs_grad() ? to.keys.grad().data() : nullptr};
  const auto back = [&](const Share& share) { walk_attention_back(k, seen.value(), b, share); };
  if (alone)
    share_walks(k.words, back);
  else
    back({0, 0, k.batch});

  const Matrix states{seen.value().data(), k.width}, contexts{states.data + n, k.width};
  add_input_gradients(k.words, 0, b.dgates);
  add_cho_gradients(w.cell, b.dgates, states, {k.reset.data(), n});
  if (w.cell.weight_ih.needs_grad() && !k.multiplied())
    product(g, k.value, k.rows, {b.dgates.data(), g, true}, contexts,
            w.cell.weight_ih.grad().data() + k.input, k.input + k.value, true);
  if (w.query.needs_grad())
    product(k.key, n, k.rows, {b.dqueries.data(), k.key, true}, states, w.query.grad().data(), n,
            true);
  if (w.v.needs_grad()) add_to(w.v, column_sums(b.dv), k.key);
  if (to.values.needs_grad()) add_value_gradients(k, b.dcontext, alone);
  if (k.in.h.needs_grad()) k.in.h.grad() += b.dh;
}

Tensor shown_weights(const AttentionWalk& k) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < k.batch; ++i) longest = std::max(longest, k.places(i));
  Tensor all = zeros({k.rows, longest});
  for (std::size_t t = 0; t < k.in.steps.count(); ++t)
    for (std::size_t i = 0; i < k.in.steps.size(t); ++i)
      std::copy_n(k.weights.data() + k.weight_row(i, t), k.places(i),
                  all.data() + (k.in.steps.begin(t) + i) * longest);
  return all;
}

} // namespace

AttentionDecoderOutput attention_decoder(const AttentionDecoderInput& in) {
  check_decoder(in);
  const auto kept =
      std::allocate_shared<AttentionWalk>(PoolAllocator<AttentionWalk>{}, AttentionWalk{in});
  AttentionWalk& k = *kept;
  const std::size_t n = k.hidden;
  k.first_weight.push_back(0);
  k.first_row.push_back(0);
  for (std::size_t i = 0; i < k.batch; ++i) {
    const std::size_t steps = in.steps.length(i);
    k.first_weight.push_back(k.first_weight.back() + steps * k.places(i));
    k.first_row.push_back(k.first_row.back() + steps);
  }
  k.gates = gates_from_input(k.words, 0);
  k.reset = Tensor::from_shape({k.rows, n});
  k.queries = Tensor::from_shape({k.asks_as_it_is() ? 0 : k.rows, k.key});
  k.weights = Tensor::from_shape({k.first_weight.back()});
  const bool asks = k.asks_as_it_is();
  AttentionForward f{.cell = ChoForward(in.weights.cell),
                     .query = Panels(asks ? 0 : n, asks ? 0 : k.key,
                                     asks ? Matrix{nullptr, 0} : transposed(k.query_weight())),
                     .from_context =
                         Panels(k.multiplied() ? 0 : k.value, 3 * n, transposed(k.from_context())),
                     .h = in.h.value(),
                     .seen = Tensor::from_shape({k.rows, k.width})};
  share_walks(k.words, [&](const Share& share) { walk_attention(k, f, share); });

  AttentionDecoderOutput out{Var{std::move(f.seen)}, Var{std::move(f.h)}, {}};
  if (in.show_weights) out.weights = shown_weights(k);
  Pooled<Var> inputs = tape_inputs(k.words);
  for (const Var& v : {in.weights.query, in.weights.v, in.h, in.places.keys, in.places.values})
    if (given(v)) inputs.push_back(v);
  if (!Tape::current()) return out;
  record("attention_decoder", out.seen, {inputs, in.x.caller()},
         [kept, seen = out.seen, h = out.h] { pull_back_attention(*kept, seen, h); });
  // The pull-back of the walk asks for its gradient itself, once it is reached.
  record("last_h", out.h, {Operand{out.seen, in.x.caller()}}, [seen = out.seen] { seen.grad(); });
  return out;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
