#include "text/subwords/byte_bpe_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "text/subwords/byte_alphabet.hpp"
#include "text/subwords/json_file.hpp"
#include "text/tokens/base64.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {

namespace {

using Ids = std::unordered_map<std::string, int>; // of tokens, as files spell them

/// The ids of encoder.json; none is doubled.
Ids read_ids(const std::string& path) {
  const nlohmann::json json = read_json(path);
  if (!json.is_object() || json.empty())
    throw FormatError(path + ": expected an object of tokens and ids");
  Ids ids;
  std::vector<bool> taken;
  for (const auto& [token, id] : json.items()) {
    if (!id.is_number_integer() || id < 0 || id >= most_ids)
      throw FormatError(
          fmt::format("{}: \"{}\": expected an id from 0 to {}", path, token, most_ids - 1));
    const auto i = id.get<std::size_t>();
    if (i >= taken.size()) taken.resize(i + 1, false);
    if (taken[i])
      throw FormatError(fmt::format("{}: \"{}\": the id {} stands twice", path, token, i));
    taken[i] = true;
    if (token.empty()) throw FormatError(fmt::format("{}: the token of id {} is empty", path, i));
    ids.emplace(token, static_cast<int>(i));
  }
  return ids;
}

/// Throws what MergeTable has to say, as an error of this file.
void check_model(const std::string& path, const ByteBpeModel& model) {
  try {
    ByteBpe{model};
  } catch (const std::invalid_argument& error) {
    throw FormatError(path + ": " + error.what());
  }
}

} // namespace

ByteBpeModel read_gpt2(const std::string& encoder_json, const std::string& vocab_bpe) {
  const Ids ids = read_ids(encoder_json);
  ByteBpeModel model;
  int largest = 0;
  for (const auto& [token, id] : ids) largest = std::max(largest, id);
  model.tokens.resize(static_cast<std::size_t>(largest) + 1);
  std::vector<bool> made(model.tokens.size(), false);
  for (const auto& [token, id] : ids)
    if (const auto bytes = unspell_bytes(token); bytes && bytes->size() == 1) {
      model.tokens[static_cast<std::size_t>(id)] = *bytes;
      made[static_cast<std::size_t>(id)] = true;
    }
  const std::vector<std::string> lines = read_lines(vocab_bpe);
  PairMap seen;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == 0 && lines[i].starts_with("#version")) continue;
    const std::size_t space = lines[i].find(' ');
    if (space == 0 || space == std::string::npos || space + 1 == lines[i].size() ||
        lines[i].find(' ', space + 1) != std::string::npos)
      line_error(vocab_bpe, i + 1, "expected two parts with a space between");
    const std::string left = lines[i].substr(0, space), right = lines[i].substr(space + 1);
    Merge merge{};
    for (const auto& [part, id] :
         {std::pair{&left, &merge.left}, std::pair{&right, &merge.right}}) {
      const auto found = ids.find(*part);
      if (found == ids.end() || !made[static_cast<std::size_t>(found->second)])
        line_error(vocab_bpe, i + 1,
                   fmt::format("\"{}\" is {}", *part,
                               found == ids.end() ? "no token of " + encoder_json
                                                  : "not made by an earlier line"));
      *id = found->second;
    }
    const auto result = ids.find(left + right);
    const auto bytes = unspell_bytes(left + right);
    if (result == ids.end() || !bytes)
      line_error(vocab_bpe, i + 1,
                 fmt::format("\"{}\" is no token of {}", left + right, encoder_json));
    merge.result = result->second;
    if (!seen.add(merge.left, merge.right, 0).second)
      line_error(vocab_bpe, i + 1, fmt::format("\"{}\" is there already", lines[i]));
    model.tokens[static_cast<std::size_t>(merge.result)] = *bytes;
    made[static_cast<std::size_t>(merge.result)] = true;
    model.merges.push_back(merge);
  }
  for (const auto& [token, id] : ids)
    if (!made[static_cast<std::size_t>(id)]) model.special.emplace(token, id);
  while (!model.tokens.empty() && model.tokens.back().empty()) model.tokens.pop_back();
  check_model(encoder_json, model);
  return model;
}

void write_gpt2(const std::string& encoder_json, const std::string& vocab_bpe,
                const ByteBpeModel& model) {
  nlohmann::json ids = nlohmann::json::object();
  for (std::size_t id = 0; id < model.tokens.size(); ++id)
    if (!model.tokens[id].empty()) ids[spell_bytes(model.tokens[id])] = id;
  for (const auto& [name, id] : model.special) ids[name] = id;
  write_file_atomically(encoder_json, ids.dump() + "\n");
  std::string lines = "#version: 0.2\n";
  for (const Merge& merge : model.merges)
    lines += spell_bytes(model.tokens[static_cast<std::size_t>(merge.left)]) + ' ' +
             spell_bytes(model.tokens[static_cast<std::size_t>(merge.right)]) + '\n';
  write_file_atomically(vocab_bpe, lines);
}

namespace {

/// The two tokens whose merge makes `bytes`, if tokens are merged as tiktoken does: always those
/// that make the token of the lowest rank. Nothing if they end as others.
std::optional<std::pair<int, int>>
last_parts(std::string_view bytes, const std::unordered_map<std::string_view, int>& rank_of) {
  if (bytes.size() > 1000) return std::nullopt; // no real token; time grows with the square
  std::vector<std::size_t> borders(bytes.size() + 1);
  for (std::size_t i = 0; i < borders.size(); ++i) borders[i] = i;
  constexpr int none = most_ids;
  const auto rank_at = [&](std::size_t i) { // of the parts i and i + 1 together
    if (i + 2 >= borders.size()) return none;
    const auto found = rank_of.find(bytes.substr(borders[i], borders[i + 2] - borders[i]));
    return found == rank_of.end() ? none : found->second;
  };
  std::vector<int> ranks;
  for (std::size_t i = 0; i + 2 < borders.size(); ++i) ranks.push_back(rank_at(i));
  while (ranks.size() > 1) {
    const auto lowest = std::min_element(ranks.begin(), ranks.end());
    if (*lowest == none) return std::nullopt;
    const auto i = lowest - ranks.begin();
    borders.erase(borders.begin() + i + 1);
    ranks.erase(lowest);
    if (i < static_cast<std::ptrdiff_t>(ranks.size()))
      ranks[static_cast<std::size_t>(i)] = rank_at(static_cast<std::size_t>(i));
    if (i > 0) ranks[static_cast<std::size_t>(i - 1)] = rank_at(static_cast<std::size_t>(i - 1));
  }
  return std::pair{rank_of.at(bytes.substr(0, borders[1])), rank_of.at(bytes.substr(borders[1]))};
}

} // namespace

ByteBpeModel read_ranks(const std::string& path, PiecePattern pattern,
                        std::map<std::string, int> special) {
  ByteBpeModel model;
  model.pattern = pattern;
  model.special = std::move(special);
  model.whole_pieces = true;
  const std::vector<std::string> lines = read_lines(path);
  std::unordered_map<std::string, std::size_t> line_of;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const std::size_t space = std::min(lines[i].find(' '), lines[i].size());
    const auto bytes = from_base64(std::string_view(lines[i]).substr(0, space));
    if (!bytes || bytes->empty()) line_error(path, i + 1, "expected a token in base 64");
    int rank = -1;
    const char* end = lines[i].data() + lines[i].size();
    const auto [stop, error] =
        std::from_chars(std::min(lines[i].data() + space + 1, end), end, rank);
    if (error != std::errc{} || stop != end || rank < 0 || rank >= most_ids)
      line_error(path, i + 1,
                 fmt::format("expected a space and a rank from 0 to {}", most_ids - 1));
    const auto id = static_cast<std::size_t>(rank);
    if (id >= model.tokens.size()) model.tokens.resize(id + 1);
    if (!model.tokens[id].empty())
      line_error(path, i + 1, fmt::format("the rank {} is there already", rank));
    if (const auto [first, added] = line_of.emplace(*bytes, i + 1); !added)
      line_error(path, i + 1, fmt::format("the token stands on line {} already", first->second));
    model.tokens[id] = *bytes;
  }
  std::unordered_map<std::string_view, int> rank_of;
  for (std::size_t id = 0; id < model.tokens.size(); ++id)
    if (!model.tokens[id].empty()) rank_of.emplace(model.tokens[id], static_cast<int>(id));
  for (int byte = 0; byte < 256; ++byte)
    if (!rank_of.contains(std::string(1, static_cast<char>(byte))))
      throw FormatError(fmt::format("{}: the byte 0x{:02x} has no token", path, byte));
  for (std::size_t id = 0; id < model.tokens.size(); ++id)
    if (model.tokens[id].size() > 1)
      if (const auto parts = last_parts(model.tokens[id], rank_of))
        model.merges.push_back({parts->first, parts->second, static_cast<int>(id)});
  check_model(path, model);
  return model;
}

void write_ranks(const std::string& path, const ByteBpeModel& model) {
  int last = -1;
  for (const Merge& merge : model.merges)
    if (std::exchange(last, merge.result) >= merge.result)
      throw std::invalid_argument(fmt::format(
          "a file of ranks needs ids in the order of the merges; {} comes too late", merge.result));
  std::string lines;
  for (std::size_t id = 0; id < model.tokens.size(); ++id)
    if (!model.tokens[id].empty()) lines += fmt::format("{} {}\n", to_base64(model.tokens[id]), id);
  write_file_atomically(path, lines);
}

std::map<std::string, int> cl100k_special() {
  return {{"<|endoftext|>", 100257},
          {"<|fim_prefix|>", 100258},
          {"<|fim_middle|>", 100259},
          {"<|fim_suffix|>", 100260},
          {"<|endofprompt|>", 100276}};
}

} // namespace tapestry
