#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "vision/images/terminal.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(terminals)

BOOST_AUTO_TEST_CASE(two_pixels_a_character) {
  Tensor image = zeros({3, 3, 1}); // red, green, blue from above
  for (std::size_t i = 0; i < 3; ++i) image(i, i, 0) = 1;
  BOOST_TEST(half_blocks(image, 1) == "\x1b[38;2;255;0;0m\x1b[48;2;0;255;0m\u2580\x1b[0m\n"
                                      "\x1b[38;2;0;0;255m\u2580\x1b[0m\n");
}

BOOST_AUTO_TEST_CASE(the_width_is_chosen) {
  const std::string text = half_blocks(ones({3, 40, 80}), 20);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 5);
  const std::string flat = half_blocks(ones({3, 1, 500}), 10);
  BOOST_TEST(std::count(flat.begin(), flat.end(), '\n') == 1);
}

// Rows 0 to 6 of one column: white, six times black. White is colour 215, black 0; '@' is bit 0,
// '}' are bits 1 to 5, in the second band '@' again.
BOOST_AUTO_TEST_CASE(sixels_of_a_column) {
  Tensor image = zeros({3, 7, 1});
  for (std::size_t c = 0; c < 3; ++c) image(c, 0, 0) = 1;
  BOOST_TEST(sixels(image, 1) == "\x1bP0;1q\"1;1;1;7#0;2;0;0;0#215;2;100;100;100"
                                 "#0}$#215@$-#0@$-\x1b\\\n");
}

BOOST_AUTO_TEST_CASE(sixels_in_runs) {
  BOOST_TEST(sixels(ones({3, 6, 10}), 10) ==
             "\x1bP0;1q\"1;1;10;6#215;2;100;100;100#215!10~$-\x1b\\\n");
  // A grey between two steps is made of both: half of 0.1 is 0.5 of the step 0.2.
  const std::string grey = sixels(full({3, 12, 12}, 0.1), 12);
  BOOST_TEST(grey.find("#0;2;0;0;0") != std::string::npos);
  BOOST_TEST(grey.find("#43;2;20;20;20") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_terminal_cannot_show) {
  BOOST_CHECK_THROW(half_blocks(zeros({3, 4, 4}), 0), ShapeError);
  BOOST_CHECK_THROW(half_blocks(zeros({3, 4, 4}), 1001), ShapeError);
  BOOST_CHECK_THROW(half_blocks(zeros({1, 4, 4}), 10), ShapeError);
  BOOST_CHECK_THROW(half_blocks(zeros({3, 0, 4}), 10), ShapeError);
  BOOST_CHECK_THROW(sixels(zeros({4, 4}), 10), ShapeError);
  BOOST_CHECK_THROW(sixels(zeros({3, 4, 4}), 4001), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
