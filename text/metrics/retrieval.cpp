#include "text/metrics/retrieval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry {

namespace {

Recall recall_of(std::vector<std::size_t> ranks) {
  Recall recall;
  recall.queries = ranks.size();
  std::sort(ranks.begin(), ranks.end());
  const auto share = [&](std::size_t k) {
    const auto found = std::upper_bound(ranks.begin(), ranks.end(), k) - ranks.begin();
    return static_cast<double>(found) / static_cast<double>(ranks.size());
  };
  recall.at_1 = share(1);
  recall.at_5 = share(5);
  recall.at_10 = share(10);
  const std::size_t lower = ranks[(ranks.size() - 1) / 2], upper = ranks[ranks.size() / 2];
  recall.median_rank = static_cast<double>(lower + upper) / 2;
  return recall;
}

void require_scores(std::span<const double> scores, std::size_t pictures,
                    std::span<const std::size_t> picture_of) {
  const std::size_t captions = picture_of.size();
  if (pictures == 0 || captions == 0)
    throw std::invalid_argument(
        fmt::format("retrieval: {} pictures and {} captions; expected at least one of each",
                    pictures, captions));
  if (scores.size() / captions != pictures || scores.size() % captions != 0)
    throw std::invalid_argument(fmt::format("retrieval: {} scores for {} pictures and {} captions",
                                            scores.size(), pictures, captions));
  std::vector<bool> described(pictures);
  for (std::size_t c = 0; c < captions; ++c) {
    if (picture_of[c] >= pictures)
      throw std::invalid_argument(
          fmt::format("retrieval: caption {} is of picture {}, of {}", c, picture_of[c], pictures));
    described[picture_of[c]] = true;
  }
  if (const auto none = std::find(described.begin(), described.end(), false);
      none != described.end())
    throw std::invalid_argument(
        fmt::format("retrieval: picture {} has no caption", none - described.begin()));
  if (const auto bad =
          std::find_if(scores.begin(), scores.end(), [](double s) { return std::isnan(s); });
      bad != scores.end()) {
    const auto at = static_cast<std::size_t>(bad - scores.begin());
    throw std::invalid_argument(fmt::format("retrieval: the score of picture {} and caption {} is "
                                            "not a number",
                                            at / captions, at % captions));
  }
}

} // namespace

Retrieval retrieval(std::span<const double> scores, std::size_t pictures,
                    std::span<const std::size_t> picture_of) {
  require_scores(scores, pictures, picture_of);
  const std::size_t captions = picture_of.size();
  const auto score = [&](std::size_t p, std::size_t c) { return scores[p * captions + c]; };

  std::vector<std::size_t> of_picture, of_caption;
  for (std::size_t p = 0; p < pictures; ++p) {
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < captions; ++c)
      if (picture_of[c] == p) best = std::max(best, score(p, c));
    std::size_t rank = 1;
    for (std::size_t c = 0; c < captions; ++c) rank += picture_of[c] != p && score(p, c) >= best;
    of_picture.push_back(rank);
  }
  for (std::size_t c = 0; c < captions; ++c) {
    std::size_t rank = 1;
    for (std::size_t p = 0; p < pictures; ++p)
      rank += p != picture_of[c] && score(p, c) >= score(picture_of[c], c);
    of_caption.push_back(rank);
  }
  return {recall_of(std::move(of_picture)), recall_of(std::move(of_caption))};
}

} // namespace tapestry
