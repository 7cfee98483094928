// Learns the merges of a text, and writes them as subword-nmt does.
#include <iostream>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "program.hpp"
#include "text/subwords/learn_bpe.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  CLI::App app("Learns byte-pair encoding.", "learn");
  std::vector<std::string> files;
  std::string out;
  std::size_t merges = 10'000;
  std::int64_t min_count = 2;
  app.add_option("files", files,
                 "texts; several give one joint vocabulary; without one, the paper's example");
  const auto* given = app.add_option("--merges", merges, "how many, if the text has so many")
                          ->capture_default_str()
                          ->check(whole_number(0, 10'000'000));
  app.add_option("--min-count", min_count, "a pair that comes less often is not merged")
      ->capture_default_str()
      ->check(whole_number(1, 1'000'000'000));
  app.add_option("--out", out, "a file for them; else they are printed");

  return run_program(app, argc, argv, [&] {
    WordCounts counts;
    for (const std::string& file : files) count_words(read_file(file), counts);
    if (files.empty()) {
      const std::pair<const char*, int> example[] = {
          {"low", 5}, {"lower", 2}, {"newest", 6}, {"widest", 3}};
      for (const auto& [word, count] : example) counts.add(word, count);
      if (!given->count()) merges = 10;
    }
    const std::string text = merges_text(learn_bpe(counts, merges, min_count));
    if (out.empty())
      std::cout << text;
    else
      write_file_atomically(out, text);
  });
}
