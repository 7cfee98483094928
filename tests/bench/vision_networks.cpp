#include <fmt/format.h>

#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/pooling.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/bench/vision_cases.hpp"
#include "vision/networks/mobilenet_v2.hpp"

namespace tapestry::bench {
namespace {

// Two convolutions and a pooling, twice, and two linear layers: what is usual for CIFAR-10.
struct CifarCnn : nn::Module {
  explicit CifarCnn(Rng& rng)
      : a(conv(3, 32), rng), b(conv(32, 32), rng), c(conv(32, 64), rng), d(conv(64, 64), rng),
        wide({.in_features = 64 * 64, .out_features = 256}, rng),
        last({.in_features = 256, .out_features = 10}, rng) {}
  static nn::Conv2dOptions conv(std::size_t in, std::size_t out) {
    return {.in_channels = in, .out_channels = out, .kernel_size = 3, .padding = 1, .relu = true};
  }
  // x: (B, 3, 32, 32) -> (B, 10)
  Var operator()(const Var& x) const {
    const Var half = max_pool2d(b(a(x)), 2), quarter = max_pool2d(d(c(half)), 2);
    return last(relu(wide(reshape(quarter, {x.shape()[0], 64 * 64}))));
  }
  void visit(nn::Visitor& v) override {
    v("a", a);
    v("b", b);
    v("c", c);
    v("d", d);
    v("wide", wide);
    v("last", last);
  }
  nn::Conv2d a, b, c, d;
  nn::Linear wide, last;
};

// A whole training step: loss, gradients, SGD.
template <class Model>
std::function<void()> training_of(const std::shared_ptr<Model>& model, const Shape& shape) {
  Rng rng(2);
  const Var x = constant(normal(shape, 0, 1, rng));
  const std::size_t classes = (*model)(x).shape()[1];
  Indices targets = Indices::from_shape({shape[0]});
  for (std::int32_t& t : targets) t = static_cast<std::int32_t>(rng.below(classes));
  const auto optimizer =
      std::make_shared<nn::SGD>(model->parameters(), nn::SGDOptions{.lr = 1e-3, .momentum = 0.9});
  return [=] {
    optimizer->zero_grad();
    Tape tape;
    tape.backward(cross_entropy((*model)(x), targets));
    optimizer->step();
  };
}

nlohmann::json mobilenet_for_peer(const char* mode, std::size_t batch) {
  return {{"make", "mobilenet"}, {"mode", mode}, {"B", batch}};
}

// 224 x 224 pixels. folded: batch normalisation is part of the convolutions, as in pretrained use.
void mobilenet_forward(Bench& suite, std::size_t batch, bool folded) {
  const std::string name = fmt::format("MobileNetV2{}, {}", folded ? "" : " unfolded", batch);
  if (!suite.wanted(name)) return;
  Rng rng(1);
  const auto model = std::make_shared<MobileNetV2>(MobileNetV2Options{}, rng);
  model->eval();
  if (folded) model->fold();
  const Var x = constant(normal({batch, 3, 224, 224}, 0, 1, rng));
  suite.run({.name = name,
             .ours = [=] { (*model)(x); },
             .peer = mobilenet_for_peer(folded ? "folded" : "eval", batch),
             .bound = Bound::of([&] { (*model)(x); }).ways(false)});
}

} // namespace

void run_networks(Bench& suite) {
  Rng rng(1);
  if (const std::string name = "CIFAR CNN, training step"; suite.wanted(name)) {
    const auto model = std::make_shared<CifarCnn>(rng);
    const Shape shape{64, 3, 32, 32};
    suite.run({.name = name,
               .ours = training_of(model, shape),
               .peer = {{"make", "cifar_cnn"}, {"B", 64}},
               .bound = Bound::of([&] { (*model)(constant(ones(shape))); }).ways(true)});
  }
  for (const bool folded : {true, false})
    for (const std::size_t batch : {1, 16}) mobilenet_forward(suite, batch, folded);
  if (const std::string name = "MobileNetV2, training step, 16"; suite.wanted(name)) {
    const auto model = std::make_shared<MobileNetV2>(MobileNetV2Options{}, rng);
    const Shape shape{16, 3, 224, 224};
    suite.run({.name = name,
               .ours = training_of(model, shape),
               .peer = mobilenet_for_peer("training", 16),
               .bound = Bound::of([&] { (*model)(constant(ones(shape))); }).ways(true)});
  }
}

} // namespace tapestry::bench
