#include "text/metrics/word_alignment.hpp"

#include <algorithm>
#include <memory>
#include <tuple>

#include <libstemmer.h>

namespace tapestry {

namespace {

class Stemmer {
public:
  std::string operator()(const std::string& word) {
    const auto* bytes = reinterpret_cast<const sb_symbol*>(word.data());
    const sb_symbol* stem = sb_stemmer_stem(stemmer_.get(), bytes, static_cast<int>(word.size()));
    if (stem == nullptr) return word; // no memory
    return {reinterpret_cast<const char*>(stem),
            static_cast<std::size_t>(sb_stemmer_length(stemmer_.get()))};
  }

private:
  std::unique_ptr<sb_stemmer, void (*)(sb_stemmer*)> stemmer_{sb_stemmer_new("english", "UTF_8"),
                                                              &sb_stemmer_delete};
};

std::vector<std::string> stems_of(const Sentence& sentence) {
  thread_local Stemmer stem;
  std::vector<std::string> stems;
  for (const std::string& word : sentence) stems.push_back(stem(word));
  return stems;
}

/// For each word of the reference, what it may be matched with: equal words first.
using Candidates = std::vector<std::vector<WordMatch>>;

Candidates candidates_of(const Sentence& hypothesis, const Sentence& reference) {
  Candidates candidates(reference.size());
  const auto add = [&](const Sentence& a, const Sentence& b, bool by_stem) {
    for (std::size_t j = 0; j < reference.size(); ++j)
      for (std::size_t i = 0; i < hypothesis.size(); ++i)
        if (a[i] == b[j] && !(by_stem && hypothesis[i] == reference[j]))
          candidates[j].push_back({i, by_stem});
  };
  add(hypothesis, reference, false);
  if (hypothesis != reference) add(stems_of(hypothesis), stems_of(reference), true);
  return candidates;
}

/// The choices for the reference's first words, and what they are worth so far.
struct AlignmentPath {
  WordAlignment matches;
  std::vector<bool> used; // words of the hypothesis
  std::size_t exact = 0, chunks = 0, distance = 0;
  std::optional<std::size_t> next; // the place that would continue the last chunk

  void match(std::size_t j, const WordMatch& m) {
    matches[j] = m;
    used[m.hypothesis] = true;
    if (!m.by_stem) ++exact;
    if (next && *next != m.hypothesis) ++chunks;
    next = m.hypothesis + 1;
  }
  void skip() {
    if (next) ++chunks;
    next.reset();
  }
  bool operator<(const AlignmentPath& other) const {
    return std::tie(other.exact, chunks, distance) < std::tie(exact, other.chunks, other.distance);
  }
};

constexpr std::size_t alignment_beam = 40;

std::size_t places_apart(std::size_t a, std::size_t b) { return a > b ? a - b : b - a; }

} // namespace

WordAlignment align_words(const Sentence& hypothesis, const Sentence& reference) {
  const Candidates candidates = candidates_of(hypothesis, reference);
  std::vector<std::size_t> wanted(hypothesis.size(), 0); // by how many candidates
  for (const auto& of_word : candidates)
    for (const WordMatch& m : of_word) ++wanted[m.hypothesis];

  AlignmentPath start;
  start.matches.resize(reference.size());
  start.used.resize(hypothesis.size());
  // Two words that only have each other are matched at once: no path may use them otherwise.
  std::vector<bool> settled(reference.size());
  for (std::size_t j = 0; j < reference.size(); ++j) {
    settled[j] = candidates[j].size() == 1 && wanted[candidates[j][0].hypothesis] == 1;
    if (settled[j]) start.used[candidates[j][0].hypothesis] = true;
  }

  std::vector<AlignmentPath> paths{start};
  for (std::size_t j = 0; j < reference.size(); ++j) {
    std::stable_sort(paths.begin(), paths.end());
    if (paths.size() > alignment_beam) paths.resize(alignment_beam);
    std::vector<AlignmentPath> longer;
    for (AlignmentPath& path : paths) {
      if (settled[j]) {
        path.match(j, candidates[j][0]);
        path.distance += places_apart(j, candidates[j][0].hypothesis);
        longer.push_back(std::move(path));
        continue;
      }
      for (const WordMatch& m : candidates[j]) {
        if (path.used[m.hypothesis]) continue;
        longer.push_back(path);
        longer.back().match(j, m);
        // METEOR adds the distance to the path that it copied, not to the copy; so do we.
        path.distance += places_apart(j, m.hypothesis);
      }
      path.skip();
      longer.push_back(std::move(path));
    }
    paths = std::move(longer);
  }
  std::stable_sort(paths.begin(), paths.end());
  if (paths.size() > alignment_beam) paths.resize(alignment_beam);
  for (AlignmentPath& path : paths) path.skip();
  return std::min_element(paths.begin(), paths.end())->matches; // the first of equal ones
}

std::size_t count_chunks(const WordAlignment& alignment) {
  std::size_t chunks = 0;
  const WordMatch* last = nullptr; // of the reference's word before
  for (const std::optional<WordMatch>& match : alignment) {
    if (match && (last == nullptr || match->hypothesis != last->hypothesis + 1)) ++chunks;
    last = match ? &*match : nullptr;
  }
  return chunks;
}

} // namespace tapestry
