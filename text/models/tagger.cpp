#include "text/models/tagger.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/dropout.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Lower case of ASCII: what other scripts have is left to the characters' network.
std::string lowered(std::string word) {
  for (char& c : word)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return word;
}

std::vector<std::string> names_of(const std::set<std::string>& names) {
  return {names.begin(), names.end()};
}

} // namespace

TaggerVocabulary::TaggerVocabulary(const std::vector<TaggedSentence>& sentences) {
  std::vector<std::vector<std::string>> lower, spelt;
  std::set<std::string> tag_set, fine_set;
  for (const TaggedSentence& sentence : sentences) {
    auto& line = lower.emplace_back();
    for (const std::string& word : sentence.words) {
      line.push_back(lowered(word));
      spelt.push_back(characters_of(word));
    }
    tag_set.insert(sentence.tags.begin(), sentence.tags.end());
    fine_set.insert(sentence.fine.begin(), sentence.fine.end());
  }
  words = Vocabulary(lower);
  characters = Vocabulary(spelt);
  tags = names_of(tag_set), fine = names_of(fine_set);
  counts.assign(words.size(), 0);
  for (const auto& line : lower)
    for (const int id : words.encode(line)) ++counts[static_cast<std::size_t>(id)];
}

std::map<std::string, std::string> TaggerVocabulary::notes() const {
  return {{"words", words.to_text()},
          {"characters", characters.to_text()},
          {"tags", fmt::format("{}", fmt::join(tags, "\n"))},
          {"fine", fmt::format("{}", fmt::join(fine, "\n"))}};
}

TaggerVocabulary TaggerVocabulary::from_notes(const std::map<std::string, std::string>& notes,
                                              const std::string& path) {
  for (const char* name : {"words", "characters", "tags", "fine"})
    if (!notes.contains(name))
      throw FormatError(fmt::format("{}: no tagger's checkpoint: it has no {}", path, name));
  TaggerVocabulary v;
  v.words = Vocabulary::from_text(notes.at("words"), path);
  v.characters = Vocabulary::from_text(notes.at("characters"), path);
  v.tags = split_lines(notes.at("tags"));
  v.fine = split_lines(notes.at("fine"));
  if (v.tags.empty()) throw FormatError(path + ": no tagger's checkpoint: it has no tags");
  return v;
}

int TaggerVocabulary::id(const std::vector<std::string>& tags, const std::string& tag) {
  const auto found = std::lower_bound(tags.begin(), tags.end(), tag);
  return found != tags.end() && *found == tag ? static_cast<int>(found - tags.begin()) : -100;
}

Tagger::Tagger(TaggerVocabulary vocabulary, const TaggerOptions& o, Rng& rng)
    : vocabulary_(std::move(vocabulary)), options_(o),
      embed_({.num_embeddings = vocabulary_.words.size(), .embedding_dim = o.word_embedding}, rng),
      speller_({.characters = vocabulary_.characters.size(),
                .embedding = o.character_embedding,
                .hidden = o.character_hidden},
               rng),
      lstm_({.input_size = o.word_embedding + 2 * o.character_hidden,
             .hidden_size = o.hidden,
             .num_layers = o.layers,
             .dropout = o.layers > 1 ? o.dropout : 0,
             .bidirectional = true},
            rng),
      to_tags_({.in_features = 2 * o.hidden, .out_features = vocabulary_.tags.size()}, rng),
      to_fine_({.in_features = 2 * o.hidden,
                .out_features = std::max<std::size_t>(1, vocabulary_.fine.size())},
               rng) {
  // N(0, 1) would drown what the characters say; rare words stay near where they begin.
  embed_.weight.update([](Tensor& w) {
    for (real& x : w) x *= static_cast<real>(0.1);
  });
}

TaggerBatch Tagger::batch(const std::vector<const TaggedSentence*>& sentences, Rng* drop) const {
  if (sentences.empty()) throw std::invalid_argument("Tagger: there are no sentences");
  std::vector<std::vector<int>> words, tags, fine, places;
  std::vector<std::string> all; // of all sentences, one after the other
  Lengths lengths;
  for (const TaggedSentence* sentence : sentences) {
    if (sentence->words.empty()) throw std::invalid_argument("Tagger: a sentence without words");
    auto &w = words.emplace_back(), &t = tags.emplace_back(), &f = fine.emplace_back(),
         &p = places.emplace_back();
    for (std::size_t i = 0; i < sentence->words.size(); ++i) {
      int id = vocabulary_.words.id(lowered(sentence->words[i]));
      if (drop && !vocabulary_.counts.empty() &&
          drop->chance(options_.word_dropout /
                       (options_.word_dropout + vocabulary_.counts[static_cast<std::size_t>(id)])))
        id = Vocabulary::unk_id;
      w.push_back(id);
      p.push_back(static_cast<int>(all.size()));
      all.push_back(sentence->words[i]);
      t.push_back(i < sentence->tags.size()
                      ? TaggerVocabulary::id(vocabulary_.tags, sentence->tags[i])
                      : -100);
      f.push_back(i < sentence->fine.size()
                      ? TaggerVocabulary::id(vocabulary_.fine, sentence->fine[i])
                      : -100);
    }
    lengths.push_back(static_cast<int>(w.size()));
  }
  const auto packed = [&](const std::vector<std::vector<int>>& rows) {
    return pack_padded_sequence(stack_padded(rows, 0), lengths, {.enforce_sorted = false});
  };
  TaggerBatch b{packed(words), {}, packed(tags).data, packed(fine).data};
  std::vector<std::string> in_rows; // as the packed rows have them
  for (const std::int32_t place : packed(places).data)
    in_rows.push_back(all[static_cast<std::size_t>(place)]);
  b.spelt = spell(in_rows, vocabulary_.characters);
  return b;
}

//> tagger
Tagger::Scores Tagger::operator()(const TaggerBatch& batch, Rng& rng) const {
  const auto dropped = [&](const Var& x) {
    return training() && options_.dropout > 0 ? dropout(x, options_.dropout, rng) : x;
  };
  const Var words = embed_(batch.words.data);                      // (N, E)
  const Var read = concatenate({words, speller_(batch.spelt)}, 1); // (N, E + 2C)
  const PackedSequence seen = lstm_(batch.words.with(dropped(read)), rng).output;
  const Var shown = dropped(seen.data); // (N, 2H)
  return {to_tags_(shown), vocabulary_.fine.empty() ? Var{} : to_fine_(shown)};
}

Var Tagger::loss(const TaggerBatch& batch, Rng& rng) const {
  const auto [tags, fine] = (*this)(batch, rng);
  const Var loss = cross_entropy(tags, batch.tags);
  if (vocabulary_.fine.empty() || options_.fine_share == 0) return loss;
  return (1 - options_.fine_share) * loss + options_.fine_share * cross_entropy(fine, batch.fine);
}
//< tagger

std::vector<std::vector<int>> Tagger::tag(const std::vector<const TaggedSentence*>& sentences) {
  const bool was_training = training();
  eval();
  Rng unused(0);
  const TaggerBatch b = batch(sentences);
  const Indices best = argmax((*this)(b, unused).tags, 1);
  train(was_training);
  std::vector<std::vector<int>> all;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const auto place = static_cast<std::size_t>(b.words.layout->unsorted_indices(i));
    auto& one = all.emplace_back();
    for (std::size_t t = 0; t < sentences[i]->words.size(); ++t)
      one.push_back(best(b.words.layout->begins[t] + place));
  }
  return all;
}

void Tagger::visit(nn::Visitor& v) {
  v("embed", embed_);
  v("speller", speller_);
  v("lstm", lstm_);
  v("to_tags", to_tags_);
  if (!vocabulary_.fine.empty()) v("to_fine", to_fine_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
