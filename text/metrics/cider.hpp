// CIDEr: do the words that matter agree with what most people said of this picture?
#pragma once

#include <span>

#include "text/metrics/references.hpp"

namespace tapestry {

/// The mean over the pictures, and each picture's score. From 0 to 10; people's captions of COCO,
/// against each other's, have about 0.85.
struct Cider {
  double score = 0;
  std::vector<double> of_picture;
};

/// CIDEr-D (Vedantam, Zitnick and Parikh, "CIDEr", CVPR 2015, section 7, equation 4): the cosine
/// of the tf-idf vectors of n-grams, for n = 1 to 4, with counts clipped to the reference's and a
/// penalty exp(-(difference in length)^2 / (2 * 6^2)), times 10; the mean over the references and
/// over n. This is what pycocoevalcap, and with it nearly every table, calls "CIDEr".
///
/// An n-gram weighs log(pictures) - log(pictures in whose references it occurs): one that all
/// pictures have weighs nothing, and so does everything in a corpus of one picture, whose score is
/// 0. Throws std::invalid_argument as corpus_bleu does, and if there are no hypotheses.
Cider cider_d(std::span<const Sentence> hypotheses, std::span<const References> references);

/// CIDEr as the paper first defines it (equations 1 to 3), times 10: without the clipping and
/// without the penalty. Repeating a word that matters can raise it.
Cider cider_plain(std::span<const Sentence> hypotheses, std::span<const References> references);

} // namespace tapestry
