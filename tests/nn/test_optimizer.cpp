#include <cmath>

#include <boost/test/unit_test.hpp>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
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
    BOOST_TEST(torch.steps.size() >= 5u);
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
  parity<nn::SGD>("sgd_dampening", SGDOptions{.lr = 0.1, .momentum = 0.8, .dampening = 0.3});
  parity<nn::Adam>("adam_amsgrad", AdamOptions{.lr = 0.05, .amsgrad = true});
  parity<nn::AdamW>("adamw_amsgrad", AdamWOptions{.lr = 0.05, .amsgrad = true});
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
  const nn::OptimizerState before = optimizer.state_dict();
  const auto error = [&](const nn::OptimizerState& state) {
    const std::string message = message_of([&] { optimizer.load_state_dict(state); });
    BOOST_TEST(identical(optimizer.state_dict(), before));
    return message;
  };
  nn::OptimizerState state = before;
  for (auto& [name, x] : state.tensors) x = full(x.shape(), 3);
  const std::string start = "state of another optimiser: ";
  state.tensors["b.square"] = zeros({2}); // the last one that is taken
  BOOST_TEST(error(state) == start + "\"b.square\" is (2), expected (3)");
  state.tensors.erase("b.square");
  BOOST_TEST(error(state) == start + "\"b.square\" is missing, expected (3)");
  state.tensors["b.square"] = zeros({3});
  state.tensors["c.square"] = zeros({3});
  BOOST_TEST(error(state) == start + "5 tensors of 2 parameters, expected 4 of 2");
  BOOST_TEST(error({}) == start + "the steps of \"a\" are missing");
}

// --- whose state is whose ---

BOOST_AUTO_TEST_CASE(a_parameter_that_gradients_reach_late_has_its_own_count) {
  const OptimizerFixture torch = optimizer_fixture("adam_late");
  const std::vector<Parameter> parameters = parameters_of(torch.before);
  nn::Adam adam(parameters, {.lr = 0.05});
  for (const nn::StateDict& gradients : torch.steps) {
    adam.zero_grad();
    for (const Parameter& p : parameters)
      if (gradients.contains(p.name())) p.grad() = gradients.at(p.name());
    adam.step();
  }
  for (const Parameter& p : parameters)
    BOOST_TEST(difference(p.value(), torch.after.at(p.name())) < same_in_double);
  BOOST_TEST(adam.state_dict().steps.at("a") == 6u);
  BOOST_TEST(adam.state_dict().steps.at("b") == 3u);
}

BOOST_AUTO_TEST_CASE(names_are_those_of_the_beginning) {
  Parameter a("encoder.weight", ones({2}));
  nn::Adam adam({a}, {});
  a.rename("weight"); // what a part says of itself does not count
  BOOST_TEST(a.name() == "encoder.weight");
  a.rename("other.weight");
  BOOST_TEST(adam.state_dict().steps.contains("encoder.weight"));
}

BOOST_AUTO_TEST_CASE(a_parameter_given_twice_is_stepped_and_measured_once) {
  Parameter w("w", {1, 1});
  nn::SGD sgd({w, w}, {.lr = 0.1});
  w.grad() = Tensor{3, 4};
  BOOST_TEST(nn::clip_grad_norm({w, w}, 100) == 5);
  sgd.step();
  BOOST_TEST(difference(w.value(), Tensor{0.7, 0.6}) < same_in_double);
}

BOOST_AUTO_TEST_CASE(two_parameters_under_one_name_are_refused) {
  const auto make = [] { nn::SGD sgd({{"weight", ones({2})}, {"weight", ones({3})}}, {}); };
  BOOST_TEST(message_of(make) ==
             "SGD: two different parameters are called \"weight\"; name the modules that they "
             "belong to: encoder.parameters(\"encoder\")");
}

BOOST_AUTO_TEST_CASE(a_parameter_that_has_grown_is_refused) {
  Parameter w("embedding.weight", ones({2, 3}));
  nn::Adam adam({w}, {});
  w.set(ones({5, 3}));
  w.grad() = ones({5, 3});
  BOOST_TEST(message_of([&] { adam.step(); }) ==
             "Adam: \"embedding.weight\" is (5, 3), what was remembered of it (2, 3); make a new "
             "optimiser for a parameter of another shape");
  BOOST_TEST(identical(w.value(), ones({5, 3})));
}

BOOST_AUTO_TEST_CASE(a_frozen_parameter_stays) {
  Parameter w("w", {1, 2}), frozen("frozen", {3, 4});
  frozen.requires_grad(false);
  nn::AdamW adam({w, frozen}, {.lr = 0.1, .weight_decay = 0.5});
  Tape tape;
  tape.backward(sum(w * frozen));
  adam.step();
  BOOST_TEST(!frozen.has_grad());
  BOOST_TEST(identical(frozen.value(), Tensor{3, 4}));
  BOOST_TEST(w.value()(0) != 1);
}

BOOST_AUTO_TEST_CASE(a_look_at_a_frozen_parameters_gradient_changes_nothing) {
  Parameter w("w", ones({1, 1})), b("b", zeros({1}));
  w.requires_grad(false);
  nn::SGD sgd(std::vector<Parameter>{w, b}, {.lr = 1, .weight_decay = 0.5});
  for (int pass = 0; pass < 2; ++pass) {
    {
      Tape tape;
      tape.backward(sum(linear(constant(ones({1, 1})), w, b)));
    }
    BOOST_CHECK_EQUAL(w.grad()(0, 0), 0);
  }
  sgd.step();
  BOOST_CHECK_EQUAL(w.value()(0, 0), 1);
  BOOST_CHECK_EQUAL(b.value()(0), -2);
}

BOOST_AUTO_TEST_CASE(a_gradient_of_another_shape_is_not_clipped) {
  Parameter a("a", ones({1000}));
  a.grad() = ones({1});
  BOOST_CHECK_EXCEPTION(
      nn::clip_grad_norm({a}, 1), std::invalid_argument, [](const std::invalid_argument& e) {
        return std::string(e.what()) == "clip_grad_norm: \"a\" is (1000), its gradient (1)";
      });
}

BOOST_AUTO_TEST_CASE(rows_written_to_after_a_look_count) {
  Parameter w("w", zeros({4, 1}));
  nn::SGD sgd(std::vector<Parameter>{w}, {.lr = 1});
  const auto look_up = [&] {
    Tape tape;
    tape.backward(sum(embedding(w, Indices{1})));
  };
  look_up();
  Tensor& g = w.grad();
  nn::clip_grad_norm({w}, 10);
  g(3, 0) += 1;
  sgd.step();
  BOOST_CHECK(w.value() == reshaped(Tensor{0, -1, 0, -1}, {4, 1}));
  sgd.zero_grad();
  look_up();
  BOOST_CHECK(w.grad() == reshaped(Tensor{0, 1, 0, 0}, {4, 1}));
}

BOOST_AUTO_TEST_CASE(groups_have_their_own_rate_and_decay) {
  const OptimizerFixture torch = optimizer_fixture("sgd_groups");
  const std::vector<Parameter> all = parameters_of(torch.before);
  nn::SGD sgd({{.parameters = {all[0]}}, {.parameters = {all[1]}, .rate = 0.2, .weight_decay = 0}},
              {.lr = 0.1, .weight_decay = 0.3});
  for (const nn::StateDict& gradients : torch.steps) {
    set_gradients(all, gradients);
    sgd.step();
  }
  for (const Parameter& p : all)
    BOOST_TEST(difference(p.value(), torch.after.at(p.name())) < same_in_double);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  const std::vector<Parameter> w{{"w", ones({2})}};
  const double nan = std::nan("");
  using nn::Adam, nn::SGD;
  BOOST_TEST(message_of([&] { SGD(w, {.lr = -1}); }) == "SGD: lr is -1, expected at least 0");
  BOOST_TEST(message_of([&] { SGD(w, {.lr = nan}); }) == "SGD: lr is nan, expected at least 0");
  for (const nn::SGDOptions& o : {nn::SGDOptions{.momentum = -1},
                                  {.weight_decay = -1},
                                  {.dampening = 2},
                                  {.nesterov = true},
                                  {.momentum = 0.9, .dampening = 0.1, .nesterov = true}})
    BOOST_CHECK_THROW(SGD(w, o), std::invalid_argument);
  for (const nn::AdamOptions& o : {nn::AdamOptions{.beta1 = 1},
                                   {.beta2 = -0.1},
                                   {.eps = -1},
                                   {.lr = nan},
                                   {.weight_decay = nan}})
    BOOST_CHECK_THROW(Adam(w, o), std::invalid_argument);
  BOOST_TEST(message_of([&] { Adam(std::vector<Parameter>{}, {}); }) == "Adam: no parameters");
  BOOST_CHECK_THROW(nn::clip_grad_norm(w, -1), std::invalid_argument);
  BOOST_CHECK_THROW(nn::clip_grad_norm(w, nan), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_norm_that_is_not_finite_is_returned_and_changes_nothing) {
  const std::vector<Parameter> w{{"w", ones({2})}};
  w[0].grad() = Tensor{static_cast<real>(std::nan("")), 3};
  BOOST_TEST(std::isnan(nn::clip_grad_norm(w, 1)));
  BOOST_TEST(w[0].grad()(1) == 3);
}

// --- gradients of a few rows ---

template <class T, class Options>
void rows_parity(const std::string& name, const Options& options) {
  BOOST_TEST_CONTEXT(name) {
    const OptimizerFixture torch = optimizer_fixture(name);
    Parameter table("table", torch.before.at("table"));
    T optimizer({table}, options);
    for (const nn::StateDict& step : torch.steps) {
      Indices ids = step.at("ids");
      optimizer.zero_grad();
      Tape tape;
      tape.backward(sum(embedding(table, ids) * constant(step.at("seed"))));
      BOOST_TEST(table.touched_rows().has_value());
      optimizer.step();
    }
    BOOST_TEST(difference(table.value(), torch.after.at("table")) < same_in_double);
  }
}

BOOST_AUTO_TEST_CASE(rows_as_in_pytorch) {
  rows_parity<nn::Adam>("rows_sparse_adam", nn::AdamOptions{.lr = 0.05});
  rows_parity<nn::Adam>("rows_adam", nn::AdamOptions{.lr = 0.05, .lazy = false});
  rows_parity<nn::SGD>("rows_sgd", nn::SGDOptions{.lr = 0.05});
  rows_parity<nn::SGD>("rows_sgd_momentum", nn::SGDOptions{.lr = 0.05, .momentum = 0.9});
}

std::vector<int> rows_of(const Parameter& p) {
  const auto rows = p.touched_rows();
  BOOST_REQUIRE(rows.has_value());
  return {rows->begin(), rows->end()};
}

BOOST_AUTO_TEST_CASE(only_the_rows_that_were_looked_up_are_touched) {
  Parameter table("table", ones({9, 2}));
  const auto look_up = [&](const Indices& ids) {
    Tape tape;
    tape.backward(sum(embedding(table, ids)));
  };
  look_up({7, 2, 7});
  BOOST_TEST((rows_of(table) == std::vector<int>{2, 7}));
  look_up({0});
  BOOST_TEST((rows_of(table) == std::vector<int>{0, 2, 7}));
  BOOST_TEST(std::abs(nn::clip_grad_norm({table}, 1) - std::sqrt(2 + 8 + 2)) < 1e-12);
  BOOST_TEST(std::abs(nn::clip_grad_norm({table}, 1) - 1) < 1e-5);

  table.zero_grad();
  BOOST_TEST(!table.has_grad());
  BOOST_TEST(identical(table.grad(), zeros({9, 2})));
  table.zero_grad();
  look_up({3});
  Tensor wanted = zeros({9, 2});
  wanted(3, 0) = wanted(3, 1) = 1;
  BOOST_TEST(identical(table.grad(), wanted));         // the rows from before are gone
  BOOST_TEST((rows_of(table) == std::vector<int>{3})); // and looking at it changed nothing

  table.grad()(5, 1) = 4; // what is written from outside is found
  BOOST_TEST((rows_of(table) == std::vector<int>{3, 5}));
}

BOOST_AUTO_TEST_CASE(a_tied_output_makes_the_gradient_dense) {
  Rng rng(1);
  Parameter table("table", normal({5, 3}, 0, 1, rng));
  Tape tape;
  const Var logits = matmul(embedding(table, {1, 4}), transpose(table));
  tape.backward(sum(logits));
  BOOST_TEST(table.has_grad());
  BOOST_TEST(!table.touched_rows().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
