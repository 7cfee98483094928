// Characters as numbers, and a language model that writes them.
#pragma once

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/ids.hpp"
#include "text/decoding/sampling.hpp"
#include "text/models/language_model.hpp"
#include "text/tokens/utf8.hpp"

namespace tapestry {

// 0 stands for all that the training text has not.
struct Symbols {
  static constexpr char32_t others = 0xfffd; // the sign for what cannot be shown

  explicit Symbols(std::u32string_view text) {
    const std::set<char32_t> seen(text.begin(), text.end());
    all.assign(1, others);
    for (const char32_t c : seen)
      if (c != others) all.push_back(c);
  }
  std::vector<int> encode(std::u32string_view text) const {
    std::vector<int> ids;
    for (const char32_t c : text) {
      const auto found = std::lower_bound(all.begin() + 1, all.end(), c);
      ids.push_back(found != all.end() && *found == c ? static_cast<int>(found - all.begin()) : 0);
    }
    return ids;
  }
  std::string decode(const std::vector<int>& ids) const {
    std::u32string text;
    for (const int id : ids) text += all[static_cast<std::size_t>(id)];
    return encode_utf8(text);
  }
  std::u32string all;
};

//> written
// What the model writes after `start`.
inline std::string written(const LanguageModel& model, const Symbols& symbols,
                           const std::string& start, std::size_t length, const SamplingOptions& how,
                           std::uint64_t seed) {
  LSTMState state = model.start(1);
  Rng rng(seed);
  const auto next = [&](int id) {
    Tensor scores = model.next(ids_from(std::vector<int>{id}), state);
    scores(0, 0) = -std::numeric_limits<real>::infinity(); // not the one that stands for others
    return scores;
  };
  return symbols.decode(generate(next, symbols.encode(decode_utf8(start)), -1, length, how, rng));
}
//< written

} // namespace tapestry
