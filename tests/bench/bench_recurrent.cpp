// Recurrent layers, forward and backward, and whole training steps: ours, PyTorch's, and the same
// matrix products alone through OpenBLAS.
#include <algorithm>
#include <numeric>

#include <cblas.h>
#include <fmt/format.h>

#include "autograd/base/product.hpp"
#include "autograd/tape.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/linear_cross_entropy.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/recurrent/rnn.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/bench/bench.hpp"

using namespace tapestry;

namespace {

struct Case {
  std::string kind;
  std::size_t input, hidden, layers;
  bool bidirectional, packed;
  Lengths lengths;

  std::size_t gates() const { return kind == "elman" ? 1 : kind == "lstm" ? 4 : 3; }
  std::size_t directions() const { return bidirectional ? 2 : 1; }
  std::size_t steps() const { return static_cast<std::size_t>(lengths[0]); }
  std::string name() const {
    const std::string sizes = fmt::format("{}, {}, {}, {}", steps(), lengths.size(), input, hidden);
    return fmt::format("{} {}{}{}", kind, packed ? "packed " : "", sizes,
                       layers > 1 ? fmt::format(" x{}", layers) : "") +
           (bidirectional ? " both" : "");
  }
  nlohmann::json for_peer() const {
    return {{"make", "layer"},  {"kind", kind},      {"I", input},
            {"H", hidden},      {"layers", layers},  {"bidirectional", bidirectional},
            {"packed", packed}, {"lengths", lengths}};
  }
};

// What takes less than about a millisecond is run several times a turn, here and by the peer: a
// single run would mostly measure how fast sleeping threads and cold caches wake.
int repeats(const Case& c) {
  const std::size_t rows = c.lengths.size() * c.steps(), columns = c.gates() * c.hidden;
  return rows * columns * (c.input + c.hidden) < 100'000'000 ? 10 : 1;
}

// How many sequences reach each step.
std::vector<std::size_t> batch_sizes(const Case& c) {
  std::vector<std::size_t> sizes(c.steps());
  for (std::size_t t = 0; t < sizes.size(); ++t)
    sizes[t] = static_cast<std::size_t>(
        std::count_if(c.lengths.begin(), c.lengths.end(), [t](int n) { return n > int(t); }));
  return sizes;
}

// Every product that such a layer needs, one after another, on numbers that do not matter.
std::function<void()> bare_products(const Case& c, int threads) {
  const std::vector<std::size_t> sizes = batch_sizes(c);
  std::size_t rows = 0;
  for (std::size_t n : sizes) rows += n;
  const std::size_t widest = std::max(c.input, c.hidden * c.directions());
  const std::size_t gates = c.gates() * c.hidden;
  struct Memory {
    std::vector<float> x, g, w, h;
  };
  const auto m = std::make_shared<Memory>(
      Memory{std::vector<float>(rows * widest, 0.1f), std::vector<float>(rows * gates, 0.1f),
             std::vector<float>(gates * widest, 0.1f), std::vector<float>(rows * c.hidden, 0.1f)});
  return [=] {
    openblas_set_num_threads(threads);
    const auto index = [](std::size_t n) { return static_cast<int>(n); };
    const int n = index(rows), g = index(gates), h = index(c.hidden);
    for (std::size_t layer = 0; layer < c.layers; ++layer)
      for (std::size_t d = 0; d < c.directions(); ++d) {
        const int i = index(layer == 0 ? c.input : c.hidden * c.directions());
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, g, i, 1, m->x.data(), i,
                    m->w.data(), i, 0, m->g.data(), g);
        for (std::size_t b : sizes) // h w_hh^T
          cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, index(b), g, h, 1, m->h.data(), h,
                      m->w.data(), h, 1, m->g.data(), g);
        for (std::size_t b : sizes) // dh = dg w_hh
          cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, index(b), h, g, 1, m->g.data(), g,
                      m->w.data(), h, 0, m->h.data(), h);
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, g, i, n, 1, m->g.data(), g,
                    m->x.data(), i, 0, m->w.data(), i);
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, g, h, n, 1, m->g.data(), g,
                    m->h.data(), h, 0, m->w.data(), h);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, i, g, 1, m->g.data(), g,
                    m->w.data(), i, 0, m->x.data(), i);
      }
    openblas_set_num_threads(1); // as the library has it
  };
}

template <class Layer> std::function<void()> step_of(const Case& c, Layer layer, Rng& rng) {
  const auto model = std::make_shared<Layer>(std::move(layer));
  const auto parameters = std::make_shared<std::vector<Parameter>>(model->parameters());
  const std::size_t steps = c.steps(), batch = c.lengths.size(), width = c.hidden * c.directions();
  Var x = variable(normal({steps, batch, c.input}, 0, 1, rng));
  PackedSequence packed = pack_padded_sequence(x, c.lengths);
  if (c.packed) x = variable(packed.data.value());
  packed.data = x;
  const Tensor seed = c.packed ? normal({x.shape()[0], width}, 0, 1, rng)
                               : normal({steps, batch, width}, 0, 1, rng);
  return [=, packs = c.packed] {
    for (const Parameter& p : *parameters) p.zero_grad();
    x.zero_grad();
    Tape tape;
    if (packs)
      tape.backward((*model)(packed).output.data, seed);
    else
      tape.backward((*model)(x).output, seed);
  };
}

std::function<void()> step_of(const Case& c) {
  Rng rng(1);
  const auto options = [&](auto o) {
    o.input_size = c.input, o.hidden_size = c.hidden, o.num_layers = c.layers;
    o.bidirectional = c.bidirectional;
    return o;
  };
  if (c.kind == "elman") return step_of(c, nn::RNN(options(nn::RNNOptions{}), rng), rng);
  if (c.kind == "gru") return step_of(c, nn::GRU(options(nn::GRUOptions{}), rng), rng);
  return step_of(c, nn::LSTM(options(nn::LSTMOptions{}), rng), rng);
}

// Word after word, or letter after letter: embedding, LSTM, scores.
struct LanguageModel : nn::Module {
  LanguageModel(std::size_t words, std::size_t width, std::size_t layers, Rng& rng)
      : embed({.num_embeddings = words, .embedding_dim = width}, rng),
        lstm({.input_size = width, .hidden_size = width, .num_layers = layers}, rng),
        to_words({.in_features = width, .out_features = words}, rng) {}
  void visit(nn::Visitor& v) override {
    v("embed", embed);
    v("lstm", lstm);
    v("to_words", to_words);
  }
  nn::Embedding embed;
  nn::LSTM lstm;
  nn::Linear to_words;
};

// A whole training step: loss, gradients, clipping, optimiser. The state is carried on, detached.
struct Training {
  const char* name;
  std::size_t words, width, layers, steps, batch;
  bool adam;

  nlohmann::json for_peer() const {
    return {{"make", "training"},
            {"V", words},
            {"H", width},
            {"layers", layers},
            {"T", steps},
            {"B", batch},
            {"optimiser", adam ? "adam" : "sgd"}};
  }

  std::function<void()> step() const {
    Rng rng(1);
    const auto model = std::make_shared<LanguageModel>(words, width, layers, rng);
    const auto parameters = std::make_shared<std::vector<Parameter>>(model->parameters());
    const auto make_optimizer = [adam = adam, parameters]() -> std::shared_ptr<nn::Optimizer> {
      if (adam) return std::make_shared<nn::Adam>(*parameters, nn::AdamOptions{.lr = 1e-3});
      return std::make_shared<nn::SGD>(*parameters, nn::SGDOptions{.lr = 1});
    };
    Indices in = Indices::from_shape({steps, batch}), out = in;
    for (std::int32_t& id : in) id = static_cast<std::int32_t>(rng.below(words));
    for (std::int32_t& id : out) id = static_cast<std::int32_t>(rng.below(words));
    const Var zero = constant(zeros({layers, batch, width}));
    const std::shared_ptr<nn::Optimizer> none;
    return [=, state = LSTMState{zero, zero}, optimizer = none]() mutable {
      if (!optimizer) optimizer = make_optimizer(); // its room for gradients is the step's memory
      optimizer->zero_grad();
      Tape tape;
      const auto [output, last] = model->lstm(model->embed(in), state);
      const nn::Linear& last_layer = model->to_words;
      tape.backward(linear_cross_entropy(output, last_layer.weight, last_layer.bias, out));
      nn::clip_grad_norm(*parameters, 5);
      optimizer->step();
      state = detach(last);
    };
  }
};

// What training takes in memory beside the parameters: gradients, the optimiser's state, and all
// that a step computes.
void memory(bench::Bench& suite, const Training& t) {
  const std::string name = fmt::format("memory, {}", t.name);
  if (!suite.wanted(name)) return;
  const Training small{"small", 100, 16, t.layers, 2, 2, t.adam};
  const double ours = bench::memory_of([&] {
    small.step()(); // so that no code is loaded in the steps that count
    return t.step();
  });
  nlohmann::json row{{"case", name}, {"memory", {{"ours_mb", ours}}}};
  std::string line = fmt::format("{:32} {:.1f} MB a step", name, ours);
  if (!suite.peer_name().empty()) {
    nlohmann::json description = t.for_peer();
    description["small"] = small.for_peer();
    const double peer = bench::memory_of_peer(suite.peer_name(), description);
    row["memory"]["peer_mb"] = peer;
    row["memory"]["share"] = ours / peer;
    line += fmt::format(", {} {:.1f} MB: {:.0f} %", suite.peer_name(), peer, 100 * ours / peer);
  }
  suite.add(row, line);
}

// Whether time grows with the rows alone: the same layer on ever longer batches, in turns.
void growth(bench::Bench& suite, const std::string& name, const std::vector<Case>& cases) {
  if (!suite.wanted(name)) return;
  std::vector<std::function<void()>> steps;
  for (const Case& c : cases) steps.push_back(step_of(c)), steps.back()();
  std::vector<double> best(cases.size(), 1e9);
  for (int turn = 0; turn < 25; ++turn)
    for (std::size_t i = 0; i < steps.size(); ++i)
      best[i] = std::min(best[i], bench::milliseconds(steps[i]));
  std::vector<double> each;
  nlohmann::json sizes = nlohmann::json::array();
  std::string line = fmt::format("{:32}", name);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const int rows = std::accumulate(cases[i].lengths.begin(), cases[i].lengths.end(), 0);
    each.push_back(1e3 * best[i] / rows);
    sizes.push_back({{"steps", cases[i].steps()},
                     {"rows", rows},
                     {"ms", best[i]},
                     {"ms_per_step", best[i] / static_cast<double>(cases[i].steps())},
                     {"us_per_row", each.back()}});
    line += fmt::format(" {} rows {:.2f} ms,", rows, best[i]);
  }
  const auto [least, most] = std::minmax_element(each.begin(), each.end());
  line += fmt::format(" {:.2f} to {:.2f} us a row: x {:.2f}", *least, *most, *most / *least);
  suite.add({{"case", name}, {"growth", sizes}, {"largest_ratio", *most / *least}}, line);
}

constexpr Training character_model{"training, characters", 65, 256, 2, 64, 32, true};
constexpr Training word_model{"training, words", 10'000, 200, 2, 35, 20, false};

} // namespace

int main(int argc, char** argv) try {
  set_up_blas(); // for the bare products
  bench::Bench suite("recurrent", argc, argv);
  memory(suite, word_model); // first: see memory_of
  const auto run = [&](const Case& c) {
    if (suite.wanted(c.name()))
      suite.run({.name = c.name(),
                 .ours = step_of(c),
                 .peer = c.for_peer(),
                 .bound = {bare_products(c, 1), bare_products(c, 2)},
                 .repeat = repeats(c)});
  };
  struct Dense {
    int steps;
    std::size_t batch, input, hidden, layers;
    bool bidirectional;
  };
  for (const Dense& d : {Dense{32, 16, 64, 64, 1, false}, Dense{64, 32, 256, 256, 1, false},
                         Dense{35, 20, 200, 200, 2, false}, Dense{32, 64, 512, 512, 1, false},
                         Dense{50, 32, 128, 128, 2, true}, Dense{100, 1, 128, 128, 1, false}})
    for (const char* kind : {"elman", "lstm", "gru"})
      run({kind, d.input, d.hidden, d.layers, d.bidirectional, false, Lengths(d.batch, d.steps)});

  Rng rng(80);
  Lengths lengths(64);
  for (int& n : lengths) n = static_cast<int>(5 + rng.below(76));
  std::sort(lengths.begin(), lengths.end(), std::greater<>());
  for (const bool both : {false, true})
    for (const char* kind : {"elman", "lstm", "gru"}) run({kind, 256, 256, 1, both, true, lengths});

  std::vector<Case> longer, packed;
  for (const int n : {32, 64, 128, 256, 512})
    longer.push_back({"lstm", 128, 128, 1, false, false, Lengths(16, n)});
  growth(suite, "growth, steps", longer);
  for (const int factor : {1, 2, 4, 8, 16}) {
    packed.push_back({"lstm", 128, 128, 1, false, true, {}});
    for (int n = 16; n > 0; --n) packed.back().lengths.push_back(factor * 2 * n);
  }
  growth(suite, "growth, packed lengths", packed);

  for (const Training& t : {character_model, word_model})
    if (suite.wanted(t.name)) suite.run({t.name, t.step(), t.for_peer()});
  return suite.finish();
} catch (const std::exception& error) {
  fmt::print(stderr, "bench_recurrent: {}\n", error.what());
  return 1;
}
