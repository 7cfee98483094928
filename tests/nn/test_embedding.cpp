#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "nn/dropout.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

BOOST_AUTO_TEST_SUITE(embedding_layer)

BOOST_AUTO_TEST_CASE(gradients) { // a row that is looked up twice, and one that never is
  Rng rng(1);
  nn::Embedding layer({.num_embeddings = 5, .embedding_dim = 3}, rng);
  const Indices ids = indices({2, 3}, {4, 0, 2, 2, 3, 4});
  check_gradients([&](const auto&) { return layer(ids); }, {}, layer.parameters());
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  Rng rng(1);
  nn::Embedding layer({.num_embeddings = 6, .embedding_dim = 4}, rng);
  const Indices ids = fixture("embedding").indices("ids");
  check_parity("embedding", &layer, [&](const auto&) { return std::vector{layer(ids)}; });
}

BOOST_AUTO_TEST_CASE(ids_outside_the_table_are_named) {
  Rng rng(1);
  nn::Embedding layer({.num_embeddings = 6, .embedding_dim = 4}, rng);
  for (const int id : {-1, 6}) {
    const std::string message = message_of([&] { layer(indices({1}, {id})); });
    BOOST_TEST(message.find("embedding at nn/test_embedding.cpp:") == 0u);
    BOOST_TEST(message.find("id " + std::to_string(id) + " is not a row") != std::string::npos);
  }
  BOOST_TEST(to_string(layer(indices({0}, {})).shape()) == "(0, 4)");
}

BOOST_AUTO_TEST_SUITE_END()
