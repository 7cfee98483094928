// What `digits` and `cifar` share: a network of stages learns to tell ten classes apart, and is
// tested once.
#pragma once

#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/softmax.hpp"
#include "classes.hpp"
#include "keep.hpp"
#include "nn/training/schedule.hpp"
#include "real_data.hpp"
#include "training.hpp"

namespace tapestry {

struct ClassifierSettings {
  std::string data = "", out = "";
  std::size_t epochs = 1, batch = 100, keep = 5000;
  double rate = 3e-3, decay = 0.05;
  std::uint64_t seed = 1;
  double save_every = 20;

  // What must be equal for a checkpoint to be continued.
  std::string text() const {
    return fmt::format("epochs {}, batch {}, keep {}, rate {}, decay {}, seed {}", epochs, batch,
                       keep, rate, decay, seed);
  }
};

/// What a training ends with.
struct Classified {
  Curve curve;
  double kept, test; // right, in percent
  std::size_t weights;
};

inline Classified train_classifier(const PictureTask& task, const ClassifierSettings& s,
                                   const LabelledImages& images, const LabelledImages& test) {
  if (images.height != images.width)
    throw std::runtime_error(
        fmt::format("pictures of {} x {} pixels, expected squares", images.height, images.width));
  if (test.channels != images.channels || test.height != images.height ||
      test.width != images.width)
    throw std::runtime_error(fmt::format("test pictures of {} x {} x {}, expected {} x {} x {} as "
                                         "those to learn from",
                                         test.channels, test.height, test.width, images.channels,
                                         images.height, images.width));
  if (images.size() < s.keep + s.batch)
    throw std::runtime_error(fmt::format("{} training pictures, expected at least {}: --keep {} "
                                         "for choosing and --batch {}",
                                         images.size(), s.keep + s.batch, s.keep, s.batch));
  // Some are kept for choosing, the same ones for every seed.
  std::vector<std::size_t> learn = numbers_between(0, images.size());
  Rng(0).shuffle(learn);
  const std::vector<std::size_t> kept(learn.end() - static_cast<std::ptrdiff_t>(s.keep),
                                      learn.end());
  learn.resize(learn.size() - s.keep);

  const ChannelScale scale(images);
  Rng rng(s.seed);
  CnnPath network(images.channels, images.height, task.channels, images.classes.size(), rng);
  nn::AdamW optimizer(network.parameters(), {.weight_decay = s.decay});
  const std::size_t epoch_steps = learn.size() / s.batch, steps = s.epochs * epoch_steps;
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(200, steps), nn::cosine_schedule(steps));
  std::vector<std::size_t> order;
  std::size_t epoch = s.epochs; // that `order` is of: none yet
  //> classifier-step
  const auto loss = [&](std::size_t step) {
    if (epoch != step / epoch_steps) { // a new order
      epoch = step / epoch_steps;
      order = learn;
      Rng(s.seed * 1'000'003 + epoch).shuffle(order);
    }
    const auto begin = order.begin() + static_cast<std::ptrdiff_t>(step % epoch_steps * s.batch);
    const std::vector<std::size_t> some(begin, begin + static_cast<std::ptrdiff_t>(s.batch));
    const Var x = pictures_of(images, some, scale, task, &rng);  // (B, C, H, W)
    return cross_entropy(network(x), label_batch(images, some)); // of logits (B, 10)
  };
  //< classifier-step
  Classified result{};
  result.curve = train(
      {.out = s.out,
       .name = task.name,
       .run = s.text() + fmt::format("; {} pictures", images.size()),
       .steps = steps,
       .report_every = epoch_steps,
       .save_every = s.save_every},
      network, optimizer, rng,
      {.loss = loss,
       .rate = [&](std::size_t step) { return s.rate * schedule(step); },
       .held_out =
           [&] { return right_of(classes_of(network, images, kept, scale, task), images, kept); }});
  result.kept = result.curve.points().back().held_out;
  const std::vector<std::size_t> all = numbers_between(0, test.size());
  result.test = right_of(classes_of(network, test, all, scale, task), test, all);
  for (const Parameter& p : network.parameters()) result.weights += p.value().size();
  return result;
}

/// Everything that `digits` and `cifar` do: reads, trains, tests, tells.
inline void run_classifier(const PictureTask& task, ClassifierSettings s) {
  if (s.data.empty()) {
    const auto folder = real_data(task.folder);
    if (!folder) return;
    s.data = *folder;
  }
  const LabelledImages images = task.read(s.data, Subset::train),
                       test = task.read(s.data, Subset::test);
  fmt::print("{} pictures to learn from, {} kept for choosing, {} to test on\n",
             images.size() - std::min(s.keep, images.size()), s.keep, test.size());
  std::fflush(stdout);
  const Classified r = train_classifier(task, s, images, test);

  fmt::print("\nEpochs:\n  {:>5}{:>10}{:>22}\n", "", "loss", "right of kept, %");
  std::string curve = "epoch\tloss\tkept\n";
  for (std::size_t e = 0; e < r.curve.points().size(); ++e) {
    const Curve::Point& p = r.curve.points()[e];
    fmt::print("  {:>5}{:>10.4f}{:>22.2f}\n", e + 1, p.loss, p.held_out);
    curve += fmt::format("{}\t{:.4f}\t{:.2f}\n", e + 1, p.loss, p.held_out);
  }
  const Floors floors = floors_of(images, test);
  fmt::print("\nTest pictures, right:\n");
  fmt::print("  {:<28}{:>7.2f} %\n", "the most frequent class", floors.frequent);
  fmt::print("  {:<28}{:>7.2f} %\n", "the nearest mean picture", floors.nearest_mean);
  fmt::print("  {:<28}{:>7.2f} %\n", fmt::format("the network, seed {}", s.seed), r.test);
  fmt::print("\n{} weights, trained in {:.0f} s; saved as {}.safetensors\n", r.weights,
             r.curve.seconds(), task.name);
  keep(fmt::format("{}.tsv", task.name), curve);
  const auto two = [](double x) { return std::round(100 * x) / 100; };
  const nlohmann::json kept{{"frequent", two(floors.frequent)},
                            {"nearest_mean", two(floors.nearest_mean)},
                            {"kept", two(r.kept)},
                            {"test", two(r.test)},
                            {"error", two(100 - r.test)},
                            {"wrong", std::lround((100 - r.test) / 100 * double(test.size()))},
                            {"weights", r.weights},
                            {"epochs", s.epochs},
                            {"seconds", std::lround(r.curve.seconds())}};
  keep(fmt::format("{}.json", task.name), kept.dump(1) + "\n");
}

inline int classifier_program(const PictureTask& task, const char* what, std::size_t epochs,
                              int argc, char** argv) {
  CLI::App app(what, task.name);
  ClassifierSettings s;
  s.epochs = epochs;
  s.out = data_folder() + "/" + task.name;
  app.add_option(
      "--data", s.data,
      fmt::format("the folder of the data set; without it, {} below TAPESTRY_DATA", task.folder));
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  whole_option(app, "--epochs", s.epochs, "passes over the training pictures", 1, 10'000);
  whole_option(app, "--batch", s.batch, "pictures a step", 2, 10'000);
  whole_option(app, "--keep", s.keep, "training pictures kept for choosing", 1, 50'000);
  real_option(app, "--rate", s.rate, "the learning rate at its highest", 1e-12, 1e3);
  real_option(app, "--decay", s.decay, "of the weights", 0, 1e3);
  whole_option(app, "--seed", s.seed, "of all random choices", 0, UINT64_MAX);
  real_option(app, "--save-every", s.save_every, "seconds between checkpoints", 0.0, 1e9);
  return run_program(app, argc, argv, [&] { run_classifier(task, s); });
}

} // namespace tapestry
