#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "nn/training/npy.hpp"
#include "temporary_folder.hpp"
#include "tests/autograd/check.hpp"
#include "tests/nn/check.hpp"
#include "vision/captioning/picture_vectors.hpp"

using namespace tapestry;
using namespace tapestry::testing;
using std::string;

BOOST_AUTO_TEST_SUITE(vectors_by_name)

BOOST_AUTO_TEST_CASE(by_name) {
  const PictureVectors vectors({"b", "a"}, tensor({2, 3}, {1, 2, 3, 4, 5, 6}), "v");
  BOOST_TEST(vectors.size() == 2u);
  BOOST_TEST(vectors.width() == 3u);
  BOOST_TEST(vectors.contains("a"));
  BOOST_TEST(!vectors.contains("c"));
  const Tensor some = vectors.of({"a", "b", "a"});
  BOOST_TEST(to_string(Shape(some.shape())) == "(3, 3)");
  BOOST_TEST(some(0, 0) == 4);
  BOOST_TEST(some(1, 2) == 3);
  BOOST_TEST(some(2, 1) == 5);
  BOOST_TEST(message_of([&] { vectors.of({"c"}); }) == "v: there is no vector of the picture c");
  BOOST_CHECK_THROW(PictureVectors({"a"}, zeros({2, 3}), "v"), std::invalid_argument);
  BOOST_CHECK_THROW(PictureVectors({"a", "a"}, zeros({2, 3}), "v"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(from_a_folder) {
  const TemporaryFolder folder;
  const string path = folder.path();
  const auto error = [&] { return message_of([&] { PictureVectors::read(path); }); };
  BOOST_TEST(!PictureVectors::there(path));
  BOOST_TEST(error().find("features_ids.txt") != string::npos);
  write_file_atomically(folder / "features_ids.txt", "x.jpg\ny.jpg\n");
  BOOST_TEST(PictureVectors::there(path));
  BOOST_TEST(error() == path + ": no files features_*.npy, expected one");
  write_npy(folder / "features_net.npy", tensor({2, 2}, {1, 2, 3, 4}), NpyType::f2);
  const PictureVectors vectors = PictureVectors::read(path);
  BOOST_TEST(vectors.of({"y.jpg"})(0, 1) == 4);
  write_npy(folder / "features_net.npy", zeros({3, 2}));
  BOOST_TEST(error().find("an array of shape (3, 2), expected a row for each of the 2 names") !=
             string::npos);
  Tensor bad = zeros({2, 2});
  bad(1, 0) = std::numeric_limits<real>::infinity();
  write_npy(folder / "features_net.npy", bad);
  BOOST_TEST(error().find("the vector of y.jpg has a number that is not finite") != string::npos);
  write_npy(folder / "features_other.npy", zeros({2, 2}));
  BOOST_TEST(error() == path + ": 2 files features_*.npy, expected one");
}

BOOST_AUTO_TEST_SUITE_END()
