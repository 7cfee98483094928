// One vocabulary in the files of other programs, and what is refused.
#include <filesystem>
#include <functional>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "../ch06_tokens/texts.hpp"
#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "text/subwords/byte_bpe_files.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/tokenizer_json.hpp"

using namespace tapestry;

int main() {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("ch07-files-{}", ::getpid());
  std::filesystem::create_directory(folder);
  const auto path = [&](const char* name) { return (folder / name).string(); };
  WordCounts counts;
  count_pieces(story, PiecePattern::gpt2, counts);
  const ByteBpeModel model = learn_byte_bpe(counts, 500, PiecePattern::gpt2);
  const ByteBpe tokenizer(model);

  fmt::print("Written, read, and the story encoded\n");
  const std::vector<int> ids = tokenizer.encode(story).ids;
  const auto row = [&](const char* name, const ByteBpeModel& read) {
    fmt::print("{:<27} {}\n", name,
               ByteBpe(read).encode(story).ids == ids ? "the same ids" : "OTHER IDS");
  };
  //> files
  write_gpt2(path("encoder.json"), path("vocab.bpe"), model);
  row("encoder.json and vocab.bpe", read_gpt2(path("encoder.json"), path("vocab.bpe")));
  write_ranks(path("ours.tiktoken"), model);
  row("ours.tiktoken", read_ranks(path("ours.tiktoken"), PiecePattern::gpt2, model.special));
  write_tokenizer_json(path("tokenizer.json"), model);
  row("tokenizer.json", read_tokenizer_json(path("tokenizer.json")));
  //< files

  fmt::print("\nWhat is refused\n");
  const auto refused = [&](const std::function<void()>& read) {
    try {
      read();
      fmt::print("nothing\n");
    } catch (const FormatError& error) {
      std::string line = error.what(); // without the folder, which has another name each time
      for (std::size_t at; (at = line.find(folder.string() + "/")) != line.npos;)
        line.erase(at, folder.string().size() + 1);
      fmt::print("{}\n", line);
    }
  };
  const std::string json = read_file(path("tokenizer.json"));
  const std::pair<const char*, const char*> changes[] = {
      {"\"type\": \"BPE\"", "\"type\": \"Unigram\""},
      {"\"normalizer\": null", "\"normalizer\": {\"type\": \"NFC\"}"},
      {"\"byte_fallback\": false", "\"byte_fallback\": true"},
      {"\"dropout\": null", "\"dropout\": 0.1"},
      {"\"lstrip\": false", "\"lstrip\": true"},
      {"\"add_prefix_space\": false", "\"add_prefix_space\": true"}};
  for (const auto& [from, to] : changes) {
    std::string changed = json;
    changed.replace(changed.find(from), std::string(from).size(), to);
    write_file(path("other.json"), changed);
    refused([&] { read_tokenizer_json(path("other.json")); });
  }
  write_file(path("broken.bpe"), read_file(path("vocab.bpe")) + "no-space\n");
  refused([&] { read_gpt2(path("encoder.json"), path("broken.bpe")); });
  write_file(path("broken.tiktoken"), "YQ== 0\nYQ== 1\n");
  refused([&] { read_ranks(path("broken.tiktoken"), PiecePattern::cl100k); });
  std::filesystem::remove_all(folder);
}
