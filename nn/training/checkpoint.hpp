// A training run on disk: model, optimiser, and whatever text it needs to go on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "autograd/random.hpp"
#include "nn/training/optimizer.hpp"
#include "nn/training/safetensors.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

using Notes = std::map<std::string, std::string>;

/// Writes a safetensors file: the model's tensors under their own names, the optimiser's under
/// "optimizer.NAME", the notes and the random state as metadata. Atomic: a run that is killed while
/// saving keeps the checkpoint before. Values that are not finite would make every later run start
/// from nothing: a std::invalid_argument names the first, and nothing is written.
void save_checkpoint(const std::string& path, Module& model, const Optimizer& optimizer,
                     const Rng& rng, const Notes& notes);

/// Puts everything back, so that training goes on bit for bit as if it had not stopped, and returns
/// the notes. A FormatError if the file is damaged or belongs to another model; then nothing has
/// changed.
Notes load_checkpoint(const std::string& path, Module& model, Optimizer& optimizer, Rng& rng);

/// The same for a file that has been read already, because its notes say what to build. Who reads
/// twice may read two files: another run can have saved between. `path` is for errors.
Notes load_checkpoint(const std::string& path, SafetensorsFile file, Module& model,
                      Optimizer& optimizer, Rng& rng);

struct LoadOptions {
  std::string prefix = ""; ///< only what has a name that begins so, and without it: "backbone."
  bool partial = false;    ///< what the file lacks stays as it is, what the model lacks is left out
};

struct LoadedModel {
  Notes notes;
  std::vector<std::string> missing; ///< parts of the model that the file has not
  std::vector<std::string> unused;  ///< tensors of the file that have not been taken
};

/// The model's part alone: of one of our checkpoints, or of a state dict that PyTorch's users have
/// saved. An optimiser's tensors are passed over, and so are the counts named num_batches_tracked,
/// which our batch norm does not need. Without `partial`, names must be exactly the model's; shapes
/// always. A FormatError says what does not fit, and then nothing has changed.
LoadedModel load_model(const std::string& path, Module& model, const LoadOptions& options = {});
LoadedModel load_model(const std::string& path, SafetensorsFile file, Module& model,
                       const LoadOptions& options = {});

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
