#include "text/embeddings/word_tests.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

namespace {

void to_lower(std::string& text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
}

// Equal numbers share the mean of their places.
std::vector<double> ranks(const std::vector<double>& x) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  std::vector<double> rank(x.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && x[order[end]] == x[order[i]]) ++end;
    for (std::size_t j = i; j < end; ++j) rank[order[j]] = double(i + end - 1) / 2;
    i = end;
  }
  return rank;
}

} // namespace

std::vector<AnalogyQuestion> read_analogies(const std::string& path, bool lower) {
  std::vector<AnalogyQuestion> questions;
  const std::vector<std::string> lines = read_lines(path);
  std::string section;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i];
    if (trimmed(line).empty()) continue;
    if (line.starts_with(':')) {
      section = trimmed(std::string_view(line).substr(1));
      if (section.empty()) line_error(path, i + 1, "expected a section's name after the colon");
      continue;
    }
    if (section.empty())
      line_error(path, i + 1, "expected a section, as in \": capital-common-countries\"");
    if (lower) to_lower(line);
    std::istringstream fields(line);
    std::vector<std::string> words;
    for (std::string word; fields >> word;) words.push_back(word);
    if (words.size() != 4)
      line_error(path, i + 1, fmt::format("{} words, expected 4", words.size()));
    questions.push_back({section, words[0], words[1], words[2], words[3]});
  }
  return questions;
}

std::vector<AnalogyScore> score_analogies(const WordVectors& vectors,
                                          const std::vector<AnalogyQuestion>& questions,
                                          std::size_t among) {
  if (among == 0) among = vectors.size();
  enum class Result : char { unasked, wrong, right };
  std::vector<Result> results(questions.size(), Result::unasked);
  // One question costs a look at every vector.
  parallel_rows(
      questions.size(), vectors.size() * vectors.dim(), [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const AnalogyQuestion& q = questions[i];
          std::size_t ids[4], k = 0;
          for (const std::string* word : {&q.a, &q.b, &q.c, &q.d}) {
            const auto id = vectors.find(*word);
            if (!id || *id >= among) break;
            ids[k++] = *id;
          }
          if (k < 4) continue;
          const auto answer = vectors.analogy(ids[0], ids[1], ids[2], 1, among);
          results[i] = !answer.empty() && answer[0].word == ids[3] ? Result::right : Result::wrong;
        }
      });
  std::vector<AnalogyScore> scores;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (scores.empty() || scores.back().section != questions[i].section)
      scores.push_back({questions[i].section});
    AnalogyScore& score = scores.back();
    ++score.questions;
    if (results[i] != Result::unasked) ++score.asked;
    if (results[i] == Result::right) ++score.right;
  }
  return scores;
}

AnalogyScore total_of(const std::vector<AnalogyScore>& scores, AnalogyKind kind) {
  AnalogyScore total;
  for (const AnalogyScore& score : scores) {
    const bool grammar = score.section.starts_with("gram");
    if (kind != AnalogyKind::all && grammar != (kind == AnalogyKind::grammar)) continue;
    total.questions += score.questions;
    total.asked += score.asked;
    total.right += score.right;
  }
  return total;
}

std::vector<WordPair> read_word_pairs(const std::string& path, bool lower) {
  std::vector<WordPair> pairs;
  const std::vector<std::string> lines = read_lines(path);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i];
    if (trimmed(line).empty() || line.starts_with('#')) continue;
    if (lower) to_lower(line);
    const std::size_t first = line.find('\t'), second = line.find('\t', first + 1);
    if (first == line.npos || second == line.npos)
      line_error(path, i + 1, "expected two words and a number, with tabs between them");
    const std::string_view field = trimmed(std::string_view(line).substr(second + 1));
    double score = 0;
    const auto [at, error] = std::from_chars(field.data(), field.data() + field.size(), score);
    if (error != std::errc{} || at != field.data() + field.size() || !std::isfinite(score))
      line_error(path, i + 1, fmt::format("\"{}\" is not a number", field));
    WordPair pair{line.substr(0, first), line.substr(first + 1, second - first - 1), score};
    if (pair.a.empty() || pair.b.empty()) line_error(path, i + 1, "a word is empty");
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

SimilarityScore score_similarities(const WordVectors& vectors, const std::vector<WordPair>& pairs) {
  std::vector<double> cosines, scores;
  for (const WordPair& pair : pairs) {
    const auto a = vectors.find(pair.a), b = vectors.find(pair.b);
    if (!a || !b) continue;
    cosines.push_back(vectors.similarity(*a, *b));
    scores.push_back(pair.score);
  }
  return {pairs.size(), cosines.size(), spearman(cosines, scores)};
}

double spearman(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() != y.size())
    throw std::invalid_argument(fmt::format("spearman: {} numbers against {}", x.size(), y.size()));
  const std::vector<double> a = ranks(x), b = ranks(y);
  const double middle = (double(x.size()) - 1) / 2; // the mean of all ranks
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - middle) * (b[i] - middle);
    aa += (a[i] - middle) * (a[i] - middle);
    bb += (b[i] - middle) * (b[i] - middle);
  }
  return ab / std::sqrt(aa * bb);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
