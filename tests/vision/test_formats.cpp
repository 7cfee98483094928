#include <boost/test/unit_test.hpp>
#include <stb_image_write.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/random.hpp"
#include "temporary_folder.hpp"
#include "vision/images/decode.hpp"
#include "vision/images/image.hpp"

using namespace tapestry;
using std::string;

namespace {

string little_endian(std::uint64_t n, std::size_t size) {
  string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(n >> 8 * i);
  return bytes;
}

// With a header of 40 bytes; `palette` has 4 bytes a colour.
string bmp(std::int32_t width, std::int32_t height, unsigned bits, const string& palette,
           const string& pixels, unsigned compression = 0) {
  const std::size_t begin = 54 + palette.size();
  return "BM" + little_endian(begin + pixels.size(), 4) + little_endian(0, 4) +
         little_endian(begin, 4) + little_endian(40, 4) +
         little_endian(static_cast<std::uint32_t>(width), 4) +
         little_endian(static_cast<std::uint32_t>(height), 4) + little_endian(1, 2) +
         little_endian(bits, 2) + little_endian(compression, 4) + string(20, '\0') + palette +
         pixels;
}

std::vector<int> levels(const Pixels& picture) {
  std::vector<int> all;
  for (std::size_t i = 0; i < picture.rgba.size(); ++i)
    if (i % 4 != 3) all.push_back(picture.rgba[i]);
  return all;
}

string problem_of(const string& bytes) {
  const string message = message_of([&] { decode_image("a", bytes); });
  BOOST_TEST(message.find('\n') == string::npos);
  return message.empty() ? "" : message.substr(1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(formats)

BOOST_AUTO_TEST_CASE(grey_and_colour_maps) {
  const std::vector<int> expected{0, 0, 0, 255, 255, 255}, colours{1, 2, 3, 255, 0, 9};
  BOOST_TEST(levels(decode_image("a", "P2 2 1 15 0 15")) == expected);
  BOOST_TEST(levels(decode_image("a", "P2 # a comment 7\n2 1\n#\n15\n0 # in between\n 15\n")) ==
             expected);
  BOOST_TEST(levels(decode_image("a", string("P5\n2 1\n255\n\0\xff", 13))) == expected);
  BOOST_TEST(levels(decode_image("a", string("P5 2 1 65535 \0\0\xff\xff", 17))) == expected);
  BOOST_TEST(levels(decode_image("a", "P3 2 1 255 1 2 3 255 0 9")) == colours);
  BOOST_TEST(levels(decode_image("a", string("P6 1 2 255\t\1\2\3\xff\0\11", 17))) == colours);
  BOOST_TEST(decode_image("a", string("P6 1 2 255\t\1\2\3\xff\0\11", 17)).height == 2u);
  // Two of three levels: 255 / 3 * 2. Of 1000: 500 * 255 / 1000 is 127.5, rounded up.
  BOOST_TEST(levels(decode_image("a", "P2 2 1 3 2 1"))[0] == 170);
  BOOST_TEST(levels(decode_image("a", "P2 1 1 1000 500"))[0] == 128);
}

BOOST_AUTO_TEST_CASE(maps_that_are_refused) {
  BOOST_TEST(problem_of("P5") == ": byte 2: cut off; expected the width in decimal digits");
  BOOST_TEST(problem_of("P5 x") == ": byte 3: damaged; expected the width in decimal digits");
  BOOST_TEST(problem_of("P5 2 # no end") ==
             ": byte 13: cut off; expected the height in decimal digits");
  BOOST_TEST(problem_of("P5 2 1 0 ") == ": byte 8: the largest value is 0; expected 1 to 65535");
  BOOST_TEST(problem_of("P5 2 1 70000 ") == ": byte 11: the largest value is more than 65535");
  BOOST_TEST(problem_of("P6 20000 20000 255 ") ==
             ": 20000 x 20000 pixels are too many: at most 50 million");
  BOOST_TEST(problem_of("P6 99999999999 2 255 ") == ": byte 10: the width is more than 50000000");
  BOOST_TEST(problem_of("P6 0 2 255 ") == ": 0 x 2 pixels; expected at least 1 x 1");
  BOOST_TEST(problem_of("P6 2 2 255 abc") ==
             ": byte 10: cut off: 4 bytes of pixels follow; expected 12");
  BOOST_TEST(problem_of("P3 2 2 255 1 2 3") ==
             ": byte 10: cut off: 6 bytes of pixels follow; expected at least 24");
  BOOST_TEST(problem_of("P2 2 1 9 1 12").ends_with("a value is more than 9"));
  BOOST_TEST(problem_of("P5 1 1 9 \x0b").ends_with("a value of 11 is more than 9"));
  BOOST_TEST(problem_of("P2 2 1 9 111-").ends_with("more than 9"));
  BOOST_TEST(problem_of("P4 8 1 a") == ": this kind is not supported: a PBM picture");
}

BOOST_AUTO_TEST_CASE(bmp_of_every_depth) {
  const string blue_red("\xff\0\0\0\0\0\xff\0", 8); // a palette: blue, green, red, nothing
  const std::vector<int> expected{255, 0, 0, 0, 0, 255};
  BOOST_TEST(levels(decode_bmp("a", bmp(2, 1, 1, blue_red, string("\x80\0\0\0", 4)))) == expected);
  BOOST_TEST(levels(decode_bmp("a", bmp(2, 1, 4, blue_red, string("\x10\0\0\0", 4)))) == expected);
  BOOST_TEST(levels(decode_bmp("a", bmp(2, 1, 8, blue_red, string("\1\0\0\0", 4)))) == expected);
  BOOST_TEST(levels(decode_bmp("a", bmp(2, 1, 16, "", string("\x00\x7c\x1f\0", 4)))) == expected);
  BOOST_TEST(levels(decode_bmp("a", bmp(2, 1, 24, "", string("\0\0\xff\xff\0\0\0\0", 8)))) ==
             expected);
  BOOST_TEST(levels(decode_bmp("a", bmp(2, 1, 32, "", string("\0\0\xff\0\xff\0\0\0", 8)))) ==
             expected);
  // Rows stand from the bottom, or from the top if the height is negative.
  const string rows = string("\0\0\xff\0\xff\0\0\0", 8);
  BOOST_TEST(levels(decode_bmp("a", bmp(1, -2, 32, "", rows))) == expected);
  BOOST_TEST(levels(decode_bmp("a", bmp(1, 2, 32, "", rows)))[2] == 255);
}

BOOST_AUTO_TEST_CASE(bmp_that_is_refused) {
  const string whole = bmp(3, 2, 24, "", string(24, '\x50'));
  BOOST_CHECK_NO_THROW(decode_bmp("a", whole));
  for (std::size_t size = 2; size < whole.size(); ++size)
    BOOST_TEST(problem_of(whole.substr(0, size)).starts_with(": cut off: "));
  BOOST_TEST(problem_of(bmp(20000, 20000, 24, "", "")) ==
             ": 20000 x 20000 pixels are too many: at most 50 million");
  BOOST_TEST(problem_of(bmp(-5, 2, 24, "", "")).ends_with("are too many: at most 50 million"));
  BOOST_TEST(problem_of(bmp(1, 0, 24, "", "")) == ": 1 x 0 pixels; expected at least 1 x 1");
  BOOST_TEST(problem_of(bmp(1, 1, 8, "", string(4, '\0'), 1)) ==
             ": this kind is not supported: a compressed BMP");
  BOOST_TEST(problem_of(bmp(1, 1, 7, "", string(4, '\0'))) ==
             ": byte 28: 7 bits a pixel; expected 1, 4, 8, 16, 24 or 32");
  BOOST_TEST(problem_of(bmp(1, 1, 8, string(8, '\0'), "\2\1\1\1")) ==
             ": byte 62: colour 2 of a palette of 2");
  string odd = whole;
  odd[14] = 41;
  BOOST_TEST(problem_of(odd) ==
             ": byte 14: a BMP header of 41 bytes; expected 12, 40, 56, 108 or 124");
}

BOOST_AUTO_TEST_CASE(the_content_counts_and_not_the_name) {
  const TemporaryFolder folder;
  std::vector<unsigned char> grey(64, 100);
  string jpeg;
  stbi_write_jpg_to_func(
      [](void* to, void* from, int n) {
        static_cast<string*>(to)->append(static_cast<char*>(from), static_cast<std::size_t>(n));
      },
      &jpeg, 8, 8, 1, grey.data(), 95);
  Rng rng(3);
  for (const string& bytes : {jpeg, encode_png(uniform({3, 8, 8}, 0, 1, rng)),
                              bmp(8, 8, 24, "", string(192, '\x20')), string("P2 1 1 9 3")}) {
    write_file(folder / "mislabelled.png", bytes);
    BOOST_CHECK_NO_THROW(read_image(folder / "mislabelled.png"));
  }
  for (const auto& [bytes, kind] :
       std::vector<std::pair<string, string>>{{"GIF89a...", "GIF"},
                                              {"RIFF\1\1\1\1WEBPVP8 ", "WebP"},
                                              {string("II*\0....", 8), "TIFF"}}) {
    write_file(folder / "a.png", bytes);
    BOOST_TEST(message_of([&] { read_image(folder / "a.png"); }) ==
               folder / ("a.png: this kind is not supported: a " + kind + " picture"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
