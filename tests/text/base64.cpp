#include <boost/test/unit_test.hpp>

#include "text/tokens/base64.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(of_the_rfc) { // RFC 4648, section 10
  BOOST_TEST(to_base64("") == "");
  BOOST_TEST(to_base64("f") == "Zg==");
  BOOST_TEST(to_base64("fo") == "Zm8=");
  BOOST_TEST(to_base64("foo") == "Zm9v");
  BOOST_TEST(to_base64("foob") == "Zm9vYg==");
  BOOST_TEST(to_base64("fooba") == "Zm9vYmE=");
  BOOST_TEST(to_base64(std::string("\xFF\x00\xFE", 3)) == "/wD+");
}

BOOST_AUTO_TEST_CASE(and_back) {
  for (const std::string bytes : {"", "f", "fo", "foo", "foob"})
    BOOST_TEST((from_base64(to_base64(bytes)) == bytes));
  for (const char* bad : {"Zg=", "Zg", "Zh==", "Z===", "Zg==Zg==", "Zm 9"})
    BOOST_TEST(!from_base64(bad).has_value(), bad);
}

BOOST_AUTO_TEST_SUITE_END()
