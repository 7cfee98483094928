// Trains the captioner on a folder in Flickr8k's layout; started again, it goes on where it was.
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/base/folder_lock.hpp"
#include "autograd/tape.hpp"
#include "nn/training/checkpoint.hpp"
#include "nn/training/safetensors.hpp"
#include "nn/training/schedule.hpp"
#include "program.hpp"
#include "train_photographs.hpp"
#include "vectors.hpp"
#include "vision/captioning/caption_data.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/images/transforms.hpp"

using namespace tapestry;

namespace {

struct Settings {
  std::string data = data_folder() + "/scenes";
  std::string out = data_folder() + "/captioner";
  std::size_t look_epochs = 24, tell_epochs = 6, batch = 32, captions = 2, min_count = 2;
  std::size_t side = 64, embedding = 256, hidden = 256;
  std::size_t shift = 2; // pixels that a picture is moved by, at most, while the CNN learns
  double look_rate = 2e-3, tell_rate = 4e-3;
  double smoothing = 0.9, clip = 5, look_decay = 1e-2, tell_decay = 0.3;
  double save_every = 5;
  std::uint64_t seed = 1;

  // What must be equal for a checkpoint to be continued. The folders may move.
  std::string text() const {
    return fmt::format("look-epochs {}, tell-epochs {}, batch {}, captions {}, min-count {}, side "
                       "{}, shift {}, embedding {}, hidden {}, look-rate {}, tell-rate {}, "
                       "smoothing {}, clip {}, look-decay {}, tell-decay {}, "
                       "seed {}",
                       look_epochs, tell_epochs, batch, captions, min_count, side, shift, embedding,
                       hidden, look_rate, tell_rate, smoothing, clip, look_decay, tell_decay, seed);
  }
};

// The vector of every picture, as the trained CNN sees it. -> (N, E)
Tensor look_at_all(TaughtCnn& cnn, const CaptionData& data, std::size_t embedding) {
  cnn.eval();
  Tensor vectors = look_at_all(data, data.size(), embedding,
                               [&](const Var& pictures) { return cnn.look(pictures); });
  cnn.train();
  return vectors;
}

// Pictures, each moved a little, so that the CNN does not learn where pixels stand by heart; the
// same is true of them. -> (B, 3, side, side)
Tensor moved_pictures(const CaptionData& data, const std::vector<std::size_t>& which,
                      std::size_t most, Rng& rng) {
  const auto by = [&] {
    return static_cast<int>(rng.below(2 * most + 1)) - static_cast<int>(most);
  };
  const Shape one = data.picture(which[0]).shape();
  const std::size_t size = size_of(one);
  Tensor all = Tensor::from_shape({which.size(), one[0], one[1], one[2]});
  for (std::size_t b = 0; b < which.size(); ++b) {
    const int down = by(), right = by();
    const Tensor x = moved(data.picture(which[b]), down, right);
    std::copy_n(x.data(), size, all.data() + b * size);
  }
  return all;
}

// The loss on pictures that are not trained on, with no noise and no smoothing.
double validate(ShowAndTell& teller, const CaptionData& data, const Tensor& vectors,
                std::size_t batch) {
  if (data.size() == 0) return std::nan("");
  teller.eval();
  Rng rng(0); // the same captions every time
  double total = 0;
  for (std::size_t begin = 0; begin < data.size(); begin += batch) {
    const auto indices = numbers(begin, std::min(begin + batch, data.size()));
    const CaptionBatch b = data.captions.batch(indices, 5, rng);
    const Var loss = teller.loss(constant(rows_of(vectors, indices)), b.picture_of, b.words, rng);
    total += static_cast<double>(loss.item()) * static_cast<double>(indices.size());
  }
  teller.train();
  return total / static_cast<double>(data.size());
}

// The curve so far: lines for loss.tsv, and the losses since the last of them.
struct LossCurve {
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

// A number of the checkpoint's notes, or a FormatError: the notes are text from a file.
template <class T>
T number_in(const std::string& path, const nn::Notes& notes, const std::string& key, T least,
            T most) {
  const auto found = notes.find(key);
  const std::string text = found == notes.end() ? "" : found->second;
  T value{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || !(value >= least) ||
      !(value <= most))
    throw FormatError(fmt::format("{}: its note \"{}\" is \"{}\", expected a number from {} to {}",
                                  path, key, text.substr(0, 40), least, most));
  return value;
}

// Set by Ctrl-C: the step under way is finished and saved. A second one ends the program at once.
volatile std::sig_atomic_t interrupted = 0;

void interrupt(int) {
  interrupted = 1;
  std::signal(SIGINT, SIG_DFL);
}

void train(const Settings& s) {
  const CaptionCorpus corpus = read_corpus(s.data);
  if (corpus.train.size() < 2)
    throw std::runtime_error(fmt::format("{}: {} training pictures, expected at least 2", s.data,
                                         corpus.train.empty() ? "no" : "1"));
  const Vocabulary words = caption_vocabulary(corpus.train, static_cast<int>(s.min_count));
  Rng rng(s.seed);
  Captioner captioner(words,
                      {.embedding = s.embedding, .hidden = s.hidden, .cnn = {.side = s.side}}, rng);
  TaughtCnn& cnn = *captioner.cnn;
  ShowAndTell& teller = captioner.teller;

  // A last picture that would be alone joins the batch before it: batch norm needs two.
  const std::size_t pictures = corpus.train.size();
  const std::size_t epoch_steps = (pictures - 1 + s.batch - 1) / s.batch;
  const std::size_t look_steps = s.look_epochs * epoch_steps;
  const std::size_t steps = look_steps + s.tell_epochs * epoch_steps;
  const std::size_t report_every = std::max<std::size_t>(epoch_steps / 2, 1);

  // First the CNN learns, then it is left as it is and the LSTM learns.
  const auto parameters_of = [&](bool looking) {
    return looking ? cnn.parameters() : teller.parameters();
  };
  const auto optimizer_of = [&](bool looking) {
    return nn::AdamW(parameters_of(looking),
                     {.weight_decay = looking ? s.look_decay : s.tell_decay});
  };
  const auto rate_at = [&](std::size_t at) {
    const bool looking = at < look_steps;
    const std::size_t n = looking ? look_steps : steps - look_steps;
    const nn::Schedule schedule =
        nn::warm_up(std::min<std::size_t>(100, n), nn::cosine_schedule(n, 0.01));
    return (looking ? s.look_rate : s.tell_rate) * schedule(looking ? at : at - look_steps);
  };

  make_folder(s.out);
  const FolderLock lock(s.out, "trains");
  const std::string checkpoint = s.out + "/captioner.safetensors";
  const std::string run =
      s.text() + fmt::format("; {} pictures, {} words", corpus.train.size(), words.size());
  std::size_t step = 0;
  nn::AdamW optimizer = optimizer_of(true);
  LossCurve curve;
  const auto write_curve = [&] { // not if it is there: a trained folder may be read-only
    const std::string path = s.out + "/loss.tsv";
    if (!std::filesystem::exists(path) || read_file(path) != curve.lines)
      write_file_atomically(path, curve.lines);
  };
  if (std::filesystem::exists(checkpoint)) {
    nn::SafetensorsFile file = nn::load_safetensors(checkpoint); // once: it may be replaced
    auto notes = file.metadata;
    if (notes["run"] != run || notes["vocabulary"] != words.to_text())
      throw std::runtime_error(
          fmt::format("{} comes from another run ({}); this one is {}. Remove it, "
                      "or choose another folder with --out",
                      checkpoint, notes["run"].empty() ? "unknown" : notes["run"], run));
    step = number_in<std::size_t>(checkpoint, notes, "step", 1, steps);
    optimizer = optimizer_of(step <= look_steps); // saved after a step, before the next stage
    nn::load_checkpoint(checkpoint, std::move(file), captioner, optimizer, rng);
    curve.lines = notes["curve"];
    curve.sum = number_in<double>(checkpoint, notes, "curve_sum", -1e300, 1e300);
    curve.count = number_in<std::size_t>(checkpoint, notes, "curve_count", 0, step);
    write_curve(); // lost if killed between the two files
    if (step == steps) {
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
    nn::save_checkpoint(checkpoint, captioner, optimizer, rng, notes);
    write_curve();
  };

  std::vector<std::size_t> order = epoch_order(train_data.size(), s.seed, step / epoch_steps);
  std::optional<Tensor> train_vectors, dev_vectors; // once the CNN has learnt
  auto saved = std::chrono::steady_clock::now();
  double validation = std::nan("");
  std::signal(SIGINT, interrupt);
  Progress progress("training", steps, step);
  while (step < steps) {
    const std::size_t in_epoch = step % epoch_steps;
    const bool looking = step < look_steps;
    if (in_epoch == 0) order = epoch_order(train_data.size(), s.seed, step / epoch_steps);
    if (!looking && !train_vectors) {
      train_vectors = look_at_all(cnn, train_data, s.embedding);
      dev_vectors = look_at_all(cnn, dev_data, s.embedding);
    }
    if (step == look_steps) optimizer = optimizer_of(false);
    const std::size_t begin = in_epoch * s.batch;
    const std::size_t end = in_epoch + 1 == epoch_steps ? pictures : begin + s.batch;
    const std::vector<std::size_t> chosen(order.begin() + static_cast<long>(begin),
                                          order.begin() + static_cast<long>(end));
    const CaptionBatch b = train_data.captions.batch(chosen, s.captions, rng);

    //> train-step
    optimizer.zero_grad();
    double loss_value = 0;
    {
      Tape tape;
      const Var loss =
          looking ? cnn.loss(cnn.look(constant(moved_pictures(train_data, chosen, s.shift, rng))),
                             b.picture_of, b.words)
                  : teller.loss(constant(rows_of(*train_vectors, chosen)), b.picture_of, b.words,
                                rng, s.smoothing);
      tape.backward(loss);
      loss_value = static_cast<double>(loss.item());
    }
    const double norm = nn::clip_grad_norm(parameters_of(looking), s.clip);
    if (!std::isfinite(loss_value) || !std::isfinite(norm)) // before the weights take part
      throw std::runtime_error(
          fmt::format("at step {} the loss is {} and the gradient's norm {}; try a smaller {}",
                      step, loss_value, norm, looking ? "--look-rate" : "--tell-rate"));
    optimizer.lr = rate_at(step);
    optimizer.step();
    //< train-step

    curve.add(loss_value);
    if (++step % report_every == 0 || step == steps) {
      if (!looking) validation = validate(teller, dev_data, *dev_vectors, s.batch);
      curve.close(step, validation);
    }
    progress.update(
        step,
        fmt::format("loss {:.3f}{}", loss_value,
                    std::isnan(validation) ? "" : fmt::format("  validation {:.3f}", validation)));
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - saved;
    if (since.count() > s.save_every || step == steps || interrupted) {
      save();
      saved = std::chrono::steady_clock::now();
    }
    if (interrupted && step < steps) { // as if it had not been caught, but for the work
      std::signal(SIGINT, SIG_DFL);
      std::raise(SIGINT);
    }
  }
}

int train_on_scenes(int argc, char** argv) {
  CLI::App app("Trains the captioner on a folder in Flickr8k's layout.", "train");
  Settings s;
  app.add_option("--data", s.data, "the folder of pictures and captions")->capture_default_str();
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  whole_option(app, "--look-epochs", s.look_epochs, "passes over all pictures to teach the CNN", 1,
               100'000);
  whole_option(app, "--tell-epochs", s.tell_epochs, "passes over all pictures to teach the LSTM", 1,
               100'000);
  whole_option(app, "--batch", s.batch, "pictures a step", 2, 100'000);
  whole_option(app, "--captions", s.captions, "captions of each picture a step", 1, 1000);
  whole_option(app, "--min-count", s.min_count, "words that occur less often become <unk>", 0,
               1'000'000'000);
  whole_option(app, "--side", s.side, "pixels a side that the network sees", 16, 512);
  whole_option(app, "--shift", s.shift, "pixels that a picture is moved by, at most", 0, 512);
  whole_option(app, "--embedding", s.embedding, "size of a word's vector", 4, 65'536);
  whole_option(app, "--hidden", s.hidden, "size of the LSTM's state", 1, 16'384);
  real_option(app, "--look-rate", s.look_rate, "the CNN's learning rate at its highest", 1e-12,
              1e3);
  real_option(app, "--tell-rate", s.tell_rate, "the LSTM's learning rate at its highest", 1e-12,
              1e3);
  real_option(app, "--smoothing", s.smoothing, "of the labels, for the LSTM", 0.0, 0.99);
  real_option(app, "--clip", s.clip, "the largest norm of the gradient", 1e-12, 1e12);
  real_option(app, "--look-decay", s.look_decay, "the CNN's weight decay", 0.0, 1e3);
  real_option(app, "--tell-decay", s.tell_decay, "the LSTM's weight decay", 0.0, 1e3);
  whole_option(app, "--seed", s.seed, "of all random choices", 0, UINT64_MAX);
  real_option(app, "--save-every", s.save_every, "seconds between checkpoints", 0.0, 1e9);
  return run_program(app, argc, argv, [&] { train(s); });
}

} // namespace

int main(int argc, char** argv) {
  // Which of the two it is, the folder says, or a network to look with; so they are looked for
  // before the options are.
  std::string data;
  bool network = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--data" && i + 1 < argc) data = argv[i + 1];
    if (word.starts_with("--data=")) data = word.substr(7);
    if (word == "--network" || word.starts_with("--network=")) network = true;
  }
  const bool photographs = network || (!data.empty() && PictureVectors::there(data));
  return photographs ? train_on_photographs(argc, argv) : train_on_scenes(argc, argv);
}
