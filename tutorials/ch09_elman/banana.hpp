// The chapter's alphabet, letter by letter: three that spell banana, and one that ends a word.
#pragma once

#include <string>

#include "autograd/tensor.hpp"

namespace tapestry {

inline const std::string letters = "ban.";

/// The number of each letter. -> (T)
inline Indices numbers_of(const std::string& text) {
  Indices ids = Indices::from_shape({text.size()});
  for (std::size_t t = 0; t < text.size(); ++t)
    ids(t) = static_cast<std::int32_t>(letters.find(text[t]));
  return ids;
}

//> one-hot
/// A row for each letter: 1 in the letter's place, 0 elsewhere. -> (T, B, I) = (T, 1, 4)
inline Tensor one_hot(const std::string& text) {
  Tensor x = zeros({text.size(), 1, letters.size()});
  for (std::size_t t = 0; t < text.size(); ++t) x(t, 0, letters.find(text[t])) = 1;
  return x;
}
//< one-hot

/// "banana.banana.bana", cut after n letters.
inline std::string bananas(std::size_t n) {
  std::string text;
  while (text.size() < n) text += "banana.";
  return text.substr(0, n);
}

} // namespace tapestry
