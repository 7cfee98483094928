// Trains a tagger on a folder of Universal Dependencies, measures it, and tags the lecture's
// sentences.
#include <algorithm>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "picture.hpp"
#include "training.hpp"
#include "training_run.hpp"

using namespace tapestry;

namespace {

struct Settings : TaggerOptions, RunOptions {
  std::string data, out = data_folder() + "/tagger";
  double save_every = 20;
  bool test = true;

  std::string text() const {
    return fmt::format("epochs {}, batch {}, hidden {}, layers {}, dropout {}, word-dropout {}, "
                       "fine-share {}, rate {}, decay {}, average {}, clip {}, seed {}",
                       epochs, batch, hidden, layers, dropout, word_dropout, fine_share, rate,
                       decay, average, clip, seed);
  }
};

struct Learner : nn::Module {
  Learner(Tagger& t, double decay) : tagger(t), average(t, decay) {}
  void visit(nn::Visitor& v) override { v("tagger", tagger), v("average", average); }
  Tagger& tagger;
  nn::WeightAverage average;
};

void draw(const Tagger& tagger, const Confusion& table, const Curve& curve,
          const std::string& out) {
  const std::vector<std::string>& tags = tagger.vocabulary().tags;
  std::vector<double> values;
  for (std::size_t i = 0; i < tags.size(); ++i)
    for (std::size_t j = 0; j < tags.size(); ++j)
      values.push_back(static_cast<double>(table.count(static_cast<int>(i), static_cast<int>(j))));
  write_file_atomically(out + "/confusion.svg",
                        heat_table("True tags (rows) and what the tagger said", tags, tags, values,
                                   tags.size() <= 20));
  Line held_out{"kept for choosing", {}, {}};
  for (const Curve::Point& p : curve.points())
    held_out.x.push_back(p.step), held_out.y.push_back(100 * p.held_out);
  write_file_atomically(out + "/curve.svg",
                        line_plot("How the tagger learns", "step", "accuracy in %", {held_out}));
}

void run(Settings s) {
  const Corpus corpus = read_corpus(s.data);
  Rng rng(s.seed);
  Tagger tagger(TaggerVocabulary(corpus.train), s, rng);
  const TaggerVocabulary& vocabulary = tagger.vocabulary();
  fmt::print("{} sentences to learn from, {} to choose on, {} to test on; {} words, {} tags\n",
             corpus.train.size(), corpus.dev.size(), corpus.test.size(), vocabulary.words.size(),
             vocabulary.tags.size());
  std::fflush(stdout);

  Learner learner(tagger, s.average);
  nn::AdamW optimizer(learner.parameters(), {.beta2 = 0.99, .weight_decay = s.decay});
  const std::vector<std::size_t> lengths = lengths_of(corpus.train);
  std::vector<std::vector<std::size_t>> batches; // of a pass: a function of seed and number
  const auto begin_pass = [&](std::size_t number) {
    Rng order(s.seed * 1'000'003 + number);
    batches = length_batches(lengths, {.batch_size = s.batch}, order);
  };
  begin_pass(0);
  const std::size_t pass_steps = batches.size(), steps = s.epochs * pass_steps;
  std::size_t pass = 0;
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(100, steps), nn::cosine_schedule(steps, 0.01));
  const Curve curve = train(
      {.out = s.out,
       .name = "tagger",
       .run = s.text() + fmt::format("; {} sentences", corpus.train.size()),
       .notes = vocabulary.notes(),
       .steps = steps,
       .report_every = std::max<std::size_t>(1, pass_steps / 2),
       .clip = s.clip,
       .save_every = s.save_every},
      learner, optimizer, rng,
      {.loss =
           [&](std::size_t step) {
             if (step / pass_steps != pass) begin_pass(pass = step / pass_steps);
             return tagger.loss(
                 tagger.batch(chosen_of(corpus.train, batches[step % pass_steps]), &rng), rng);
           },
       .rate = [&](std::size_t step) { return s.rate * schedule(step); },
       .held_out =
           [&] {
             learner.average.exchange();
             const double accuracy = confusion_of(tagger, corpus.dev).accuracy();
             learner.average.exchange();
             return accuracy;
           },
       .after = [&] { learner.average.update(); }});
  learner.average.exchange();

  const std::vector<TaggedSentence>& measured = s.test ? corpus.test : corpus.dev;
  const Confusion table = confusion_of(tagger, measured);
  fmt::print("{}: {:.2f} % of {} words (each word's most frequent tag: {:.2f} %)\n",
             s.test ? "test" : "kept for choosing", 100 * table.accuracy(), table.total(),
             score(TagDictionary(corpus.train), vocabulary, measured).all.percent());
  draw(tagger, table, curve, s.out);
  for (const char* text : lecture) {
    const TaggedSentence sentence = untagged(text);
    std::string tagged;
    const std::vector<int> tags = tagger.tag({&sentence}).front();
    for (std::size_t i = 0; i < tags.size(); ++i)
      tagged += fmt::format("  {} {}", sentence.words[i],
                            vocabulary.tags[static_cast<std::size_t>(tags[i])]);
    fmt::print("{}\n", tagged);
  }
  fmt::print("Curve and confusions: {}/curve.svg, confusion.svg\n", s.out);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a tagger.", "tagger");
  Settings s;
  app.add_option("--data", s.data,
                 "a folder with *train.conllu, *dev.conllu and *test.conllu; without it, sentences "
                 "of a small grammar, and settings that suit them");
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  whole_option(app, "--epochs", s.epochs, "passes over the sentences", 1, 100'000);
  whole_option(app, "--batch", s.batch, "sentences a step", 1, 100'000);
  whole_option(app, "--hidden", s.hidden, "size of a direction's state", 1, 16'384);
  whole_option(app, "--layers", s.layers, "BiLSTM layers", 1, 64);
  real_option(app, "--dropout", s.dropout, "on what the layers read, and on the last", 0, 0.95);
  real_option(app, "--word-dropout", s.word_dropout,
              "a: words seen n times are unknown with a / (a + n)", 0, 1e6);
  real_option(app, "--fine-share", s.fine_share, "the share of the loss on finer tags", 0, 0.99);
  real_option(app, "--rate", s.rate, "the learning rate at its highest", 1e-12, 1e3);
  real_option(app, "--decay", s.decay, "weight decay", 0, 1e3);
  real_option(app, "--average", s.average, "of the weights' moving average", 0, 0.999999);
  real_option(app, "--clip", s.clip, "the largest norm of the gradient", 1e-12, 1e12);
  app.add_flag(
      "--test,!--no-test", s.test,
      "measures on the test part; else, while settings are chosen, on the part kept for that");
  whole_option(app, "--seed", s.seed, "of all random choices", 0, UINT64_MAX);
  real_option(app, "--save-every", s.save_every, "seconds between checkpoints", 0, 1e9);
  return run_program(app, argc, argv, [&] {
    if (s.data.empty()) { // enough for a small grammar
      unless_given(app, "--hidden", s.hidden, 32);
      unless_given(app, "--epochs", s.epochs, 2);
    }
    run(s);
  });
}
