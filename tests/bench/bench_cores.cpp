// How much faster all cores are than one, and what more of them would bring.
//
// The second is a model, not a measurement. On one thread, but cut up as for n, each part of each
// job is timed. Then n cores take as long as what is outside of jobs, and for each job what n cores
// take that fetch its parts one after another, and the time to call them. It knows which work is
// not shared, and which jobs have too few parts or unequal ones; it does not know that cores share
// the bandwidth of the memory, so where a row is bound by that, as the optimiser's is, less will be
// found.
#include <algorithm>
#include <memory>
#include <queue>
#include <vector>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "autograd/base/product.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/linear_cross_entropy.hpp"
#include "nn/pooling.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/bench/bench.hpp"

using namespace tapestry;

namespace {

using Step = std::function<void()>;

constexpr double milliseconds_to_call = 0.005; // a helper that is awake, and to wait for the last

// What n cores take for parts that are fetched in order, each by the core that is free first.
double makespan(const std::vector<double>& parts, std::size_t n) {
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at(
      std::greater<>(), std::vector<double>(n, 0.0));
  double end = 0;
  for (double part : parts) {
    const double done = free_at.top() + part;
    free_at.pop();
    free_at.push(done);
    end = std::max(end, done);
  }
  return end;
}

struct Rehearsal {
  double total = 0;   // on one thread
  double outside = 0; // of jobs
  double model = 0;   // of n cores
  std::size_t jobs = 0;
};

// A step has the same jobs each time: of each part, and of what is outside of them, the shortest of
// several times counts. A part that was interrupted once would keep its job's cores waiting.
Rehearsal rehearse(const Step& step, std::size_t n) {
  set_thread_count(n);
  step();
  std::vector<std::vector<double>> shortest;
  Rehearsal r;
  r.outside = 1e300;
  for (int turn = 0; turn < 10; ++turn) {
    std::vector<std::vector<double>> jobs;
    listen_to_jobs([&](const std::vector<double>& parts) { jobs.push_back(parts); });
    double outside = bench::milliseconds(step);
    listen_to_jobs({});
    for (const std::vector<double>& parts : jobs)
      for (double part : parts) outside -= part;
    r.outside = std::clamp(outside, 0.0, r.outside);
    if (shortest.empty()) shortest = jobs;
    for (std::size_t j = 0; j < jobs.size(); ++j)
      for (std::size_t p = 0; p < jobs[j].size(); ++p)
        shortest[j][p] = std::min(shortest[j][p], jobs[j][p]);
  }
  r.jobs = shortest.size();
  r.total = r.model = r.outside;
  for (const std::vector<double>& parts : shortest) {
    for (double part : parts) r.total += part;
    r.model += makespan(parts, n) + (parts.size() > 1 ? milliseconds_to_call : 0);
  }
  return r;
}

void measure(bench::Bench& suite, const std::string& name, const std::function<Step()>& prepare) {
  if (!suite.wanted(name)) return;
  const std::size_t all = thread_count();
  const Step step = prepare();
  double one = 1e300, every = 1e300;
  for (int turn = 0; turn < 25; ++turn) {
    set_thread_count(1);
    if (turn == 0) step();
    one = std::min(one, bench::milliseconds(step));
    set_thread_count(all);
    if (turn == 0) step();
    every = std::min(every, bench::milliseconds(step));
  }
  const Rehearsal eight = rehearse(step, 8), sixteen = rehearse(step, 16);
  set_thread_count(all);
  const double serial = sixteen.outside / sixteen.total;
  const auto amdahl = [&](double n) { return 1 / (serial + (1 - serial) / n); };
  const double model_8 = eight.total / eight.model, model_16 = sixteen.total / sixteen.model;
  suite.add({{"case", name},
             {"one_thread_ms", one},
             {"threads", all},
             {"all_threads_ms", every},
             {"speed_up", one / every},
             {"jobs", sixteen.jobs},
             {"serial_share", serial},
             {"amdahl_8", amdahl(8)},
             {"amdahl_16", amdahl(16)},
             {"model_8", model_8},
             {"model_16", model_16}},
            fmt::format("{:28} {:9.3f} {:9.3f} {:8.2f} {:6} {:8.1f} {:8.1f} {:8.1f} {:8.1f}", name,
                        one, every, one / every, sixteen.jobs, 100 * serial, model_8, model_16,
                        amdahl(16)));
}

Step product_step(std::size_t m, std::size_t n, std::size_t k) {
  Rng rng(1);
  const Tensor a = normal({m, k}, 0, 1, rng), b = normal({k, n}, 0, 1, rng);
  const auto c = std::make_shared<Tensor>(zeros({m, n}));
  return [=] { product(m, n, k, {a.data(), k}, {b.data(), n}, c->data(), n, false); };
}

// x: (64, 32, 256): forward and backward.
template <class Layer, class Options> Step recurrent_step() {
  Rng rng(1);
  const auto layer = std::make_shared<Layer>(Options{.input_size = 256, .hidden_size = 256}, rng);
  const Var x = variable(normal({64, 32, 256}, 0, 1, rng));
  const Tensor seed = normal({64, 32, 256}, 0, 1, rng);
  return [=] {
    Tape tape;
    tape.backward((*layer)(x).output, seed);
  };
}

// x: (32, 16, 32, 32): convolution, batch norm, relu, pooling.
Step conv_step() {
  Rng rng(1);
  const auto conv = std::make_shared<nn::Conv2d>(
      nn::Conv2dOptions{.in_channels = 16, .out_channels = 32, .kernel_size = 3, .padding = 1},
      rng);
  const auto norm = std::make_shared<nn::BatchNorm2d>(nn::BatchNorm2dOptions{.num_features = 32});
  const auto pool = std::make_shared<nn::MaxPool2d>(nn::MaxPool2dOptions{.kernel_size = 2});
  const Var x = variable(normal({32, 16, 32, 32}, 0, 1, rng));
  return [=] {
    Tape tape;
    tape.backward(sum((*pool)(relu((*norm)((*conv)(x))))));
  };
}

// x: (64, 32, 256)
Step elementwise_step() {
  Rng rng(1);
  const Var x = variable(normal({64, 32, 256}, 0, 1, rng));
  const Var y = variable(normal({64, 32, 256}, 0, 1, rng));
  const Tensor seed = normal({64, 32, 256}, 0, 1, rng);
  return [=] {
    Tape tape;
    tape.backward(tanh(x * y) + sigmoid(x), seed);
  };
}

Step cross_entropy_step(std::size_t rows, std::size_t words) {
  Rng rng(1);
  const Var scores = variable(normal({rows, words}, 0, 1, rng));
  Indices targets = Indices::from_shape({rows});
  for (std::int32_t& id : targets) id = static_cast<std::int32_t>(rng.below(words));
  return [=] {
    Tape tape;
    tape.backward(cross_entropy(scores, targets));
  };
}

Step optimizer_step(std::size_t n) {
  Rng rng(1);
  const auto weights = std::make_shared<std::vector<Parameter>>();
  weights->emplace_back("w", normal({n}, 0, 1, rng));
  weights->back().grad() = normal({n}, 0, 1, rng);
  const auto adam = std::make_shared<nn::Adam>(*weights, nn::AdamOptions{.lr = 1e-3});
  return [=] {
    nn::clip_grad_norm(*weights, 1);
    adam->step();
  };
}

struct LanguageModel : nn::Module {
  explicit LanguageModel(Rng& rng)
      : embed({.num_embeddings = words, .embedding_dim = width}, rng),
        lstm({.input_size = width, .hidden_size = width, .num_layers = 2}, rng),
        to_words({.in_features = width, .out_features = words}, rng) {}
  void visit(nn::Visitor& v) override {
    v("embed", embed);
    v("lstm", lstm);
    v("to_words", to_words);
  }
  static constexpr std::size_t words = 10'000, width = 200;
  nn::Embedding embed;
  nn::LSTM lstm;
  nn::Linear to_words;
};

// 35 steps of 20 sequences: loss, gradients, clipping, SGD.
Step training_step() {
  Rng rng(1);
  const auto model = std::make_shared<LanguageModel>(rng);
  const auto parameters = std::make_shared<std::vector<Parameter>>(model->parameters());
  const auto optimizer = std::make_shared<nn::SGD>(*parameters, nn::SGDOptions{.lr = 1});
  Indices in = Indices::from_shape({35, 20}), out = in;
  for (std::int32_t& id : in) id = static_cast<std::int32_t>(rng.below(LanguageModel::words));
  for (std::int32_t& id : out) id = static_cast<std::int32_t>(rng.below(LanguageModel::words));
  return [=] {
    optimizer->zero_grad();
    Tape tape;
    const Var hidden = model->lstm(model->embed(in)).output;
    const nn::Linear& last = model->to_words;
    tape.backward(linear_cross_entropy(hidden, last.weight, last.bias, out));
    nn::clip_grad_norm(*parameters, 5);
    optimizer->step();
  };
}

} // namespace

int main(int argc, char** argv) try {
  bench::Bench suite("cores", argc, argv, bench::Unit::milliseconds,
                     fmt::format("{:28} {:>9} {:>9} {:>8} {:>6} {:>8} {:>8} {:>8} {:>8}",
                                 "milliseconds, threads:", 1, thread_count(), "faster", "jobs",
                                 "serial %", "model 8", "model 16", "amdahl 16"));
  measure(suite, "product 512 512 512", [] { return product_step(512, 512, 512); });
  measure(suite, "product 2048 1024 256", [] { return product_step(2048, 1024, 256); });
  measure(suite, "product 32 1024 256", [] { return product_step(32, 1024, 256); });
  measure(suite, "lstm 64 32 256", recurrent_step<nn::LSTM, nn::LSTMOptions>);
  measure(suite, "gru 64 32 256", recurrent_step<nn::GRU, nn::GRUOptions>);
  measure(suite, "conv 32 16 32 32", conv_step);
  measure(suite, "elementwise 64 32 256", elementwise_step);
  measure(suite, "cross entropy 1024 10000", [] { return cross_entropy_step(1024, 10'000); });
  measure(suite, "clipping and adam 4 million", [] { return optimizer_step(4'000'000); });
  measure(suite, "training, words", training_step);
  fmt::print("\nmodel: what is outside of jobs, and for each job the time in which so many cores "
             "fetch its parts;\namdahl: from the serial share alone. Neither knows the memory's "
             "bandwidth.\n");
  return suite.finish();
} catch (const std::exception& error) {
  fmt::print(stderr, "bench_cores: {}\n", error.what());
  return 1;
}
