// Convolution, pooling and batch normalisation, forward and backward: ours and PyTorch's.
#include <fmt/format.h>

#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/pooling.hpp"
#include "tests/bench/bench.hpp"
#include "vision/networks/cnn.hpp"

using namespace tapestry;

namespace {

// f is one forward pass; the step is that and the way back from a fixed gradient.
template <class Model, class F>
std::function<void()> step_of(std::shared_ptr<Model> model, const Shape& shape, F f,
                              bool to_x = true) {
  Rng rng(2);
  const Tensor data = normal(shape, 0, 1, rng);
  const Var x = to_x ? variable(data) : constant(data);
  const auto parameters = std::make_shared<std::vector<Parameter>>(model->parameters());
  const Tensor seed = normal(f(*model, x).shape(), 0, 1, rng);
  return [=] {
    for (const Parameter& p : *parameters) p.zero_grad();
    x.zero_grad();
    Tape tape;
    tape.backward(f(*model, x), seed);
  };
}

struct Conv {
  std::size_t batch, in, side, out, kernel, stride;
  bool relu;

  std::string name() const {
    return fmt::format("conv {}: {} to {}, {}x{} of {}{}", batch, in, out, kernel, kernel, side,
                       stride > 1 ? fmt::format(" /{}", stride) : "");
  }
  nlohmann::json for_peer() const {
    return {{"make", "conv"},   {"B", batch},       {"in", in},     {"out", out}, {"side", side},
            {"kernel", kernel}, {"stride", stride}, {"relu", relu}, {"groups", 1}};
  }
  std::function<void()> step() const {
    Rng rng(1);
    const auto layer = std::make_shared<nn::Conv2d>(nn::Conv2dOptions{.in_channels = in,
                                                                      .out_channels = out,
                                                                      .kernel_size = kernel,
                                                                      .stride = stride,
                                                                      .padding = kernel / 2,
                                                                      .relu = relu},
                                                    rng);
    return step_of(layer, {batch, in, side, side},
                   [](const nn::Conv2d& conv, const Var& x) { return conv(x); });
  }
};

// Two convolutions and a pooling, twice, and a linear layer: what is usual for CIFAR-10.
struct SmallCnn : nn::Module {
  explicit SmallCnn(Rng& rng)
      : a(conv(3, 32), rng), b(conv(32, 32), rng), c(conv(32, 64), rng), d(conv(64, 64), rng),
        last({.in_features = 64 * 64, .out_features = 10}, rng) {}
  static nn::Conv2dOptions conv(std::size_t in, std::size_t out) {
    return {.in_channels = in, .out_channels = out, .kernel_size = 3, .padding = 1, .relu = true};
  }
  Var operator()(const Var& x) const {
    const Var half = max_pool2d(b(a(x)), 2, 2), quarter = max_pool2d(d(c(half)), 2, 2);
    return last(reshape(quarter, {x.shape()[0], 64 * 64}));
  }
  void visit(nn::Visitor& v) override {
    v("a", a);
    v("b", b);
    v("c", c);
    v("d", d);
    v("last", last);
  }
  nn::Conv2d a, b, c, d;
  nn::Linear last;
};

struct Pool : nn::Module {
  void visit(nn::Visitor&) override {}
};

} // namespace

int main(int argc, char** argv) try {
  bench::Bench suite("pictures", argc, argv);
  const Conv large{1, 64, 224, 64, 3, 1, false};
  if (const std::string name = "memory, " + large.name(); suite.wanted(name)) {
    const Conv small{1, 2, 8, 2, 3, 1, false};
    const double ours = bench::memory_of([&] {
      small.step()(); // so that no code is loaded in the steps that count
      return large.step();
    });
    const double own = 4e-6 * 4 * 64 * 224 * 224; // x, y and their gradients
    suite.add({{"case", name}, {"memory", {{"ours_mb", ours}, {"tensors_mb", own}}}},
              fmt::format("{:32} {:.1f} MB a step; its tensors have {:.1f} MB", name, ours, own));
  }
  for (const Conv& c : {Conv{64, 3, 32, 32, 3, 1, true}, Conv{64, 32, 32, 32, 3, 1, true},
                        Conv{64, 32, 16, 64, 3, 1, true}, Conv{64, 64, 16, 64, 3, 1, true},
                        Conv{32, 1, 64, 16, 3, 1, false}, Conv{32, 16, 32, 32, 3, 1, false},
                        Conv{32, 32, 16, 64, 3, 1, false}, Conv{32, 64, 8, 128, 3, 1, false},
                        Conv{32, 3, 16, 32, 3, 1, false}, Conv{8, 128, 28, 128, 3, 2, false},
                        Conv{8, 96, 28, 24, 1, 1, false}, Conv{1, 64, 56, 64, 3, 1, false}, large})
    if (suite.wanted(c.name()))
      suite.run({.name = c.name(), .ours = c.step(), .peer = c.for_peer()});

  Rng rng(1);
  if (suite.wanted("small CNN"))
    suite.run({.name = "small CNN",
               .ours = step_of(
                   std::make_shared<SmallCnn>(rng), {64, 3, 32, 32},
                   [](const SmallCnn& m, const Var& x) { return m(x); }, false),
               .peer = {{"make", "small_cnn"}, {"B", 64}}});
  if (suite.wanted("captioner's CNN"))
    suite.run({.name = "captioner's CNN",
               .ours = step_of(
                   std::make_shared<Cnn>(CnnOptions{}, rng), {32, 3, 64, 64},
                   [](Cnn& m, const Var& x) { return m(x); }, false)});
  if (suite.wanted("max pool"))
    suite.run({.name = "max pool, 2x2",
               .ours = step_of(std::make_shared<Pool>(), {32, 16, 64, 64},
                               [](const Pool&, const Var& x) { return max_pool2d(x, 2, 2); }),
               .peer = {{"make", "max_pool"}, {"shape", {32, 16, 64, 64}}}});
  for (const Shape& shape : {Shape{32, 16, 32, 32}, Shape{32, 128, 4, 4}}) {
    const std::string name = "batch norm " + to_string(shape);
    if (!suite.wanted(name)) continue;
    suite.run(
        {.name = name,
         .ours = step_of(
             std::make_shared<nn::BatchNorm2d>(nn::BatchNorm2dOptions{.num_features = shape[1]}),
             shape, [](nn::BatchNorm2d& layer, const Var& x) { return layer(x); }),
         .peer = {{"make", "batch_norm"}, {"shape", {shape[0], shape[1], shape[2], shape[3]}}}});
  }
  return suite.finish();
} catch (const std::exception& e) {
  fmt::print(stderr, "bench_pictures: {}\n", e.what());
  return 1;
}
