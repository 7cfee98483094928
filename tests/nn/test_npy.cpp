#include <array>
#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "nn/training/half.hpp"
#include "nn/training/npy.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;
using std::string;

namespace {

// A file of this version with this header before these bytes.
string npy(const string& header, const string& numbers, int version = 1) {
  string bytes = "\x93NUMPY";
  bytes += {static_cast<char>(version), 0, static_cast<char>(header.size() % 256),
            static_cast<char>(header.size() / 256)};
  if (version > 1) bytes += string(2, '\0');
  return bytes + header + numbers;
}

string dict(const string& descr, const string& shape) {
  return "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n";
}

template <class T, std::size_t N> string numbers(const std::array<T, N>& values) {
  return {reinterpret_cast<const char*>(values.data()), sizeof values};
}

// What reading these bytes says, without the path in front; "" if they can be read.
string npy_error(const string& bytes) {
  const TemporaryFolder folder;
  const string path = folder / "x.npy";
  write_file(path, bytes);
  const string message = message_of([&] { read_npy(path); });
  BOOST_TEST(message_of([&] { NpyRows rows(path); }) == message);
  BOOST_TEST(message.find('\n') == string::npos);
  if (message.empty()) return "";
  BOOST_TEST(message.starts_with(path + ": "), message);
  return message.substr(path.size() + 2);
}

} // namespace

BOOST_AUTO_TEST_SUITE(npy_files)

BOOST_AUTO_TEST_CASE(every_half_is_the_nearest_to_itself) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float x = half_to_float(half);
    if (std::isnan(x))
      BOOST_REQUIRE(std::isnan(half_to_float(float_to_half(x))));
    else
      BOOST_REQUIRE_EQUAL(float_to_half(x), half);
  }
  BOOST_TEST(half_to_float(0x3c00) == 1.F);
  BOOST_TEST(half_to_float(0xc000) == -2.F);
  BOOST_TEST(half_to_float(0x7bff) == 65504.F);
  BOOST_TEST(half_to_float(0x0001) == 0x1p-24F);
}

BOOST_AUTO_TEST_CASE(halves_are_rounded_to_the_nearest_and_to_even) {
  BOOST_TEST(float_to_half(1 + 0x1p-11F) == 0x3c00);            // in the middle: even is below
  BOOST_TEST(float_to_half(1 + 0x1p-11F + 0x1p-20F) == 0x3c01); // above the middle
  BOOST_TEST(float_to_half(1 + 3 * 0x1p-11F) == 0x3c02);        // in the middle: even is above
  BOOST_TEST(float_to_half(0x1.ffcp0F + 0x1p-11F) == 0x4000);   // carries into the exponent
  BOOST_TEST(float_to_half(0x1p-14F - 0x1p-26F) == 0x0400);     // from below the first with a 1
  BOOST_TEST(float_to_half(0x1p-25F) == 0);
  BOOST_TEST(float_to_half(65519) == 0x7bff);
  BOOST_TEST(float_to_half(65520) == 0x7c00);
  BOOST_TEST(float_to_half(-std::numeric_limits<float>::infinity()) == 0xfc00);
}

BOOST_AUTO_TEST_CASE(round_trip) {
  const TemporaryFolder folder;
  const string path = folder / "x.npy";
  Rng rng(1);
  for (const Shape& shape : {Shape{}, Shape{7}, Shape{3, 5}, Shape{0, 4}, Shape{2, 1, 3, 2}}) {
    const Tensor x = normal(shape, 0, 1, rng);
    write_npy(path, x); // of the library's own type: bit for bit
    Tensor y = read_npy(path);
    BOOST_TEST(y.shape() == x.shape());
    BOOST_TEST(y.storage() == x.storage(), boost::test_tools::per_element());
    BOOST_TEST(read_file(path).find('\n') % 64 == 63); // the numbers are aligned
    write_npy(path, x, NpyType::f4);
    y = read_npy(path);
    for (std::size_t i = 0; i < x.size(); ++i)
      BOOST_TEST(y.data()[i] == static_cast<real>(static_cast<float>(x.data()[i])));
    write_npy(path, x, NpyType::f2);
    y = read_npy(path);
    BOOST_TEST(y.shape() == x.shape());
    for (std::size_t i = 0; i < x.size(); ++i) // 11 bits: half of the last one is 2^-11
      BOOST_TEST(std::abs(y.data()[i] - x.data()[i]) <= 0x1p-11 * std::abs(x.data()[i]) + 0x1p-25);
  }
}

BOOST_AUTO_TEST_CASE(what_numpy_writes) {
  const TemporaryFolder folder;
  const string path = folder / "x.npy";
  const string two = numbers(std::array<std::uint16_t, 2>{0x3c00, 0xc100}); // 1, -2.5
  for (const string& file : {npy(dict("'<f2'", "(2,)"), two), npy(dict("'<f2'", "(2,)"), two, 2),
                             npy(dict("\"<f2\"", "(2L,)"), two, 3),
                             npy("{'shape':(2 , ),'fortran_order':False,\"descr\":'<f2'}", two)}) {
    write_file(path, file);
    BOOST_TEST(read_npy(path) == (Tensor{1, -2.5}));
  }
  write_file(path, npy(dict("'<f4'", "()"), numbers(std::array<float, 1>{0.1F})));
  BOOST_TEST(read_npy(path) == Tensor(static_cast<real>(0.1F)));
  write_file(path, npy(dict("'<f8'", "(1, 2)"), numbers(std::array<double, 2>{0.1, -3})));
  BOOST_TEST(read_npy(path) == (Tensor{{static_cast<real>(0.1), -3}}));
}

BOOST_AUTO_TEST_CASE(single_rows) {
  const TemporaryFolder folder;
  const string path = folder / "x.npy";
  Rng rng(2);
  const Tensor x = normal({5, 2, 3}, 0, 1, rng);
  write_npy(path, x);
  const NpyRows rows(path);
  BOOST_TEST(rows.size() == 5);
  const Tensor row = rows.row(3);
  BOOST_TEST(row.shape() == (Shape{2, 3}));
  BOOST_TEST(std::equal(row.data(), row.data() + 6, x.data() + 18));
  const Tensor some = rows.rows({4, 0, 4});
  BOOST_TEST(some.shape() == (Shape{3, 2, 3}));
  BOOST_TEST(std::equal(some.data(), some.data() + 6, x.data() + 24));
  BOOST_TEST(std::equal(some.data() + 6, some.data() + 12, x.data()));
  BOOST_TEST(message_of([&] { rows.row(5); }) == path + ": no row 5; expected one of 5");
  std::filesystem::resize_file(path, 128 + 4 * 6 * sizeof(real)); // cut while it is open
  rows.row(3);
  BOOST_TEST(message_of([&] { rows.row(4); }).starts_with(path + ": byte "));
  write_npy(path, Tensor(1.));
  BOOST_TEST(message_of([&] { NpyRows scalar(path); }) ==
             path + ": byte 0: an array without axes; expected rows");
}

BOOST_AUTO_TEST_CASE(damaged_files) {
  const string eight(8, '\1');
  const string good = npy(dict("'<f4'", "(2,)"), eight);
  BOOST_TEST(npy_error(good) == "");
  for (std::size_t size = 0; size < good.size(); ++size)
    BOOST_TEST(npy_error(good.substr(0, size)) != "", size);
  BOOST_TEST(npy_error(good + "12") ==
             "byte 76: 2 bytes after the last number; expected the file's end");
  BOOST_TEST(
      npy_error(npy(dict("'<f4'", "(3,)"), eight)) ==
      "byte 76: the file ends here, after 8 bytes of numbers; expected (3) numbers of 4 bytes");
  BOOST_TEST(npy_error("PK\3\4 a zip file of arrays") ==
             "byte 0: no .npy file: it does not begin with \\x93NUMPY");
  BOOST_TEST(npy_error(npy(dict("'<f4'", "(2,)"), eight, 4)) ==
             "byte 6: version 4; expected 1, 2 or 3");
  BOOST_TEST(npy_error(npy(dict("'<i8'", "(1,)"), eight)) ==
             "byte 20: numbers '<i8'; expected '<f2', '<f4' or '<f8' (little-endian floats)");
  BOOST_TEST(npy_error(npy(dict("[('a', '<f4')]", "(2,)"), eight)) ==
             "byte 20: an array of structures; expected one of '<f2', '<f4' or '<f8'");
  BOOST_TEST(npy_error(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", eight)) ==
             "byte 44: Fortran order; expected C order (numpy.ascontiguousarray)");
  BOOST_TEST(npy_error(npy("{'descr': '<f4', 'shape': (2,)}", eight)) ==
             "byte 41: the header lacks descr, fortran_order or shape");
  BOOST_TEST(npy_error(npy("{'descr': '<f4', 'descr': '<f4'}", eight)) ==
             "byte 35: \"descr\"; expected each of descr, fortran_order and shape once");
  for (const char* shape : {"(2)", "(-2,)", "(,)", "2", "(2,,)", "(99999999999999999999,)"})
    BOOST_TEST(npy_error(npy(dict("'<f4'", shape), eight)) != "", shape);
}

BOOST_AUTO_TEST_CASE(enormous_sizes_allocate_nothing) {
  for (const char* shape : {"(4000000000000,)", "(4294967296, 4294967296, 4294967296)",
                            "(4611686018427387905,)"}) // x 4 bytes is 4 bytes, modulo 2^64
    BOOST_TEST(npy_error(npy(dict("'<f4'", shape), string(4, '\0'))).find("the file ends here") !=
                   string::npos,
               shape);
  string long_header = "\x93NUMPY";
  long_header += string({2, 0, -1, -1, -1, 127});
  BOOST_TEST(npy_error(long_header + "{}").starts_with("byte 8: a header of 2147483647 bytes"));
  string axes;
  for (int i = 0; i < 33; ++i) axes += "1, ";
  BOOST_TEST(npy_error(npy(dict("'<f4'", "(" + axes + ")"), string(4, '\0'))).find("32 axes") !=
             string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
