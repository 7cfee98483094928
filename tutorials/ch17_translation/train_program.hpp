// The program `train` of chapters 17 and 18: from pairs of sentences to scores on the test part.
#pragma once

#include <filesystem>
#include <functional>

#include "scene_pairs.hpp"
#include "text/corpora/translation_split.hpp"
#include "text/scenes/scene_truth.hpp"
#include "translations_files.hpp"

namespace tapestry {

/// Where the pairs come from.
struct PairSettings {
  std::vector<std::string> data;
  std::size_t source_column = 2, target_column = 1, merges = 8000, scenes = 8000;
  bool lower_case = false;
  bool choosing = false; ///< scenes of the dev part in place of the test part

  void add_to(CLI::App& app) {
    app.add_option(
           "--data", data,
           "a file with columns between tabs, or two files of a sentence a line, source and "
           "target; without it, what is said of drawn scenes")
        ->expected(1, 2);
    whole_option(app, "--source-column", source_column, "of one file, from 1", 1, 1000);
    whole_option(app, "--target-column", target_column, "the same", 1, 1000);
    whole_option(app, "--merges", merges, "of both languages' subwords together; 0: words", 0,
                 1'000'000);
    whole_option(app, "--scenes", scenes, "to learn from, without --data", 100, 1'000'000);
    app.add_flag("--lower-case", lower_case, "no capitals");
  }
};

/// The pairs in three parts; of drawn scenes, with the scenes of the test part.
struct PairParts {
  std::vector<SentencePair> train, dev, test;
  std::vector<Scene> scenes;
};

inline PairParts read_parts(const PairSettings& s, std::uint64_t seed) {
  if (s.data.empty()) {
    ScenePairs test = scene_pairs(1000, s.choosing ? Part::dev : Part::test, 3);
    return {scene_pairs(s.scenes, Part::train, 100 + seed).pairs,
            scene_pairs(500, Part::dev, 2).pairs, std::move(test.pairs), std::move(test.scenes)};
  }
  TranslationParts parts = split_by_target(
      s.data.size() == 2 ? read_parallel_files(s.data[0], s.data[1])
                         : read_parallel(s.data[0], {.source_column = s.source_column - 1,
                                                     .target_column = s.target_column - 1}));
  if (parts.train.empty() || parts.dev.empty() || parts.test.empty())
    throw std::runtime_error(fmt::format("{}: {} pairs to learn from, {} to choose by and {} to "
                                         "test with, expected some of each",
                                         s.data[0], parts.train.size(), parts.dev.size(),
                                         parts.test.size()));
  return {std::move(parts.train), std::move(parts.dev), std::move(parts.test), {}};
}

//> true-share
/// The percentage of sentences that are true of their scenes.
inline double true_share(const std::vector<std::string>& said, const std::vector<Scene>& scenes) {
  double count = 0;
  for (std::size_t i = 0; i < said.size(); ++i) count += check_caption(said[i], scenes[i]).is_true;
  return 100 * count / static_cast<double>(said.size());
}
//< true-share

inline void print_scores(const TranslationScores& s) {
  fmt::print("BLEU: {:.2f} ({})\nchrF: {:.2f} ({})\n", s.bleu.score, s.bleu.signature, s.chrf.score,
             s.chrf.signature);
}

using MakeTranslator = std::function<std::unique_ptr<Translator>(
    const std::string& name, const TranslatorOptions& options, Rng& rng)>;

/// names: of the models that `make` knows; the first is the default. folder: in the data folder.
inline int train_program(int argc, char** argv, const std::vector<std::string>& names,
                         const MakeTranslator& make, const std::string& folder) {
  CLI::App app("Trains a translator on pairs of sentences, and scores it on others.", "train");
  PairSettings from;
  TranslatorSettings s;
  std::string model_name = names.front();
  BeamOptions search{.beam_size = 5, .length_penalty = 1};
  s.out = data_folder() + "/" + folder;
  app.add_option("--model", model_name, "which one")
      ->capture_default_str()
      ->check(CLI::IsMember(names));
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  app.add_option("--beam", search.beam_size, "sentences kept at each word")
      ->capture_default_str()
      ->check(whole_number(1, 1000));
  from.add_to(app);
  s.add_to(app);
  return run_program(app, argc, argv, [&] {
    if (!from.data.empty()) { // sentences of people want more
      const std::string stem = std::filesystem::path(from.data[0]).stem().string();
      unless_given(app, "--out", s.out, s.out + "_" + stem);
      unless_given(app, "--embedding", s.embedding, 256);
      unless_given(app, "--hidden", s.hidden, 512);
      unless_given(app, "--maxout", s.maxout, 256);
      unless_given(app, "--rate", s.rate, 1e-3);
      unless_given(app, "--lazy", s.lazy, false); // rare words then move for several steps
    }
    const PairParts parts = read_parts(from, s.seed);
    const Languages languages =
        from.data.empty() || from.merges == 0
            ? learn_words(parts.train, from.data.empty() ? 1 : 2, from.lower_case)
            : learn_shared_subwords(parts.train, from.merges, from.lower_case);
    const TranslationCorpus corpus{languages.encode(parts.train, s.longest),
                                   languages.encode(parts.dev, s.longest)};
    fmt::print("{} pairs to learn from ({} too long, {} empty), {} to choose by, {} to test with; "
               "{} and {} tokens\n",
               corpus.train.source.size(), corpus.train.too_long, corpus.train.empty,
               corpus.dev.source.size(), parts.test.size(), languages.source->size(),
               languages.target->size());
    if (corpus.train.source.empty() || corpus.dev.source.empty())
      throw std::runtime_error("no pairs are left to learn from and to choose by");
    std::fflush(stdout);

    make_folder(s.out);
    languages.save(s.out);
    Rng first(s.seed);
    const std::unique_ptr<Translator> model =
        make(model_name, s.model(languages.source->size(), languages.target->size()), first);
    const Curve curve = train_translator(*model, corpus, s, languages.notes(s.out));
    nn::load_model(s.out + "/translator.safetensors", *model);
    fmt::print("{:.1f} minutes of training; dev: {:.4f} nats a token\n", curve.seconds() / 60,
               loss_of(*model, corpus.dev));

    const Translations said = translations_of(*model, languages, parts.test, search);
    for (std::size_t i = 0; i < std::min<std::size_t>(3, said.texts.size()); ++i)
      fmt::print("\n{}\n  {}\n  reference: {}\n", parts.test[i].source, said.texts[i],
                 parts.test[i].target);
    fmt::print("\n{} test sentences, beam {}\n", said.texts.size(), search.beam_size);
    const TestScores scores = test_scores(said.texts, parts.test);
    TranslationsHeading heading =
        heading_of(fmt::format("{} sentences that it has not learnt from; model {}, beam {}.",
                               said.texts.size(), model_name, search.beam_size),
                   scores);
    if (!parts.scenes.empty()) {
      const std::string share = fmt::format("{:.1f} %", true_share(said.texts, parts.scenes));
      fmt::print("true of the picture: {}\n", share);
      heading.figures.insert(heading.figures.begin(), {"true of the picture", share});
    } else {
      print_by_length(scores.by_length);
    }
    print_scores(scores.all);
    write_translations(s.out, heading, parts.test, said);
    fmt::print("\nTo translate with it: --model {}\n", s.out);
  });
}

} // namespace tapestry
