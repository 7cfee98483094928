#include <filesystem>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "nn/conv.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"
#include "vision/images/image.hpp"
#include "vision/networks/features.hpp"

using namespace tapestry;
using namespace tapestry::testing;
namespace fs = std::filesystem;

namespace {

// One convolution: enough to be a network, and quick. It counts the pictures that it has seen.
class TinyNetwork : public PictureNetwork {
public:
  TinyNetwork(Rng& rng, int* seen)
      : conv_({.in_channels = 3, .out_channels = 5, .kernel_size = 2, .stride = 2}, rng),
        seen_(seen) {}
  Var grid(const Operand& pictures) override {
    *seen_ += static_cast<int>(pictures.shape()[0]);
    return conv_(pictures);
  }
  Var logits(const Operand& grid) override { return picture_vectors(grid); }
  std::size_t features() const override { return 5; }
  std::size_t classes() const override { return 5; }
  void visit(nn::Visitor& v) override { v("conv", conv_); }

private:
  nn::Conv2d conv_;
  int* seen_;
};

// A folder with five pictures, and a model for them.
struct Setting {
  TemporaryFolder folder;
  int seen = 0;
  Pretrained model;
  FeatureOptions options{.side = 8, .batch = 2};

  Setting() {
    Rng rng(1);
    model.network = std::make_unique<TinyNetwork>(rng, &seen);
    model.scale = symmetric_scale;
    model.digest = "first";
    fs::create_directory(pictures());
    for (int i = 0; i < 5; ++i) draw("p" + std::to_string(i) + ".png", i);
    options.cache = folder / "cache";
  }
  std::string pictures() const { return folder / "pictures"; }
  void draw(const std::string& name, int seed) {
    Rng rng(static_cast<std::uint64_t>(100 + seed));
    write_png(pictures() + "/" + name, uniform({3, 9, 11}, 0, 1, rng));
  }
  Features run() {
    seen = 0;
    return folder_features(pictures(), model, options);
  }
};

bool same(const Features& a, const Features& b) {
  return a.names == b.names && identical(a.vectors, b.vectors);
}

} // namespace

BOOST_AUTO_TEST_SUITE(features)

BOOST_AUTO_TEST_CASE(a_row_for_each_picture_computed_once) {
  Setting s;
  std::vector<std::size_t> told;
  s.options.progress = [&](std::size_t done, std::size_t total) {
    BOOST_TEST(total == 5);
    told.push_back(done);
  };
  const Features first = s.run();
  BOOST_TEST(
      (first.names == std::vector<std::string>{"p0.png", "p1.png", "p2.png", "p3.png", "p4.png"}));
  BOOST_TEST(first.vectors.shape() == (Shape{5, 5}));
  BOOST_TEST(first.computed == 5);
  BOOST_TEST(first.skipped.empty());
  BOOST_TEST(first.cache_problem == "");
  BOOST_TEST((told == std::vector<std::size_t>{2, 4, 5}));
  const Tensor picture = scaled(read_square(s.pictures() + "/p3.png", 8), s.model.scale);
  const Var alone =
      picture_vectors(s.model.network->grid(constant(reshaped(picture, {1, 3, 8, 8}))));
  for (std::size_t i = 0; i < 5; ++i)
    BOOST_TEST(std::abs(alone.value().data()[i] - first.vectors.data()[15 + i]) < same_in_double);

  const Features again = s.run();
  BOOST_TEST(s.seen == 0);
  BOOST_TEST(again.computed == 0);
  BOOST_TEST(same(again, first));
}

BOOST_AUTO_TEST_CASE(what_has_changed_is_noticed) {
  Setting s;
  const Features first = s.run();
  s.draw("p2.png", 50); // another picture under the same name
  const Features changed = s.run();
  BOOST_TEST(changed.computed == 1);
  BOOST_TEST(!same(changed, first));

  fs::rename(s.pictures() + "/p0.png", s.pictures() + "/z.png"); // the same under another name
  const Features renamed = s.run();
  BOOST_TEST(renamed.computed == 0);
  BOOST_TEST(renamed.names.back() == "z.png");
  BOOST_TEST(
      std::equal(first.vectors.data(), first.vectors.data() + 5, renamed.vectors.data() + 20));

  fs::remove(s.pictures() + "/p1.png");
  BOOST_TEST(s.run().names.size() == 4);

  s.model.digest = "second"; // another model
  const Features other = s.run();
  BOOST_TEST(other.computed == 4);
  BOOST_TEST(other.cache_problem == s.options.cache + ": another network's features");
  BOOST_TEST(s.run().computed == 0); // the cache is the second's now

  s.options.side = 6; // another preprocessing
  BOOST_TEST(s.run().computed == 4);
  s.options.regions = {1, 2};
  const Features regions = s.run();
  BOOST_TEST(regions.computed == 4);
  BOOST_TEST(regions.vectors.shape() == (Shape{4, 2, 5}));
  BOOST_TEST(same(s.run(), regions));
}

BOOST_AUTO_TEST_CASE(a_damaged_cache_is_mended) {
  Setting s;
  const Features first = s.run();
  const std::string good = read_file(s.options.cache);
  std::vector<std::string> damaged{"", "x", good + "x"};
  for (std::size_t at = 0; at < good.size(); at += 37) {
    damaged.push_back(good.substr(0, at));
    damaged.push_back(good);
    damaged.back()[at] = static_cast<char>(damaged.back()[at] ^ 4);
  }
  for (const std::string& bytes : damaged) {
    write_file(s.options.cache, bytes);
    const Features mended = s.run();
    BOOST_REQUIRE(same(mended, first));
    BOOST_REQUIRE(mended.computed == 5 && mended.cache_problem.starts_with(s.options.cache + ": "));
    BOOST_REQUIRE(read_file(s.options.cache) == good);
  }
}

BOOST_AUTO_TEST_CASE(a_killed_run_loses_little) {
  Setting s;
  s.options.save_every = 2;
  s.options.progress = [](std::size_t done, std::size_t) {
    if (done == 4) throw std::runtime_error("killed");
  };
  BOOST_CHECK_THROW(s.run(), std::runtime_error);
  s.options.progress = nullptr;
  const Features rest = s.run();
  BOOST_TEST(rest.computed == 3);
  fs::remove(s.options.cache);
  BOOST_TEST(same(s.run(), rest));
}

BOOST_AUTO_TEST_CASE(two_runs_at_once) {
  Setting s;
  s.options.save_every = 1;
  const Features expected = s.run();
  for (int round = 0; round < 3; ++round) {
    fs::remove(s.options.cache);
    Features found[2];
    std::thread threads[2];
    int counts[2] = {};
    for (int i = 0; i < 2; ++i)
      threads[i] = std::thread([&, i] {
        Rng rng(1);
        Pretrained model{std::make_unique<TinyNetwork>(rng, &counts[i]), "", s.model.scale,
                         s.model.digest};
        found[i] = folder_features(s.pictures(), model, s.options);
      });
    for (std::thread& thread : threads) thread.join();
    for (const Features& one : found) {
      BOOST_TEST(same(one, expected));
      BOOST_TEST(one.cache_problem == "");
    }
    BOOST_TEST(s.run().computed == 0); // what they left is whole
    for (const auto& entry : fs::directory_iterator(s.folder.path()))
      BOOST_TEST(!entry.path().filename().string().ends_with(".tmp"));
  }
}

BOOST_AUTO_TEST_CASE(pictures_that_cannot_be_read_are_listed) {
  Setting s;
  write_file(s.pictures() + "/a.JPG", "no picture");
  write_file(s.pictures() + "/b.png", read_file(s.pictures() + "/p1.png").substr(0, 60));
  write_file(s.pictures() + "/c.png", read_file(s.pictures() + "/b.png")); // the same twice
  fs::create_directory(s.pictures() + "/d.jpeg");
  write_file(s.pictures() + "/captions.txt", "not named as a picture");
  fs::copy_file(s.pictures() + "/p1.png", s.pictures() + "/q.png");
  for (int round = 0; round < 2; ++round) {
    const Features all = s.run();
    BOOST_TEST(all.names.size() == 6);
    BOOST_TEST(all.computed == (round == 0 ? 5 : 0)); // p1 and q are one
    BOOST_REQUIRE(all.skipped.size() == 4);
    BOOST_TEST(all.skipped[0].starts_with(s.pictures() + "/a.JPG: no PNG, JPEG, "));
    BOOST_TEST(all.skipped[1].starts_with(s.pictures() + "/b.png: "));
    BOOST_TEST(all.skipped[2] == s.pictures() + "/c.png: a copy of a picture that cannot be read");
    BOOST_TEST(all.skipped[3] == s.pictures() + "/d.jpeg: is a folder; expected a file");
  }
}

BOOST_AUTO_TEST_CASE(folders_and_caches_that_are_not_there) {
  Setting s;
  BOOST_TEST(message_of([&] {
               folder_features(s.folder / "none", s.model);
             }).starts_with(s.folder / "none: cannot read this folder"));
  s.options.cache = s.folder / "none/cache";
  const Features all = s.run();
  BOOST_TEST(all.computed == 5);
  BOOST_TEST(all.cache_problem.starts_with(s.folder / "none/cache: cannot write"));
  fs::create_directory(s.folder / "empty");
  s.options.cache = "";
  const Features none = folder_features(s.folder / "empty", s.model, s.options);
  BOOST_TEST(none.vectors.shape() == (Shape{0, 5}));
  BOOST_CHECK_THROW(folder_features(s.pictures(), s.model, {.batch = 0}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
