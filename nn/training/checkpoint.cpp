#include "nn/training/checkpoint.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {
namespace {

const std::string prefix = "optimizer.", suffix = ".steps";

// A checkpoint's tensors, told apart.
struct Parts {
  StateDict model;
  OptimizerState optimizer;
};

Parts split(const std::string& path, StateDict&& tensors,
            const std::map<std::string, IntTensor>& integers) {
  Parts parts;
  for (const auto& [name, count] : integers) {
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
    if (count.values.size() != 1 || count.values[0] < 0)
      throw FormatError(fmt::format("{}: \"{}\" is no number of steps", path, name));
    const std::size_t length = name.size() - prefix.size() - suffix.size();
    parts.optimizer.steps[name.substr(prefix.size(), length)] =
        static_cast<std::uint64_t>(count.values[0]);
  }
  for (auto& [name, x] : tensors)
    if (name.starts_with(prefix))
      parts.optimizer.tensors[name.substr(prefix.size())] = std::move(x);
    else
      parts.model[name] = std::move(x);
  return parts;
}

// Whole numbers that are not the optimiser's: PyTorch's BatchNorm counts its batches.
void check_integers(const std::string& path, const SafetensorsFile& file) {
  for (const auto& [name, x] : file.integers)
    if (!name.starts_with(prefix) && !name.ends_with("num_batches_tracked"))
      throw FormatError(fmt::format("{}: \"{}\" {} holds whole numbers, expected {}", path, name,
                                    to_string(x.shape), sizeof(real) == 8 ? "F64" : "F32"));
}

const std::string& note(const std::string& path, const Notes& notes, const std::string& key) {
  const auto found = notes.find(key);
  if (found == notes.end()) throw FormatError(path + ": no \"" + key + "\" in its metadata");
  return found->second;
}

std::string to_text(const Rng::State& s) {
  return fmt::format("{:016x} {:016x} {:016x} {:016x}", s[0], s[1], s[2], s[3]);
}

Rng::State rng_state(const std::string& path, const std::string& text) {
  Rng::State s{};
  for (std::size_t i = 0; i < s.size() && 17 * i < text.size(); ++i)
    std::from_chars(text.data() + 17 * i, text.data() + text.size(), s[i], 16);
  if (to_text(s) != text) // as we write it, to the last character
    throw FormatError(path + ": its random state is not four words of 16 hexadecimal digits");
  if (s == Rng::State{})
    throw FormatError(path + ": its random state is all zero, from which only zeros come");
  return s;
}

void check_finite(const std::string& path, const StateDict& tensors) {
  for (const auto& [name, x] : tensors) {
    const auto bad = std::find_if(x.storage().begin(), x.storage().end(),
                                  [](real value) { return !std::isfinite(value); });
    if (bad != x.storage().end())
      throw std::invalid_argument(fmt::format("{}: not saved: entry {} of \"{}\" is {}", path,
                                              bad - x.storage().begin(), name, *bad));
  }
}

} // namespace

void save_checkpoint(const std::string& path, Module& model, const Optimizer& optimizer,
                     const Rng& rng, const Notes& notes) {
  SafetensorsFile file{model.state_dict(), notes, {}};
  for (const auto& [name, x] : file.tensors)
    if (name.starts_with(prefix))
      throw std::invalid_argument(
          fmt::format("{}: not saved: \"{}\" begins as the optimiser's "
                      "tensors do; give that part of the model another name",
                      path, name));
  const OptimizerState state = optimizer.state_dict();
  for (const auto& [name, x] : state.tensors) file.tensors[prefix + name] = x;
  for (const auto& [name, steps] : state.steps)
    file.integers[prefix + name + suffix] = {{}, {static_cast<std::int64_t>(steps)}};
  check_finite(path, file.tensors);
  file.metadata["rng"] = to_text(rng.state());
  save_safetensors(path, file);
}

Notes load_checkpoint(const std::string& path, Module& model, Optimizer& optimizer, Rng& rng) {
  return load_checkpoint(path, load_safetensors(path), model, optimizer, rng);
}

//> load-checkpoint
Notes load_checkpoint(const std::string& path, SafetensorsFile file, Module& model,
                      Optimizer& optimizer, Rng& rng) {
  check_integers(path, file);
  const Parts parts = split(path, std::move(file.tensors), file.integers);
  const Rng::State state = rng_state(path, note(path, file.metadata, "rng"));
  const StateDict before = model.state_dict();
  try {
    model.load_state_dict(parts.model);
    optimizer.load_state_dict(parts.optimizer);
  } catch (const std::invalid_argument& e) {
    model.load_state_dict(before);
    throw FormatError(path + ": " + e.what());
  }
  rng.set_state(state);
  return file.metadata;
}
//< load-checkpoint

LoadedModel load_model(const std::string& path, Module& model, const LoadOptions& options) {
  return load_model(path, load_safetensors(path), model, options);
}

LoadedModel load_model(const std::string& path, SafetensorsFile file, Module& model,
                       const LoadOptions& options) {
  check_integers(path, file);
  LoadedModel result{std::move(file.metadata), {}, {}};
  StateDict state, own = model.state_dict();
  for (const auto& [name, count] : file.integers) // a buffer of ours that PyTorch counts in
    if (name.starts_with(options.prefix) && own.contains(name.substr(options.prefix.size())) &&
        count.values.size() == 1)
      file.tensors.emplace(name, Tensor(static_cast<real>(count.values[0])));
  for (auto& [name, x] : split(path, std::move(file.tensors), {}).model) {
    const std::string inner =
        name.starts_with(options.prefix) ? name.substr(options.prefix.size()) : "";
    if (inner.empty() || (options.partial && !own.contains(inner)))
      result.unused.push_back(name);
    else
      state[inner] = std::move(x);
  }
  for (auto& [name, x] : own)
    if (options.partial && !state.contains(name)) {
      result.missing.push_back(name);
      state[name] = std::move(x);
    }
  try {
    model.load_state_dict(state);
  } catch (const std::invalid_argument& e) {
    throw FormatError(path + ": " + e.what());
  }
  return result;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
