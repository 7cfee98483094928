#include "text/tokens/token_batch.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"

namespace tapestry {

void truncate(Encoding& encoding, std::size_t most, Side cut) {
  const std::size_t n = encoding.ids.size();
  if (n <= most) return;
  if (cut == Side::left) {
    const auto away = static_cast<std::ptrdiff_t>(n - most);
    encoding.ids.erase(encoding.ids.begin(), encoding.ids.begin() + away);
    encoding.spans.erase(encoding.spans.begin(), encoding.spans.begin() + away);
  }
  encoding.ids.resize(most);
  encoding.spans.resize(most);
}

Encoding with_special_tokens(const Encoding& encoding, const SpecialTokens& special,
                             std::size_t text_size) {
  Encoding result;
  result.ids.reserve(encoding.ids.size() + special.count());
  result.spans.reserve(encoding.ids.size() + special.count());
  const auto append = [&](int id, Span span) {
    result.ids.push_back(id);
    result.spans.push_back(span);
  };
  if (special.start) append(*special.start, {0, 0});
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) append(encoding.ids[i], encoding.spans[i]);
  if (special.end) append(*special.end, {text_size, text_size});
  return result;
}

inline namespace TAPESTRY_PRECISION {

//> pad-batch
TokenBatch pad_batch(std::vector<Encoding> encodings, int pad_id, bool batch_first, Side pad) {
  const std::size_t batch = encodings.size();
  std::size_t steps = 0;
  for (const Encoding& encoding : encodings) steps = std::max(steps, encoding.ids.size());
  const Shape shape = batch_first ? Shape{batch, steps} : Shape{steps, batch};
  TokenBatch result{Indices(shape, pad_id), zeros(shape), {}, {}};
  for (std::size_t b = 0; b < batch; ++b) {
    const std::vector<int>& ids = encodings[b].ids;
    const std::size_t before = pad == Side::left ? steps - ids.size() : 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::size_t t = before + i, at = batch_first ? b * steps + t : t * batch + b;
      result.ids.data()[at] = ids[i];
      result.mask.data()[at] = 1;
    }
    result.lengths.push_back(static_cast<int>(ids.size()));
  }
  result.encodings = std::move(encodings);
  return result;
}
//< pad-batch

TokenBatch encode_batch(const Tokenizer& tokenizer, std::span<const std::string> texts,
                        const BatchOptions& options) {
  const std::size_t special = options.special.count();
  if (options.max_length < special)
    throw std::invalid_argument(
        fmt::format("encode_batch: max_length {} has no room for {} special tokens",
                    options.max_length, special));
  std::vector<Encoding> encodings(texts.size());
  parallel_parts(texts.size(), [&](std::size_t i) {
    Encoding encoding = tokenizer.encode(texts[i]);
    truncate(encoding, options.max_length - special, options.cut);
    encodings[i] = with_special_tokens(encoding, options.special, texts[i].size());
  });
  return pad_batch(std::move(encodings), options.pad_id, options.batch_first, options.pad);
}

} // namespace TAPESTRY_PRECISION

} // namespace tapestry
