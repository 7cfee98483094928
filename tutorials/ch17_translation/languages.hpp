// Both languages of a translator: from sentences to ids and back, and the files that keep that.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "autograd/base/digest.hpp"
#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/ids.hpp"
#include "nn/training/checkpoint.hpp"
#include "text/corpora/translation_data.hpp"
#include "text/subwords/subword_tokenizer.hpp"
#include "text/tokens/vocabulary_tokenizer.hpp"

namespace tapestry {

struct Languages {
  std::shared_ptr<const Tokenizer> source = {}, target = {}; // one, if subwords are shared
  bool lower_case = false;

  TextOptions text() const {
    TextOptions options{.normalize = {Normalization::nfc}};
    if (lower_case) options.normalize.push_back(Normalization::lower_case);
    return options;
  }
  EncodedPairs encode(const std::vector<SentencePair>& pairs, std::size_t longest) const {
    return encode_pairs(spaced_words(pairs, text()), *source, *target, {longest, longest});
  }
  /// The ids of a sentence, <end> behind them.
  std::vector<int> encode(const std::string& sentence) const {
    std::vector<int> ids = source->encode(spaced_words(sentence, text())).ids;
    ids.push_back(Vocabulary::end_id);
    return ids;
  }
  std::string decode(const std::vector<int>& ids) const { return written(target->decode(ids)); }

  /// Writes OUT/source.tokenizer and OUT/target.tokenizer.
  /// A std::runtime_error if the folder has those of another run: its translator would not fit.
  void save(const std::string& out) const {
    for (const auto& [tokenizer, name] :
         {std::pair(&source, "/source.tokenizer"), std::pair(&target, "/target.tokenizer")}) {
      const std::string path = out + name, part = path + ".part";
      (*tokenizer)->save(part);
      const bool differs = std::filesystem::exists(path) && read_file(path) != read_file(part);
      if (differs) std::filesystem::remove(part);
      if (differs)
        throw std::runtime_error(out + ": has the tokenizers of another run; remove it, or choose "
                                       "another folder with --out");
      std::filesystem::rename(part, path);
    }
  }
  /// What a checkpoint must say of them.
  nn::Notes notes(const std::string& out) const {
    return {{"lower_case", lower_case ? "yes" : "no"},
            {"tokenizers", digest_of(read_file(out + "/source.tokenizer") + "\n" +
                                     read_file(out + "/target.tokenizer"))}};
  }
};

/// Words of both sides that come at least `min_count` times.
inline Languages learn_words(const std::vector<SentencePair>& pairs, std::uint64_t min_count,
                             bool lower_case) {
  Languages both{.lower_case = lower_case};
  PieceCounter source({.split = Split::whitespace}), target({.split = Split::whitespace});
  for (const SentencePair& pair : spaced_words(pairs, both.text())) {
    source.add(pair.source);
    target.add(pair.target);
  }
  both.source = std::make_shared<VocabularyTokenizer>(source.tokenizer(min_count));
  both.target = std::make_shared<VocabularyTokenizer>(target.tokenizer(min_count));
  return both;
}

/// Subwords by merges that are learnt on both sides together.
inline Languages learn_shared_subwords(const std::vector<SentencePair>& pairs, std::size_t merges,
                                       bool lower_case) {
  Languages both{.lower_case = lower_case};
  std::vector<std::string> texts;
  for (SentencePair& pair : spaced_words(pairs, both.text())) {
    texts.push_back(std::move(pair.source));
    texts.push_back(std::move(pair.target));
  }
  both.source = both.target = std::make_shared<SubwordTokenizer>(learn_subwords(texts, merges));
  return both;
}

/// Those of a folder that `save` wrote. A FormatError if they are not the ones that the checkpoint,
/// whose notes these are, was trained with.
inline Languages load_languages(const std::string& out, const nn::Notes& notes) {
  const auto load = [](const std::string& path) -> std::shared_ptr<const Tokenizer> {
    if (read_file(path).starts_with("{"))
      return std::make_shared<SubwordTokenizer>(SubwordTokenizer::load(path));
    return std::make_shared<VocabularyTokenizer>(VocabularyTokenizer::load(path));
  };
  Languages both{load(out + "/source.tokenizer"), load(out + "/target.tokenizer"),
                 notes.contains("lower_case") && notes.at("lower_case") == "yes"};
  const auto digest = notes.find("tokenizers");
  if (digest == notes.end() || digest->second != both.notes(out).at("tokenizers"))
    throw FormatError(out + ": its tokenizers are those of another run than its translator");
  return both;
}

/// Sentences side by side, as a translator reads them.
inline PackedIndices side_by_side(const std::vector<std::vector<int>>& sentences) {
  Lengths lengths;
  for (const auto& ids : sentences) lengths.push_back(static_cast<int>(ids.size()));
  return pack_padded_sequence(stack_padded(sentences, Vocabulary::pad_id), lengths,
                              {.enforce_sorted = false});
}

} // namespace tapestry
