// The program `scenes` of chapters 17 and 18: translations of what is said of drawn scenes, whose
// truth is known, by several trainings of each model, beside what one gets without a model.
#pragma once

#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "train_program.hpp"

namespace tapestry {

using Figures = std::map<std::string, double>;

/// Of translations of the test part: true of their scenes, word for word the reference, BLEU, chrF.
inline Figures figures_of(const std::vector<std::string>& said, const PairParts& parts) {
  double exact = 0;
  for (std::size_t i = 0; i < said.size(); ++i) exact += said[i] == parts.test[i].target;
  const TranslationScores s = score(said, parts.test);
  return {{"true", true_share(said, parts.scenes)},
          {"exact", 100 * exact / static_cast<double>(said.size())},
          {"bleu", s.bleu.score},
          {"chrf", s.chrf.score}};
}

inline nlohmann::json spread_of(const std::vector<Figures>& rows) {
  nlohmann::json all;
  for (const auto& [name, unused] : rows[0]) {
    double sum = 0, least = 1e300, most = -1e300;
    for (const Figures& row : rows) {
      sum += row.at(name);
      least = std::min(least, row.at(name)), most = std::max(most, row.at(name));
    }
    all[name] = {
        {"mean", sum / static_cast<double>(rows.size())}, {"least", least}, {"most", most}};
  }
  return all;
}

/// For each test sentence the translation of the training sentence that shares most words with it.
inline std::vector<std::string> nearest_translations(const PairParts& parts) {
  const auto words_of = [](const std::string& text) {
    std::set<std::string> words;
    for (const Piece& piece : split_words(text)) words.insert(piece.text);
    return words;
  };
  std::vector<std::set<std::string>> known;
  for (const SentencePair& pair : parts.train) known.push_back(words_of(pair.source));
  std::vector<std::string> said(parts.test.size());
  parallel_parts(said.size(), [&](std::size_t i) {
    const std::set<std::string> asked = words_of(parts.test[i].source);
    double most = -1;
    for (std::size_t k = 0; k < known.size(); ++k) {
      double shared = 0;
      for (const std::string& word : asked) shared += known[k].contains(word);
      const double alike = shared / static_cast<double>(asked.size() + known[k].size()) * 2;
      if (alike > most) most = alike, said[i] = parts.train[k].target;
    }
  });
  return said;
}

inline void print_figures(const std::string& name, const Figures& f) {
  fmt::print("{:<28}true {:5.1f} %  exact {:5.1f} %  BLEU {:5.1f}  chrF {:5.1f}\n", name,
             f.at("true"), f.at("exact"), f.at("bleu"), f.at("chrf"));
  if (f.contains("known"))
    fmt::print("{:<28}known combinations: true {:5.1f} %\n", "", f.at("known"));
  std::fflush(stdout);
}

inline int scenes_program(int argc, char** argv, std::vector<std::string> names,
                          const MakeTranslator& make) {
  CLI::App app("Translates what is said of drawn scenes.", "scenes");
  TranslatorSettings s;
  PairSettings from;
  std::size_t seeds = 3;
  s.out = data_folder() + "/scene_translators";
  s.add_to(app);
  app.add_option("--out", s.out, "the folder of the checkpoints")->capture_default_str();
  whole_option(app, "--seeds", seeds, "trainings of each model", 1, 100);
  whole_option(app, "--scenes", from.scenes, "to learn from", 100, 1'000'000);
  app.add_option("--models", names, "which ones")->check(CLI::IsMember(names));
  app.add_flag("--choose", from.choosing, "score the dev part: to choose settings by");
  return run_program(app, argc, argv, [&] {
    const std::string folder = s.out;
    const BeamOptions search{.beam_size = 5, .length_penalty = 1};
    const ScenePairs known = scene_pairs(1000, Part::train, 5); // new scenes, known combinations
    nlohmann::json kept;
    for (const std::string& name : names) {
      std::vector<Figures> rows;
      double minutes = 0;
      for (s.seed = 1; s.seed <= seeds; ++s.seed) {
        if (!name.starts_with("attention")) { // what the dev part chose for them
          unless_given(app, "--epochs", s.epochs, 24);
          unless_given(app, "--dropout", s.dropout, 0);
        }
        const PairParts parts = read_parts(from, s.seed);
        const Languages languages = learn_words(parts.train, 1, false);
        const TranslationCorpus corpus{languages.encode(parts.train, s.longest),
                                       languages.encode(parts.dev, s.longest)};
        s.out = fmt::format("{}/{}{}", folder, name, s.seed);
        make_folder(s.out);
        languages.save(s.out);
        Rng first(s.seed);
        const auto model =
            make(name, s.model(languages.source->size(), languages.target->size()), first);
        minutes += train_translator(*model, corpus, s, languages.notes(s.out)).seconds() / 60;
        nn::load_model(s.out + "/translator.safetensors", *model);
        rows.push_back(
            figures_of(translations_of(*model, languages, parts.test, search).texts, parts));
        rows.back()["known"] =
            true_share(translations_of(*model, languages, known.pairs, search).texts, known.scenes);
        print_figures(fmt::format("{}, seed {}", name, s.seed), rows.back());
      }
      kept[name] = spread_of(rows);
      kept[name]["minutes"] = minutes / static_cast<double>(seeds);
    }
    const PairParts parts = read_parts(from, 1);
    std::vector<std::string> others;
    for (std::size_t i = 0; i < parts.test.size(); ++i)
      others.push_back(parts.test[(i + 1) % parts.test.size()].target);
    const Figures nearest = figures_of(nearest_translations(parts), parts),
                  other = figures_of(others, parts);
    print_figures("nearest training sentence", nearest);
    print_figures("another sentence's", other);
    kept["nearest"] = nearest, kept["other"] = other;
    kept["pairs"] = parts.train.size(), kept["test"] = parts.test.size();
    if (!from.choosing) keep("scenes.json", kept.dump(1) + "\n");
  });
}

} // namespace tapestry
