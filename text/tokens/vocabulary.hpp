// Words as numbers: the rows of an embedding, the columns of a softmax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tapestry {

/// A two-way table of words and ids. Ids are dense, and the first four are always these.
class Vocabulary {
public:
  static constexpr int pad_id = 0;   ///< <pad>: fills a batch; carries no meaning and no gradient
  static constexpr int start_id = 1; ///< <start>: comes before the first word
  static constexpr int end_id = 2;   ///< <end>: comes after the last word
  static constexpr int unk_id = 3;   ///< <unk>: stands for every word not in the table

  /// Only the four special words.
  Vocabulary();
  /// The special words, then the words that occur at least `min_count` times in the sentences, the
  /// most frequent first, equally frequent ones in alphabetical (byte) order.
  /// Throws std::invalid_argument for an empty word.
  explicit Vocabulary(std::span<const std::vector<std::string>> sentences, int min_count = 1);
  /// The same from counts; no more than the `max_words` most frequent ones, the special words not
  /// among them. Throws std::invalid_argument for an empty word.
  static Vocabulary from_counts(const std::unordered_map<std::string, std::uint64_t>& counts,
                                std::uint64_t min_count = 1, std::size_t max_words = SIZE_MAX);

  std::size_t size() const { return words_.size(); }
  bool contains(const std::string& word) const { return ids_.contains(word); }
  /// unk_id if the word is not in the table.
  int id(const std::string& word) const;
  /// Throws std::out_of_range, naming the id, if no word has it.
  const std::string& word(int id) const;

  /// One id a word. Adds no <start> or <end>.
  std::vector<int> encode(std::span<const std::string> words) const;
  /// The words before the first <end>, without <pad> and <start>.
  std::vector<std::string> decode(std::span<const int> ids) const;

  /// One word a line: line n holds the word of id n - 1. A backslash, line feed or carriage return
  /// inside a word is written \\ \n \r.
  std::string to_text() const;
  /// The inverse. Throws FormatError "name: line 5: ..." for a word given twice, an empty one, or
  /// special words that are not where they belong. `first_line` is the number of its first line, in
  /// a file that has others before.
  static Vocabulary from_text(std::string_view text, const std::string& name = "vocabulary",
                              std::size_t first_line = 1);

  /// Writes to_text() to a file. Throws std::runtime_error if that fails.
  void save(const std::string& path) const;
  /// Reads it back. Throws FormatError as from_text() does.
  static Vocabulary load(const std::string& path);

  bool operator==(const Vocabulary& other) const { return words_ == other.words_; }

private:
  bool add(const std::string& word); // false if it is there already
  static Vocabulary from_lines(std::span<const std::string> lines, const std::string& name,
                               std::size_t first_line);

  std::vector<std::string> words_;
  std::unordered_map<std::string, int> ids_;
};

} // namespace tapestry
