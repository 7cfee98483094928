#include <cmath>

#include <boost/test/unit_test.hpp>

#include "nn/training/optimizer.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

std::vector<Parameter> parameters_of(const nn::StateDict& values) {
  std::vector<Parameter> all;
  for (const auto& [name, x] : values) all.emplace_back(name, x);
  return all;
}

void set_gradients(const std::vector<Parameter>& parameters, const nn::StateDict& gradients) {
  for (const Parameter& p : parameters) p.grad() = gradients.at(p.name());
}

// Five steps on PyTorch's gradients end at PyTorch's values.
template <class T, class Options> void parity(const std::string& name, const Options& options) {
  BOOST_TEST_CONTEXT(name) {
    const OptimizerFixture torch = optimizer_fixture(name);
    const std::vector<Parameter> parameters = parameters_of(torch.before);
    T optimizer(parameters, options);
    BOOST_TEST(torch.steps.size() == 5u);
    for (const nn::StateDict& gradients : torch.steps) {
      set_gradients(parameters, gradients);
      optimizer.step();
    }
    for (const Parameter& p : parameters)
      BOOST_TEST(difference(p.value(), torch.after.at(p.name())) < same_in_double);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(optimizer)

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  using nn::SGDOptions, nn::AdamOptions, nn::AdamWOptions;
  parity<nn::SGD>("sgd", SGDOptions{.lr = 0.1});
  parity<nn::SGD>("sgd_momentum", SGDOptions{.lr = 0.1, .momentum = 0.9});
  parity<nn::SGD>("sgd_nesterov", SGDOptions{.lr = 0.1, .momentum = 0.8, .nesterov = true});
  parity<nn::SGD>("sgd_decay", SGDOptions{.lr = 0.1, .momentum = 0.9, .weight_decay = 0.05});
  parity<nn::Adam>("adam", AdamOptions{.lr = 0.01});
  parity<nn::Adam>("adam_decay",
                   AdamOptions{.lr = 0.02, .beta1 = 0.8, .beta2 = 0.95, .weight_decay = 0.1});
  parity<nn::AdamW>("adamw", AdamWOptions{.lr = 0.01}); // its decay is 0.01 unless told
  parity<nn::AdamW>("adamw_decay", AdamWOptions{.lr = 0.02, .eps = 1e-3, .weight_decay = 0.3});
}

BOOST_AUTO_TEST_CASE(gradients_are_clipped_as_in_pytorch) {
  const OptimizerFixture torch = optimizer_fixture("clip_grad_norm");
  const std::vector<Parameter> parameters = parameters_of(torch.before);
  set_gradients(parameters, torch.before);
  const double norm = nn::clip_grad_norm(parameters, 0.7);
  BOOST_TEST(std::abs(norm - torch.norm) < same_in_double * norm);
  for (const Parameter& p : parameters)
    BOOST_TEST(difference(p.grad(), torch.after.at(p.name())) < same_in_double);

  set_gradients(parameters, torch.before);
  nn::clip_grad_norm(parameters, 100); // above the norm: bit for bit as they were
  for (const Parameter& p : parameters) BOOST_TEST(identical(p.grad(), torch.before.at(p.name())));
}

BOOST_AUTO_TEST_CASE(what_no_gradient_reaches_is_left_alone) {
  const std::vector<Parameter> parameters{{"used", ones({2})}, {"unused", ones({3})}};
  nn::AdamW optimizer(parameters, {.weight_decay = 0.5});
  BOOST_TEST(nn::clip_grad_norm(parameters, 1) == 0);
  parameters[0].grad() = ones({2});
  optimizer.step();
  BOOST_TEST(parameters[0].value().data()[0] != 1);
  BOOST_TEST(identical(parameters[1].value(), ones({3})));
}

BOOST_AUTO_TEST_CASE(gradients_add_up_until_they_are_zeroed) {
  const std::vector<Parameter> parameters{{"w", ones({2})}};
  const nn::SGD optimizer(parameters, {});
  parameters[0].grad() = ones({2});
  optimizer.zero_grad();
  BOOST_TEST(identical(parameters[0].grad(), zeros({2})));
}

BOOST_AUTO_TEST_CASE(state_goes_on_bit_for_bit) {
  const OptimizerFixture torch = optimizer_fixture("adam");
  const auto steps = [&](nn::Optimizer& optimizer, const std::vector<Parameter>& parameters,
                         std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      set_gradients(parameters, torch.steps[i]);
      optimizer.step();
    }
  };
  const auto check = [&](auto make) {
    const std::vector<Parameter> straight = parameters_of(torch.before);
    const auto whole = make(straight);
    steps(*whole, straight, 0, 5);

    const std::vector<Parameter> before = parameters_of(torch.before);
    const auto first = make(before);
    steps(*first, before, 0, 2);
    std::vector<Parameter> after;
    for (const Parameter& p : before) after.emplace_back(p.name(), p.value());
    const auto second = make(after);
    second->load_state_dict(first->state_dict());
    BOOST_TEST(identical(second->state_dict(), first->state_dict()));
    steps(*second, after, 2, 5);
    for (std::size_t i = 0; i < after.size(); ++i)
      BOOST_TEST(identical(after[i].value(), straight[i].value()));
  };
  check([](auto p) { return std::make_unique<nn::SGD>(p, nn::SGDOptions{.momentum = 0.9}); });
  check([](auto p) { return std::make_unique<nn::Adam>(p, nn::AdamOptions{}); });
  check([](auto p) { return std::make_unique<nn::AdamW>(p, nn::AdamWOptions{}); });
}

BOOST_AUTO_TEST_CASE(state_that_does_not_fit_changes_nothing) {
  const std::vector<Parameter> parameters{{"a", ones({2})}, {"b", ones({3})}};
  nn::Adam optimizer(parameters, {});
  const nn::StateDict before = optimizer.state_dict();
  const auto error = [&](const nn::StateDict& state) {
    const std::string message = message_of([&] { optimizer.load_state_dict(state); });
    BOOST_TEST(identical(optimizer.state_dict(), before));
    return message;
  };
  nn::StateDict state = before;
  for (auto& [name, x] : state) x = full(x.shape(), 3);
  const std::string start = "state of another optimiser: ";
  state["b.square"] = zeros({2}); // the last one that is taken
  BOOST_TEST(error(state) == start + "\"b.square\" is (2), expected (3)");
  state.erase("b.square");
  BOOST_TEST(error(state) == start + "\"b.square\" is missing, expected (3)");
  state["b.square"] = zeros({3});
  state["c.square"] = zeros({3});
  BOOST_TEST(error(state) == start + "6 tensors, expected 5");
  BOOST_TEST(error({}) == start + "\"steps\" is missing, expected ()");
}

BOOST_AUTO_TEST_SUITE_END()
