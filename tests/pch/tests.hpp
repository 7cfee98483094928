// What nearly every test includes, compiled once for all files of a test program.
#include "tutorials/tools/pch/xtensor.hpp"

#include <boost/test/unit_test.hpp>
