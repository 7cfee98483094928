// The answers to the chapter's last questions: padding labelled <end>, means without their
// lengths, sorted sentences, and other agendas.
#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "four_answers.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

Network network(std::uint64_t seed) {
  Rng rng(seed);
  return Network({.words = vocabulary().size(), .width = 4, .hidden = 6, .labels = 14}, rng);
}

// One by one, and the mean of the sentences' means.
Answer mean_of_means(const Network& net, const Batch& batch) {
  std::vector<Var> losses, last;
  for (const Sentence& s : batch) {
    const auto [states, h] = net.gru(net.embed(s.words));
    losses.push_back(cross_entropy(net.to_labels(states), s.labels));
    last.push_back(h);
  }
  return {sum(stack(losses)) / static_cast<double>(batch.size()), concatenate(last)};
}

double largest(const Tensor& a, const Tensor& b) {
  double d = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    d = std::max(d, static_cast<double>(std::abs(a.data()[i] - b.data()[i])));
  return d;
}

std::vector<std::size_t> agenda_of(const std::vector<int>& lengths, const Network& net) {
  StepAgenda agenda;
  for (int length : lengths) {
    std::size_t step = StepAgenda::none;
    for (int t = 0; t < length; ++t) step = agenda.add(2, step);
  }
  agenda.run(net);
  return agenda.batches();
}

} // namespace

int main() {
  const Batch batch = five_sentences();
  const Indices words = pad_sequence(words_of(batch));
  const Indices end = pad_sequence(labels_of(batch), {.padding_value = 1});
  const Tensor mask = length_mask(lengths_of(batch), words.shape()[0]);
  int ends = 0, real_ends = 0, there = 0;
  for (std::size_t i = 0; i < end.size(); ++i) {
    ends += end.data()[i] == 1;
    real_ends += end.data()[i] == 1 && mask.data()[i] == 1;
    there += mask.data()[i] == 1;
  }

  fmt::print("Trained with padding labelled <end>:\n");
  fmt::print("  {:<10}{:>14}{:>18}\n", "steps", "over the block", "over the words");
  Network net = network(1);
  nn::Adam adam(net.parameters(), {.lr = 0.02});
  double block = 0, of_words = 0;
  for (int step = 0; step <= 300; ++step) {
    adam.zero_grad();
    Tape tape;
    const Var logits = net.to_labels(net.gru(net.embed(words)).output);
    const Var loss = cross_entropy(logits, end);
    block = loss.item(), of_words = masked_loss(logits, end, mask).item();
    if (step % 100 == 0) fmt::print("  {:<10}{:>14.3f}{:>18.3f}\n", step, block, of_words);
    tape.backward(loss);
    adam.step();
  }
  fmt::print("  always <end> is right {} times of {} in the block, {} of {} over the words\n", ends,
             end.size(), real_ends, there);

  Network fresh = network(1);
  const auto run = [&](Answer (*answer)(const Network&, const Batch&)) {
    for (const Parameter& p : fresh.parameters()) p.zero_grad();
    Tape tape;
    const Answer a = answer(fresh, batch);
    tape.backward(a.loss + sum(a.last));
    std::vector<Tensor> all{a.loss.value(), a.last.value()};
    for (const Parameter& p : fresh.parameters()) all.push_back(p.grad());
    return all;
  };
  const std::vector<Tensor> right = run(one_by_one), wrong = run(mean_of_means);
  double gradients = 0;
  for (std::size_t i = 2; i < right.size(); ++i)
    gradients = std::max(gradients, largest(right[i], wrong[i]));
  fmt::print("\nThe mean of the sentences' means, against one by one:\n"
             "  loss {:.3f}, last states {:.3f}, gradients {:.3f}\n",
             largest(right[0], wrong[0]), largest(right[1], wrong[1]), gradients);

  Batch sorted = batch;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Sentence& a, const Sentence& b) {
    return a.words.size() > b.words.size();
  });
  const PackedIndices packed =
      pack_padded_sequence(pad_sequence(words_of(sorted)), lengths_of(sorted));
  fmt::print("\nThe five sentences, sorted by hand:\n  unsorted_indices {}\n",
             fmt::join(packed.layout->unsorted_indices, " "));

  fmt::print("\nOther agendas:\n");
  fmt::print("  one sentence of five     {}\n", fmt::join(agenda_of({5}, fresh), " "));
  fmt::print("  five sentences of three  {}\n", fmt::join(agenda_of({3, 3, 3, 3, 3}, fresh), " "));
  keep("break_it.json", fmt::format("{{\"block\": {:.3f}, \"words\": {:.3f}}}\n", block, of_words));
}
