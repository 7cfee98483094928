#include "text/corpora/parallel_text.hpp"

#include <string_view>

#include <fmt/format.h>

#include "text/tokens/lines.hpp"

namespace tapestry {

namespace {

std::vector<SentencePair> all_of(ParallelReader reader) {
  std::vector<SentencePair> all;
  for (SentencePair pair; reader.next(pair);) all.push_back(std::move(pair));
  return all;
}

} // namespace

ParallelReader::ParallelReader(const std::string& path, std::size_t most_bytes)
    : source_(path, most_bytes) {}

ParallelReader::ParallelReader(const std::string& source, const std::string& target,
                               std::size_t most_bytes)
    : source_(source, most_bytes), target_(std::make_unique<LineReader>(target, most_bytes)) {}

bool ParallelReader::next(SentencePair& pair) {
  if (target_) return next_of_two(pair);
  std::string line;
  while (source_.next(line)) {
    if (trimmed(line).empty()) continue;
    const std::size_t tab = line.find('\t');
    if (tab == line.npos) source_.fail("1 column; expected SOURCE<TAB>TARGET");
    const std::string_view rest = std::string_view(line).substr(tab + 1);
    pair.source = trimmed(std::string_view(line).substr(0, tab));
    pair.target = trimmed(rest.substr(0, rest.find('\t')));
    if (pair.source.empty()) source_.fail("the first column is empty; expected a sentence");
    if (pair.target.empty()) source_.fail("the second column is empty; expected a sentence");
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

std::vector<SentencePair> read_parallel(const std::string& path) {
  return all_of(ParallelReader(path));
}

std::vector<SentencePair> read_parallel(const std::string& source, const std::string& target) {
  return all_of(ParallelReader(source, target));
}

} // namespace tapestry
