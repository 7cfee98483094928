#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/tape.hpp"
#include "nn/batch_norm.hpp"
#include "nn/dropout.hpp"
#include "nn/linear.hpp"
#include "nn/training/checkpoint.hpp"
#include "nn/training/safetensors.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;
using std::string;

namespace {

// Two layers with dropout between, and one that only every third step uses.
struct Model : nn::Module {
  explicit Model(Rng& rng, std::size_t hidden = 6)
      : fc1({.in_features = 4, .out_features = hidden}, rng),
        fc2({.in_features = hidden, .out_features = 3}, rng),
        rare({.in_features = 3, .out_features = 3}, rng) {}
  void visit(nn::Visitor& v) override {
    v("fc1", fc1);
    v("dropout", dropout);
    v("fc2", fc2);
    v("rare", rare);
    v("norm", norm);
  }
  nn::Linear fc1, fc2, rare;
  nn::Dropout dropout{0.3};
  nn::BatchNorm2d norm{{.num_features = 1}}; // for its buffers
};

// All that a run consists of.
template <class O, class Options> struct Run {
  explicit Run(std::uint64_t seed, std::size_t hidden = 6)
      : rng(seed), model(rng, hidden), optimizer(model.parameters(), Options{.lr = 0.05}) {}
  Rng rng;
  Model model;
  O optimizer;

  void train(std::size_t begin, std::size_t end) {
    for (std::size_t step = begin; step < end; ++step) {
      optimizer.zero_grad();
      const Tensor x = normal({5, 4}, 0, 1, rng), target = normal({5, 3}, 0, 1, rng);
      Tape tape;
      Var y = model.fc2(model.dropout(tanh(model.fc1(constant(x))), rng));
      if (step % 3 == 0) y = model.rare(y);
      tape.backward(mse_loss(y, constant(target)));
      optimizer.step();
      model.norm.running_mean.data()[0] += 1;
    }
  }
};
using AdamRun = Run<nn::Adam, nn::AdamOptions>;
using SGDRun = Run<nn::SGD, nn::SGDOptions>;

template <class R> bool same(R& a, R& b) {
  return identical(a.model.state_dict(), b.model.state_dict()) &&
         identical(a.optimizer.state_dict(), b.optimizer.state_dict()) &&
         a.rng.state() == b.rng.state();
}

std::vector<string> names_in(const string& folder) {
  std::vector<string> all;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    all.push_back(entry.path().filename().string());
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(checkpoint)

BOOST_AUTO_TEST_CASE(a_resumed_run_is_an_undisturbed_one) {
  const TemporaryFolder folder;
  AdamRun straight(1), first(1), second(99);
  straight.train(0, 10);
  first.train(0, 5);
  nn::save_checkpoint(folder / "c", first.model, first.optimizer, first.rng, {{"step", "5"}});
  BOOST_TEST(!same(first, second));
  const auto notes = nn::load_checkpoint(folder / "c", second.model, second.optimizer, second.rng);
  BOOST_TEST(notes.at("step") == "5");
  BOOST_TEST(same(first, second));
  second.train(5, 10);
  BOOST_TEST(same(straight, second));
  BOOST_TEST(names_in(folder.path()).size() == 1u); // and nothing lies about
}

BOOST_AUTO_TEST_CASE(the_model_alone) {
  const TemporaryFolder folder;
  AdamRun run(1);
  run.train(0, 2);
  nn::save_checkpoint(folder / "c", run.model, run.optimizer, run.rng, {{"a", "b"}});
  Rng rng(5);
  Model model(rng);
  BOOST_TEST(nn::load_model(folder / "c", model).notes.at("a") == "b");
  BOOST_TEST(identical(model.state_dict(), run.model.state_dict()));
}

BOOST_AUTO_TEST_CASE(another_runs_checkpoint_changes_nothing) {
  const TemporaryFolder folder;
  AdamRun small(1, 6), large(2, 7);
  SGDRun sgd(3, 6);
  small.train(0, 2);
  large.train(0, 2);
  sgd.train(0, 2);
  nn::save_checkpoint(folder / "c", small.model, small.optimizer, small.rng, {});

  const auto state = [](auto& run) {
    return std::tuple(run.model.state_dict(), run.optimizer.state_dict(), run.rng.state());
  };
  const auto refused = [&](const string& path, auto& run, const string& expected) {
    const auto [model, optimizer, rng] = state(run);
    const string message =
        message_of([&] { nn::load_checkpoint(path, run.model, run.optimizer, run.rng); });
    BOOST_TEST(message == path + ": " + expected);
    BOOST_TEST(identical(run.model.state_dict(), model));
    BOOST_TEST(identical(run.optimizer.state_dict(), optimizer));
    BOOST_TEST((run.rng.state() == rng));
  };
  refused(folder / "c", large,
          "state dict of another model: \"fc1.bias\" is (6), expected (7); \"fc1.weight\" is (6, "
          "4), expected (7, 4); \"fc2.weight\" is (3, 6), expected (3, 7)");
  refused(folder / "c", sgd,
          "state of another optimiser: 16 tensors of 8 parameters, expected 0 of 8");
  nn::save_checkpoint(folder / "s", sgd.model, sgd.optimizer, sgd.rng, {});
  refused(folder / "s", small,
          "state of another optimiser: \"fc1.weight.mean\" is missing, expected (6, 4)");

  // Damage that shows only after the model's part has been read.
  nn::SafetensorsFile file = nn::load_safetensors(folder / "c");
  file.tensors["optimizer.rare.weight.square"] = zeros({1});
  nn::save_safetensors(folder / "d", file);
  AdamRun fresh(8);
  refused(folder / "d", fresh,
          "state of another optimiser: \"rare.weight.square\" is (1), expected (3, 3)");
  file = nn::load_safetensors(folder / "c");
  file.metadata["rng"] = "1 2 3";
  nn::save_safetensors(folder / "d", file);
  refused(folder / "d", fresh, "its random state is not four words of 16 hexadecimal digits");
  file.metadata.erase("rng");
  nn::save_safetensors(folder / "d", file);
  refused(folder / "d", fresh, "no \"rng\" in its metadata");
  refused(folder / "none", fresh, "no such file");
  write_file(folder / "d", read_file(folder / "c").substr(0, 3000));
  const string message = message_of(
      [&] { nn::load_checkpoint(folder / "d", fresh.model, fresh.optimizer, fresh.rng); });
  BOOST_TEST(message.find("byte 3000: the file ends here") != string::npos, message);
  refused(folder.path(), fresh, "is a folder; expected a file");
}

BOOST_AUTO_TEST_CASE(a_failed_write_keeps_the_old_file) {
  const TemporaryFolder folder;
  const string path = folder / "c";
  AdamRun run(1);
  nn::save_checkpoint(path, run.model, run.optimizer, run.rng, {});
  const string old = read_file(path);
  run.train(0, 1);
  const auto failure = [&](const string& to) {
    return message_of([&] { nn::save_checkpoint(to, run.model, run.optimizer, run.rng, {}); });
  };
  BOOST_TEST(failure(folder / "none/c") ==
             folder / "none/c: cannot write: No such file or directory");
  BOOST_TEST(failure("/dev/full") == "/dev/full: cannot write: No space left on device");
  BOOST_TEST(failure(folder.path()).find("is a folder") != string::npos);

  rlimit before{}; // a disk that is full half way, in short
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit little{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &little);
  const string message = failure(path);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  BOOST_TEST(message == path + ": cannot write: File too large");
  BOOST_TEST((read_file(path) == old));
  BOOST_TEST(names_in(folder.path()).size() == 1u); // the half that was written is gone

  nn::save_checkpoint(path, run.model, run.optimizer, run.rng, {});
  BOOST_TEST((read_file(path) != old));
}

BOOST_AUTO_TEST_CASE(a_random_state_that_is_none) {
  const TemporaryFolder folder;
  SGDRun run(1);
  nn::save_checkpoint(folder / "c", run.model, run.optimizer, run.rng, {});
  const nn::SafetensorsFile file = nn::load_safetensors(folder / "c");
  const auto refused = [&](const string& text) {
    nn::SafetensorsFile other = file;
    other.metadata["rng"] = text;
    nn::save_safetensors(folder / "d", other);
    return message_of(
        [&] { nn::load_checkpoint(folder / "d", run.model, run.optimizer, run.rng); });
  };
  const string good = file.metadata.at("rng"), zero = string(16, '0');
  BOOST_TEST(refused(good) == "");
  for (const string& bad :
       {string(), string("0 0 0 0"), string("1 2 3 4"), good + " ", good + "0", " " + good,
        good.substr(1), "x" + good.substr(1), "-" + good.substr(1), zero + " " + zero + " " + zero})
    BOOST_TEST(refused(bad) ==
               folder / "d: its random state is not four words of 16 hexadecimal digits");
  // From such a state, normal() would draw for ever.
  BOOST_TEST(refused(zero + " " + zero + " " + zero + " " + zero) ==
             folder / "d: its random state is all zero, from which only zeros come");
}

BOOST_AUTO_TEST_CASE(weights_that_are_not_finite_are_not_saved) {
  const TemporaryFolder folder;
  SGDRun run(1);
  const auto save = [&] {
    nn::save_checkpoint(folder / "c", run.model, run.optimizer, run.rng, {});
  };
  save();
  const string old = read_file(folder / "c");
  run.model.norm.running_mean.data()[0] = std::numeric_limits<real>::quiet_NaN();
  BOOST_TEST(message_of(save) == folder / "c: not saved: entry 0 of \"norm.running_mean\" is nan");
  BOOST_TEST((read_file(folder / "c") == old));
}

BOOST_AUTO_TEST_CASE(notes_that_are_not_text) {
  const TemporaryFolder folder;
  SGDRun run(1);
  const auto error = [&](const nn::Notes& notes) {
    return message_of(
        [&] { nn::save_checkpoint(folder / "c", run.model, run.optimizer, run.rng, notes); });
  };
  BOOST_TEST(error({{"data", "/home/Ren\xe9"}}) ==
             folder / "c: cannot write: the note \"data\" is not UTF-8");
  BOOST_TEST(error({{"\xff", ""}}) == folder / "c: cannot write: the name of a note is not UTF-8");
  BOOST_TEST(names_in(folder.path()).empty());
}

// What PyTorch's users have: a state dict with counts, of a model that is a part of ours, or of
// which ours is a part.
BOOST_AUTO_TEST_CASE(a_part_of_a_model) {
  const TemporaryFolder folder;
  Rng rng(1);
  Model model(rng);
  nn::SafetensorsFile file;
  for (const auto& [name, x] : model.state_dict()) file.tensors["backbone." + name] = x;
  file.tensors["head.weight"] = ones({7, 3});
  file.integers["backbone.norm.num_batches_tracked"] = {{}, {12}};
  file.metadata["format"] = "pt";
  nn::save_safetensors(folder / "pt", file);

  Model other(rng);
  nn::LoadedModel loaded = nn::load_model(folder / "pt", other, {.prefix = "backbone."});
  BOOST_TEST(identical(other.state_dict(), model.state_dict()));
  BOOST_TEST(loaded.notes.at("format") == "pt");
  BOOST_TEST(loaded.missing.empty());
  BOOST_TEST(loaded.unused == std::vector<string>{"head.weight"}, boost::test_tools::per_element());
  const string all = message_of([&] { nn::load_model(folder / "pt", other); });
  BOOST_TEST(all.starts_with(folder / "pt: state dict of another model: "), all);

  file.tensors.erase("backbone.fc2.bias");
  file.tensors.erase("backbone.fc2.weight");
  nn::save_safetensors(folder / "pt", file);
  Model third(rng);
  const nn::StateDict before = third.state_dict();
  const string missing =
      message_of([&] { nn::load_model(folder / "pt", third, {.prefix = "backbone."}); });
  BOOST_TEST(missing.ends_with("\"fc2.bias\" (3) is missing; \"fc2.weight\" (3, 6) is missing"));
  BOOST_TEST(identical(third.state_dict(), before));
  loaded = nn::load_model(folder / "pt", third, {.prefix = "backbone.", .partial = true});
  BOOST_TEST(loaded.missing == (std::vector<string>{"fc2.bias", "fc2.weight"}),
             boost::test_tools::per_element());
  BOOST_TEST(identical(third.state_dict().at("fc1.weight"), model.state_dict().at("fc1.weight")));
  BOOST_TEST(identical(third.state_dict().at("fc2.weight"), before.at("fc2.weight")));

  // Another shape is never passed over, and neither are whole numbers where weights belong.
  file.tensors["backbone.fc1.bias"] = zeros({2});
  nn::save_safetensors(folder / "pt", file);
  BOOST_TEST(message_of([&] {
               nn::load_model(folder / "pt", third, {.prefix = "backbone.", .partial = true});
             }).ends_with("\"fc1.bias\" is (2), expected (6)"));
  file.integers["ids"] = {{2}, {1, 2}};
  nn::save_safetensors(folder / "pt", file);
  BOOST_TEST(message_of([&] { nn::load_model(folder / "pt", third); }) ==
             folder / "pt: \"ids\" (2) holds whole numbers, expected F64");
}

BOOST_AUTO_TEST_CASE(pytorchs_count_of_batches_becomes_ours) {
  TemporaryFolder folder;
  const nn::BatchNormOptions options{.num_features = 2, .momentum = std::nullopt};
  nn::BatchNorm1d norm(options), other(options);
  nn::SafetensorsFile file{norm.state_dict(), {}, {}};
  file.tensors.erase("num_batches_tracked");
  file.integers["num_batches_tracked"] = {{}, {7}};
  nn::save_safetensors(folder / "pt", file);
  nn::load_model(folder / "pt", other);
  BOOST_TEST(other.num_batches_tracked() == 7);
}

BOOST_AUTO_TEST_CASE(a_part_with_the_optimisers_name_is_not_saved) {
  struct Odd : nn::Module {
    explicit Odd(Rng& rng) : linear({.in_features = 2, .out_features = 2}, rng) {}
    void visit(nn::Visitor& v) override { v("optimizer", linear); }
    nn::Linear linear;
  };
  TemporaryFolder folder;
  Rng rng(1);
  Odd odd(rng);
  const nn::SGD sgd(odd.parameters(), {.lr = 1});
  BOOST_TEST(message_of([&] {
               nn::save_checkpoint(folder / "odd", odd, sgd, rng, {});
             }).ends_with("give that part of the model another name"));
}

BOOST_AUTO_TEST_SUITE_END()
