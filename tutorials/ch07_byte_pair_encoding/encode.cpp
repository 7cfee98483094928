// Encodes text with a vocabulary of GPT-2's kind: the ids of each line, on a line.
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "program.hpp"
#include "text/subwords/byte_bpe_files.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/tokenizer_json.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  CLI::App app("Text to ids.", "encode");
  std::string folder, ranks, json, file;
  bool spans = false, special = false, keep = false;
  auto* gpt2_option = app.add_option("--gpt2", folder, "a folder with encoder.json and vocab.bpe");
  auto* rank_option = app.add_option("--cl100k", ranks, "a file of ranks, cl100k_base.tiktoken")
                          ->excludes(gpt2_option);
  app.add_option("--json", json, "a tokenizer.json")->excludes(gpt2_option)->excludes(rank_option);
  app.add_flag("--spans", spans, "behind each id the bytes of the line that it stands for");
  app.add_flag("--special", special, "names of special tokens in the text are these tokens");
  app.add_flag("--keep", keep, "bytes that are not UTF-8 stay; else U+FFFD stands for them");
  app.add_option("file", file, "the text; - is the standard input; without one, a line of ours");

  return run_program(app, argc, argv, [&] {
    const std::string example = "the weather, whether the other brothers like the weather or not\n";
    ByteBpeModel model;
    if (!folder.empty()) {
      model = read_gpt2(folder + "/encoder.json", folder + "/vocab.bpe");
    } else if (!ranks.empty()) {
      model = read_ranks(ranks, PiecePattern::cl100k, cl100k_special());
    } else if (!json.empty()) {
      model = read_tokenizer_json(json);
    } else { // one for the example
      WordCounts counts;
      count_pieces(example, PiecePattern::gpt2, counts);
      model = learn_byte_bpe(counts, 20, PiecePattern::gpt2);
    }
    const ByteBpe tokenizer(
        std::move(model),
        {.invalid = keep ? InvalidUtf8::keep : InvalidUtf8::replace, .special_in_text = special});
    const std::string text = file.empty() ? example
                             : file == "-"
                                 ? std::string(std::istreambuf_iterator<char>(std::cin), {})
                                 : read_file(file);
    std::string_view rest = text;
    std::vector<int> ids;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      std::string out;
      if (spans) {
        const Encoding encoding = tokenizer.encode(line);
        for (std::size_t i = 0; i < encoding.ids.size(); ++i)
          out += fmt::format("{}{}[{},{})", i == 0 ? "" : " ", encoding.ids[i],
                             encoding.spans[i].begin, encoding.spans[i].end);
      } else {
        ids.clear();
        tokenizer.encode_ids(line, ids);
        for (std::size_t i = 0; i < ids.size(); ++i) {
          if (i > 0) out += ' ';
          fmt::format_to(std::back_inserter(out), "{}", ids[i]);
        }
      }
      out += '\n';
      std::cout << out;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  });
}
