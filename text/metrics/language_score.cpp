#include "text/metrics/language_score.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry {

void LanguageScore::add(double mean_nats, std::size_t count) {
  if (count == 0) return; // the mean of nothing is no number
  total_ += mean_nats * static_cast<double>(count);
  count_ += count;
}

double LanguageScore::nats() const {
  return count_ == 0 ? std::numeric_limits<double>::quiet_NaN()
                     : total_ / static_cast<double>(count_);
}

double LanguageScore::bits() const { return nats() / std::numbers::ln2; }

double LanguageScore::perplexity() const { return std::exp(nats()); }

//> bits-per-character
double bits_per_character(double nats, std::size_t characters) {
  if (!(nats >= 0) || characters == 0)
    throw std::invalid_argument(
        fmt::format("bits_per_character: {} nats, {} characters; expected nats from 0 and at "
                    "least one character",
                    nats, characters));
  return nats / std::numbers::ln2 / static_cast<double>(characters);
}
//< bits-per-character

} // namespace tapestry
