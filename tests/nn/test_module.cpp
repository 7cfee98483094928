#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/batch_norm.hpp"
#include "nn/dropout.hpp"
#include "nn/linear.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"
#include "vision/captioning/captioner.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

struct Block : nn::Module {
  explicit Block(Rng& rng) : fc({.in_features = 4, .out_features = 3}, rng) {}
  void visit(nn::Visitor& v) override {
    v("fc", fc);
    v("norm", norm);
    v("dropout", dropout);
    v("scale", scale);
  }
  nn::Linear fc;
  nn::BatchNorm2d norm{{.num_features = 2}};
  nn::Dropout dropout{0.5};
  Parameter scale{"scale", ones({2})};
};

struct Model : nn::Module {
  explicit Model(Rng& rng) : second(rng), first(rng) {}
  void visit(nn::Visitor& v) override {
    v("second", second);
    v("first", first);
  }
  Block second, first;
};

std::vector<std::string> names(nn::Module& module) {
  std::vector<std::string> all;
  for (const auto& [name, p] : module.named_parameters()) all.push_back(name);
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(module)

BOOST_AUTO_TEST_CASE(names_in_the_order_of_visit) {
  Rng rng(1);
  Model model(rng);
  const std::vector<std::string> expected{
      "second.fc.weight", "second.fc.bias",  "second.norm.weight", "second.norm.bias",
      "second.scale",     "first.fc.weight", "first.fc.bias",      "first.norm.weight",
      "first.norm.bias",  "first.scale"};
  BOOST_TEST(names(model) == expected, boost::test_tools::per_element());
  const std::vector<Parameter> parameters = model.parameters();
  BOOST_TEST(parameters.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(parameters[i].name() == expected[i]);

  Captioner captioner(Vocabulary(),
                      {.cnn = {.channels = {2, 3}, .colour_channels = {2}, .side = 8}}, rng);
  const std::vector<std::string> captioners{"cnn.outlines.stage0.conv.weight",
                                            "cnn.outlines.stage0.normalise.weight",
                                            "cnn.outlines.stage0.normalise.bias",
                                            "cnn.outlines.stage1.conv.weight",
                                            "cnn.outlines.stage1.normalise.weight",
                                            "cnn.outlines.stage1.normalise.bias",
                                            "cnn.outlines.project.weight",
                                            "cnn.outlines.project.bias",
                                            "cnn.colours.stage0.conv.weight",
                                            "cnn.colours.stage0.normalise.weight",
                                            "cnn.colours.stage0.normalise.bias",
                                            "cnn.colours.project.weight",
                                            "cnn.colours.project.bias",
                                            "cnn.normalise.weight",
                                            "cnn.normalise.bias",
                                            "to_concepts.weight",
                                            "to_concepts.bias",
                                            "embed.weight",
                                            "lstm.weight_ih_l0",
                                            "lstm.weight_hh_l0",
                                            "lstm.bias_ih_l0",
                                            "lstm.bias_hh_l0",
                                            "to_words.weight",
                                            "to_words.bias"};
  BOOST_TEST(names(captioner) == captioners, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(errors_show_full_names) {
  Rng rng(1);
  Block block(rng);
  block.fc = nn::Linear({.in_features = 128, .out_features = 512}, rng);
  block.parameters();
  const std::string message = message_of([&] {
    matmul(constant(zeros({32, 100})), transpose(block.fc.weight));
  });
  BOOST_TEST(message.find("inner sizes 100 and 128 differ") != std::string::npos, message);
  BOOST_TEST(message_of([&] {
               block.fc(constant(zeros({32, 100})));
             }).find("; (512, 128) is \"fc.weight\"; (512) is \"fc.bias\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(parameters_are_handles) {
  Rng rng(1);
  Model model(rng);
  model.parameters()[4].value().data()[1] = 7;
  BOOST_TEST(model.second.scale.value().data()[1] == 7);
}

BOOST_AUTO_TEST_CASE(state_dicts_carry_buffers) {
  Rng rng(1), other(2);
  Model a(rng), b(other);
  a.first.norm.running_mean.data()[1] = 0.25;
  a.second.scale.value().data()[0] = -3;
  const nn::StateDict state = a.state_dict();
  BOOST_TEST(state.size() == 14u); // 10 parameters, 4 buffers
  BOOST_TEST(state.at("first.norm.running_mean").data()[1] == 0.25);
  BOOST_TEST(!identical(b.state_dict(), state));
  b.load_state_dict(state);
  BOOST_TEST(identical(b.state_dict(), state));
  b.first.norm.running_mean.data()[1] = 4; // a copy: the dict does not follow
  BOOST_TEST(state.at("first.norm.running_mean").data()[1] == 0.25);
}

BOOST_AUTO_TEST_CASE(a_state_dict_that_does_not_fit_changes_nothing) {
  Rng rng(1), other(2);
  Model a(rng), b(other);
  const nn::StateDict before = b.state_dict();
  const auto error = [&](const nn::StateDict& state) {
    const std::string message = message_of([&] { b.load_state_dict(state); });
    BOOST_TEST(message.find('\n') == std::string::npos);
    BOOST_TEST(identical(b.state_dict(), before));
    return message;
  };
  nn::StateDict state = a.state_dict();
  state.erase("first.norm.running_var");
  const std::string start = "state dict of another model: ";
  BOOST_TEST(error(state) == start + "\"first.norm.running_var\" (2) is missing");
  state["first.norm.variance"] = zeros({2});
  state["second.fc.weight"] = zeros({4, 3});
  BOOST_TEST(error(state) == start + "\"first.norm.running_var\" (2) is missing; "
                                     "\"second.fc.weight\" is (4, 3), expected (3, 4); "
                                     "\"first.norm.variance\" (2) is not a part of it");
  state = a.state_dict();
  state["x"] = zeros({});
  BOOST_TEST(error(state) == start + "\"x\" () is not a part of it");
}

BOOST_AUTO_TEST_CASE(the_mode_reaches_every_part) {
  Rng rng(1);
  Model model(rng);
  const auto all = [&](bool on) {
    for (const Block* block : {&model.first, &model.second})
      for (const nn::Module* part : std::initializer_list<const nn::Module*>{
               block, &block->fc, &block->norm, &block->dropout})
        BOOST_TEST(part->training() == on);
    BOOST_TEST(model.training() == on);
  };
  all(true);
  model.eval();
  all(false);
  model.train();
  all(true);
}

BOOST_AUTO_TEST_CASE(dropout_drops_in_training_alone) {
  Rng rng(1);
  nn::Dropout layer(0.25);
  const Var x = constant(ones({4000}));
  std::size_t dropped = 0;
  const Tensor y = layer(x, rng).value();
  for (const real v : y.storage()) {
    BOOST_TEST((v == 0 || std::abs(v - 4.0 / 3) < 1e-15));
    dropped += v == 0;
  }
  BOOST_TEST((dropped > 850 && dropped < 1150)); // 1000 expected, deviation 27
  layer.eval();
  const Rng::State before = rng.state();
  BOOST_TEST(identical(layer(x, rng).value(), x.value()));
  BOOST_TEST((rng.state() == before)); // and draws nothing
  nn::Dropout none(0);
  BOOST_TEST(identical(none(x, rng).value(), x.value()));
  nn::Dropout all(1);
  BOOST_TEST(identical(all(x, rng).value(), zeros({4000})));
  for (const double p : {-0.5, 1.5, std::nan("")})
    BOOST_CHECK_THROW(nn::Dropout{p}, std::invalid_argument);
}

// --- names ---

struct Tied : nn::Module {
  Rng rng{1};
  nn::Linear in{{3, 3}, rng}, out{{3, 3}, rng};
  Tied() { out.weight = in.weight; }
  void visit(nn::Visitor& v) override {
    v("in", in);
    v("out", out);
  }
};

BOOST_AUTO_TEST_CASE(a_tied_parameter_is_listed_and_saved_once) {
  Tied tied;
  BOOST_TEST(tied.parameters().size() == 3u);
  BOOST_TEST(tied.parameters()[0].name() == "in.weight");
  nn::StateDict state = tied.state_dict();
  BOOST_TEST(state.size() == 3u);
  state["in.weight"] = ones({3, 3});
  tied.load_state_dict(state);
  BOOST_TEST(identical(std::as_const(tied.out.weight).value(), ones({3, 3})));
  state["out.weight"] = ones({3, 3}); // PyTorch writes both
  tied.load_state_dict(state);
  state["out.weight"] = zeros({3, 3});
  BOOST_TEST(
      message_of([&] { tied.load_state_dict(state); }) ==
      "state dict of another model: \"in.weight\" and \"out.weight\" are one parameter here, "
      "but differ");
  state.erase("in.weight");
  tied.load_state_dict(state); // one of them is enough
  BOOST_TEST(identical(std::as_const(tied.in.weight).value(), zeros({3, 3})));
}

struct Slip : nn::Module {
  Rng rng{1};
  nn::Linear a{{2, 2}, rng}, b{{2, 2}, rng};
  void visit(nn::Visitor& v) override {
    v("fc1", a);
    v("fc1", b);
  }
};

BOOST_AUTO_TEST_CASE(two_parts_under_one_name_are_refused) {
  Slip slip;
  const std::string wanted = "two different parts are called \"fc1.weight\"";
  BOOST_TEST(message_of([&] { slip.parameters(); }) == wanted);
  BOOST_TEST(message_of([&] { slip.state_dict(); }) == wanted);
  BOOST_TEST(message_of([&] { slip.load_state_dict({}); }) == wanted);
}

BOOST_AUTO_TEST_CASE(a_part_that_is_asked_later_leaves_the_longer_names) {
  Tied model;
  model.parameters();
  BOOST_TEST(model.out.parameters()[1].name() == "out.bias");
  BOOST_TEST(model.out.named_parameters()[1].first == "bias");
  BOOST_TEST(model.out.path() == "out");
  nn::Linear alone({2, 2}, model.rng);
  BOOST_TEST(alone.parameters("encoder")[0].name() == "encoder.weight");
}

BOOST_AUTO_TEST_CASE(an_error_names_the_layer_and_the_line_that_called_it) {
  Tied model;
  model.parameters();
  const std::string message = message_of([&] { model.out(constant(ones({2, 5}))); });
  BOOST_TEST(message.find("test_module.cpp") != std::string::npos);
  BOOST_TEST(message.find(", in out: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(frozen_modules_get_no_gradients) {
  Tied model;
  model.in.requires_grad(false);
  Tape tape;
  tape.backward(sum(model.out(model.in(constant(ones({2, 3}))))));
  BOOST_TEST(!model.in.bias.has_grad());
  BOOST_TEST(model.out.bias.has_grad());
}

BOOST_AUTO_TEST_SUITE_END()
