// Ids: made, cut, joined, compared.
#include "check.hpp"

using namespace tapestry;

namespace {

bool same_ids(const Indices& a, const Indices& b) {
  return a.shape() == b.shape() &&
         std::equal(a.storage().begin(), a.storage().end(), b.storage().begin());
}

} // namespace

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(made_from_numbers) {
  BOOST_CHECK(same_ids(ids_from(std::vector<int>{4, -100, 2}), Indices{4, -100, 2}));
  BOOST_CHECK(same_ids(ids_from(std::vector<std::size_t>{4, 0}), Indices{4, 0}));
  BOOST_CHECK_EQUAL(ids_from(std::vector<int>{}).size(), 0);
  BOOST_CHECK(same_ids(count_up(3), Indices{0, 1, 2}));
  const std::vector<std::size_t> large{1, std::size_t{1} << 31};
  BOOST_CHECK(contains(message_of<ShapeError>([&] { ids_from(large); }), "2147483648 is not"));
}

BOOST_AUTO_TEST_CASE(cut_and_joined) {
  const Indices x{{1, 2}, {3, 4}, {5, 6}};
  BOOST_CHECK(same_ids(rows(x, 1, 3), Indices{{3, 4}, {5, 6}}));
  BOOST_CHECK(same_ids(take_row(x, 2), Indices{5, 6}));
  BOOST_CHECK_EQUAL(rows(x, 1, 1).size(), 0);
  BOOST_CHECK(same_ids(join({rows(x, 2, 3), rows(x, 0, 1)}), Indices{{5, 6}, {1, 2}}));
  const auto text = message_of<ShapeError>([&] { rows(x, 2, 4); });
  BOOST_CHECK_MESSAGE(contains(text, "2 .. 4 in (3, 2)"), text);
  BOOST_CHECK(contains(message_of<ShapeError>([&] { join({x, take_row(x, 0)}); }), "agree"));
  BOOST_CHECK(contains(message_of<ShapeError>([&] { join(std::span<const Indices>{}); }),
                       "no parts"));
}

BOOST_AUTO_TEST_CASE(sequences_of_different_lengths) {
  const std::vector<std::vector<int>> s{{1, 2, 3}, {}, {4}};
  BOOST_CHECK(same_ids(stack_padded(s, 9), Indices{{1, 9, 4}, {2, 9, 9}, {3, 9, 9}}));
  BOOST_CHECK(same_ids(stack_padded(s, 9, true), Indices{{1, 2, 3}, {9, 9, 9}, {4, 9, 9}}));
}

BOOST_AUTO_TEST_CASE(masks_and_rows) {
  const Indices x{{0, 2}, {2, 1}};
  BOOST_CHECK(same_ids(equals(x, 2), Indices{{0, 1}, {1, 0}}));
  BOOST_CHECK(same_ids(differs(x, 2), Indices{{1, 0}, {0, 1}}));
  BOOST_CHECK(same(one_hot(Indices{2, 0}, 3), Tensor{{0, 0, 1}, {1, 0, 0}}));
  BOOST_CHECK_EQUAL(to_string(one_hot(x, 3).shape()), "(2, 2, 3)");
  BOOST_CHECK(contains(message_of<ShapeError>([&] { one_hot(x, 2); }), "id 2 is not one of 2"));
}

BOOST_AUTO_TEST_SUITE_END()
