// A corpus of tagged sentences, its batches, and how a tagger's answers are measured: words that
// training has seen, and words that it has not.
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/choice.hpp"
#include "text/corpora/length_batches.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/metrics/confusion.hpp"
#include "text/models/tagger.hpp"

namespace tapestry {

struct Corpus {
  std::vector<TaggedSentence> train, dev, test;
};

/// The one file of a folder whose name ends so.
inline std::string file_that_ends(const std::string& folder, const std::string& end) {
  std::error_code problem;
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder, problem))
    if (entry.path().filename().string().ends_with(end)) found.push_back(entry.path().string());
  if (problem)
    throw FormatError(folder + ": " + problem.message() + "; expected a folder of CoNLL-U files");
  if (found.size() != 1)
    throw FormatError(
        fmt::format("{}: {} files that end in {}, expected one", folder, found.size(), end));
  return found.front();
}

/// Of a folder of Universal Dependencies, or, if it is "", sentences of a small grammar.
inline Corpus read_corpus(const std::string& folder) {
  if (folder.empty()) return {small_tagged(2000, 1), small_tagged(200, 2), small_tagged(200, 3)};
  return {read_tagged(file_that_ends(folder, "train.conllu")),
          read_tagged(file_that_ends(folder, "dev.conllu")),
          read_tagged(file_that_ends(folder, "test.conllu"))};
}

inline std::vector<std::size_t> lengths_of(const std::vector<TaggedSentence>& sentences) {
  std::vector<std::size_t> lengths;
  for (const TaggedSentence& sentence : sentences) lengths.push_back(sentence.words.size());
  return lengths;
}

inline std::vector<const TaggedSentence*> chosen_of(const std::vector<TaggedSentence>& all,
                                                    const std::vector<std::size_t>& which) {
  std::vector<const TaggedSentence*> some;
  for (const std::size_t i : which) some.push_back(&all[i]);
  return some;
}

/// The floor: each word's most frequent tag; for words that were not seen, the most frequent tag
/// of those seen once.
class TagDictionary {
public:
  explicit TagDictionary(const std::vector<TaggedSentence>& sentences) {
    std::map<std::string, std::map<std::string, int>> seen;
    for (const TaggedSentence& s : sentences)
      for (std::size_t i = 0; i < s.words.size(); ++i) ++seen[s.words[i]][s.tags[i]];
    const auto best = [](const std::map<std::string, int>& counts) {
      return std::max_element(counts.begin(), counts.end(),
                              [](const auto& a, const auto& b) { return a.second < b.second; })
          ->first;
    };
    std::map<std::string, int> of_rare, of_all;
    for (const auto& [word, counts] : seen) {
      answer_[word] = best(counts);
      if (counts.size() == 1 && counts.begin()->second == 1) ++of_rare[counts.begin()->first];
      for (const auto& [tag, n] : counts) of_all[tag] += n;
    }
    other_ = best(of_rare.empty() ? of_all : of_rare);
  }
  const std::string& operator()(const std::string& word) const {
    const auto found = answer_.find(word);
    return found == answer_.end() ? other_ : found->second;
  }

private:
  std::map<std::string, std::string> answer_;
  std::string other_;
};

/// Of so many words, so many are right.
struct Tally {
  double right = 0, all = 0;
  void add(bool is_right) { right += is_right, ++all; }
  double percent() const { return all == 0 ? 0 : 100 * right / all; }
};
struct TagScores {
  Tally all, known, unknown; ///< known: in the training text, in upper or lower case
};

inline bool is_known(const TaggerVocabulary& vocabulary, std::string word) {
  for (char& c : word)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return vocabulary.words.contains(word);
}

/// What a tagger may look at: the rest is hidden from it, in training and in use.
struct Looks {
  bool words = true, characters = true;
  void hide(const Tagger& tagger, TaggerBatch& batch) const {
    const std::size_t n = batch.words.data.size();
    if (!words) std::fill_n(batch.words.data.data(), n, Vocabulary::unk_id);
    if (!characters)
      batch.spelt = spell(std::vector<std::string>(n), tagger.vocabulary().characters);
  }
};

/// Calls f(sentence, place, tag that the tagger gives) for every word.
template <class F>
void tag_all(Tagger& tagger, const std::vector<TaggedSentence>& sentences, const Looks& looks,
             const F& f) {
  const bool was_training = tagger.training();
  tagger.eval();
  Rng rng(0);
  for (const auto& chosen : length_batches(lengths_of(sentences), {.batch_size = 64}, rng)) {
    TaggerBatch batch = tagger.batch(chosen_of(sentences, chosen));
    looks.hide(tagger, batch);
    const Indices best = argmax(tagger(batch, rng).tags, 1);
    const PackedLayout& layout = *batch.words.layout;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const TaggedSentence& sentence = sentences[chosen[i]];
      for (std::size_t t = 0; t < sentence.words.size(); ++t)
        f(sentence, t,
          best(layout.begins[t] + static_cast<std::size_t>(layout.unsorted_indices(i))));
    }
  }
  tagger.train(was_training);
}

inline TagScores score(Tagger& tagger, const std::vector<TaggedSentence>& sentences,
                       const Looks& looks = {}) {
  TagScores scores;
  tag_all(tagger, sentences, looks, [&](const TaggedSentence& s, std::size_t t, int said) {
    const bool right = tagger.vocabulary().tags[static_cast<std::size_t>(said)] == s.tags[t];
    scores.all.add(right);
    (is_known(tagger.vocabulary(), s.words[t]) ? scores.known : scores.unknown).add(right);
  });
  return scores;
}

inline TagScores score(const TagDictionary& dictionary, const TaggerVocabulary& vocabulary,
                       const std::vector<TaggedSentence>& sentences) {
  TagScores scores;
  for (const TaggedSentence& s : sentences)
    for (std::size_t i = 0; i < s.words.size(); ++i) {
      const bool right = dictionary(s.words[i]) == s.tags[i];
      scores.all.add(right);
      (is_known(vocabulary, s.words[i]) ? scores.known : scores.unknown).add(right);
    }
  return scores;
}

/// True tags against the tagger's. A tag that training never showed is always wrong: the last row.
inline Confusion confusion_of(Tagger& tagger, const std::vector<TaggedSentence>& sentences) {
  const std::vector<std::string>& tags = tagger.vocabulary().tags;
  Confusion table(tags.size() + 1);
  tag_all(tagger, sentences, {}, [&](const TaggedSentence& s, std::size_t t, int said) {
    const int truth = TaggerVocabulary::id(tags, s.tags[t]);
    table.add(truth < 0 ? static_cast<int>(tags.size()) : truth, said);
  });
  return table;
}

inline TaggedSentence untagged(std::string_view text) {
  TaggedSentence sentence;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    sentence.words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return sentence;
}

inline const char* const lecture[] = {"my car works", "my dog ate the assignment",
                                      "my mother saved the day",
                                      "the smart kid solved the problem"};

} // namespace tapestry
