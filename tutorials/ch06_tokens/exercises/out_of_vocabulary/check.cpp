#include "expect.hpp"

#include <string>
#include <vector>

#include "text/tokens/vocabulary.hpp"
#include "text/tokens/vocabulary_tokenizer.hpp"

using namespace tapestry;

static VocabularyTokenizer tokenizer(TextOptions options = {.split = Split::whitespace}) {
  return {Vocabulary::from_text("<pad>\n<start>\n<end>\n<unk>\nthe\ncow\nsings\n"),
          std::move(options)};
}

static void expect_encoding(const std::string& what, const Encoding& got, const std::string& ids,
                            const std::string& spans) {
  std::string have, where;
  std::vector<double> numbers;
  for (const int id : got.ids) {
    have += std::to_string(id) + " ";
    numbers.push_back(id);
  }
  for (const Span& span : got.spans) {
    where += std::to_string(span.begin) + "-" + std::to_string(span.end) + " ";
    numbers.push_back(static_cast<double>(span.end));
  }
  expect(what + ": the ids", have == ids, "they are " + have + "and should be " + ids, numbers);
  expect(what + ": the spans", where == spans, "they are " + where + "and should be " + spans,
         numbers);
}

STEP("words that are known") {
  expect_encoding("the cow sings", tokenizer().encode("the cow  sings"), "4 5 6 ", "0-3 4-7 9-14 ");
  expect_encoding("no text", tokenizer().encode(""), "", "");
}

STEP("a word that is not") {
  expect_encoding("the duck sings", tokenizer().encode("the duck sings"), "4 3 6 ",
                  "0-3 4-8 9-14 ");
}

STEP("words that read like special ones") {
  expect_encoding("<end> and the others", tokenizer().encode("the <pad> <start> <end> <unk> cow"),
                  "4 3 3 3 3 5 ", "0-3 4-9 10-17 18-23 24-29 30-33 ");
}

STEP("cut and normalised as the options say") {
  const auto lower = tokenizer({.split = Split::words, .normalize = {Normalization::lower_case}});
  expect_encoding("The COW.", lower.encode("The COW."), "4 5 3 ", "0-3 4-7 7-8 ");
}

STEP("a use: what the reader typed for an unknown word") {
  const std::string text = "the whale sings";
  const Encoding encoding = tokenizer().encode(text);
  const Span span = encoding.spans[1];
  const std::string part = text.substr(span.begin, span.end - span.begin);
  expect("the unknown word", part == "whale", "it is \"" + part + "\"");
  const std::string back = tokenizer().decode(encoding.ids);
  expect("decoded", back == "the <unk> sings", "it is \"" + back + "\"");
}
