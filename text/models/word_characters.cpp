#include "text/models/word_characters.hpp"

#include <stdexcept>
#include <unordered_map>

#include "autograd/ids.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/shaping.hpp"
#include "text/tokens/utf8.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

std::vector<std::string> characters_of(const std::string& word, std::size_t most) {
  std::string_view bytes = word;
  std::string ends; // of a very long word only these are decoded
  if (const std::size_t few = 16 * most; bytes.size() > 2 * few) {
    ends = word.substr(0, few) + word.substr(word.size() - few);
    bytes = ends;
  }
  std::u32string all = decode_utf8(bytes);
  if (all.size() > most) all.erase(most - most / 2, all.size() - most);
  std::vector<std::string> characters;
  for (const char32_t c : all) characters.push_back(encode_utf8({&c, 1}));
  if (characters.empty()) characters.emplace_back();
  return characters;
}

SpeltWords spell(std::span<const std::string> words, const Vocabulary& characters) {
  if (words.empty()) throw std::invalid_argument("spell: there are no words");
  std::unordered_map<std::string_view, std::size_t> places;
  std::vector<std::vector<int>> spelt;
  std::vector<std::size_t> word_of;
  Lengths lengths;
  for (const std::string& word : words) {
    const auto [found, is_new] = places.emplace(word, spelt.size());
    word_of.push_back(found->second);
    if (!is_new) continue;
    spelt.push_back(characters.encode(characters_of(word)));
    lengths.push_back(static_cast<int>(spelt.back().size()));
  }
  return {pack_padded_sequence(stack_padded(spelt, Vocabulary::pad_id), lengths,
                               {.enforce_sorted = false}),
          ids_from(word_of)};
}

WordSpeller::WordSpeller(const WordSpellerOptions& o, Rng& rng)
    : embed_({.num_embeddings = o.characters, .embedding_dim = o.embedding}, rng),
      lstm_({.input_size = o.embedding, .hidden_size = o.hidden, .bidirectional = true}, rng) {}

//> word-speller
Var WordSpeller::operator()(const SpeltWords& words) const {
  const Var last = lstm_(embed_(words.characters)).state.h;                  // (2, U, H)
  const Var both = concatenate({select(last, 0, 0), select(last, 0, 1)}, 1); // (U, 2H)
  return embedding(both, words.word_of);                                     // (N, 2H)
}
//< word-speller

} // namespace tapestry::inline TAPESTRY_PRECISION
