#include "nn/training/checkpoint.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "nn/training/safetensors.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {
namespace {

const std::string prefix = "optimizer.";

// A checkpoint's tensors, told apart.
struct Parts {
  StateDict model;
  OptimizerState optimizer;
};

Parts split(StateDict&& tensors) {
  Parts parts;
  for (auto& [name, x] : tensors)
    if (name.starts_with(prefix))
      parts.optimizer.tensors[name.substr(prefix.size())] = std::move(x);
    else
      parts.model[name] = std::move(x);
  return parts;
}

std::string note(const std::string& path, const std::map<std::string, std::string>& notes,
                 const std::string& key) {
  const auto found = notes.find(key);
  if (found == notes.end()) throw FormatError(path + ": no \"" + key + "\" in its metadata");
  return found->second;
}

std::string to_text(const Rng::State& s) {
  return fmt::format("{:016x} {:016x} {:016x} {:016x}", s[0], s[1], s[2], s[3]);
}

Rng::State rng_state(const std::string& path, const std::string& text) {
  Rng::State s{};
  if (std::sscanf(text.c_str(), "%16lx %16lx %16lx %16lx", &s[0], &s[1], &s[2], &s[3]) != 4)
    throw FormatError(path + ": its random state is not four hexadecimal words");
  return s;
}

} // namespace

void save_checkpoint(const std::string& path, Module& model, const Optimizer& optimizer,
                     const Rng& rng, std::map<std::string, std::string> notes) {
  SafetensorsFile file{model.state_dict(), std::move(notes)};
  const OptimizerState state = optimizer.state_dict();
  for (const auto& [name, x] : state.tensors) file.tensors[prefix + name] = x;
  for (const auto& [name, steps] : state.steps)
    file.metadata[prefix + name + ".steps"] = fmt::format("{}", steps);
  file.metadata["rng"] = to_text(rng.state());
  save_safetensors(path, file);
}

//> load-checkpoint
std::map<std::string, std::string> load_checkpoint(const std::string& path, Module& model,
                                                   Optimizer& optimizer, Rng& rng) {
  SafetensorsFile file = load_safetensors(path);
  Parts parts = split(std::move(file.tensors));
  for (const auto& [name, text] : file.metadata)
    if (name.starts_with(prefix) && name.ends_with(".steps"))
      parts.optimizer.steps[name.substr(prefix.size(), name.size() - prefix.size() - 6)] =
          std::stoull(text);
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

std::map<std::string, std::string> load_model(const std::string& path, Module& model) {
  SafetensorsFile file = load_safetensors(path);
  try {
    model.load_state_dict(split(std::move(file.tensors)).model);
  } catch (const std::invalid_argument& e) {
    throw FormatError(path + ": " + e.what());
  }
  return file.metadata;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
