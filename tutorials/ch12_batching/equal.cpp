// The four answers give the same loss, the same last states and the same gradients, in double.
#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "four_answers.hpp"

using namespace tapestry;

namespace {

struct Result {
  std::vector<Tensor> tensors; // loss, last states, then the gradient of every parameter
  std::size_t records;
};

// One walk forward and backward. Both the loss and the last states send gradients.
Result run(const NamedAnswer& answer, Network& net, const Batch& batch, const Tensor& cotangent) {
  for (const Parameter& p : net.parameters()) p.zero_grad();
  Tape tape;
  const Answer a = answer.function(net, batch);
  const std::size_t records = tape.size();
  tape.backward(a.loss + sum(a.last * constant(cotangent)));
  Result r{{a.loss.value(), a.last.value()}, records};
  for (const Parameter& p : net.parameters()) r.tensors.push_back(p.grad());
  return r;
}

double largest(const Tensor& a, const Tensor& b) {
  double d = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    d = std::max(d, static_cast<double>(std::abs(a.data()[i] - b.data()[i])));
  return a.shape() == b.shape() ? d : HUGE_VAL;
}

} // namespace

int main() {
  Rng rng(1);
  Network net({.words = vocabulary().size(), .width = 4, .hidden = 6, .labels = 14}, rng);
  const Batch batch = five_sentences();
  const Tensor cotangent = normal({batch.size(), 6}, 0, 1, rng);

  const Result first = run(answers[0], net, batch, cotangent);
  fmt::print("The largest difference from one by one\n");
  fmt::print("{:<12}{:>16}{:>16}{:>16}{:>16}\n", "", "loss", "last states", "gradients",
             "tape records");
  for (const NamedAnswer& answer : answers) {
    const Result r = run(answer, net, batch, cotangent);
    double gradients = 0;
    for (std::size_t i = 2; i < r.tensors.size(); ++i)
      gradients = std::max(gradients, largest(r.tensors[i], first.tensors[i]));
    fmt::print("{:<12}{:>16.12f}{:>16.12f}{:>16.12f}{:>16}\n", answer.name,
               largest(r.tensors[0], first.tensors[0]), largest(r.tensors[1], first.tensors[1]),
               gradients, r.records);
  }

  StepAgenda agenda;
  for (const Sentence& s : batch) {
    std::size_t step = StepAgenda::none;
    for (int word : s.words) step = agenda.add(word, step);
  }
  agenda.run(net);
  fmt::print("\nThe agenda of the five sentences, batch by batch:\n  {} steps\n",
             fmt::join(agenda.batches(), ", "));

  fmt::print("\nThe gradient of the embedding, by word: its largest entry\n");
  run(answers[1], net, batch, cotangent); // padded
  const Tensor& g = net.embed.weight.grad();
  for (std::size_t word : {0, 2, 3, 4}) {
    double most = 0;
    for (std::size_t j = 0; j < 4; ++j)
      most = std::max(most, static_cast<double>(std::abs(g(word, j))));
    fmt::print("  {:<8}{:.4f}\n", vocabulary()[word], most);
  }
}
