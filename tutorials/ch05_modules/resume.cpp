// A training run is saved, and goes on elsewhere: with everything that it needs, and with less.
#include <cstring>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "autograd/operators/loss.hpp"
#include "autograd/tape.hpp"
#include "nn/training/checkpoint.hpp"
#include "nn/training/safetensors.hpp"
#include "two_spirals.hpp"

using namespace tapestry;

namespace {

//> run
// All that a training run consists of.
struct Run {
  Rng rng;
  Mlp model{rng};
  nn::Adam optimizer{model.parameters(), {.lr = 0.01}};

  explicit Run(std::uint64_t seed) : rng(seed) {}
};
//< run

const Spirals data = two_spirals();

// Each step takes 32 of the points, drawn anew.
void train(Run& run, std::size_t steps) {
  for (std::size_t step = 0; step < steps; ++step) {
    Tensor x = zeros({32, 2}), t = zeros({32, 1});
    for (std::size_t i = 0; i < 32; ++i) {
      const std::size_t from = run.rng.below(194);
      x(i, 0) = data.x(from, 0), x(i, 1) = data.x(from, 1), t(i, 0) = data.t(from, 0);
    }
    run.optimizer.zero_grad();
    Tape tape;
    const Var logits = run.model(constant(x));
    tape.backward(binary_cross_entropy(logits, constant(t)));
    run.optimizer.step();
  }
}

void compare(const char* what, Run& a, Run& b) {
  const nn::StateDict other = b.model.state_dict();
  bool same = true;
  for (const auto& [name, x] : a.model.state_dict())
    same = same && std::memcmp(x.data(), other.at(name).data(), x.size() * sizeof(real)) == 0;
  fmt::print("  {:<42} {}\n", what, same ? "the same, bit for bit" : "another model");
}

} // namespace

int main() {
  const std::string path = std::filesystem::temp_directory_path() / "tapestry_ch05.safetensors";

  Run straight(1);
  train(straight, 400);

  //> save
  Run first(1);
  train(first, 200);
  nn::save_checkpoint(path, first.model, first.optimizer, first.rng, {{"step", "200"}});
  //< save

  const nn::SafetensorsFile file = nn::load_safetensors(path);
  fmt::print("In the file:\n");
  for (const auto& [name, x] : file.tensors)
    if (name.find("fc1") == std::string::npos && name.find("fc2") == std::string::npos)
      fmt::print("  {:<29} {}\n", name, to_string(x.shape()));
  for (const auto& [key, text] : file.metadata) fmt::print("  {}: {}\n", key, text);

  //> resume
  Run second(99);
  nn::load_checkpoint(path, second.model, second.optimizer, second.rng);
  train(second, 200);
  //< resume
  fmt::print("\n200 steps and 200 more, against 400, after loading\n");
  compare("model, optimiser and random state", second, straight);

  Run no_optimizer(99), unused(99);
  nn::load_checkpoint(path, no_optimizer.model, unused.optimizer, no_optimizer.rng);
  train(no_optimizer, 200);
  compare("model and random state", no_optimizer, straight);

  Run no_rng(99);
  nn::load_checkpoint(path, no_rng.model, no_rng.optimizer, unused.rng);
  train(no_rng, 200);
  compare("model and optimiser", no_rng, straight);
  std::filesystem::remove(path);
}
