#include "text/corpora/parallel_text.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {

namespace {

std::vector<SentencePair> all_of(ParallelReader reader, const std::string& path) {
  std::vector<SentencePair> all;
  for (SentencePair pair; reader.next(pair);) all.push_back(std::move(pair));
  if (all.empty()) throw FormatError(path + ": no sentences; expected a pair a line");
  return all;
}

} // namespace

ParallelReader::ParallelReader(const std::string& path, const ParallelOptions& options)
    : source_(path, options.most_bytes), options_(options) {
  if (options.source_column == options.target_column)
    throw std::invalid_argument(
        fmt::format("ParallelReader: both languages in column {}; expected two columns",
                    options.source_column + 1));
}

ParallelReader ParallelReader::of_two_files(const std::string& source, const std::string& target,
                                            std::size_t most_bytes) {
  ParallelReader reader(source, {.most_bytes = most_bytes});
  reader.target_ = std::make_unique<LineReader>(target, most_bytes);
  return reader;
}

bool ParallelReader::next(SentencePair& pair) {
  if (target_) return next_of_two(pair);
  std::string line;
  while (source_.next(line)) {
    if (trimmed(line).empty()) continue;
    const auto columns = static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t')) + 1;
    const std::size_t least = std::max(options_.source_column, options_.target_column) + 1;
    if (columns < least)
      source_.fail(fmt::format("{} column{}; expected at least {}, with a tab between", columns,
                               columns == 1 ? "" : "s", least));
    pair.source = tab_column(line, options_.source_column);
    pair.target = tab_column(line, options_.target_column);
    for (const auto& [text, column] : {std::pair{&pair.source, options_.source_column},
                                       std::pair{&pair.target, options_.target_column}})
      if (text->empty())
        source_.fail(fmt::format("column {} is empty; expected a sentence", column + 1));
    return true;
  }
  return false;
}

bool ParallelReader::next_of_two(SentencePair& pair) {
  std::string line, other;
  for (;;) {
    const bool more = source_.next(line), more_there = target_->next(other);
    if (!more && !more_there) return false;
    if (!more)
      target_->fail(fmt::format("{} has only {} lines; expected as many in both", source_.path(),
                                source_.number()));
    if (!more_there)
      source_.fail(fmt::format("{} has only {} lines; expected as many in both", target_->path(),
                               target_->number()));
    pair.source = trimmed(line);
    pair.target = trimmed(other);
    if (pair.source.empty() && pair.target.empty()) continue;
    if (pair.source.empty())
      source_.fail("is empty, but not so in " + target_->path() + "; expected both or none");
    if (pair.target.empty())
      target_->fail("is empty, but not so in " + source_.path() + "; expected both or none");
    return true;
  }
}

std::vector<SentencePair> read_parallel(const std::string& path, const ParallelOptions& options) {
  return all_of(ParallelReader(path, options), path);
}

std::vector<SentencePair> read_parallel_files(const std::string& source,
                                              const std::string& target) {
  return all_of(ParallelReader::of_two_files(source, target), source);
}

} // namespace tapestry
