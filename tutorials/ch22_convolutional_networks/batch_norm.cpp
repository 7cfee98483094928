// Batch normalisation: its statistics, what it remembers, and what its gradient cannot contain.
#include "nn/batch_norm.hpp"
#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/conv.hpp"
#include "small_tensors.hpp"

using namespace tapestry;

namespace {

// Channel c of x: (B, C, H, W)
std::pair<double, double> mean_and_deviation(const Tensor& x, std::size_t c) {
  const std::size_t plane = x.shape(2) * x.shape(3);
  double sum = 0, squares = 0, n = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i / plane % x.shape(1) == c) sum += x.data()[i], squares += x.data()[i] * x.data()[i], ++n;
  return {sum / n, std::sqrt(squares / n - sum / n * (sum / n))};
}

void statistics(Rng& rng) {
  Tensor x = normal({8, 2, 5, 5}, 3, 2, rng);
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i / 25 % 2 == 1) x.data()[i] = 0.1 * x.data()[i] - 1; // the second channel: another scale
  nn::BatchNorm2d norm({.num_features = 2});
  const Tensor y = norm(constant(x)).value();
  fmt::print("Mean and deviation of each channel:\n  {:<10}{:>18}{:>18}\n", "", "before", "after");
  for (std::size_t c = 0; c < 2; ++c) {
    const auto [m, d] = mean_and_deviation(x, c);
    const auto [n, e] = mean_and_deviation(y, c);
    fmt::print("  {:<10}{:>18}{:>18}\n", fmt::format("channel {}", c),
               fmt::format("{:.2f}, {:.2f}", m, d), fmt::format("{:.2f}, {:.2f}", std::abs(n), e));
  }
}

void running(Rng& rng) {
  nn::BatchNorm2d norm({.num_features = 1});
  fmt::print("\nRunning statistics of pictures with mean 3 and variance 4:\n  {:>8}{:>10}{:>10}\n",
             "batches", "mean", "variance");
  for (int batch = 0; batch <= 50; ++batch) {
    if (batch == 0 || batch == 1 || batch == 5 || batch == 20 || batch == 50)
      fmt::print("  {:>8}{:>10.2f}{:>10.2f}\n", batch, norm.running_mean(0), norm.running_var(0));
    norm(constant(normal({16, 1, 8, 8}, 3, 2, rng)));
  }
}

void company(Rng& rng) {
  nn::BatchNorm2d norm({.num_features = 2});
  for (int i = 0; i < 50; ++i) norm(constant(normal({16, 2, 5, 5}, 0, 1, rng)));
  const Tensor others = normal({7, 2, 5, 5}, 0, 1, rng), bright = normal({7, 2, 5, 5}, 2, 1, rng);
  const Tensor picture = normal({1, 2, 5, 5}, 0, 1, rng);
  const auto first_of = [&](const Tensor& rest) { // the picture's output in this company
    Tensor batch = Tensor::from_shape({8, 2, 5, 5});
    std::copy_n(picture.data(), picture.size(), batch.data());
    std::copy_n(rest.data(), rest.size(), batch.data() + picture.size());
    const Tensor y = norm(constant(batch)).value();
    Tensor own = Tensor::from_shape(picture.shape());
    std::copy_n(y.data(), own.size(), own.data());
    return own;
  };
  fmt::print("\nOne picture in two batches, largest difference of its outputs:\n");
  fmt::print("  in training: {}\n", shown(largest_difference(first_of(others), first_of(bright))));
  norm.eval();
  fmt::print("  in evaluation: {}\n",
             shown(largest_difference(first_of(others), first_of(bright))));
}

void no_bias(Rng& rng) {
  const Var x = constant(normal({4, 3, 6, 6}, 0, 1, rng));
  const Var w = variable(normal({5, 3, 3, 3}, 0, 1, rng)), b = variable(zeros({5}));
  const Var ten = constant(full({5}, 10)), g = constant(normal({4, 5, 4, 4}, 0, 1, rng));
  nn::BatchNorm2d norm({.num_features = 5, .eps = 0});
  Tape tape;
  const Var y = norm(conv2d(x, w, b));
  tape.backward(sum(y * g));
  fmt::print("\nA bias before the normalisation:\n  output with a bias of 10 against 0: {}\n",
             shown(largest_difference(norm(conv2d(x, w, ten)).value(), y.value())));
  fmt::print("  largest gradient of the bias: {}\n", shown(largest_entry(b.grad())));

  const Var large = variable(w.value() * 10);
  Tape again;
  const Var z = norm(conv2d(x, large));
  again.backward(sum(z * g));
  fmt::print("\nA kernel ten times as large:\n  output against that of the kernel: {}\n",
             shown(largest_difference(z.value(), y.value())));
  fmt::print("  its gradient, times 10, against the kernel's: {}\n",
             shown(largest_difference(large.grad() * 10, w.grad())));
  fmt::print("  kernel times its gradient, summed: {}\n",
             shown(std::abs(inner_product(w.value(), w.grad()))));
}

void pull_back(Rng& rng) {
  const Var x = variable(normal({4, 2, 3, 3}, 1, 2, rng));
  nn::BatchNorm2d norm({.num_features = 2, .eps = 0});
  Tape tape;
  const Var y = norm(x); // weight 1, bias 0: y is the normalised x
  tape.backward(y, normal(y.shape(), 0, 1, rng));
  double sum = 0, along = 0; // of channel 0
  for (std::size_t i = 0; i < x.value().size(); ++i)
    if (i / 9 % 2 == 0)
      sum += x.grad().data()[i], along += x.grad().data()[i] * y.value().data()[i];
  fmt::print("\nThe gradient of x, in a channel:\n  its sum: {}\n  its product with the normalised "
             "x: {}\n",
             shown(std::abs(sum)), shown(std::abs(along)));
  const auto report = gradcheck(
      [&](const Var& v, const Var& w, const Var& b) {
        Tensor mean, variance;
        return batch_norm2d(v, w, b, 1e-5, mean, variance);
      },
      {normal({4, 2, 3, 5}, 1, 2, rng), normal({2}, 1, 0.5, rng), normal({2}, 0, 1, rng)});
  fmt::print("  gradcheck of x, weight and bias: {}\n", report.passed ? "passed" : "failed");
}

void small_batches(Rng& rng) {
  nn::BatchNorm1d norm({.num_features = 3});
  fmt::print("\nA batch of one row:\n  ");
  try {
    norm(constant(normal({1, 3}, 0, 1, rng)));
  } catch (const std::exception& e) {
    const std::string text = e.what(); // without the place, which moves with the file
    fmt::print("{}\n", text.substr(text.find(": ") + 2));
  }
  const Tensor two = normal({2, 3}, 5, 100, rng), y = norm(constant(two)).value();
  fmt::print("\nA batch of two rows:\n");
  for (std::size_t i = 0; i < 2; ++i)
    fmt::print("  {:8.1f}{:8.1f}{:8.1f}   becomes {:5.2f}{:6.2f}{:6.2f}\n", two(i, 0), two(i, 1),
               two(i, 2), y(i, 0), y(i, 1), y(i, 2));
}

} // namespace

int main() {
  Rng rng(22);
  statistics(rng);
  running(rng);
  company(rng);
  no_bias(rng);
  pull_back(rng);
  small_batches(rng);
}
