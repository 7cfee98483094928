#include "text/models/evaluation.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "text/corpora/stream_batches.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// What must be as it was: the mode and the weights.
class Restored {
public:
  explicit Restored(LanguageModel& model)
      : parameters(model.parameters()), model_(model), training_(model.training()) {
    for (const Parameter& p : parameters) before.push_back(p.value());
    model.eval();
  }
  ~Restored() {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parameters[i].update([&](Tensor& w) { std::copy_n(before[i].data(), w.size(), w.data()); });
      parameters[i].zero_grad();
    }
    model_.train(training_);
  }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;

  std::vector<Parameter> parameters;
  std::vector<Tensor> before;

private:
  LanguageModel& model_;
  bool training_;
};

void pull_back_to(const Tensor& trained, double share, Parameter& p) {
  p.update([&](Tensor& w) {
    for (std::size_t i = 0; i < w.size(); ++i)
      w.data()[i] += static_cast<real>(share) * (trained.data()[i] - w.data()[i]);
  });
}

} // namespace

//> dynamic-evaluation
LanguageScore evaluate_stream(LanguageModel& model, const std::vector<int>& ids,
                              const DynamicOptions& o) {
  if (!(o.rate >= 0) || o.steps == 0 || !(o.clip > 0) || !(o.decay >= 0 && o.decay <= 1))
    throw std::invalid_argument(
        fmt::format("evaluate_stream: rate {}, steps {}, clip {}, decay {}; expected rate >= 0, "
                    "steps >= 1, clip > 0 and decay in [0, 1]",
                    o.rate, o.steps, o.clip, o.decay));
  const StreamBatches stream(ids, 1, o.steps);
  Restored restored(model);
  nn::SGD optimizer(restored.parameters, {.lr = o.rate});
  LanguageScore score;
  LSTMState state = model.start(1);
  Rng unused(0); // nothing is dropped
  for (std::size_t i = 0; i < stream.size(); ++i) {
    const StreamWindow w = stream.window(i);
    if (o.rate == 0) {
      score.add(model.loss(w.ids, w.targets, state, unused).item(), w.targets.size());
      continue;
    }
    optimizer.zero_grad();
    Tape tape;
    const Var loss = model.loss(w.ids, w.targets, state, unused);
    score.add(loss.item(), w.targets.size()); // before it is learnt from
    tape.backward(loss);
    nn::clip_grad_norm(restored.parameters, o.clip);
    optimizer.step();
    if (o.decay > 0)
      for (std::size_t k = 0; k < restored.parameters.size(); ++k)
        pull_back_to(restored.before[k], o.decay, restored.parameters[k]);
  }
  return score;
}
//< dynamic-evaluation

} // namespace tapestry::inline TAPESTRY_PRECISION
