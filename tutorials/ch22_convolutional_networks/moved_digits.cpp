// A full network and a convolutional one learn digits that stand in the middle. What do they make
// of digits that do not?
//
// It reads the folder `mnist` of the one that TAPESTRY_DATA names.
#include <array>
#include <functional>

#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"
#include "digits_task.hpp"
#include "nn/pooling.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t test_size = 2000, moves = 7, seeds = 3, batch = 50, epochs = 5,
                      learn_size = 5'000;

struct FullNetwork : nn::Module {
  explicit FullNetwork(Rng& rng)
      : hidden({.in_features = 784, .out_features = 256}, rng),
        last({.in_features = 256, .out_features = 10}, rng) {}
  Var operator()(const Operand& x) { // (B, 1, 28, 28) -> (B, 10)
    return last(relu(hidden(reshape(x, {x.shape()[0], 784}))));
  }
  void visit(nn::Visitor& v) override { v("hidden", hidden), v("last", last); }
  nn::Linear hidden, last;
};

// Stages as in CnnPath, and then the mean over all places: it cannot know where a thing stands.
struct MeanNetwork : nn::Module {
  explicit MeanNetwork(Rng& rng)
      : one(1, 24, rng), two(24, 48, rng), three(48, 96, rng),
        last({.in_features = 96, .out_features = 10}, rng) {}
  Var operator()(const Operand& x) { return last(global_avg_pool2d(three(two(one(x))))); }
  void visit(nn::Visitor& v) override {
    v("one", one), v("two", two), v("three", three), v("last", last);
  }
  CnnStage one, two, three;
  nn::Linear last;
};

// The pictures of these numbers, moved by `by` pixels to a side that goes round with the number.
Var moved_pictures(const LabelledImages& images, const std::vector<std::size_t>& numbers,
                   std::size_t by) {
  Tensor all = Tensor::from_shape({numbers.size(), 1, images.height, images.width});
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const Tensor wide = pad(image_tensor(images, numbers[i]), by); // `by` more on each side
    const std::size_t across[] = {0, 2 * by, by, by}, down[] = {by, by, 0, 2 * by};
    const Tensor x = crop(wide, {down[i % 4], across[i % 4], images.height, images.width});
    std::copy_n(x.data(), x.size(), all.data() + i * x.size());
  }
  return constant(all);
}

// Trains on the first pictures; right of the last ones, in percent, moved by 0, 1, ...
template <class Network>
std::array<double, moves> train_and_move(Network& network, const LabelledImages& images,
                                         std::uint64_t seed) {
  nn::Adam adam(network.parameters(), {.lr = 2e-3});
  std::vector<std::size_t> order = numbers_between(0, learn_size);
  Rng rng(seed);
  const std::size_t steps = epochs * learn_size / batch;
  const nn::Schedule schedule = nn::cosine_schedule(steps);
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t begin = step * batch % learn_size;
    if (begin == 0) rng.shuffle(order);
    const std::vector<std::size_t> some(order.begin() + static_cast<std::ptrdiff_t>(begin),
                                        order.begin() + static_cast<std::ptrdiff_t>(begin + batch));
    adam.lr = 2e-3 * schedule(step);
    adam.zero_grad();
    Tape tape;
    tape.backward(
        cross_entropy(network(moved_pictures(images, some, 0)), label_batch(images, some)));
    adam.step();
  }
  network.eval();
  const std::vector<std::size_t> others = numbers_between(images.size() - test_size, images.size());
  std::array<double, moves> right{};
  for (std::size_t by = 0; by < moves; ++by) {
    std::vector<int> found;
    for (std::size_t begin = 0; begin < others.size(); begin += 200) {
      const auto some = numbers_between(others[begin], others[begin] + 200);
      const Indices best = argmax(network(moved_pictures(images, some, by)), 1);
      found.insert(found.end(), best.begin(), best.end());
    }
    right[by] = right_of(found, images, others);
  }
  return right;
}

void run() {
  const auto folder = real_data(digits_task.folder);
  if (!folder) return;
  const LabelledImages images = read_mnist(*folder, Subset::train);
  const char* const names[] = {"full", "convolutional", "convolutional, mean at the end"};
  std::array<std::size_t, 3> weights{};
  std::array<std::array<std::array<double, seeds>, moves>, 3> share{}; // [network][move][seed]
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    const auto note = [&](std::size_t kind, auto network) {
      const auto right = train_and_move(network, images, seed + 1);
      for (std::size_t by = 0; by < moves; ++by) share[kind][by][seed] = right[by];
      weights[kind] = 0;
      for (const Parameter& p : network.parameters()) weights[kind] += p.value().size();
    };
    Rng rng(seed + 1);
    note(0, FullNetwork(rng));
    note(1, CnnPath(1, 28, digits_task.channels, 10, rng));
    note(2, MeanNetwork(rng));
  }
  fmt::print("Right of {} other digits, %, three seeds, moved by so many pixels:\n  {:<34}{:>9}",
             test_size, "", "weights");
  for (std::size_t by = 0; by < moves; ++by) fmt::print("{:>10}", by);
  std::string curve = "moved\tfull\tcnn\tmean\n";
  nlohmann::json kept;
  for (std::size_t kind = 0; kind < 3; ++kind) {
    fmt::print("\n  {:<34}{:>9}", names[kind], weights[kind]);
    for (const auto& all : share[kind]) {
      const auto [least, most] = std::minmax_element(all.begin(), all.end());
      fmt::print("{:>10}", fmt::format("{:.0f} to {:.0f}", *least, *most));
    }
  }
  fmt::print("\n");
  const auto mean = [&](std::size_t kind, std::size_t by) {
    const auto& all = share[kind][by];
    return (all[0] + all[1] + all[2]) / 3;
  };
  for (std::size_t by = 0; by < moves; ++by) {
    curve += fmt::format("{}\t{:.1f}\t{:.1f}\t{:.1f}\n", by, mean(0, by), mean(1, by), mean(2, by));
    for (std::size_t kind = 0; kind < 3; ++kind)
      kept[fmt::format("kind{}", kind)][fmt::format("by{}", by)] = std::round(mean(kind, by));
  }
  keep("moved_digits.tsv", curve);
  keep("moved_digits.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("How well networks read digits that were moved.", "moved_digits");
  return run_program(app, argc, argv, run);
}
