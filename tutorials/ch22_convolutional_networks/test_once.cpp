// The test digits, for three networks that differ in their seed alone.
//
// It reads the folder `mnist` of the one that TAPESTRY_DATA names.
#include "digits_task.hpp"

using namespace tapestry;

namespace {

void run() {
  const auto folder = real_data(digits_task.folder);
  if (!folder) return;
  const LabelledImages images = read_mnist(*folder, Subset::train),
                       test = read_mnist(*folder, Subset::test);
  nlohmann::json kept;
  double least = 100, most = 0, sum = 0;
  constexpr std::size_t seeds = 3;
  fmt::print("Right, %, of {} test digits:\n", test.size());
  for (std::size_t seed = 1; seed <= seeds; ++seed) {
    ClassifierSettings s{.epochs = digits_epochs, .seed = seed};
    s.out = data_folder() + "/digits" + (seed > 1 ? fmt::format("_{}", seed) : "");
    const Classified r = train_classifier(digits_task, s, images, test);
    fmt::print("  seed {}: {:.2f}, and {:.2f} of the {} kept for choosing\n", seed, r.test, r.kept,
               s.keep);
    std::fflush(stdout);
    least = std::min(least, r.test), most = std::max(most, r.test), sum += r.test / seeds;
  }
  const auto two = [](double x) { return std::round(100 * x) / 100; };
  kept = {{"least", two(least)},
          {"most", two(most)},
          {"mean", two(sum)},
          {"error_least", two(100 - most)},
          {"error_most", two(100 - least)}};
  keep("test_once.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains three networks on MNIST and tests each once.", "test_once");
  return run_program(app, argc, argv, run);
}
