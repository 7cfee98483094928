// The program `lengths` of chapters 17 and 18: how much of a sequence is remembered.
#pragma once

#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "reversal.hpp"
#include "train_program.hpp"

namespace tapestry {

/// Trains each model `seeds` times to reverse sequences of 1 to 60 symbols, and keeps lengths.tsv,
/// the mean of their right symbols by length, and lengths.json.
inline int lengths_program(int argc, char** argv, const std::vector<std::string>& names,
                           const MakeTranslator& make) {
  CLI::App app("How long a sequence can a translator reverse?", "lengths");
  TranslatorSettings s;
  std::size_t seeds = 3, pairs = 30'000, longest = 60;
  constexpr std::size_t tried = 100; // sequences of each length
  s.out = data_folder() + "/reversal";
  s.epochs = 6, s.longest = 100, s.dropout = 0;
  s.add_to(app);
  app.add_option("--out", s.out, "the folder of the checkpoints")->capture_default_str();
  whole_option(app, "--seeds", seeds, "trainings of each model", 1, 100);
  whole_option(app, "--pairs", pairs, "sequences to learn from", 1, 10'000'000);
  return run_program(app, argc, argv, [&] {
    const std::string folder = s.out;
    std::vector<std::size_t> lengths;
    for (std::size_t n = 5; n <= longest + 30; n += 5) lengths.push_back(n); // the last are new
    std::vector<std::vector<std::vector<double>>> right; // of each model, seed and length
    for (const std::string& name : names) {
      auto& of_model = right.emplace_back();
      for (s.seed = 1; s.seed <= seeds; ++s.seed) {
        const TranslationCorpus corpus{reversals(pairs, longest, 10 + s.seed),
                                       reversals(500, longest, 2)};
        s.out = fmt::format("{}/{}{}", folder, name, s.seed);
        Rng first(s.seed);
        const std::size_t words = first_symbol + reversal_symbols;
        const auto model = make(name, s.model(words, words), first);
        train_translator(*model, corpus, s, {});
        nn::load_model(s.out + "/translator.safetensors", *model);
        auto& of_seed = of_model.emplace_back();
        for (const std::size_t n : lengths) of_seed.push_back(right_symbols(*model, n, tried, 1));
      }
    }
    std::string table = "length\t" + fmt::format("{}", fmt::join(names, "\t")) + "\n";
    nlohmann::json kept{{"sequences", tried}};
    fmt::print("right symbols, percent, by length; a guess would have {:.0f}\n{:>6}",
               100.0 / reversal_symbols, "");
    for (const std::string& name : names) fmt::print("{:>26}", name);
    for (std::size_t k = 0; k < lengths.size(); ++k) {
      fmt::print("\n{:>6}", lengths[k]);
      table += std::to_string(lengths[k]);
      for (std::size_t m = 0; m < names.size(); ++m) {
        double sum = 0, least = 100, most = 0;
        for (const auto& of_seed : right[m]) {
          sum += of_seed[k];
          least = std::min(least, of_seed[k]), most = std::max(most, of_seed[k]);
        }
        const double mean = sum / static_cast<double>(seeds);
        fmt::print("{:>11.1f} ({:5.1f}-{:5.1f})", mean, least, most);
        table += fmt::format("\t{:.2f}", mean);
        kept[names[m]][std::to_string(lengths[k])] = {
            {"mean", mean}, {"least", least}, {"most", most}};
      }
      table += "\n";
    }
    fmt::print("\n");
    keep("lengths.tsv", table);
    keep("lengths.json", kept.dump(1) + "\n");
  });
}

} // namespace tapestry
