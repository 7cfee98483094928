#include "text/subwords/byte_bpe.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "text/subwords/piece_cache.hpp"
#include "text/subwords/piece_encoder.hpp"
#include "text/subwords/token_trie.hpp"
#include "text/subwords/tokenizer_json.hpp"
#include "text/subwords/valid_text.hpp"

namespace tapestry {

namespace {

std::string first_bytes_of(const std::map<std::string, int>& special) {
  std::string bytes;
  for (const auto& [name, id] : special)
    if (bytes.find(name[0]) == bytes.npos) bytes += name[0];
  return bytes;
}

TokenTrie trie_of(const std::map<std::string, int>& special) {
  return TokenTrie({special.begin(), special.end()});
}

} // namespace

struct ByteBpe::Parts {
  /// What one thread needs while it encodes. It is kept from one text to the next.
  struct Memory {
    PieceCache cache;
    PieceMemory encoder;
  };

  /// Lends memories: as many as threads encode at once.
  class Lender {
  public:
    std::unique_ptr<Memory> take() {
      const std::lock_guard lock(mutex_);
      if (free_.empty()) return std::make_unique<Memory>();
      std::unique_ptr<Memory> memory = std::move(free_.back());
      free_.pop_back();
      return memory;
    }
    void give_back(std::unique_ptr<Memory> memory) {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(memory));
    }

  private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Memory>> free_;
  };

  ByteBpeModel model;
  ByteBpeOptions options;
  MergeTable table;
  PieceEncoder encoder;
  std::unordered_map<std::string_view, int> whole; // tokens that no merge makes, if pieces may be
  std::unordered_map<int, std::string> names;      // of special tokens
  TokenTrie special;
  std::string special_begins;
  std::size_t size = 0;
  mutable Lender memories;

  Parts(ByteBpeModel m, const ByteBpeOptions& o)
      : model(std::move(m)), options(o), table(model.tokens, model.merges), encoder(table),
        special({}) {
    for (std::size_t id = 0; id < model.tokens.size(); ++id) {
      const std::string& token = table.tokens()[id];
      if (token.empty()) continue;
      size = id + 1;
      if (model.whole_pieces && !encoder.is_made(static_cast<int>(id)))
        whole.emplace(token, static_cast<int>(id));
    }
    for (const auto& [name, id] : model.special) {
      if (name.empty()) throw std::invalid_argument("a special token has no name");
      const bool taken = id >= 0 && static_cast<std::size_t>(id) < model.tokens.size() &&
                         !model.tokens[static_cast<std::size_t>(id)].empty();
      if (id < 0 || taken || !names.emplace(id, name).second)
        throw std::invalid_argument(fmt::format("special token {}: the id {} {}", name, id,
                                                id < 0 ? "is negative" : "is another token's"));
      size = std::max(size, static_cast<std::size_t>(id) + 1);
    }
    special = trie_of(model.special);
    special_begins = first_bytes_of(model.special);
  }

  void encode_piece(std::string_view piece, std::vector<int>& ids, PieceMemory& memory) const {
    if (!whole.empty())
      if (const auto found = whole.find(piece); found != whole.end())
        return ids.push_back(found->second);
    encoder.encode(piece, ids, memory);
  }

  //> encode-run
  /// A run of text without special tokens, on this thread.
  void encode_run(std::string_view text, std::vector<int>& ids, Memory& memory) const {
    for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
      end = piece_end(model.pattern, text, at);
      const std::string_view piece = text.substr(at, end - at);
      if (piece.size() > PieceCache::most_bytes) {
        encode_piece(piece, ids, memory.encoder);
        continue;
      }
      const PieceCache::Key key = at + 16 <= text.size()
                                      ? PieceCache::key_of_16(piece.data(), piece.size())
                                      : PieceCache::key_of(piece);
      PieceCache::Slot& slot = memory.cache.slot(key);
      if (slot.key == key) {
        ids.insert(ids.end(), slot.tokens.begin(), slot.tokens.begin() + slot.count);
        continue;
      }
      const std::size_t before = ids.size();
      encode_piece(piece, ids, memory.encoder);
      const std::size_t count = ids.size() - before;
      if (count > PieceCache::most_tokens) continue;
      slot.key = key;
      slot.count = static_cast<std::uint32_t>(count);
      std::copy_n(ids.end() - static_cast<std::ptrdiff_t>(count), count, slot.tokens.begin());
    }
  }
  //< encode-run

  /// The same on all cores: the text is cut where no piece goes across.
  void encode_plain_text(std::string_view text, std::vector<int>& ids) const {
    constexpr std::size_t enough = 1 << 16; // bytes that are worth a thread
    const std::size_t parts = text.size() < 2 * enough ? 1 : 4 * parts_of(text.size(), enough);
    if (parts == 1 || thread_count() == 1) {
      std::unique_ptr<Memory> memory = memories.take();
      encode_run(text, ids, *memory);
      memories.give_back(std::move(memory));
      return;
    }
    std::vector<std::size_t> cuts(parts + 1, text.size());
    cuts[0] = 0;
    for (std::size_t p = 1; p < parts; ++p) { // a part without a cut is joined to the one before it
      const std::size_t begin = text.size() * p / parts, stop = text.size() * (p + 1) / parts;
      const std::size_t cut = safe_cut(text, begin, stop);
      cuts[p] = cut < stop ? cut : cuts[p - 1];
    }
    std::vector<std::vector<int>> found(parts);
    parallel_parts(parts, [&](std::size_t p) {
      std::unique_ptr<Memory> memory = memories.take();
      found[p].reserve((cuts[p + 1] - cuts[p]) / 3);
      encode_run(text.substr(cuts[p], cuts[p + 1] - cuts[p]), found[p], *memory);
      memories.give_back(std::move(memory));
    });
    std::vector<std::size_t> places(1, ids.size());
    for (const std::vector<int>& part : found) places.push_back(places.back() + part.size());
    ids.resize(places.back());
    parallel_parts(parts, [&](std::size_t p) {
      std::copy(found[p].begin(), found[p].end(),
                ids.begin() + static_cast<std::ptrdiff_t>(places[p]));
      std::vector<int>().swap(found[p]);
    });
  }

  /// Calls plain(text) and one(id) for the parts of a text, in order.
  template <class Plain, class One>
  void split_special(std::string_view text, const Plain& plain, const One& one) const {
    if (!options.special_in_text || model.special.empty()) return plain(text);
    std::size_t begin = 0;
    for (std::size_t at = 0; (at = text.find_first_of(special_begins, at)) != text.npos;) {
      const int id = special.longest(text.substr(at));
      if (id < 0) {
        ++at;
        continue;
      }
      if (at > begin) plain(text.substr(begin, at - begin));
      one(id);
      begin = at += names.at(id).size();
    }
    if (begin < text.size()) plain(text.substr(begin));
  }

  void encode_valid(std::string_view text, std::vector<int>& ids) const {
    split_special(
        text, [&](std::string_view part) { encode_plain_text(part, ids); },
        [&](int id) { ids.push_back(id); });
  }

  const std::string& text_of(int id) const {
    if (id >= 0 && static_cast<std::size_t>(id) < table.tokens().size() &&
        !table.tokens()[static_cast<std::size_t>(id)].empty())
      return table.tokens()[static_cast<std::size_t>(id)];
    const auto special_token = names.find(id);
    if (special_token == names.end())
      throw std::out_of_range(fmt::format("no token has id {}; the ids are 0 to {}", id, size - 1));
    return special_token->second;
  }

  std::vector<Span> spans_of(const std::vector<int>& ids) const {
    std::vector<Span> spans;
    spans.reserve(ids.size());
    std::size_t at = 0;
    for (const int id : ids) {
      const std::size_t bytes = text_of(id).size();
      spans.push_back({at, at + bytes});
      at += bytes;
    }
    return spans;
  }

  /// The text that is encoded in place of one with bytes that are not UTF-8, if it is another one.
  std::unique_ptr<ValidText> replaced(std::string_view text) const {
    if (options.invalid == InvalidUtf8::keep) return nullptr;
    const std::size_t invalid = first_invalid(text);
    if (invalid == text.size()) return nullptr;
    if (options.invalid == InvalidUtf8::refuse)
      throw std::invalid_argument(
          fmt::format("the text is not UTF-8: byte {} is 0x{:02x}", invalid,
                      static_cast<unsigned>(static_cast<unsigned char>(text[invalid]))));
    return std::make_unique<ValidText>(text);
  }
};

ByteBpe::ByteBpe(ByteBpeModel model, const ByteBpeOptions& options)
    : parts_(std::make_unique<Parts>(std::move(model), options)) {}
ByteBpe::~ByteBpe() = default;
ByteBpe::ByteBpe(ByteBpe&&) noexcept = default;

void ByteBpe::encode_ids(std::string_view text, std::vector<int>& ids) const {
  const std::unique_ptr<ValidText> valid = parts_->replaced(text);
  parts_->encode_valid(valid ? valid->text() : text, ids);
}

Encoding ByteBpe::encode(std::string_view text) const {
  const std::unique_ptr<ValidText> valid = parts_->replaced(text);
  Encoding encoding;
  parts_->encode_valid(valid ? valid->text() : text, encoding.ids);
  encoding.spans = parts_->spans_of(encoding.ids);
  if (valid)
    for (Span& span : encoding.spans) span = valid->original(span);
  return encoding;
}

std::vector<int> ByteBpe::encode_plain(std::string_view text) const {
  const std::unique_ptr<ValidText> valid = parts_->replaced(text);
  std::vector<int> ids;
  parts_->split_special(
      valid ? valid->text() : text,
      [&](std::string_view part) {
        for (std::size_t at = 0, end = 0; at < part.size(); at = end) {
          end = piece_end(parts_->model.pattern, part, at);
          const std::string_view piece = part.substr(at, end - at);
          const auto found = parts_->whole.find(piece);
          if (found != parts_->whole.end()) {
            ids.push_back(found->second);
            continue;
          }
          const std::vector<int> tokens = tapestry::encode_plain(parts_->table, piece);
          ids.insert(ids.end(), tokens.begin(), tokens.end());
        }
      },
      [&](int id) { ids.push_back(id); });
  return ids;
}

std::string ByteBpe::decode(std::span<const int> ids) const {
  std::string text;
  for (const int id : ids) text += parts_->text_of(id);
  return text;
}

std::size_t ByteBpe::size() const { return parts_->size; }
const ByteBpeModel& ByteBpe::model() const { return parts_->model; }
void ByteBpe::save(const std::string& path) const { write_tokenizer_json(path, parts_->model); }

} // namespace tapestry
