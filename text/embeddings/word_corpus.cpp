#include "text/embeddings/word_corpus.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/embeddings/pieces.hpp"

namespace tapestry {

namespace {

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view word) const {
    return std::hash<std::string_view>{}(word);
  }
};

// Takes a text piece by piece; a word may begin in one and end in the next.
class Reader {
public:
  Reader(std::string name, const WordCorpusOptions& options)
      : name_(std::move(name)), options_(options) {}

  void take(std::string_view piece) {
    const char* at = piece.data();
    const char* const end = at + piece.size();
    while (at < end) {
      const char* const begin = at;
      while (at<end&& static_cast<unsigned char>(*at)> ' ') ++at;
      if (at < end && begin_.empty())
        word({begin, at}, piece, begin);
      else {
        begin_.append(begin, at);
        check(begin_, offset_ + static_cast<std::uint64_t>(at - piece.data()) - begin_.size());
        if (at == end) break;
        add(begin_);
        begin_.clear();
      }
      if (*at == '\0')
        throw FormatError(name_, offset_ + static_cast<std::uint64_t>(at - piece.data()),
                          "a byte of value 0; expected text");
      if (*at == '\n') end_sentence();
      ++at;
    }
    offset_ += piece.size();
  }

  WordCorpus finish() {
    add(begin_);
    end_sentence();
    std::vector<std::int32_t> order(words_.size()), place(words_.size(), dropped);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [this](std::int32_t a, std::int32_t b) {
      return counts(a) != counts(b) ? counts(a) > counts(b) : word_of(a) < word_of(b);
    });
    WordCorpus corpus;
    for (const std::int32_t old : order) {
      if (counts(old) < options_.min_count) break;
      place[static_cast<std::size_t>(old)] = static_cast<std::int32_t>(corpus.words.size());
      corpus.words.push_back(word_of(old));
      corpus.counts.push_back(counts(old));
      corpus.total += counts(old);
    }
    if (corpus.words.empty())
      throw std::invalid_argument(
          fmt::format("{}: no word occurs {} times or more; it has {} words", name_,
                      options_.min_count, words_.size()));
    auto to = ids_.begin();
    for (const std::int32_t id : ids_) {
      const std::int32_t now = id < 0 ? id : place[static_cast<std::size_t>(id)];
      if (now != dropped) *to++ = now;
    }
    ids_.erase(to, ids_.end());
    corpus.ids = std::move(ids_);
    return corpus;
  }

private:
  static constexpr std::int32_t dropped = -2;

  struct Seen {
    std::int32_t id;
    std::uint64_t count;
  };
  using Table = std::unordered_map<std::string, Seen, Hash, std::equal_to<>>;

  std::uint64_t counts(std::int32_t id) const {
    return words_[static_cast<std::size_t>(id)]->second.count;
  }
  const std::string& word_of(std::int32_t id) const {
    return words_[static_cast<std::size_t>(id)]->first;
  }
  void check(std::string_view word, std::uint64_t at) const {
    if (word.size() > options_.most_bytes)
      throw FormatError(name_, at,
                        fmt::format("a word of more than {} bytes; expected words with spaces "
                                    "between them",
                                    options_.most_bytes));
  }
  void word(std::string_view w, std::string_view piece, const char* begin) {
    check(w, offset_ + static_cast<std::uint64_t>(begin - piece.data()));
    add(w);
  }
  void add(std::string_view w) {
    if (w.empty()) return;
    auto found = seen_.find(w);
    if (found == seen_.end()) {
      found = seen_.emplace(w, Seen{static_cast<std::int32_t>(words_.size()), 0}).first;
      words_.push_back(&*found);
    }
    ++found->second.count;
    ids_.push_back(found->second.id);
  }
  void end_sentence() {
    if (!ids_.empty() && ids_.back() != WordCorpus::sentence_end)
      ids_.push_back(WordCorpus::sentence_end);
  }

  std::string name_;
  WordCorpusOptions options_;
  std::string begin_;        // of a word that goes on in the next piece
  std::uint64_t offset_ = 0; // of the present piece
  Table seen_;
  std::vector<const Table::value_type*> words_; // in the order of their first place
  std::vector<std::int32_t> ids_;
};

} // namespace

WordCorpus word_corpus(std::string_view text, const WordCorpusOptions& options) {
  Reader reader("text", options);
  reader.take(text);
  return reader.finish();
}

WordCorpus read_word_corpus(const std::string& path, const WordCorpusOptions& options,
                            const std::function<void(std::uint64_t)>& read) {
  Reader reader(path, options);
  Pieces file(path);
  while (file.next()) {
    reader.take(file.piece());
    if (read) read(file.offset() + file.piece().size());
  }
  return reader.finish();
}

} // namespace tapestry
