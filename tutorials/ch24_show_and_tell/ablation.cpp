// Trains the captioner without each of its devices, three times, and compares by the dev pictures.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"
#include "nn/training/safetensors.hpp"
#include "nn/training/schedule.hpp"
#include "program.hpp"
#include "scores.hpp"
#include "vectors.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/networks/views.hpp"
#include "vision/scenes/scene_data.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t batch = 32;
constexpr int beam = 3;

// Rows with the same `cnn` share its training, and differ in how the LSTM learns.
struct Row {
  const char* name;
  const char* cnn;
  double smoothing = 0.5;
  bool every_step = false;
};

const std::vector<Row> rows{{"all", "all"},
                            {"smoothing 0", "all", 0},
                            {"smoothing 0.1", "all", 0.1},
                            {"smoothing 0.3", "all", 0.3},
                            {"smoothing 0.7", "all", 0.7},
                            {"smoothing 0.8", "all", 0.8},
                            {"smoothing 0.9", "all", 0.9},
                            {"every step", "all", 0.5, true},
                            {"no pairs", "no pairs"},
                            {"no thirds", "no thirds"},
                            {"one path", "one path"},
                            {"one path, outlines", "one path, outlines"},
                            {"no detectors", "no detectors"}};
const std::vector<const char*> cnns{"all",          "no thirds", "no pairs",
                                    "no detectors", "one path",  "one path, outlines"};

// Half the demo's sizes, and less than half of its pictures: a fifteenth of its time.
struct Settings {
  std::string data = data_folder() + "/scenes", folder = data_folder() + "/ablation";
  std::size_t pictures = 3000, side = 32, embedding = 128, hidden = 128;
  std::size_t look_epochs = 6, tell_epochs = 6, seeds = 3;
  bool only_done = false;
};

// A CNN of one path in place of the two: it sees the colours, and the outlines beside them if
// asked.
class OnePath : public nn::Module {
public:
  OnePath(bool with_outlines, const Settings& s, Rng& rng)
      : with_outlines_(with_outlines),
        path_(with_outlines ? 4 : 3, s.side, {16, 32, 64, 128}, s.embedding, rng),
        normalise_({.num_features = s.embedding}) {}
  Var operator()(const Operand& pictures) {
    const Var colours = pictures * 2 - 1;
    return normalise_(
        path_(with_outlines_ ? concatenate({outlines(colours), colours}, 1) : colours));
  }
  void visit(nn::Visitor& v) override {
    v("path", path_);
    v("normalise", normalise_);
  }

private:
  bool with_outlines_;
  CnnPath path_;
  nn::BatchNorm1d normalise_;
};

// As train.cpp: AdamW, a gradient of norm 5 at most, a rate that rises and falls.
void learn(std::vector<Parameter> parameters, std::size_t pictures, std::size_t epochs, double rate,
           double decay, std::uint64_t seed, std::size_t first_epoch,
           const std::function<Var(const std::vector<std::size_t>&)>& loss) {
  nn::AdamW optimizer(parameters, {.weight_decay = decay});
  const std::size_t steps_each = pictures / batch, steps = epochs * steps_each;
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(100, steps), nn::cosine_schedule(steps, 0.01));
  for (std::size_t step = 0; step < steps; ++step) {
    const std::vector<std::size_t> order =
        epoch_order(pictures, seed, first_epoch + step / steps_each);
    const auto begin = order.begin() + static_cast<long>(step % steps_each * batch);
    optimizer.zero_grad();
    {
      Tape tape;
      tape.backward(loss({begin, begin + static_cast<long>(batch)}));
    }
    nn::clip_grad_norm(parameters, 5);
    optimizer.lr = rate * schedule(step);
    optimizer.step();
  }
}

// One CNN, and one LSTM for each of its rows. -> row's name -> the dev pictures' captions
nlohmann::json train(const std::string& cnn, std::uint64_t seed, const CaptionCorpus& corpus,
                     const CaptionData& data, const CaptionData& dev, const Vocabulary& words,
                     const Settings& s) {
  const std::size_t pictures = std::min(s.pictures, corpus.train.size());
  const auto options = [&](const Row& row) {
    CaptionerOptions o{.embedding = s.embedding, .hidden = s.hidden};
    o.cnn.side = s.side;
    o.every_step = row.every_step;
    o.pairs = cnn != "no pairs";
    o.sentence_parts = cnn == "no thirds" ? 1 : 3;
    return o;
  };
  nlohmann::json captions;
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  Tensor train_vectors, dev_vectors;
  for (const Row& row : rows) {
    if (row.cnn != cnn) continue;
    Rng rng(seed);
    Captioner captioner(words, options(row), rng);
    ShowAndTell& teller = captioner.teller;
    if (captions.empty()) { // the first row: its CNN learns
      OnePath one_path(cnn == "one path, outlines", s, rng);
      const bool one = cnn.starts_with("one path"), through_lstm = cnn == "no detectors";
      const auto look = [&](const Var& x) { return one ? one_path(x) : captioner.cnn->look(x); };
      std::vector<Parameter> parameters = captioner.cnn->parameters();
      if (one)
        for (const Parameter& p : one_path.parameters()) parameters.push_back(p);
      if (through_lstm) parameters = captioner.parameters();
      learn(parameters, pictures, s.look_epochs, 2e-3, 1e-2, seed, 0,
            [&](const std::vector<std::size_t>& chosen) {
              const CaptionBatch b = data.captions.batch(chosen, 2, rng);
              const Var vectors = look(constant(data.pictures(chosen)));
              return through_lstm ? teller.loss(vectors, b.picture_of, b.words, rng, row.smoothing)
                                  : captioner.cnn->loss(vectors, b.picture_of, b.words);
            });
      captioner.eval();
      one_path.eval();
      train_vectors = look_at_all(data, pictures, s.embedding, look);
      dev_vectors = look_at_all(dev, dev.size(), s.embedding, look);
      captioner.train();
    }
    learn(teller.parameters(), pictures, s.tell_epochs, 4e-3, 0.3, seed, s.look_epochs,
          [&](const std::vector<std::size_t>& chosen) {
            const CaptionBatch b = data.captions.batch(chosen, 2, rng);
            return teller.loss(constant(rows_of(train_vectors, chosen)), b.picture_of, b.words, rng,
                               row.smoothing);
          });
    if (row.name == std::string("all"))
      captions["seconds"] = std::chrono::duration<double>(Clock::now() - begin).count();
    captioner.eval();
    const auto describe_all = [&](const std::string& name, const BeamOptions& search) {
      for (std::size_t i = 0; i < dev.size(); ++i) {
        const auto best = teller.tell(rows_of(dev_vectors, {i}), search);
        captions[name].push_back(best.empty() ? "" : join_words(words.decode(best.front().tokens)));
      }
    };
    describe_all(row.name, {.beam_size = beam});
    if (row.name != std::string("all")) continue;
    for (const int size_tried : {1, 2, 5, 10, 20})
      describe_all(fmt::format("beam {}", size_tried), {.beam_size = size_tried});
    describe_all("by length", {.beam_size = beam, .length_penalty = 1});
    nn::save_safetensors(fmt::format("{}/captioner_{}.safetensors", s.folder, seed),
                         {.tensors = captioner.state_dict(), .metadata = captioner.notes()});
  }
  return captions;
}

void compare(const Settings& s) {
  CaptionCorpus corpus = read_corpus(s.data);
  const auto layouts = read_layouts(s.data);
  const Vocabulary words = caption_vocabulary(corpus.train, 2);
  corpus.train.resize(std::min(corpus.train.size(), s.pictures));
  const CaptionData data(corpus, corpus.train, words, s.side),
      dev(corpus, corpus.dev, words, s.side);
  make_folder(s.folder);

  // What is done stays: started again, the program goes on with what is missing.
  std::vector<nlohmann::json> done(cnns.size() * s.seeds);
  std::mutex printing;
  parallel_parts(done.size(), [&](std::size_t job) {
    const std::string cnn = cnns[job % cnns.size()];
    const std::uint64_t seed = job / cnns.size() + 1;
    const std::string path = fmt::format("{}/{} {}.json", s.folder, cnn, seed);
    if (std::filesystem::exists(path)) {
      done[job] = nlohmann::json::parse(read_file(path));
      return;
    }
    if (s.only_done) return;
    done[job] = train(cnn, seed, corpus, data, dev, words, s);
    write_file_atomically(path, done[job].dump());
    const std::lock_guard lock(printing);
    fmt::print(stderr, "trained: {}, seed {}\n", cnn, seed);
  });

  std::map<std::string, std::vector<std::vector<Judged>>> judged; // name -> seed -> pictures
  double seconds = 0; // of the trainings of the row "all"
  for (nlohmann::json& captions : done) {
    seconds += captions.value("seconds", 0.0);
    captions.erase("seconds");
    for (const auto& [name, said] : captions.items()) {
      auto& list = judged[name].emplace_back();
      for (std::size_t i = 0; i < corpus.dev.size(); ++i)
        list.push_back(
            judge(said[i].get<std::string>(), corpus.dev[i], &layouts.at(corpus.dev[i].name)));
    }
  }
  nlohmann::json kept;
  fmt::print("{:<18} {:^24}  {:^24}  {:>8} {:>6}\n", "on dev", "seen: true, whole",
             "held out: true, whole", "words", "claims");
  for (const auto& [name, lists] : judged) {
    std::vector<Scores> seen, held_out, all;
    for (const auto& list : lists) {
      seen.push_back(scores_of(list, false));
      held_out.push_back(scores_of(list, true));
      all.push_back(scores_of(list));
    }
    std::string key = name;
    std::replace(key.begin(), key.end(), ' ', '_');
    std::replace(key.begin(), key.end(), '.', '_');
    std::erase(key, ',');
    nlohmann::json& row = kept[key];
    row = {{"seen", spread(seen)}, {"held_out", spread(held_out)}, {"all", spread(all)}};
    const auto text = [&](const char* group, const char* score) {
      const nlohmann::json& x = row[group][score];
      return fmt::format("{:.1f} ({:.1f}-{:.1f})", x["mean"].get<double>(),
                         x["least"].get<double>(), x["most"].get<double>());
    };
    fmt::print("{:<18} {} {}  {} {}  {} {}\n", name, text("seen", "true"), text("seen", "whole"),
               text("held_out", "true"), text("held_out", "whole"), text("all", "words"),
               text("all", "claims"));
  }
  kept["minutes"] = seconds / 60 / static_cast<double>(s.seeds);
  std::string table = "row\tname\tseen\tleast\tmost\theld_out\tleast\tmost\n"; // to be drawn
  for (const char* name : {"all", "no_pairs", "no_thirds", "every_step", "no_detectors",
                           "one_path_outlines", "one_path"}) {
    table += fmt::format("{}\t{}", std::count(table.begin(), table.end(), '\n'), name);
    for (const char* group : {"seen", "held_out"})
      for (const char* which : {"mean", "least", "most"})
        table += fmt::format("\t{:.2f}", kept[name][group]["whole"][which].get<double>());
    table += "\n";
  }
  keep("ablation.tsv", table);
  keep("ablation.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains the captioner without each of its devices, and compares.", "ablation");
  Settings s;
  app.add_option("--data", s.data, "the folder of pictures and captions")->capture_default_str();
  app.add_option("--out", s.folder, "the folder of what is trained")->capture_default_str();
  const auto option = [&app](const char* name, std::size_t& value, const char* help) {
    app.add_option(name, value, help)->capture_default_str()->check(whole_number(1, 100'000));
  };
  option("--pictures", s.pictures, "training pictures");
  option("--side", s.side, "pixels a side that the network sees");
  option("--embedding", s.embedding, "size of a word's vector");
  option("--hidden", s.hidden, "size of the LSTM's state");
  option("--look-epochs", s.look_epochs, "passes over all pictures to teach the CNN");
  option("--tell-epochs", s.tell_epochs, "passes over all pictures to teach the LSTM");
  option("--seeds", s.seeds, "trainings of each row");
  app.add_flag("--only-done", s.only_done, "train nothing: tables of what is trained");
  return run_program(app, argc, argv, [&] { compare(s); });
}
