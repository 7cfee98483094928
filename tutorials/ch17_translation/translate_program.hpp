// The program `translate` of chapters 17 and 18.
#pragma once

#include <filesystem>
#include <functional>
#include <iostream>

#include "translating.hpp"

namespace tapestry {

/// What a program may want to show beside a translation.
using ShowTranslation = std::function<void(const Alignment& of_the_best)>;

/// Sentences of the command line, or else lines of the standard input. data: the default folder, in
/// the data folder.
inline int
translate_program(int argc, char** argv,
                  const std::function<std::unique_ptr<Translator>(const std::string& path,
                                                                  const nn::Notes& notes)>& load,
                  const std::string& data, const ShowTranslation& show = {},
                  const std::function<void(CLI::App&)>& more_options = {}) {
  CLI::App app("Translates sentences.", "translate");
  std::vector<std::string> sentences;
  std::string folder = data_folder() + "/" + data;
  BeamOptions search{.beam_size = 5, .length_penalty = 1};
  int best = 1;
  std::size_t longest = 500;
  app.add_option("sentences", sentences, "what to translate; without any, standard input");
  app.add_option("--model", folder, "the folder of a trained translator")->capture_default_str();
  app.add_option("--beam", search.beam_size, "sentences kept at each word")
      ->capture_default_str()
      ->check(whole_number(1, 1000));
  app.add_option("--best", best, "translations to show, with their log-probabilities")
      ->capture_default_str()
      ->check(whole_number(1, 1000));
  whole_option(app, "--longest", longest, "tokens of a sentence at most", 1, 100'000);
  if (more_options) more_options(app);
  return run_program(app, argc, argv, [&] {
    const std::string path = folder + "/translator.safetensors";
    if (!std::filesystem::exists(path))
      throw std::runtime_error(path + ": there is no translator; `train` makes one");
    const nn::Notes notes = nn::load_safetensors(path).metadata;
    const std::unique_ptr<Translator> model = load(path, notes);
    const Languages languages = load_languages(folder, notes);
    const auto translate = [&](const std::string& sentence, std::size_t number) {
      const std::vector<int> ids = languages.encode(sentence);
      if (ids.size() > longest + 1) // <end> is one more
        throw std::runtime_error(fmt::format("sentence {} has {} tokens, expected at most {} "
                                             "(--longest)",
                                             number, ids.size() - 1, longest));
      search.max_lengths = {2 * static_cast<int>(ids.size()) + 10};
      const auto found = model->translate(side_by_side({ids}), search)[0];
      for (std::size_t k = 0;
           k < std::min<std::size_t>(found.size(), static_cast<std::size_t>(best)); ++k)
        if (best == 1)
          fmt::print("{}\n", languages.decode(found[k].tokens));
        else
          fmt::print("{:8.2f}  {}\n", found[k].log_probability, languages.decode(found[k].tokens));
      if (show && !found.empty()) show(alignment_of(languages, ids, found[0]));
      std::fflush(stdout);
    };
    std::size_t number = 0;
    for (const std::string& sentence : sentences) translate(sentence, ++number);
    for (std::string line; sentences.empty() && std::getline(std::cin, line);)
      translate(line, ++number);
  });
}

} // namespace tapestry
