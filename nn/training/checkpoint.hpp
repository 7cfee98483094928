// A training run on disk: model, optimiser, and whatever text it needs to go on.
#pragma once

#include <map>
#include <string>

#include "autograd/random.hpp"
#include "nn/training/optimizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

/// Writes a safetensors file: the model's tensors under their own names, the optimiser's under
/// "optimizer.NAME", the notes and the random state as metadata. Atomic: a run that is killed while
/// saving keeps the checkpoint before.
void save_checkpoint(const std::string& path, Module& model, const Optimizer& optimizer,
                     const Rng& rng, std::map<std::string, std::string> notes);

/// Puts everything back, so that training goes on bit for bit as if it had not stopped, and returns
/// the notes. A FormatError if the file is damaged or belongs to another model; then nothing has
/// changed.
std::map<std::string, std::string> load_checkpoint(const std::string& path, Module& model,
                                                   Optimizer& optimizer, Rng& rng);

/// The model's part alone; returns the notes.
std::map<std::string, std::string> load_model(const std::string& path, Module& model);

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
