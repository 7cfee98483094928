// Layers and networks for pictures, the captioner's training step, and the way from a JPEG file to
// a network: ours, PyTorch's (for files PIL's), and the least that it takes.
//
// bound_ms: the matrix products of the same sizes by OpenBLAS, on one thread or on as many as we
// have, whichever is faster; for layers that are no product, a copy that moves as many bytes as
// they must (bound.hpp). A product on a tape has two more for its gradients. With kernels that
// multiply less than a product does, or with better ones than OpenBLAS', ours can be below it.
// Files have no bound.
#include <algorithm>

#include <fmt/format.h>

#include "autograd/base/product.hpp"
#include "autograd/tape.hpp"
#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"
#include "nn/pooling.hpp"
#include "tests/bench/vision_cases.hpp"
#include "vision/networks/cnn.hpp"

using namespace tapestry;
using bench::Bound;

namespace {

// One pass of f forward, and if `back` also backward from a fixed gradient.
template <class Model, class F>
std::function<void()> step_of(std::shared_ptr<Model> model, const Shape& shape, F f, bool back,
                              bool to_x = true) {
  Rng rng(2);
  const Tensor data = normal(shape, 0, 1, rng);
  const Var x = to_x ? variable(data) : constant(data);
  const auto parameters = std::make_shared<std::vector<Parameter>>(model->parameters());
  const Tensor seed = normal(f(*model, x).shape(), 0, 1, rng);
  return [=] {
    if (!back) return void(f(*model, x));
    for (const Parameter& p : *parameters) p.zero_grad();
    x.zero_grad();
    Tape tape;
    tape.backward(f(*model, x), seed);
  };
}

// The two rows of a layer, forward and both ways.
template <class Model, class F>
void run_layer(bench::Bench& suite, const std::string& layer, nlohmann::json peer,
               const std::function<std::shared_ptr<Model>()>& make, const Shape& shape, F f) {
  for (const bool back : {false, true}) {
    const std::string name = fmt::format("{}{}", layer, back ? ", both ways" : "");
    if (!suite.wanted(name)) continue;
    const std::shared_ptr<Model> model = make();
    const Bound bound = Bound::of([&] { f(*model, variable(ones(shape))); });
    const std::function<void()> step = step_of(model, shape, f, back);
    peer["back"] = back;
    step(); // the first run fills caches and pools
    const double once = bench::milliseconds(step);
    suite.run({.name = name,
               .ours = step,
               .peer = peer,
               .bound = bound.ways(back),
               .repeat = once < 1 ? 10 : 1}); // less is mostly waking threads up
  }
}

struct Conv {
  std::size_t batch, in, side, out, kernel = 3, stride = 1, groups = 1;
  bool relu = false;

  std::string name() const {
    const std::string what =
        groups > 1 ? fmt::format("{} channels", in) : fmt::format("{}-{}", in, out);
    return fmt::format("{} {}x{}, {} x {} of {}{}", groups > 1 ? "depthwise" : "conv", kernel,
                       kernel, batch, what, side, stride > 1 ? fmt::format(" /{}", stride) : "");
  }
  nlohmann::json for_peer() const {
    return {{"make", "conv"},   {"B", batch},   {"in", in},
            {"out", out},       {"side", side}, {"kernel", kernel},
            {"stride", stride}, {"relu", relu}, {"groups", groups}};
  }
  std::shared_ptr<nn::Conv2d> layer() const {
    Rng rng(1);
    return std::make_shared<nn::Conv2d>(nn::Conv2dOptions{.in_channels = in,
                                                          .out_channels = out,
                                                          .kernel_size = kernel,
                                                          .stride = stride,
                                                          .padding = kernel / 2,
                                                          .groups = groups,
                                                          .relu = relu},
                                        rng);
  }
  Shape shape() const { return {batch, in, side, side}; }
};
Conv depthwise_case(std::size_t batch, std::size_t channels, std::size_t side,
                    std::size_t stride = 1) {
  return {batch, channels, side, channels, 3, stride, channels};
}

struct Nothing : nn::Module {
  void visit(nn::Visitor&) override {}
};

void run_convolutions(bench::Bench& suite) {
  const auto apply = [](const nn::Conv2d& conv, const Var& x) { return conv(x); };
  const Conv large{1, 64, 224, 64};
  if (const std::string name = "memory, " + large.name(); suite.wanted(name)) {
    const auto step = [&](const Conv& c) { return step_of(c.layer(), c.shape(), apply, true); };
    const double ours = bench::memory_of([&] {
      step({1, 2, 8, 2})(); // so that no code is loaded in the steps that count
      return step(large);
    });
    const double own = 4e-6 * 4 * 64 * 224 * 224; // x, y and their gradients
    suite.add({{"case", name}, {"memory", {{"ours_mb", ours}, {"tensors_mb", own}}}},
              fmt::format("{:32} {:.1f} MB a step; its tensors have {:.1f} MB", name, ours, own));
  }
  std::vector<Conv> all{// of photographs, from the first layer of a network to its last
                        {8, 3, 224, 32, 3, 2},
                        {1, 3, 224, 64},
                        large,
                        {8, 64, 56, 64},
                        {1, 64, 56, 64},
                        {8, 128, 28, 128},
                        {8, 128, 28, 128, 3, 2},
                        {8, 256, 14, 256},
                        {8, 512, 7, 512},
                        {1, 512, 7, 512},
                        // of CIFAR-10's pictures, and of drawn scenes
                        {64, 3, 32, 32},
                        {64, 32, 32, 32},
                        {64, 32, 16, 64},
                        {64, 64, 16, 64},
                        {32, 16, 32, 32},
                        {32, 64, 8, 128},
                        {32, 3, 16, 32},
                        // 1x1
                        {8, 32, 112, 16, 1},
                        {8, 24, 56, 144, 1},
                        {8, 256, 28, 64, 1},
                        {8, 96, 28, 24, 1},
                        {8, 384, 14, 64, 1},
                        {8, 64, 14, 384, 1},
                        {8, 512, 7, 512, 1}};
  for (const Conv& c :
       {depthwise_case(8, 32, 112), depthwise_case(8, 96, 112, 2), depthwise_case(8, 144, 56),
        depthwise_case(8, 384, 14), depthwise_case(8, 512, 7)})
    all.push_back(c);
  for (const Conv& c : all)
    run_layer<nn::Conv2d>(
        suite, c.name(), c.for_peer(), [&] { return c.layer(); }, c.shape(), apply);
}

void run_other_layers(bench::Bench& suite) {
  const auto none = [] { return std::make_shared<Nothing>(); };
  const auto pool = [&](const std::string& name, const Shape& shape, auto f) {
    const nlohmann::json peer{{"make", "pool"},
                              {"kind", name},
                              {"shape", std::vector<std::size_t>(shape.begin(), shape.end())}};
    run_layer<Nothing>(suite, fmt::format("{} of {}", name, to_string(shape)), peer, none, shape,
                       [f](const Nothing&, const Var& x) { return f(x); });
  };
  const auto halved = [](const Var& x) { return max_pool2d(x, 2); };
  pool("max pool 2x2", {64, 32, 32, 32}, halved);
  pool("max pool 3x3 /2", {8, 64, 112, 112},
       [](const Var& x) { return max_pool2d(x, 3, 2, {.padding = 1}); });
  pool("mean pool 2x2", {8, 128, 28, 28}, [](const Var& x) { return avg_pool2d(x, 2); });
  pool("global mean", {16, 1280, 7, 7}, [](const Var& x) { return global_avg_pool2d(x); });
  for (const Shape& shape : {Shape{8, 32, 112, 112}, Shape{32, 16, 32, 32}, Shape{8, 256, 14, 14},
                             Shape{32, 128, 4, 4}, Shape{8, 512, 7, 7}})
    run_layer<nn::BatchNorm2d>(
        suite, "batch norm " + to_string(shape),
        {{"make", "batch_norm"}, {"shape", std::vector<std::size_t>(shape.begin(), shape.end())}},
        [&] {
          return std::make_shared<nn::BatchNorm2d>(
              nn::BatchNorm2dOptions{.num_features = shape[1]});
        },
        shape, [](nn::BatchNorm2d& layer, const Var& x) { return layer(x); });
}

} // namespace

int main(int argc, char** argv) try {
  set_up_blas(); // for the bounds
  bench::Bench suite("vision", argc, argv);
  run_convolutions(suite); // first: it measures memory (see memory_of)
  run_other_layers(suite);
  bench::run_networks(suite);
  bench::run_captioner(suite);
  bench::run_files(suite);
  if (const std::string name = "CNN of drawn scenes, a step"; suite.wanted(name)) {
    Rng rng(1);
    suite.run({.name = name,
               .ours = step_of(
                   std::make_shared<Cnn>(CnnOptions{}, rng), {32, 3, 64, 64},
                   [](Cnn& m, const Var& x) { return m(x); }, true, false)});
  }
  return suite.finish();
} catch (const std::exception& e) {
  fmt::print(stderr, "bench_vision: {}\n", e.what());
  return 1;
}
