// What a language model is judged by: how surprised it is.
#pragma once

#include <cstddef>

namespace tapestry {

/// Surprise added up over a text. All three figures say the same in other units.
class LanguageScore {
public:
  /// `mean_nats`: the mean of -ln P(token) over `count` tokens.
  void add(double mean_nats, std::size_t count);

  std::size_t count() const { return count_; }
  /// The mean of -ln P per token; NaN before anything was added.
  double nats() const;
  /// The same with the logarithm of base 2: bits per character, if the tokens are characters.
  double bits() const;
  /// exp(nats): as unsure as between so many equally likely tokens.
  double perplexity() const;

private:
  double total_ = 0;
  std::size_t count_ = 0;
};

/// Bits per character of a text of `characters` characters that a model of any tokens gives `nats`
/// nats in all: what compares models of words, of subwords and of characters on one text. A
/// std::invalid_argument if there are no characters or the nats are negative or not a number.
double bits_per_character(double nats, std::size_t characters);

} // namespace tapestry
