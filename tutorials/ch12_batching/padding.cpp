// Sentences filled up to one length: what the padding does to states, loss and gradients, unless
// it is masked.
#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "four_answers.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

void print_block(const Indices& words) {
  for (std::size_t t = 0; t < words.shape()[0]; ++t) {
    fmt::print("  t = {}", t);
    for (std::size_t b = 0; b < words.shape()[1]; ++b)
      fmt::print("  {:<6}", vocabulary()[static_cast<std::size_t>(words(t, b))]);
    fmt::print("\n");
  }
}

void print_matrix(const Tensor& x) {
  for (std::size_t i = 0; i < x.shape()[0]; ++i) {
    fmt::print(" ");
    for (std::size_t j = 0; j < x.shape()[1]; ++j) fmt::print(" {}", x(i, j));
    fmt::print("\n");
  }
}

void print_state(const char* name, const Tensor& h, std::size_t row) {
  fmt::print("  {:<34}", name);
  for (std::size_t j = 0; j < h.shape()[1]; ++j) fmt::print(" {:>6.3f}", h(row, j));
  fmt::print("\n");
}

// The largest entry of the gradient of the row of <pad>.
double gradient_of_pad(const Network& net) {
  double most = 0;
  for (std::size_t j = 0; j < net.embed.weight.shape()[1]; ++j)
    most = std::max(most, static_cast<double>(std::abs(net.embed.weight.grad()(0, j))));
  return most;
}

// The share of padding when these sentences go through a net in batches of `size`.
double padding_share(const std::vector<int>& lengths, std::size_t size) {
  double steps = 0, padding = 0;
  for (std::size_t i = 0; i < lengths.size(); i += size) {
    const auto begin = lengths.begin() + static_cast<std::ptrdiff_t>(i);
    const int longest = *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(size));
    for (std::size_t b = 0; b < size; ++b) padding += longest - begin[static_cast<int>(b)];
    steps += longest * static_cast<double>(size);
  }
  return padding / steps;
}

} // namespace

int main() {
  Rng rng(1);
  Network net({.words = vocabulary().size(), .width = 4, .hidden = 6, .labels = 14}, rng);
  const Batch batch = five_sentences();
  const Lengths lengths = lengths_of(batch);
  const Indices words = pad_sequence(words_of(batch)), labels = pad_sequence(labels_of(batch));
  const Tensor mask = length_mask(lengths, words.shape()[0]);

  fmt::print("Five sentences of lengths {} as one block, a sentence a column:\n",
             fmt::join(lengths, ", "));
  print_block(words);

  fmt::print("\nThe mask:\n");
  print_matrix(mask);

  Tape tape;
  const auto [states, h] = net.gru(net.embed(words));
  const Var logits = net.to_labels(states);
  const Answer right = one_by_one(net, batch);
  const Var walked = masked_walk(net.gru.weights(), net.embed(words), mask).last;
  fmt::print("\nUnmasked, the state of \"wait\", a sentence of one word:\n");
  print_state("after its word", right.last.value(), 1);
  print_state("after its word and four paddings", reshaped(h.value(), {5, 6}), 1);
  fmt::print("\nBy the masked walk, the state of \"wait\":\n");
  print_state("after its word and four paddings", walked.value(), 1);

  Indices ignored = labels;
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask.data()[i] == 0) ignored.data()[i] = -100;
  const Var masked = masked_loss(logits, labels, mask);
  const Var unmasked = cross_entropy(logits, labels);
  fmt::print("\nThe loss:\n");
  fmt::print("  one by one                    {:.4f}\n", right.loss.item());
  fmt::print("  padding counted               {:.4f}\n", unmasked.item());
  fmt::print("\nWith the mask, the loss:\n");
  fmt::print("  times the mask                {:.4f}\n", masked.item());
  fmt::print("  padding labelled -100         {:.4f}\n", cross_entropy(logits, ignored).item());

  fmt::print("\nThe gradient at the vector of <pad>, its largest entry:\n");
  const auto show_gradient = [&](const char* name, auto loss) {
    for (const Parameter& p : net.parameters()) p.zero_grad();
    Tape again;
    again.backward(loss());
    fmt::print("  {:<44}{:.4f}\n", name, gradient_of_pad(net));
  };
  const auto scores = [&] { return net.to_labels(net.gru(net.embed(words)).output); };
  const auto walk = [&] { return masked_walk(net.gru.weights(), net.embed(words), mask).last; };
  show_gradient("of the loss with padding counted",
                [&] { return cross_entropy(scores(), labels); });
  show_gradient("of the loss times the mask", [&] { return masked_loss(scores(), labels, mask); });
  show_gradient("of the state after five steps",
                [&] { return sum(net.gru(net.embed(words)).state); });
  show_gradient("of the state after the masked walk", [&] { return sum(walk()); });

  //> corpus
  std::vector<int> corpus(6400);
  for (int& length : corpus) length = 5 + static_cast<int>(rng.below(76)); // 5 .. 80
  const double shuffled = padding_share(corpus, 64);
  for (auto at = corpus.begin(); at != corpus.end(); at += 640) std::sort(at, at + 640);
  const double pooled = padding_share(corpus, 64);
  std::sort(corpus.begin(), corpus.end());
  const double sorted = padding_share(corpus, 64);
  //< corpus
  fmt::print("\nPadding in batches of 64, lengths 5 to 80:\n");
  fmt::print("  as they come           {:>5.1f} %\n", 100 * shuffled);
  fmt::print("  sorted ten batches     {:>5.1f} %\n", 100 * pooled);
  fmt::print("  all sorted             {:>5.1f} %\n", 100 * sorted);
  const double there = xt::sum(mask)();
  keep("padding.json", nlohmann::json{{"places", mask.size()},
                                      {"padding", mask.size() - static_cast<std::size_t>(there)},
                                      {"shuffled", std::round(1000 * shuffled) / 10},
                                      {"pooled", std::round(1000 * pooled) / 10},
                                      {"sorted", std::round(1000 * sorted) / 10}}
                               .dump(1) +
                           "\n");
}
