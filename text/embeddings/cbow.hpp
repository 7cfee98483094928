// CBOW on the tape: the words around a place say which word stands there (Mikolov et al. 2013a).
//
//   the cat ___ on the  ->  mean of the rows of the, cat, on, the  ->  scores of all words: sat
#pragma once

#include <vector>

#include "autograd/operand.hpp"
#include "text/counting/sparse_rows.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Each context as a row: 1/C for each of its C words, a word that comes twice twice. Its product
/// with a table is the mean of the words' rows. Throws std::invalid_argument for an empty context
/// or a word outside 0 .. words-1. -> (contexts, words)
SparseRows context_rows(const std::vector<std::vector<std::int32_t>>& contexts, std::size_t words);

/// The mean over the batch of -log softmax(h out^T)[centre], where h is the mean of the context's
/// rows of `in`: every word is scored. contexts: (n, V), centres: (n), in, out: (V, D) -> ()
Var cbow_loss(const SparseRows& contexts, const Indices& centres, const Operand& in,
              const Operand& out);

/// The mean over the batch of the sum over targets of -log sigmoid(sign h . out[target]): only the
/// targets are scored. Sign 1: the answer that is wanted; -1: one that is not; 0: none, such as
/// padding. With the centre and negatives drawn at random this is negative sampling (Mikolov et al.
/// 2013b, equation 4); with the nodes of a path through a tree it is the hierarchical softmax. A
/// ShapeError names what does not fit. contexts: (n, V), targets, signs: (n, K), in: (V, D),
/// out: (M, D) -> ()
Var negative_sampling_loss(const SparseRows& contexts, const Indices& targets, const Indices& signs,
                           const Operand& in, const Operand& out);

} // namespace tapestry::inline TAPESTRY_PRECISION
