// Words of a caption as the metrics count them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tapestry {

/// The words over which BLEU, ROUGE-L and CIDEr of captions are reported (Chen et al., "Microsoft
/// COCO Captions", arXiv 1504.00325, section 3.2): those of the Penn Treebank, as Stanford's
/// PTBTokenizer 3.4.1 finds them with -preserveLines -lowerCase, without punctuation.
///
/// "The dog can't jump." is the / dog / ca / n't / jump; "t-shirt" and "u.s." stay whole, "cannot"
/// is can / not, and a bracket is the word -lrb-: it goes into small letters before the
/// list of punctuation, which has it in capitals, is asked. Spaces within a telephone number divide
/// it, and characters beyond U+FFFF divide words and disappear. A word has 500 characters at most.
/// The caption is one line that nothing follows: a letter and a full stop at its end, as in
/// "Vitamin C.", are one word, where the original looks into the next line. What is not UTF-8
/// disappears. Never throws but for memory.
std::vector<std::string> caption_tokens(std::string_view caption);

} // namespace tapestry
