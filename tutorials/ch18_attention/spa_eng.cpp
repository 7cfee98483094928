// Spanish to English on sentences of people: attention beside the summary, scored once on sentences
// that training has not.
//
// It reads spa_eng/spa.txt in the folder that TAPESTRY_DATA names. Stopped, it goes on where it
// was. OUT/ids.json has all sentences as ids: tests/bench/train_translator.py trains the same model
// with PyTorch on them. What it says, OUT/torch.ids, stands beside ours after as many passes, once
// with every word's vector moved in every step, as PyTorch's Adam does, and once only those that
// occur.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "../ch17_translation/scenes_program.hpp"
#include "keep.hpp"
#include "models.hpp"
#include "real_data.hpp"

using namespace tapestry;
using nlohmann::json;

namespace {

json row(const std::string& name, const TestScores& scores) {
  fmt::print("\n{}\n", name);
  print_scores(scores.all);
  print_by_length(scores.by_length);
  std::fflush(stdout);
  json kept{{"bleu", scores.all.bleu.score}, {"chrf", scores.all.chrf.score}};
  for (const LengthGroup& g : scores.by_length) kept[name_of(g)] = g.scores.bleu.score;
  return kept;
}

// What another program says of the test part: a line of ids for each sentence.
std::vector<std::string> read_ids(const std::string& path, const Languages& languages,
                                  std::size_t sentences) {
  std::vector<std::string> said;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream numbers(line);
    std::vector<int> ids;
    for (int id = 0; numbers >> id;) ids.push_back(id);
    said.push_back(languages.decode(ids));
  }
  if (said.size() != sentences)
    throw std::runtime_error(
        fmt::format("{}: {} lines, expected {} of ids", path, said.size(), sentences));
  return said;
}

void write_ids(const std::string& path, const TranslationCorpus& corpus, const PairParts& parts,
               const Languages& languages) {
  const auto pairs = [](const EncodedPairs& p) {
    json all = json::array();
    for (std::size_t i = 0; i < p.source.size(); ++i) all.push_back({p.source[i], p.target[i]});
    return all;
  };
  json test = json::array();
  for (const SentencePair& pair : parts.test) test.push_back(languages.encode(pair.source));
  write_file_atomically(path, json{{"words", languages.target->size()},
                                   {"train", pairs(corpus.train)},
                                   {"dev", pairs(corpus.dev)},
                                   {"test", test}}
                                  .dump());
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Spanish to English on sentences of people.", "spa_eng");
  TranslatorSettings s;
  PairSettings from;
  std::size_t peer_epochs = 1;
  std::vector<std::string> names{"attention", "cho"};
  s.out = data_folder() + "/spa_eng";
  s.embedding = 256, s.hidden = 512, s.maxout = 256, s.rate = 1e-3, s.epochs = 3;
  s.lazy = false;
  s.add_to(app);
  app.add_option("--out", s.out, "the folder of the checkpoints")->capture_default_str();
  app.add_option("--models", names, "which ones")->check(CLI::IsMember(translators));
  whole_option(app, "--peer-epochs", peer_epochs, "passes that PyTorch has trained", 1, 1000);
  whole_option(app, "--merges", from.merges, "of both languages' subwords together", 1, 1'000'000);
  return run_program(app, argc, argv, [&] {
    const auto data = real_data("spa_eng/spa.txt");
    if (!data) return;
    from.data = {*data};
    const std::string folder = s.out;
    const PairParts parts = read_parts(from, s.seed);
    const Languages languages = learn_shared_subwords(parts.train, from.merges, false);
    const TranslationCorpus corpus{languages.encode(parts.train, s.longest),
                                   languages.encode(parts.dev, s.longest)};
    json kept{{"pairs", corpus.train.source.size()},
              {"dev", parts.dev.size()},
              {"test", parts.test.size()},
              {"tokens", languages.target->size()},
              {"epochs", s.epochs}};
    fmt::print("{} pairs to learn from, {} to choose by, {} to test with; {} tokens\n",
               corpus.train.source.size(), parts.dev.size(), parts.test.size(),
               languages.target->size());
    std::fflush(stdout);
    make_folder(folder);
    write_ids(folder + "/ids.json", corpus, parts, languages);
    const auto trained = [&](const std::string& name, const std::string& place) {
      s.out = folder + "/" + place;
      make_folder(s.out);
      languages.save(s.out);
      Rng first(s.seed);
      const auto model =
          translator(name, s.model(languages.source->size(), languages.target->size()), first);
      const Curve curve = train_translator(*model, corpus, s, languages.notes(s.out));
      nn::load_model(s.out + "/translator.safetensors", *model);
      const double dev = loss_of(*model, corpus.dev);
      const Translations said =
          translations_of(*model, languages, parts.test, {.beam_size = 5, .length_penalty = 1});
      const TestScores scores = test_scores(said.texts, parts.test);
      json result = row(fmt::format("{}, {} passes", name, s.epochs), scores);
      result["dev"] = dev, result["minutes"] = curve.seconds() / 60;
      fmt::print("{:.1f} minutes of training; dev: {:.3f} nats a token\n", curve.seconds() / 60,
                 dev);
      write_translations(s.out,
                         heading_of(fmt::format("Spanish to English, {} sentences that it has not "
                                                "learnt from; model {}, {} passes, beam 5.",
                                                said.texts.size(), name, s.epochs),
                                    scores),
                         parts.test, said);
      return result;
    };
    const auto row_of = [&](const std::string& name, const std::vector<std::string>& said) {
      return row(name, test_scores(said, parts.test));
    };
    for (const std::string& name : names) kept[name] = trained(name, name);
    const std::string peer = folder + "/torch.ids";
    if (std::filesystem::exists(peer)) {
      s.epochs = peer_epochs;
      kept["peer_epochs"] = peer_epochs;
      kept["beside_torch"] = trained("attention", "beside_torch");
      s.lazy = true;
      kept["lazy"] = trained("attention", "lazy");
      kept["torch"] = row_of("attention in PyTorch", read_ids(peer, languages, parts.test.size()));
    }
    std::set<std::string> known;
    for (const SentencePair& pair : parts.train) known.insert(pair.source);
    double seen = 0;
    for (const SentencePair& pair : parts.test) seen += known.contains(pair.source);
    kept["seen"] = 100 * seen / static_cast<double>(parts.test.size());
    fmt::print("\n{:.1f} % of the test sources occur in training, with other translations\n",
               kept["seen"].get<double>());
    std::vector<std::string> copied;
    for (const SentencePair& pair : parts.test) copied.push_back(pair.source);
    const TestScores of_sources = test_scores(copied, parts.test);
    kept["copied"] = row("the source itself", of_sources);
    for (const LengthGroup& g : of_sources.by_length) kept["sentences"][name_of(g)] = g.sentences;
    kept["nearest"] = row_of("translation of the most similar training sentence",
                             nearest_translations(parts.train, parts.test));
    keep("spa_eng.json", kept.dump(1) + "\n");
  });
}
