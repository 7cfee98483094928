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
    const Alignment a = alignment_of(languages, ids, best);
    fmt::print("{}\n{}\n\n{}", sentence, languages.decode(best.tokens), in_blocks(a));
    keep("aligned.tsv", as_table(a));

    // Of all test sentences: how often is the place with the largest weight the colour's own?
    double right = 0, chance = 0, count = 0;
    const std::map<std::string, std::string> colours{
        {"red", "roj"},      {"green", "verde"},    {"blue", "azul"},   {"yellow", "amarill"},
        {"purple", "morad"}, {"orange", "naranja"}, {"white", "blanc"}, {"black", "negr"}};
    const Translations all = translations_of(*model, languages, parts.test, search);
    for (const Alignment& one : all.alignments)
      for (std::size_t t = 0; t < one.target.size(); ++t) {
        const auto colour = colours.find(one.target[t]);
        if (colour == colours.end()) continue;
        const std::vector<double>& row = one.weights[t];
        const auto place =
            static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
        ++count;
        right += one.source[place].starts_with(colour->second);
        const auto places =
            std::count_if(one.source.begin(), one.source.end(),
                          [&](const auto& word) { return word.starts_with(colour->second); });
        chance += static_cast<double>(places) / static_cast<double>(one.source.size());
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
