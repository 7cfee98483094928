// Four reviews, read in both directions, and what sums a sentence up: right, and wrong in the ways
// that nothing complains about.
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/ids.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "nn/embedding.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/sequences/over_time.hpp"
#include "text/tokens/vocabulary.hpp"

using namespace tapestry;

namespace {

std::vector<std::string> split(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string numbers(const Tensor& x, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += fmt::format(" {:6.3f}", x.data()[i] + 0.0);
  return text;
}

// The largest difference of row b of two summaries.
double difference(const Var& summary, std::size_t b, const Var& alone) {
  const Tensor row = select(summary, 0, b).value();
  double most = 0;
  for (std::size_t i = 0; i < row.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(row.data()[i] - alone.value().data()[i])));
  return most;
}

} // namespace

int main() {
  const std::vector<std::vector<std::string>> reviews{
      split("this restaurant has good food"), split("this restaurant is bad"),
      split("this restaurant is the worst"), split("this restaurant is well recommended")};
  const char* labels[] = {"positive", "negative", "negative", "positive"};
  const Vocabulary vocabulary(reviews);
  std::vector<std::vector<int>> ids;
  Lengths lengths;
  fmt::print("Four reviews:\n");
  for (std::size_t b = 0; b < 4; ++b) {
    ids.push_back(vocabulary.encode(reviews[b]));
    lengths.push_back(static_cast<int>(ids[b].size()));
    std::string text;
    for (const std::string& word : reviews[b]) text += word + " ";
    fmt::print("  {:<38}{:<10}{} words\n", text, labels[b], ids[b].size());
  }

  Rng rng(1);
  const nn::Embedding embed({.num_embeddings = vocabulary.size(), .embedding_dim = 3}, rng);
  const nn::LSTM lstm({.input_size = 3, .hidden_size = 2, .bidirectional = true}, rng);
  const Indices block = stack_padded(ids, Vocabulary::pad_id); // (5, 4)
  //> read
  const PackedIndices packed = pack_padded_sequence(block, lengths, {.enforce_sorted = false});
  const auto [output, state] = lstm(embed(packed));
  const Var padded = pad_packed_sequence(output).output; // (T, B, 2H), zeros at padding
  //< read
  //> three
  const Var last = concatenate({select(state.h, 0, 0), select(state.h, 0, 1)}, 1); // (B, 2H)
  const Var average = mean_valid(padded, lengths);                                 // (B, 2H)
  const Var largest = max_valid(padded, lengths);                                  // (B, 2H)
  //< three
  fmt::print("\nThe states of the second review:\n  {:<14}{:>14}{:>18}\n", "", "from the left",
             "from the right");
  for (std::size_t t = 0; t < 5; ++t)
    fmt::print("  {}  {:<10} {}    {}\n", t, t < 4 ? reviews[1][t] : "<pad>",
               numbers(padded.value(), (t * 4 + 1) * 4, (t * 4 + 1) * 4 + 2),
               numbers(padded.value(), (t * 4 + 1) * 4 + 2, (t * 4 + 1) * 4 + 4));
  fmt::print("\nIts summaries:\n");
  const auto line = [&](const char* name, const Var& x) {
    fmt::print("  {:<12}  {}    {}\n", name, numbers(x.value(), 4, 6), numbers(x.value(), 6, 8));
  };
  line("last", last);
  line("mean", average);
  line("max", largest);

  //> by-hand
  const Var from_left = slice(last_valid(padded, lengths), 1, 0, 2); // step n - 1
  const Var from_right = slice(select(padded, 0, 0), 1, 2, 4);       // step 0
  const Var by_hand = concatenate({from_left, from_right}, 1);
  //< by-hand

  // The same padded, not packed: the walks read <pad> like a word.
  const Var unpacked = lstm(embed(block)).output;
  struct Way {
    const char* name;
    Var summary;
    int which; // 0: last, 1: mean, 2: max
  };
  const std::vector<Way> ways{
      {"last, from state.h", last, 0},
      {"last, by hand", by_hand, 0},
      {"row T - 1 of the block", select(padded, 0, 4), 0},
      {"row n - 1, both halves", last_valid(padded, lengths), 0},
      {"last, padding read too",
       concatenate({slice(select(unpacked, 0, 4), 1, 0, 2), slice(select(unpacked, 0, 0), 1, 2, 4)},
                   1),
       0},
      {"mean_valid", average, 1},
      {"mean of all places", mean(padded, {0}), 1},
      {"max_valid", largest, 2},
      {"max of all places", max(padded, {0}), 2}};
  fmt::print("\nAgainst each review alone, the largest difference:\n  {:<26}", "");
  for (std::size_t b = 0; b < 4; ++b) fmt::print("{:>10}", fmt::format("review {}", b + 1));
  fmt::print("\n");
  for (const Way& way : ways) {
    fmt::print("  {:<26}", way.name);
    for (std::size_t b = 0; b < 4; ++b) {
      const std::size_t n = ids[b].size();
      const Var one =
          lstm(reshape(embed(ids_from(ids[b])), {n, 1, 3})).output; // (n, 1, 4), unpacked
      const Var alone = way.which == 1   ? mean(one, {0})
                        : way.which == 2 ? max(one, {0})
                                         : concatenate({slice(select(one, 0, n - 1), 1, 0, 2),
                                                        slice(select(one, 0, 0), 1, 2, 4)},
                                                       1);
      fmt::print("{:>10.3f}", difference(way.summary, b, reshape(alone, {4})));
    }
    fmt::print("\n");
  }
}
