// Arithmetic trees: what is read and refused, what they are worth, and how deep they may be.
#include <boost/test/unit_test.hpp>

#include <fstream>

#include "autograd/base/error.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/corpora/arithmetic.hpp"
#include "text/models/arithmetic_model.hpp"

using namespace tapestry;

namespace {

int worth(const std::string& text) { return parse_arithmetic(text).values().back(); }

std::string refusal(const std::string& text, const ArithmeticLimits& limits = {}) {
  try {
    parse_arithmetic(text, "line 3", limits);
  } catch (const FormatError& e) {
    return e.what();
  }
  return "nothing";
}

// max(1, max(1, ... 9)), as deep as wanted.
std::string deep_text(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += "max(1, ";
  return text + "9" + std::string(depth, ')');
}

} // namespace

BOOST_AUTO_TEST_SUITE(arithmetic_trees)

BOOST_AUTO_TEST_CASE(values_and_texts) {
  BOOST_TEST(worth("7") == 7);
  BOOST_TEST(worth("max(3, min(7, 2), 5)") == 5);
  BOOST_TEST(worth(" add( 9,9 , 4 ) ") == 2);
  BOOST_TEST(worth("min(add(7, 5), max(1, 6))") == 2);
  const ArithmeticTree tree = parse_arithmetic("max(3,min(7,2),5)");
  BOOST_TEST(tree.to_text() == "max(3, min(7, 2), 5)");
  BOOST_TEST(tree.depth() == 2u);
  BOOST_TEST(tree.values() == (std::vector<int>{3, 7, 2, 2, 5, 5}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_and_where) {
  BOOST_TEST(refusal("max(3, min(7, 2)") == "line 3: column 1: the bracket of max( is not closed");
  BOOST_TEST(refusal("max(3, min(7, 2") == "line 3: column 8: the bracket of min( is not closed");
  BOOST_TEST(refusal("max(3, 2))") == "line 3: column 10: a bracket closes that was never opened");
  BOOST_TEST(refusal("max(3 4)") == "line 3: column 7: '4'; expected a comma or ')'");
  BOOST_TEST(refusal("max()") == "line 3: column 5: expected a digit, max, min or add");
  BOOST_TEST(refusal("med(1, 2)") == "line 3: column 1: expected a digit, max, min or add");
  BOOST_TEST(refusal("max 1") == "line 3: column 5: expected ( behind max");
  BOOST_TEST(refusal("12") == "line 3: column 1: a number above 9; expected one digit");
  BOOST_TEST(refusal("1 2") == "line 3: column 3: expected nothing behind the end");
  BOOST_TEST(refusal("") == "line 3: column 1: expected a digit or an operation");
  BOOST_TEST(refusal(deep_text(11), {.most_depth = 10}) == "line 3: column 71: deeper than 10");
  BOOST_TEST(refusal("max(1, 2, 3)", {.most_nodes = 3}) == "line 3: column 1: more than 3 nodes");
}

BOOST_AUTO_TEST_CASE(files_name_their_lines) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.path("trees.txt");
  std::ofstream(path) << "max(1, 2)\n\n3\nmin(4, 5\n";
  BOOST_CHECK_EXCEPTION(read_arithmetic(path), FormatError, [&](const FormatError& e) {
    return e.what() == path + ": line 4: column 1: the bracket of min( is not closed";
  });
  std::ofstream(path) << "max(1, 2)\n\n3\n";
  BOOST_TEST(read_arithmetic(path).size() == 2u);
}

BOOST_AUTO_TEST_CASE(drawn_trees_are_as_deep_as_asked) {
  Rng rng(1);
  for (const std::size_t depth : {0u, 1u, 2u, 5u, 9u}) {
    const ArithmeticTree tree = draw_arithmetic({.depth = depth}, rng);
    BOOST_TEST(tree.depth() == depth);
    const ArithmeticTree again = parse_arithmetic(tree.to_text());
    BOOST_TEST(again.to_text() == tree.to_text());
    BOOST_TEST(again.values().back() == tree.values().back());
  }
  BOOST_CHECK_THROW(draw_arithmetic({.operations = {}}, rng), std::invalid_argument);
}

// Nothing here calls itself: a stack of a few megabytes would not last.
BOOST_AUTO_TEST_CASE(a_tree_100000_deep) {
  const ArithmeticTree tree = parse_arithmetic(deep_text(100'000));
  BOOST_TEST(tree.depth() == 100'000u);
  BOOST_TEST(tree.values().back() == 9);
  BOOST_TEST(tree.to_text().size() == deep_text(100'000).size());
  Rng rng(1);
  BOOST_TEST(draw_arithmetic({.depth = 100'000}, rng).depth() == 100'000u);
  const ArithmeticModel model({.embedding = 2, .hidden = 2}, rng);
  const int value = model.value(tree);
  BOOST_TEST((0 <= value && value <= 9));
}

BOOST_AUTO_TEST_SUITE_END()
