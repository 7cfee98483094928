// Retrieval: where among all others does the right one stand?
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tapestry {

/// How well a search finds: shares of the queries, and a rank.
struct Recall {
  double at_1 = 0, at_5 = 0, at_10 = 0; ///< of the queries, in [0, 1]: the first answer is so high
  double median_rank = 0;               ///< of the first right answer; 1 is best
  std::size_t queries = 0;
};

/// Both directions: a picture asks for its captions, a caption for its picture.
struct Retrieval {
  Recall captions_of_picture, picture_of_caption;
};

/// `scores`, row-major (pictures, captions): how well picture p and caption c go together, higher
/// is better. `picture_of[c]` is the picture that caption c was written for.
///
/// The rank of an answer is one more than the number of wrong ones with an equal or higher score:
/// ties count against us, so that a model that gives everything the same score finds nothing. Other
/// right captions of the same picture do not count. A median between two ranks is their mean.
/// (Karpathy and Fei-Fei, CVPR 2015, table 1, report these.)
/// Throws std::invalid_argument for other than pictures x captions scores, a picture number that
/// does not exist, a picture without caption, or a score that is not a number.
Retrieval retrieval(std::span<const double> scores, std::size_t pictures,
                    std::span<const std::size_t> picture_of);

} // namespace tapestry
