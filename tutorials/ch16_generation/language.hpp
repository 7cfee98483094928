// What the programs of this chapter share: settings of a language model, its training on a text as
// one stream, and its evaluation on the part that is held out.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "nn/training/schedule.hpp"
#include "nn/training/weight_average.hpp"
#include "picture.hpp"
#include "text/corpora/stream_batches.hpp"
#include "text/models/evaluation.hpp"
#include "text/models/language_model.hpp"
#include "text/models/weight_noise.hpp"
#include "training.hpp"

namespace tapestry {

struct LanguageSettings {
  std::string data, out;
  std::size_t epochs = 12, batch = 32, window = 64;
  std::size_t embedding = 64, hidden = 768, layers = 1;
  double dropout = 0.5, rate = 3e-3, decay = 0.01, noise = 0, average = 0.99, clip = 1;
  bool tied = false;
  double test_share = 0.1, dev_share = 0.05; // the text's end, and its beginning
  std::uint64_t seed = 1;
  double save_every = 20;
  bool test = true;

  // What must be equal for a checkpoint to be gone on from. Folders may move.
  std::string text() const {
    return fmt::format(
        "epochs {}, batch {}, window {}, embedding {}, hidden {}, layers {}, dropout "
        "{}, rate {}, decay {}, noise {}, average {}, clip {}, tied {}, test-share "
        "{}, dev-share {}, seed {}",
        epochs, batch, window, embedding, hidden, layers, dropout, rate, decay, noise, average,
        clip, tied, test_share, dev_share, seed);
  }
  void add_to(CLI::App& app) {
    app.add_option(
        "--data", data,
        "a text file; without it, a small text made by a grammar, and settings that suit it");
    app.add_option("--out", out, "the folder of the checkpoint")->capture_default_str();
    whole_option(app, "--epochs", epochs, "passes over the text", 1, 100'000);
    whole_option(app, "--batch", batch, "streams side by side", 1, 100'000);
    whole_option(app, "--window", window, "steps between two updates", 1, 100'000);
    whole_option(app, "--embedding", embedding, "size of a token's vector", 1, 65'536);
    whole_option(app, "--hidden", hidden, "size of a layer's state", 1, 16'384);
    whole_option(app, "--layers", layers, "LSTM layers", 1, 64);
    real_option(app, "--dropout", dropout, "on embeddings, between layers, on the output", 0, 0.95);
    real_option(app, "--rate", rate, "the learning rate at its highest", 1e-12, 1e3);
    real_option(app, "--decay", decay, "weight decay", 0, 1e3);
    real_option(app, "--noise", noise, "deviation of the weight noise while training", 0, 10);
    real_option(app, "--average", average, "of the weights' moving average", 0, 0.999999);
    real_option(app, "--clip", clip, "the largest norm of the gradient", 1e-12, 1e12);
    app.add_flag("--tied,!--untied", tied, "scores by the embeddings themselves");
    real_option(app, "--test-share", test_share, "the end of the text, kept for the test", 0.001,
                0.5);
    real_option(app, "--dev-share", dev_share, "the beginning of the text, kept for choosing",
                0.001, 0.5);
    app.add_flag(
        "--test,!--no-test", test,
        "measures on the test part; else, while settings are chosen, on the part kept for that");
    whole_option(app, "--seed", seed, "of all random choices", 0, UINT64_MAX);
    real_option(app, "--save-every", save_every, "seconds between checkpoints", 0, 1e9);
  }
};

// Three parts of one text. Choices are made on its beginning, the end is looked at once, and all
// between is learnt from: what comes right before the test belongs to what a reader of it knows.
struct Borders {
  std::size_t train, test; // where each begins
};
inline Borders borders_of(std::size_t size, const LanguageSettings& s) {
  const auto n = static_cast<double>(size);
  return {static_cast<std::size_t>(n * s.dev_share),
          static_cast<std::size_t>(n * (1 - s.test_share))};
}

struct Parts {
  std::vector<int> train, dev, test;
};

// What the trained model is measured on.
inline const std::vector<int>& measured(const Parts& parts, const LanguageSettings& s) {
  return s.test ? parts.test : parts.dev;
}

inline Parts parts_of_text(const std::vector<int>& ids, const LanguageSettings& s) {
  const Borders b = borders_of(ids.size(), s);
  const auto train = ids.begin() + static_cast<std::ptrdiff_t>(b.train),
             test = ids.begin() + static_cast<std::ptrdiff_t>(b.test);
  return {{train, test}, {ids.begin(), train}, {test, ids.end()}};
}

// The model while it learns: with what a checkpoint must hold beside its weights.
struct Learner : nn::Module {
  Learner(LanguageModel& m, const LanguageSettings& s)
      : model(m), average(m, s.average), state(m.start(s.batch)), h(state.h.value()),
        c(state.c.value()) {}
  void visit(nn::Visitor& v) override {
    v("model", model), v("average", average), v("h", h), v("c", c);
  }

  LanguageModel& model;
  nn::WeightAverage average;
  LSTMState state;
  Tensor h, c; // the state of the streams
};

/// Trains on the stream; leaves the averaged weights in the model.
inline Curve train_language(LanguageModel& model, const Parts& parts, const LanguageSettings& s,
                            const std::string& name, const nn::Notes& notes) {
  if (parts.train.size() < 2 * s.batch * s.window || parts.dev.size() < 3 || parts.test.size() < 3)
    throw std::runtime_error(
        fmt::format("{} tokens to train on, {} to choose and {} to test on are too few for batches "
                    "of {} windows of {} tokens",
                    parts.train.size(), parts.dev.size(), parts.test.size(), s.batch, s.window));
  Learner learner(model, s);
  Rng rng(s.seed * 7919 + 1);
  nn::AdamW optimizer(learner.parameters(), {.weight_decay = s.decay});

  // Each pass begins at another token, so that the windows' borders move.
  std::optional<StreamBatches> stream;
  std::size_t pass = SIZE_MAX;
  const std::size_t pass_steps =
      StreamBatches(
          {parts.train.begin() + static_cast<std::ptrdiff_t>(s.window), parts.train.end()}, s.batch,
          s.window)
          .size();
  const auto begin_pass = [&](std::size_t number) {
    const auto offset =
        static_cast<std::ptrdiff_t>(Rng(s.seed * 1'000'003 + number).below(s.window));
    const auto begin = parts.train.begin() + offset;
    stream.emplace(std::vector<int>(begin, parts.train.end() -
                                               (static_cast<std::ptrdiff_t>(s.window) - offset)),
                   s.batch, s.window);
    pass = number;
  };
  const std::size_t steps = s.epochs * pass_steps;
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(200, steps), nn::cosine_schedule(steps, 0.01));
  const auto held_out = [&] {
    learner.average.exchange();
    model.eval();
    const StreamBatches dev(parts.dev, std::min<std::size_t>(8, parts.dev.size() - 1), 128);
    LanguageScore score;
    LSTMState state = model.start(std::min<std::size_t>(8, parts.dev.size() - 1));
    Rng unused(0);
    for (std::size_t i = 0; i < dev.size(); ++i) {
      const StreamWindow w = dev.window(i);
      score.add(static_cast<double>(model.loss(w.ids, w.targets, state, unused).item()),
                w.targets.size());
    }
    model.train();
    learner.average.exchange();
    return score.nats();
  };
  const Curve curve =
      train({.out = s.out,
             .name = name,
             .run = s.text() + fmt::format("; {} tokens", parts.train.size()),
             .notes = notes,
             .steps = steps,
             .report_every = std::max<std::size_t>(1, std::min(pass_steps, steps / 20)),
             .clip = s.clip,
             .save_every = s.save_every},
            learner, optimizer, rng,
            {.loss =
                 [&](std::size_t step) {
                   if (step / pass_steps != pass) begin_pass(step / pass_steps);
                   if (step % pass_steps == 0) fill(learner.h, 0), fill(learner.c, 0);
                   const StreamWindow w = stream->window(step % pass_steps);
                   LSTMState state{constant(learner.h), constant(learner.c)};
                   const Var loss = model.loss(w.ids, w.targets, state, rng);
                   learner.h = state.h.value(), learner.c = state.c.value();
                   return loss;
                 },
             .rate = [&](std::size_t step) { return s.rate * schedule(step); },
             .held_out = held_out,
             .around =
                 [&](const std::function<void()>& work) {
                   const WeightNoise noise(learner.parameters(), s.noise, rng);
                   work();
                 },
             .after = [&] { learner.average.update(); }});
  learner.average.exchange();
  model.eval();
  return curve;
}

// The learning rate of dynamic evaluation, chosen on the text kept for choosing.
inline DynamicOptions choose_dynamic(LanguageModel& model, const std::vector<int>& dev) {
  DynamicOptions best{};
  double least = evaluate_stream(model, dev).nats();
  fmt::print("dynamic evaluation on the text kept for choosing: rate 0: {:.3f}", least);
  for (const double rate : {0.01, 0.03, 0.1, 0.3, 1.0}) {
    const DynamicOptions o{.rate = rate, .steps = 32, .clip = 1};
    const double nats = evaluate_stream(model, dev, o).nats();
    fmt::print(", {}: {:.3f}", rate, nats);
    std::fflush(stdout);
    if (nats < least) best = o, least = nats;
  }
  fmt::print("\n");
  return best;
}

inline void draw_curve(const Curve& curve, const std::string& path, const std::string& title,
                       const std::string& unit) {
  Line loss{"training", {}, {}}, held_out{"kept for choosing", {}, {}};
  for (const Curve::Point& p : curve.points()) {
    loss.x.push_back(p.step), loss.y.push_back(p.loss);
    held_out.x.push_back(p.step), held_out.y.push_back(p.held_out);
  }
  write_file_atomically(path, line_plot(title, "step", unit, {loss, held_out}));
}

} // namespace tapestry
