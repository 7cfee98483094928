// What the chapters' training programs share: a run that saves, goes on where it was, and tells how
// far it is.
#pragma once

#include <functional>
#include <string>

#include "autograd/base/folder_lock.hpp"
#include "autograd/tape.hpp"
#include "nn/training/checkpoint.hpp"
#include "program.hpp"

namespace tapestry {

/// The learning curve so far: lines of a table, and what has come in since the last of them.
class Curve {
public:
  void add(double loss);
  /// A line: the step, the mean loss since the line before, and the measure on held-out data.
  void close(std::size_t step, double held_out);

  struct Point {
    double step, loss, held_out;
  };
  const std::vector<Point>& points() const { return points_; }
  /// Seconds that the training has taken, over all its runs.
  double seconds() const { return seconds_; }
  void spend(double seconds) { seconds_ += seconds; }
  /// Tab-separated, under a line of names. Losses with digits enough to go on from.
  std::string to_text() const;
  /// The inverse; a FormatError "PATH: ..." for anything else.
  void read(const std::string& path, const std::string& text);

private:
  std::vector<Point> points_;
  double sum_ = 0, seconds_ = 0;
  std::size_t count_ = 0;
};

struct TrainingOptions {
  std::string out;      ///< the folder
  std::string name;     ///< of the checkpoint: OUT/NAME.safetensors
  std::string run;      ///< all settings: a checkpoint of others is not gone on from
  nn::Notes notes = {}; ///< what else the checkpoint says
  std::size_t steps = 1;
  std::size_t report_every = 100; ///< steps between two measurements on held-out data
  double clip = 5;                ///< the largest norm of the gradient
  double save_every = 10;         ///< seconds
};

/// What a program says of one step. `around` calls the step's work: for what must be there before
/// the tape and gone before the optimiser's step, as weight noise.
struct TrainingStep {
  std::function<Var(std::size_t step)> loss;
  std::function<double(std::size_t step)> rate;
  std::function<double()> held_out = {};
  std::function<void(const std::function<void()>& work)> around = {};
  std::function<void()> after = {}; ///< after the optimiser's step
};

/// Trains `model` from the checkpoint's step, or from 0, to the last. A killed run goes on bit for
/// bit if all that changes while training is in the model (as buffers), the optimiser and `rng`.
/// Ctrl-C saves and ends. Returns the learning curve. A std::runtime_error if the folder has the
/// checkpoint of another run, or the loss is no longer finite.
Curve train(const TrainingOptions& options, nn::Module& model, nn::Optimizer& optimizer, Rng& rng,
            const TrainingStep& step);

} // namespace tapestry
