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

/// For each sentence the translation of the most similar training sentence: twice the different
/// words that they share, divided by the sum of both sentences' different words.
inline std::vector<std::string> nearest_translations(const std::vector<SentencePair>& train,
                                                     const std::vector<SentencePair>& asked_for) {
  const auto words_of = [](const std::string& text) {
    std::set<std::string> words;
    for (const Piece& piece : split_words(text)) words.insert(piece.text);
    return words;
  };
  std::vector<std::set<std::string>> known;
  for (const SentencePair& pair : train) known.push_back(words_of(pair.source));
  std::vector<std::string> said(asked_for.size());
  parallel_parts(said.size(), [&](std::size_t i) {
    const std::set<std::string> asked = words_of(asked_for[i].source);
    double most = -1;
    for (std::size_t k = 0; k < known.size(); ++k) {
      double shared = 0;
      for (const std::string& word : asked) shared += known[k].contains(word);
      const double alike = shared / static_cast<double>(asked.size() + known[k].size()) * 2;
      if (alike > most) most = alike, said[i] = train[k].target;
    }
  });
  return said;
}

inline void print_figures(const std::string& name, const Figures& f) {
  fmt::print("{:<28}true {:5.1f} %  exact {:5.1f} %  BLEU {:5.1f}  chrF {:5.1f}\n", name,
             f.at("true"), f.at("exact"), f.at("bleu"), f.at("chrf"));
  fmt::print("{:<28}known combinations: true {:5.1f} %; sentences not in the training text "
             "{:5.1f} %\n",
             "", f.at("known"), f.at("known_unread"));
  std::fflush(stdout);
}

/// Each test sentence's translation is another one's reference.
inline std::vector<std::string> other_translations(const std::vector<SentencePair>& pairs) {
  std::vector<std::string> said;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    said.push_back(pairs[(i + 1) % pairs.size()].target);
  return said;
}

/// New scenes whose combinations training has shown.
struct KnownScenes {
  ScenePairs all = scene_pairs(1000, Part::train, 5);

  /// Adds to f which translations are true, of all and of those that training has not read.
  void add_to(Figures& f, const std::vector<std::string>& said,
              const std::vector<SentencePair>& train) const {
    std::set<std::string> read;
    for (const SentencePair& pair : train) read.insert(pair.source);
    std::vector<std::string> said_of_unread;
    std::vector<Scene> unread;
    for (std::size_t i = 0; i < said.size(); ++i)
      if (!read.contains(all.pairs[i].source))
        said_of_unread.push_back(said[i]), unread.push_back(all.scenes[i]);
    f["known"] = true_share(said, all.scenes);
    f["known_unread"] = true_share(said_of_unread, unread);
  }
};

/// The first translations of new combinations that are true, and the first that are not.
inline void print_examples(const std::string& name, const std::vector<std::string>& said,
                           const PairParts& parts) {
  constexpr int of_each = 2;
  fmt::print("{} says of new combinations:\n", name);
  for (const bool truth : {true, false}) {
    int shown = 0;
    for (std::size_t i = 0; i < said.size() && shown < of_each; ++i)
      if (check_caption(said[i], parts.scenes[i]).is_true == truth && ++shown)
        fmt::print("  {}\n    said       {}  ({})\n    reference  {}\n", parts.test[i].source,
                   said[i], truth ? "true" : "not true", parts.test[i].target);
  }
  fmt::print("\n");
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
    const KnownScenes known;
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
        const auto said = translations_of(*model, languages, parts.test, search).texts;
        rows.push_back(figures_of(said, parts));
        known.add_to(rows.back(), translations_of(*model, languages, known.all.pairs, search).texts,
                     parts.train);
        if (s.seed == 1 && name == names[0] && !from.choosing) print_examples(name, said, parts);
        print_figures(fmt::format("{}, seed {}", name, s.seed), rows.back());
      }
      kept[name] = spread_of(rows);
      kept[name]["minutes"] = minutes / static_cast<double>(seeds);
    }
    const PairParts parts = read_parts(from, 1);
    Figures nearest = figures_of(nearest_translations(parts.train, parts.test), parts),
            other = figures_of(other_translations(parts.test), parts);
    known.add_to(nearest, nearest_translations(parts.train, known.all.pairs), parts.train);
    known.add_to(other, other_translations(known.all.pairs), parts.train);
    print_figures("nearest training sentence", nearest);
    print_figures("another sentence's", other);
    kept["nearest"] = nearest, kept["other"] = other;
    kept["pairs"] = parts.train.size(), kept["test"] = parts.test.size();
    kept["embedding"] = s.embedding, kept["hidden"] = s.hidden, kept["maxout"] = s.maxout;
    std::string table = "row\tmodel\tunread\tleast\tmost\tnew\tleast\tmost\n"; // to be drawn
    for (std::size_t k = 0; k < names.size(); ++k) {
      table += fmt::format("{}\t{}", k + 1, names[k]);
      for (const char* what : {"known_unread", "true"})
        for (const char* which : {"mean", "least", "most"})
          table += fmt::format("\t{:.2f}", kept[names[k]][what][which].get<double>());
      table += "\n";
    }
    if (!from.choosing) keep("scenes.tsv", table), keep("scenes.json", kept.dump(1) + "\n");
  });
}

} // namespace tapestry
