// embedding: rows of a table.
#include "check.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(lookup)

BOOST_AUTO_TEST_CASE(gradients) {
  const Tensor table = random({5, 3});
  const Indices all[] = {Indices{0, 1, 2, 3, 4}, Indices{{1, 4, 1}, {0, 1, 3}}, Indices{2}};
  for (const Indices& ids : all)
    expect_gradients("embedding", [&](const Var& t) { return embedding(t, ids); }, {table});
  expect_gradients("embedding, a square table",
                   [](const Var& t) {
                     return embedding(t, Indices{3, 0, 0});
                   },
                   {random({4, 4})});
  const Indices scalar = 1; // of shape ()
  BOOST_CHECK_EQUAL(to_string(embedding(constant(table), scalar).shape()), "(3)");
}

BOOST_AUTO_TEST_CASE(a_row_looked_up_twice_gets_both_gradients) {
  const Var table = variable(Tensor{{1, 2}, {3, 4}, {5, 6}});
  Tape tape;
  const Var y = embedding(table, Indices{2, 0, 2});
  BOOST_CHECK(same(y.value(), Tensor{{5, 6}, {1, 2}, {5, 6}}));
  tape.backward(y, Tensor{{1, 10}, {100, 1000}, {2, 20}});
  BOOST_CHECK(same(table.grad(), Tensor{{100, 1000}, {0, 0}, {3, 30}}));
}

BOOST_AUTO_TEST_SUITE_END()
