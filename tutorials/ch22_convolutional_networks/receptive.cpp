// What one output sees: the formula, and the pixels that its gradient reaches. And how much of that
// it really looks at.
#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/conv.hpp"
#include "nn/pooling.hpp"
#include "small_tensors.hpp"

using namespace tapestry;

namespace {

struct StackLayer {
  std::size_t kernel, stride = 1, dilation = 1;
  bool pool = false;
};
using Stack = std::vector<StackLayer>;

//> formula
// The receptive field after each layer.
std::vector<std::size_t> receptive_fields(const Stack& stack) {
  std::vector<std::size_t> fields;
  std::size_t field = 1, jump = 1; // pixels from one output to the next
  for (const StackLayer& l : stack) {
    field += (l.kernel - 1) * l.dilation * jump;
    jump *= l.stride;
    fields.push_back(field);
  }
  return fields;
}
//< formula

// The squared gradient of the middle output with respect to the picture (1, C, side, side), summed
// over channels. Weights are random and pools are means, so that no path is shut.
Tensor gradient_energy(const Stack& stack, std::size_t side, std::size_t channels, Rng& rng) {
  const Var x = variable(normal({1, channels, side, side}, 0, 1, rng));
  Tape tape;
  Var y = x;
  for (const StackLayer& l : stack)
    y = l.pool ? avg_pool2d(y, l.kernel, l.stride)
               : conv2d(y, constant(normal({channels, channels, l.kernel, l.kernel}, 0, 1, rng)),
                        {.stride = l.stride, .dilation = l.dilation});
  Tensor seed = zeros(y.shape()); // 1 at the middle output of channel 0
  seed(0, 0, y.shape()[2] / 2, y.shape()[3] / 2) = 1;
  tape.backward(y, seed);
  Tensor energy = zeros({side, side});
  for (std::size_t i = 0; i < x.value().size(); ++i)
    energy.data()[i % energy.size()] += x.grad().data()[i] * x.grad().data()[i];
  return energy;
}

// Rows between the first and the last that have an entry other than 0, these included.
std::size_t extent(const Tensor& energy) {
  const std::size_t side = energy.shape(0);
  std::size_t first = side, last = 0;
  for (std::size_t i = 0; i < energy.size(); ++i)
    if (energy.data()[i] != 0) first = std::min(first, i / side), last = std::max(last, i / side);
  return first > last ? 0 : last - first + 1;
}

// Of the energy summed over columns: the narrowest symmetric band of rows with 95 % of it.
std::size_t band_of_95(const std::vector<double>& rows) {
  double all = 0;
  for (const double r : rows) all += r;
  const std::size_t middle = rows.size() / 2;
  double inside = rows[middle];
  std::size_t half = 0;
  while (inside < 0.95 * all) {
    ++half;
    inside += rows[middle - half] + rows[middle + half];
  }
  return 2 * half + 1;
}

} // namespace

int main() {
  const StackLayer conv{3}, pool{.kernel = 2, .stride = 2, .pool = true};
  const std::vector<std::pair<const char*, Stack>> stacks{
      {"five 3 x 3", {conv, conv, conv, conv, conv}},
      {"two 5 x 5", {{5}, {5}}},
      {"3 x 3 with stride 2, three times", {{3, 2}, {3, 2}, {3, 2}}},
      {"3 x 3 and pooling, three times", {conv, pool, conv, pool, conv, pool}},
      {"3 x 3 with dilation 1, 2, 4, 8", {{3, 1, 1}, {3, 1, 2}, {3, 1, 4}, {3, 1, 8}}}};
  fmt::print("Receptive field in pixels a side:\n  {:<36}{:>22}{:>10}{:>10}\n", "",
             "layer by layer", "formula", "gradient");
  Rng rng(22);
  for (const auto& [name, stack] : stacks) {
    const std::vector<std::size_t> fields = receptive_fields(stack);
    std::string all;
    for (const std::size_t f : fields) all += fmt::format("{}{}", all.empty() ? "" : " ", f);
    fmt::print("  {:<36}{:>22}{:>10}{:>10}\n", name, all, fields.back(),
               extent(gradient_energy(stack, 65, 2, rng)));
  }

  // Deep stacks of 3 x 3: how much of the field matters.
  fmt::print(
      "\nOf stacks of 3 x 3, with 95 % of the squared gradient:\n  {:>8}{:>10}{:>14}{:>10}\n",
      "layers", "field", "rows of 95 %", "share, %");
  std::string profile = "layers\tplace\tshare\n";
  nlohmann::json kept;
  for (const std::size_t depth : {2, 4, 8, 16, 32}) {
    const std::size_t side = 2 * depth + 1;
    std::vector<double> rows(side);
    for (int draw = 0; draw < 20; ++draw) { // the mean over random weights
      const Tensor energy = gradient_energy(Stack(depth, conv), side, 4, rng);
      double sum = 0;
      for (std::size_t i = 0; i < energy.size(); ++i) sum += energy.data()[i];
      for (std::size_t i = 0; i < energy.size(); ++i) rows[i / side] += energy.data()[i] / sum / 20;
    }
    const std::size_t band = band_of_95(rows);
    const double share = 100 * static_cast<double>(band) / static_cast<double>(side);
    fmt::print("  {:>8}{:>10}{:>14}{:>10.0f}\n", depth, side, band, share);
    kept[fmt::format("share_{}", depth)] = std::round(share);
    kept[fmt::format("rows_{}", depth)] = band;
    if (depth != 2 && depth != 8 && depth != 32) continue; // what the plot shows
    const double most = *std::max_element(rows.begin(), rows.end());
    for (std::size_t i = 0; i < side; ++i)
      profile += fmt::format("{}\t{:.4f}\t{:.3f}\n", depth,
                             (static_cast<double>(i) - static_cast<double>(depth)) /
                                 (static_cast<double>(depth) + 0.5),
                             rows[i] / most);
    profile += "\n\n";
  }
  keep("receptive.tsv", profile);
  keep("receptive.json", kept.dump(1) + "\n");
}
