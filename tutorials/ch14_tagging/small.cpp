// A tagger learns a small grammar: one word with several tags, and words that it has never seen.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/softmax.hpp"
#include "keep.hpp"
#include "training_run.hpp"

using namespace tapestry;

namespace {

const TaggerOptions sizes{.word_embedding = 16,
                          .character_embedding = 8,
                          .character_hidden = 8,
                          .hidden = 16,
                          .layers = 1,
                          .dropout = 0.2};

// Words that have two tags or more in these sentences.
std::set<std::string> ambiguous_of(const std::vector<TaggedSentence>& sentences) {
  std::map<std::string, std::set<std::string>> tags;
  for (const TaggedSentence& s : sentences)
    for (std::size_t i = 0; i < s.words.size(); ++i) tags[s.words[i]].insert(s.tags[i]);
  std::set<std::string> ambiguous;
  for (const auto& [word, its] : tags)
    if (its.size() > 1) ambiguous.insert(word);
  return ambiguous;
}

// The tagger's probabilities of NOUN and VERB for one word of a sentence.
void print_word(Tagger& tagger, const char* text, std::size_t place) {
  tagger.eval();
  Rng unused(0);
  const TaggedSentence sentence = untagged(text);
  const Tensor p = softmax(tagger(tagger.batch({&sentence}), unused).tags).value();
  const auto of = [&](const char* tag) {
    return p(place, static_cast<std::size_t>(TaggerVocabulary::id(tagger.vocabulary().tags, tag)));
  };
  fmt::print("  {:<8} noun {:.2f}  verb {:.2f}   {}\n", sentence.words[place], of("NOUN"),
             of("VERB"), text);
}

const std::set<std::string> hidden_words{"bicycle", "goat",   "lost",   "quiet",
                                         "slowly",  "behind", "sister", "runs"};

bool has_hidden(const TaggedSentence& s) {
  return std::any_of(s.words.begin(), s.words.end(),
                     [](const std::string& word) { return hidden_words.contains(word); });
}

} // namespace

int main() {
  const Corpus corpus{small_tagged(600, 1), {}, small_tagged(300, 2)};
  const std::set<std::string> ambiguous = ambiguous_of(corpus.train);
  const TagDictionary dictionary(corpus.train);
  const RunOptions run{.epochs = 6, .batch = 16, .rate = 1e-2, .average = 0.98};

  std::vector<TrainedTagger> taggers;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    RunOptions its = run;
    its.seed = seed;
    taggers.push_back(train_tagger(corpus.train, sizes, its));
  }
  Tally floor, floor_ambiguous;
  for (const TaggedSentence& s : corpus.test)
    for (std::size_t i = 0; i < s.words.size(); ++i) {
      const bool right = dictionary(s.words[i]) == s.tags[i];
      floor.add(right);
      if (ambiguous.contains(s.words[i])) floor_ambiguous.add(right);
    }
  fmt::print("Right, of {} words in new sentences; of the {} that have several tags:\n", floor.all,
             floor_ambiguous.all);
  fmt::print("  each word's most frequent tag  {:5.1f} %  {:5.1f} %\n", floor.percent(),
             floor_ambiguous.percent());
  for (std::size_t k = 0; k < taggers.size(); ++k) {
    Tally all, hard;
    tag_all(*taggers[k].tagger, corpus.test, {},
            [&](const TaggedSentence& s, std::size_t t, int said) {
              const bool right =
                  taggers[k].tagger->vocabulary().tags[static_cast<std::size_t>(said)] == s.tags[t];
              all.add(right);
              if (ambiguous.contains(s.words[t])) hard.add(right);
            });
    fmt::print("  the tagger, seed {}             {:5.1f} %  {:5.1f} %\n", k + 1, all.percent(),
               hard.percent());
  }

  Tagger& tagger = *taggers.front().tagger;
  fmt::print("\nOne word, several tags:\n");
  print_word(tagger, "my car works", 2);
  print_word(tagger, "the works of my sister hang near the door", 1);
  print_word(tagger, "they watch the light", 1);
  print_word(tagger, "my watch works", 1);

  Tally alone;
  for (const TaggedSentence& s : corpus.test)
    for (std::size_t i = 0; i < s.words.size(); ++i) {
      const TaggedSentence one{{s.words[i]}, {}, {}};
      if (ambiguous.contains(s.words[i]))
        alone.add(tagger.vocabulary()
                      .tags[static_cast<std::size_t>(tagger.tag({&one}).front().front())] ==
                  s.tags[i]);
    }
  fmt::print("\nOne word at a time, right of the {} with several tags:\n  {:.1f} %\n", alone.all,
             alone.percent());

  // Sentences with eight words are left out of training; then what does it make of those words?
  std::vector<TaggedSentence> without, with;
  for (const TaggedSentence& s : corpus.train)
    if (!has_hidden(s)) without.push_back(s);
  for (const TaggedSentence& s : corpus.test)
    if (has_hidden(s)) with.push_back(s);
  fmt::print("\nWords that training never showed, right of {}:\n", [&] {
    int n = 0;
    for (const TaggedSentence& s : with)
      for (const std::string& word : s.words) n += hidden_words.contains(word);
    return n;
  }());
  struct Row {
    const char* name;
    Looks looks;
    double word_dropout;
  };
  for (const Row& row :
       {Row{"words and characters, a = 1", {}, 1}, Row{"words and characters, a = 0", {}, 0},
        Row{"words alone, a = 1", {.characters = false}, 1},
        Row{"words alone, a = 0", {.characters = false}, 0},
        Row{"characters alone", {.words = false}, 0}}) {
    fmt::print("  {:<30}", row.name);
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      RunOptions its = run;
      its.seed = seed, its.looks = row.looks;
      TaggerOptions options = sizes;
      options.word_dropout = row.word_dropout;
      const TrainedTagger t = train_tagger(without, options, its);
      Tally unknown;
      tag_all(*t.tagger, with, row.looks, [&](const TaggedSentence& s, std::size_t i, int said) {
        if (hidden_words.contains(s.words[i]))
          unknown.add(t.tagger->vocabulary().tags[static_cast<std::size_t>(said)] == s.tags[i]);
      });
      fmt::print("{:7.1f}", unknown.percent());
      sum += unknown.percent();
    }
    fmt::print("   mean {:.1f}\n", sum / 5);
  }
  std::map<std::string, int> counts;
  int all = 0, most = 0;
  for (const TaggedSentence& s : with)
    for (std::size_t i = 0; i < s.words.size(); ++i)
      if (hidden_words.contains(s.words[i])) most = std::max(most, ++counts[s.tags[i]]), ++all;
  fmt::print("  {:<30}{:7.1f}\n", "the best single tag for all", 100.0 * most / all);
}
