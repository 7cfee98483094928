// From its second step on, a training asks the system for no memory: everything comes from the
// pool.
#include <functional>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "autograd/base/pool.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/dropout.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/linear_cross_entropy.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/sequences/packed_sequence.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/count_mallocs.hpp"

#ifdef TAPESTRY_COUNTS_MALLOCS

using namespace tapestry;
using namespace tapestry::testing;
using namespace tapestry::counted;

namespace {

Indices words(const std::vector<std::size_t>& shape, std::size_t count, Rng& rng) {
  Indices ids = Indices::from_shape(shape);
  for (std::int32_t& id : ids) id = static_cast<std::int32_t>(rng.below(count));
  return ids;
}

} // namespace

BOOST_AUTO_TEST_SUITE(allocation)

BOOST_AUTO_TEST_CASE(the_count_counts) {
  const std::size_t before = mallocs();
  void* p = ::operator new(4); // a new-expression whose value nobody needs, clang leaves out
  BOOST_TEST(mallocs() == before + 1);
  ::operator delete(p);
  pool_allocate(std::size_t{1} << 20); // none was given back: it is the first of its size
  BOOST_TEST(mallocs() == before + 2);
}

BOOST_AUTO_TEST_CASE(a_network_with_adam_and_clipping) {
  Rng rng(1);
  nn::Linear first({6, 40}, rng), second({40, 40}, rng), last({40, 3}, rng);
  std::vector<Parameter> parameters;
  for (nn::Linear* layer : {&first, &second, &last})
    for (const Parameter& p : layer->parameters("layer" + std::to_string(parameters.size())))
      parameters.push_back(p);
  nn::Adam optimizer(parameters, {.lr = 1e-2});
  const Var x = constant(normal({50, 6}, 0, 1, rng)), y = constant(normal({50, 3}, 0, 1, rng));
  BOOST_TEST(mallocs_after_the_first(5, [&] {
               optimizer.zero_grad();
               Tape tape;
               const Var hidden = relu(second(tanh(first(x))));
               tape.backward(mse_loss(last(hidden), y));
               nn::clip_grad_norm(parameters, 0.1);
               optimizer.step();
             }) == 0);
}

BOOST_AUTO_TEST_CASE(a_word_model) {
  constexpr std::size_t vocabulary = 900, width = 40, steps = 9, batch = 20;
  Rng rng(2);
  nn::Embedding embed({.num_embeddings = vocabulary, .embedding_dim = width}, rng);
  nn::LSTM lstm({.input_size = width, .hidden_size = width, .num_layers = 2, .dropout = 0.1}, rng);
  nn::Linear to_words({width, vocabulary}, rng);
  std::vector<Parameter> parameters = lstm.parameters();
  parameters.push_back(embed.weight);
  for (const Parameter& p : to_words.parameters("to_words")) parameters.push_back(p);
  const Indices in = words({steps, batch}, vocabulary, rng);
  const Indices out = words({steps, batch}, vocabulary, rng);
  for (const bool fused : {false, true}) {
    nn::SGD optimizer(parameters, {.lr = 0.1, .momentum = 0.9});
    const Shape shape{2, batch, width};
    LSTMState state{constant(zeros(shape)), constant(zeros(shape))};
    BOOST_TEST(mallocs_after_the_first(5, [&] {
                 optimizer.zero_grad();
                 Tape tape;
                 const auto [output, end] = lstm(embed(in), state, rng);
                 tape.backward(
                     fused ? linear_cross_entropy(output, to_words.weight, to_words.bias, out)
                           : cross_entropy(to_words(output), out));
                 nn::clip_grad_norm(parameters, 0.1);
                 optimizer.step();
                 state = detach(end);
               }) == 0);
  }
}

// What a step has in use at once: it begins with nothing free in the pool, nor in its thread.
std::size_t bytes_of(const std::function<void()>& step) {
  pool_trim();
  const std::size_t before = pool_stats().bytes_held;
  std::thread(step).join();
  return pool_stats().bytes_held - before;
}

BOOST_AUTO_TEST_CASE(no_scores_of_all_words) {
  constexpr std::size_t rows = 700, vocabulary = 10'000, width = 8;
  Rng rng(4);
  const Tensor x = normal({rows, width}, 0, 1, rng), w = normal({vocabulary, width}, 0, 1, rng);
  const Indices targets = words({rows}, vocabulary, rng);
  const auto step = [&](bool fused) {
    const Var in = variable(x), weight = variable(w), bias = variable(zeros({vocabulary}));
    Tape tape;
    tape.backward(fused ? linear_cross_entropy(in, weight, bias, targets)
                        : cross_entropy(linear(in, weight, bias), targets));
  };
  const std::size_t scores = rows * vocabulary * sizeof(real);
  BOOST_TEST(bytes_of([&] { step(false); }) > 3 * scores);
  BOOST_TEST(bytes_of([&] { step(true); }) < scores * 2 / 3);
}

BOOST_AUTO_TEST_CASE(packed_sequences) {
  constexpr std::size_t vocabulary = 50, width = 24, batch = 18;
  Rng rng(3);
  nn::Embedding embed({.num_embeddings = vocabulary, .embedding_dim = width}, rng);
  nn::GRU gru({.input_size = width, .hidden_size = width, .num_layers = 2, .bidirectional = true},
              rng);
  nn::Linear to_tags({2 * width, 7}, rng);
  std::vector<Parameter> parameters = gru.parameters();
  parameters.push_back(embed.weight);
  for (const Parameter& p : to_tags.parameters("to_tags")) parameters.push_back(p);
  nn::AdamW optimizer(parameters, {.lr = 1e-3});
  Lengths lengths(batch);
  for (int& n : lengths) n = static_cast<int>(1 + rng.below(12));
  lengths[3] = 12;
  const Indices in = words({12, batch}, vocabulary, rng), out = words({12, batch}, 7, rng);
  const PackOptions unsorted{.enforce_sorted = false};
  BOOST_TEST(mallocs_after_the_first(5, [&] {
               optimizer.zero_grad();
               Tape tape;
               const PackedSequence x = embed(pack_padded_sequence(in, lengths, unsorted));
               const PackedSequence y = gru(x).output;
               const auto [padded, same_lengths] = pad_packed_sequence(y);
               const PackedSequence again = pack_padded_sequence(padded, same_lengths, unsorted);
               tape.backward(
                   cross_entropy(to_tags(again), pack_padded_sequence(out, lengths, unsorted)));
               nn::clip_grad_norm(parameters, 0.1);
               optimizer.step();
             }) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

#endif
