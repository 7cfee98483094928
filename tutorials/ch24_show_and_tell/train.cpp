// Trains the captioner on a folder in Flickr8k's layout; started again, it goes on where it was.
#include <chrono>
#include <cmath>
#include <filesystem>
#include <numeric>

#include <fmt/format.h>

#include "autograd/file.hpp"
#include "autograd/tape.hpp"
#include "nn/checkpoint.hpp"
#include "nn/safetensors.hpp"
#include "nn/schedule.hpp"
#include "program.hpp"
#include "vision/caption_data.hpp"
#include "vision/captioner.hpp"

using namespace tapestry;

namespace {

struct Settings {
  std::string data = data_folder() + "/scenes";
  std::string out = data_folder() + "/captioner";
  std::size_t epochs = 8, batch = 32, captions = 2, min_count = 2;
  std::size_t side = 64, embedding = 256, hidden = 256;
  double rate = 2e-3, dropout = 0.2, word_dropout = 0.6, first = 0.25, clip = 5, decay = 1e-2;
  double save_every = 5;
  std::uint64_t seed = 1;

  // What must be equal for a checkpoint to be continued. The folders may move.
  std::string text() const {
    return fmt::format(
        "epochs {}, batch {}, captions {}, min-count {}, side {}, embedding {}, hidden "
        "{}, rate {}, dropout {}, word-dropout {}, first {}, clip {}, decay {}, seed {}",
        epochs, batch, captions, min_count, side, embedding, hidden, rate, dropout, word_dropout,
        first, clip, decay, seed);
  }
};

// The order of the examples in one epoch: a function of seed and epoch, so it is never saved.
std::vector<std::size_t> epoch_order(std::size_t n, std::uint64_t seed, std::size_t epoch) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  Rng(seed * 1'000'003 + epoch).shuffle(order);
  return order;
}

// The loss on pictures that are not trained on, without dropout.
double validate(ShowAndTell& model, const CaptionData& data, std::size_t batch) {
  if (data.size() == 0) return std::nan("");
  model.eval();
  Rng rng(0); // the same captions every time
  double total = 0;
  for (std::size_t begin = 0; begin < data.size(); begin += batch) {
    std::vector<std::size_t> indices(std::min(batch, data.size() - begin));
    std::iota(indices.begin(), indices.end(), begin);
    const CaptionBatch b = data.batch(indices, 5, rng);
    const Var loss = model.loss(constant(b.pictures), b.picture_of, b.captions, rng);
    total += static_cast<double>(loss.item()) * static_cast<double>(indices.size());
  }
  model.train();
  return total / static_cast<double>(data.size());
}

// The curve so far: lines for loss.tsv, and the losses since the last of them.
struct Curve {
  std::string lines = "step\ttrain_loss\tvalidation_loss\n";
  double sum = 0;
  std::size_t count = 0;

  void add(double loss) {
    sum += loss;
    ++count;
  }
  void close(std::size_t step, double validation) {
    lines +=
        fmt::format("{}\t{:.5f}\t{:.5f}\n", step, sum / static_cast<double>(count), validation);
    sum = 0;
    count = 0;
  }
};

void train(const Settings& s) {
  const CaptionCorpus corpus = read_corpus(s.data);
  if (corpus.train.size() < 2)
    throw std::runtime_error(fmt::format("{}: {} training pictures, expected at least 2", s.data,
                                         corpus.train.empty() ? "no" : "1"));
  const Vocabulary words = caption_vocabulary(corpus.train, static_cast<int>(s.min_count));
  Rng rng(s.seed);
  Captioner captioner(words,
                      {.vocabulary = 0,
                       .embedding = s.embedding,
                       .hidden = s.hidden,
                       .dropout = s.dropout,
                       .word_dropout = s.word_dropout,
                       .cnn = {.side = s.side}},
                      rng);
  ShowAndTell& model = captioner.model;
  nn::AdamW optimizer(model.parameters(), {.lr = s.rate, .weight_decay = s.decay});

  // A last picture that would be alone joins the batch before it: batch norm needs two.
  const std::size_t pictures = corpus.train.size();
  const std::size_t epoch_steps = (pictures - 1 + s.batch - 1) / s.batch;
  const std::size_t steps = s.epochs * epoch_steps,
                    report_every = std::max<std::size_t>(epoch_steps / 2, 1);
  const auto first_task = static_cast<std::size_t>(s.first * static_cast<double>(steps));
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(100, steps), nn::cosine_schedule(steps, 0.01));

  std::filesystem::create_directories(s.out);
  const std::string checkpoint = s.out + "/captioner.safetensors";
  const std::string run =
      s.text() + fmt::format("; {} pictures, {} words", corpus.train.size(), words.size());
  std::size_t step = 0;
  Curve curve;
  if (std::filesystem::exists(checkpoint)) {
    auto notes = nn::load_safetensors(checkpoint).metadata;
    if (notes["run"] != run || notes["vocabulary"] != words.to_text())
      throw std::runtime_error(
          fmt::format("{} comes from another run ({}); this one is {}. Remove it, "
                      "or choose another folder with --out",
                      checkpoint, notes["run"].empty() ? "unknown" : notes["run"], run));
    notes = nn::load_checkpoint(checkpoint, model, optimizer, rng);
    step = std::stoul(notes.at("step"));
    curve.lines = notes.at("curve");
    curve.sum = std::stod(notes.at("curve_sum"));
    curve.count = std::stoul(notes.at("curve_count"));
    write_file_atomically(s.out + "/loss.tsv", curve.lines); // lost if killed between the two files
    if (step >= steps) {
      fmt::print("{} is trained: {} steps\n", checkpoint, step);
      return;
    }
    fmt::print("going on from step {} of {}\n", step, steps);
  }

  const CaptionData train_data(corpus, corpus.train, words, s.side);
  const CaptionData dev_data(corpus, corpus.dev, words, s.side);
  fmt::print("{} training pictures, {} validation pictures, {} words\n", train_data.size(),
             dev_data.size(), words.size());
  std::fflush(stdout);

  const auto save = [&] {
    auto notes = captioner.notes();
    notes["run"] = run;
    notes["step"] = std::to_string(step);
    notes["curve"] = curve.lines;
    notes["curve_sum"] = fmt::format("{:.17g}", curve.sum);
    notes["curve_count"] = std::to_string(curve.count);
    nn::save_checkpoint(checkpoint, model, optimizer, rng, notes);
    write_file_atomically(s.out + "/loss.tsv", curve.lines);
  };

  std::vector<std::size_t> order = epoch_order(train_data.size(), s.seed, step / epoch_steps);
  auto saved = std::chrono::steady_clock::now();
  double validation = std::nan("");
  Progress progress("training", steps, step);
  while (step < steps) {
    const std::size_t in_epoch = step % epoch_steps;
    if (in_epoch == 0) order = epoch_order(train_data.size(), s.seed, step / epoch_steps);
    const std::size_t begin = in_epoch * s.batch;
    const std::size_t end = in_epoch + 1 == epoch_steps ? pictures : begin + s.batch;
    const CaptionBatch b = train_data.batch(
        {order.begin() + static_cast<long>(begin), order.begin() + static_cast<long>(end)},
        s.captions, rng);

    //> train-step
    optimizer.zero_grad();
    double loss_value = 0;
    {
      Tape tape;
      const Var loss = step < first_task
                           ? model.concept_loss(constant(b.pictures), b.picture_of, b.captions)
                           : model.loss(constant(b.pictures), b.picture_of, b.captions, rng);
      tape.backward(loss);
      loss_value = static_cast<double>(loss.item());
    }
    nn::clip_grad_norm(model.parameters(), s.clip);
    optimizer.lr = s.rate * schedule(step);
    optimizer.step();
    //< train-step
    if (!std::isfinite(loss_value))
      throw std::runtime_error(
          fmt::format("the loss at step {} is {}; try a smaller --rate", step, loss_value));

    curve.add(loss_value);
    if (++step % report_every == 0 || step == steps) {
      if (step > first_task) validation = validate(model, dev_data, s.batch);
      curve.close(step, validation);
    }
    progress.update(
        step,
        fmt::format("loss {:.3f}{}", loss_value,
                    std::isnan(validation) ? "" : fmt::format("  validation {:.3f}", validation)));
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - saved;
    if (since.count() > s.save_every || step == steps) {
      save();
      saved = std::chrono::steady_clock::now();
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains the captioner on a folder in Flickr8k's layout.", "train");
  Settings s;
  app.add_option("--data", s.data, "the folder of pictures and captions")->capture_default_str();
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  app.add_option("--epochs", s.epochs, "passes over all pictures")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--batch", s.batch, "pictures a step")
      ->capture_default_str()
      ->check(CLI::Range(2, 100'000));
  app.add_option("--captions", s.captions, "captions of each picture a step")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--min-count", s.min_count, "words that occur less often become <unk>")
      ->capture_default_str();
  app.add_option("--side", s.side, "pixels a side that the network sees")
      ->capture_default_str()
      ->check(CLI::Range(16, 512));
  app.add_option("--embedding", s.embedding, "size of a word's vector")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--hidden", s.hidden, "size of the LSTM's state")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--rate", s.rate, "the learning rate at its highest")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--dropout", s.dropout, "share of values dropped")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.95));
  app.add_option("--word-dropout", s.word_dropout, "share of words hidden")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.95));
  app.add_option("--first", s.first,
                 "share of the steps that only learn which words a picture calls for")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--clip", s.clip, "the largest norm of the gradient")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--decay", s.decay, "weight decay")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--seed", s.seed, "of all random choices")->capture_default_str();
  app.add_option("--save-every", s.save_every, "seconds between checkpoints")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  return run_program(app, argc, argv, [&] { train(s); });
}
