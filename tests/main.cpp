#define BOOST_TEST_MODULE tapestry
#include <boost/test/unit_test.hpp>
