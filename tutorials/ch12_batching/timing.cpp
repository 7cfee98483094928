// How long the four answers take, forward and backward, over a batch of 64 sentences, on one thread.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "four_answers.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t sentences = 64, words = 1000, labels = 16;

Batch random_batch(const Lengths& lengths, Rng& rng) {
  Batch batch;
  for (int length : lengths) {
    const auto n = static_cast<std::size_t>(length);
    Sentence s{Indices::from_shape({n}), Indices::from_shape({n})};
    for (std::size_t t = 0; t < n; ++t) {
      s.words(t) = static_cast<std::int32_t>(rng.below(words));
      s.labels(t) = static_cast<std::int32_t>(rng.below(labels));
    }
    batch.push_back(s);
  }
  return batch;
}

double milliseconds(const NamedAnswer& answer, Network& net, const Batch& batch) {
  const auto start = std::chrono::steady_clock::now();
  for (const Parameter& p : net.parameters()) p.zero_grad();
  Tape tape;
  tape.backward(answer.function(net, batch).loss);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

// The shortest of some runs, in turns: whatever else the machine does makes a run longer.
std::vector<double> shortest_times(Network& net, const Batch& batch) {
  std::vector<double> best(std::size(answers), 1e9);
  for (int run = 0; run < 9; ++run)
    for (std::size_t i = 0; i < best.size(); ++i)
      best[i] = std::min(best[i], milliseconds(answers[i], net, batch));
  return best;
}

double padding_share(const Batch& batch) {
  std::size_t longest = 0;
  for (const Sentence& s : batch) longest = std::max(longest, s.words.size());
  return 1 - static_cast<double>(words_in(batch)) / static_cast<double>(longest * batch.size());
}

} // namespace

int main() {
  setenv("TAPESTRY_THREADS", "1", 1); // a single sentence could use no more
  Rng rng(1);
  Network net({.words = words, .width = 128, .hidden = 128, .labels = labels}, rng);
  Lengths lengths;
  for (std::size_t b = 0; b < sentences; ++b)
    lengths.push_back(5 + static_cast<int>(rng.below(76)));
  const Batch batch = random_batch(lengths, rng);
  net.gru.by_cells = true;
  const std::vector<double> cells = shortest_times(net, batch);
  net.gru.by_cells = false;
  const std::vector<double> fused = shortest_times(net, batch);

  fmt::print(
      "64 sentences of 5 to 80 words, {} in all; {:.0f} % of the block is padding. One thread.\n",
      words_in(batch), 100 * padding_share(batch));
  fmt::print("{:<12}{:>16}{:>16}\n", "milliseconds", "out of cells", "fused");
  for (std::size_t i = 0; i < std::size(answers); ++i) {
    const bool has_fused = answers[i].function != automatic && answers[i].function != masked;
    fmt::print("{:<12}{:>16.1f}{:>16}\n", answers[i].name, cells[i],
               has_fused ? fmt::format("{:.1f}", fused[i]) : "");
  }
  const auto ratio = [](const std::vector<double>& times, std::size_t i) { // to packed
    return std::round(10 * times[i] / times[3]) / 10;
  };
  keep("timing.json",
       nlohmann::json{{"cells",
                       {{"one", ratio(cells, 0)},
                        {"padded", ratio(cells, 1)},
                        {"automatic", ratio(cells, 2)},
                        {"masked", ratio(cells, 4)}}},
                      {"fused", {{"one", ratio(fused, 0)}, {"padded", ratio(fused, 1)}}},
                      {"padding", std::round(100 * padding_share(batch))}}
               .dump(1) +
           "\n");

  // The number of words stays the same; how much lengths differ grows.
  std::string tsv = "padding\tone by one\tpadded\tpacked\n";
  for (int spread : {0, 10, 20, 30, 39}) {
    Lengths even;
    for (int b = 0; b < 64; ++b) even.push_back(40 - spread + (2 * spread * b + 31) / 63);
    const Batch spaced = random_batch(even, rng);
    const std::vector<double> t = shortest_times(net, spaced);
    tsv += fmt::format("{:.1f}\t{:.2f}\t{:.2f}\t{:.2f}\n", 100 * padding_share(spaced), t[0], t[1],
                       t[3]);
  }
  keep("timing.tsv", tsv);
}
