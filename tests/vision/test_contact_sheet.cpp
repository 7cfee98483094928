#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "vision/images/contact_sheet.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(contact_sheets)

BOOST_AUTO_TEST_CASE(pictures_of_any_size_and_captions_of_any_length) {
  const std::vector<Captioned> items{
      {zeros({3, 64, 64}), "a black square", true},
      {ones({3, 300, 20}), std::string(300, 'w') + " a very long word", true},
      {ones({3, 1, 500}), "", true},
      {zeros({3, 9, 9}), "c\xc3\xadrculo\n\t\x01", false}};
  const Tensor sheet = contact_sheet(items, 3);
  BOOST_TEST(sheet.dimension() == 3u);
  BOOST_TEST(sheet.shape(0) == 3u);
  for (const real x : sheet.storage())
    BOOST_TEST((x >= 0 && x < 1.000001)); // ones resized: rounded
  BOOST_TEST(contact_sheet(items, 100).shape(1) < sheet.shape(1));
}

BOOST_AUTO_TEST_CASE(a_false_caption_is_red) {
  const auto red_pixels = [](bool good) {
    const Tensor sheet = contact_sheet({{zeros({3, 8, 8}), "a red circle", good}}, 1);
    const std::size_t plane = sheet.size() / 3;
    int count = 0;
    for (std::size_t i = 0; i < plane; ++i)
      count += sheet.data()[i] > 0.7 && sheet.data()[plane + i] < 0.3;
    return count;
  };
  BOOST_TEST(red_pixels(true) == 0);
  BOOST_TEST(red_pixels(false) > 100);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_shown) {
  BOOST_CHECK_THROW(contact_sheet({}, 3), ShapeError);
  BOOST_CHECK_THROW(contact_sheet({{zeros({3, 8, 8}), "", true}}, 0), ShapeError);
  BOOST_CHECK_THROW(contact_sheet({{zeros({8, 8}), "", true}}, 1), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
