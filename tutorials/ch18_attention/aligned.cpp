// A translator with attention, trained on drawn scenes, and where it looked.
#include <nlohmann/json.hpp>

#include "../ch17_translation/train_program.hpp"
#include "alignment.hpp"
#include "keep.hpp"
#include "models.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  CLI::App app("Where does the translator look for each word?", "aligned");
  TranslatorSettings s;
  PairSettings from;
  s.out = data_folder() + "/aligned";
  s.add_to(app);
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  return run_program(app, argc, argv, [&] {
    const PairParts parts = read_parts(from, s.seed);
    const Languages languages = learn_words(parts.train, 1, false);
    const TranslationCorpus corpus{languages.encode(parts.train, s.longest),
                                   languages.encode(parts.dev, s.longest)};
    make_folder(s.out);
    languages.save(s.out);
    Rng first(s.seed);
    const auto model =
        translator("attention", s.model(languages.source->size(), languages.target->size()), first);
    train_translator(*model, corpus, s, languages.notes(s.out));
    nn::load_model(s.out + "/translator.safetensors", *model);

    const std::string sentence = "un círculo rojo pequeño está a la izquierda de una estrella azul";
    const std::vector<int> ids = languages.encode(sentence);
    BeamOptions search{.beam_size = 5, .length_penalty = 1};
    const Hypothesis best = model->translate(side_by_side({ids}), search)[0].at(0);
    Alignment a;
    const auto words = [](const Tokenizer& tokenizer, const std::vector<int>& tokens) {
      std::vector<std::string> all;
      for (const int id : tokens)
        all.push_back(id == Vocabulary::end_id ? "<end>" : tokenizer.decode(std::span(&id, 1)));
      return all;
    };
    a.source = words(*languages.source, ids);
    a.target = words(*languages.target, best.tokens);
    for (const auto& row : best.attention) a.weights.emplace_back(row.begin(), row.end());
    fmt::print("{}\n{}\n\n{}", sentence, languages.decode(best.tokens), in_blocks(a));
    keep("aligned.tsv", as_table(a));

    // Of all test sentences: how often is the place with the largest weight the colour's own?
    double right = 0, chance = 0, count = 0;
    const std::map<std::string, std::string> colours{
        {"red", "roj"},      {"green", "verde"},    {"blue", "azul"},   {"yellow", "amarill"},
        {"purple", "morad"}, {"orange", "naranja"}, {"white", "blanc"}, {"black", "negr"}};
    std::vector<std::vector<int>> sources;
    for (const SentencePair& pair : parts.test) sources.push_back(languages.encode(pair.source));
    const std::vector<Hypothesis> all = translate_all(*model, sources, search);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto source = words(*languages.source, sources[i]),
                 target = words(*languages.target, all[i].tokens);
      for (std::size_t t = 0; t < target.size(); ++t) {
        const auto colour = colours.find(target[t]);
        if (colour == colours.end()) continue;
        const auto& row = all[i].attention[t];
        const auto place =
            static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
        ++count;
        right += source[place].starts_with(colour->second);
        const auto places = std::count_if(source.begin(), source.end(), [&](const auto& word) {
          return word.starts_with(colour->second);
        });
        chance += static_cast<double>(places) / static_cast<double>(source.size());
      }
    }
    fmt::print(
        "\nOf {:.0f} colours said of test sentences, {:.1f} % look most at the same colour's "
        "Spanish word; a place at random is it for {:.1f} %\n",
        count, 100 * right / count, 100 * chance / count);
    keep("aligned.json", nlohmann::json{{"colours", count},
                                        {"right", 100 * right / count},
                                        {"chance", 100 * chance / count}}
                                 .dump(1) +
                             "\n");
  });
}
