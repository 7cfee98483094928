#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include <boost/test/unit_test.hpp>
#include <stb_image_write.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/random.hpp"
#include "temporary_folder.hpp"
#include "vision/images/image.hpp"

using namespace tapestry;
using std::string;

namespace {

void append(void* to, void* from, int size) {
  static_cast<string*>(to)->append(static_cast<char*>(from), static_cast<std::size_t>(size));
}

// A picture with `channels` per pixel as stb writes it: 1 grey, 2 grey and alpha, 4 with alpha.
string png_of(int width, int height, int channels, const std::vector<unsigned char>& pixels) {
  string bytes;
  stbi_write_png_to_func(append, &bytes, width, height, channels, pixels.data(), width * channels);
  return bytes;
}

string jpeg_of(int width, int height) {
  std::vector<unsigned char> pixels;
  for (int i = 0; i < width * height; ++i)
    for (int c = 0; c < 3; ++c)
      pixels.push_back(static_cast<unsigned char>(2 * (i % width) + 40 * c));
  string bytes;
  stbi_write_jpg_to_func(append, &bytes, width, height, 3, pixels.data(), 95);
  return bytes;
}

string big_endian(std::uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8),
          static_cast<char>(n)};
}

string chunk(const string& type, const string& data) { // stb does not look at the checksum
  return big_endian(static_cast<std::uint32_t>(data.size())) + type + data + big_endian(0);
}

string png_header(std::uint32_t width, std::uint32_t height, char kind) {
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", big_endian(width) + big_endian(height) + '\x08' + kind + string(3, '\0'));
}

string error_of(const TemporaryFolder& folder, const string& name, const string& bytes) {
  write_file(folder / name, bytes);
  const string message = message_of([&] { read_image(folder / name); });
  BOOST_TEST(message.find('\n') == string::npos);
  BOOST_TEST(message.starts_with(folder / name));
  return message.substr(std::min(message.size(), (folder / name).size()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(image)

BOOST_AUTO_TEST_CASE(a_png_keeps_every_level) {
  const TemporaryFolder folder;
  Tensor picture = Tensor::from_shape({3, 16, 17});
  for (std::size_t i = 0; i < picture.size(); ++i)
    picture.data()[i] = static_cast<real>(i % 256) / 255;
  write_png(folder / "a.png", picture);
  const Tensor back = read_image(folder / "a.png");
  BOOST_TEST(to_string(back.shape()) == "(3, 16, 17)");
  for (std::size_t i = 0; i < picture.size(); ++i)
    BOOST_TEST(back.data()[i] == picture.data()[i], boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(values_outside_are_clipped) {
  const TemporaryFolder folder;
  Tensor picture = zeros({3, 1, 2});
  picture(0, 0, 0) = -1;
  picture(1, 0, 0) = 7;
  picture(2, 0, 1) = std::numeric_limits<real>::quiet_NaN();
  write_png(folder / "a.png", picture);
  const Tensor back = read_image(folder / "a.png");
  BOOST_TEST(back(0, 0, 0) == 0);
  BOOST_TEST(back(1, 0, 0) == 1);
  BOOST_TEST(back(2, 0, 1) == 0);
}

BOOST_AUTO_TEST_CASE(grey_alpha_and_palette_become_rgb) {
  const TemporaryFolder folder;
  write_file(folder / "grey.png", png_of(2, 1, 1, {51, 255}));
  const Tensor grey = read_image(folder / "grey.png");
  BOOST_TEST(to_string(grey.shape()) == "(3, 1, 2)");
  for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(grey(c, 0, 0) == 0.2);

  write_file(folder / "alpha.png", png_of(2, 1, 4, {255, 0, 0, 255, 255, 0, 0, 51}));
  const Tensor alpha = read_image(folder / "alpha.png");
  BOOST_TEST(alpha(1, 0, 0) == 0);
  BOOST_TEST(alpha(0, 0, 1) == 1);
  BOOST_TEST(alpha(1, 0, 1) == 0.8); // a fifth of red over white

  // Two pixels, palette entries 1 and 0, in an uncompressed zlib block.
  const string rows("\x00\x01\x00", 3);
  const string zlib = string("\x78\x01\x01\x03\x00\xfc\xff", 7) + rows + string(4, '\0');
  const string palette = png_header(2, 1, 3) +
                         chunk("PLTE", string("\x00\x00\xff\xff\x00\x00", 6)) +
                         chunk("IDAT", zlib) + chunk("IEND", "");
  write_file(folder / "palette.png", palette);
  const Tensor colours = read_image(folder / "palette.png");
  BOOST_TEST(colours(0, 0, 0) == 1);
  BOOST_TEST(colours(2, 0, 0) == 0);
  BOOST_TEST(colours(2, 0, 1) == 1);
}

BOOST_AUTO_TEST_CASE(a_jpeg_is_read) {
  const TemporaryFolder folder;
  write_file(folder / "a.jpg", jpeg_of(64, 48));
  const Tensor picture = read_image(folder / "a.jpg");
  BOOST_TEST(to_string(picture.shape()) == "(3, 48, 64)");
  BOOST_TEST(std::abs(picture(1, 20, 30) - 100.0 / 255) < 0.03);
}

BOOST_AUTO_TEST_CASE(what_is_no_picture_is_refused_in_one_line) {
  const TemporaryFolder folder;
  BOOST_TEST(message_of([&] { read_image(folder / "none.png"); }) ==
             folder / "none.png: no such file");
  BOOST_TEST(message_of([&] { read_image(folder.path()); }) ==
             folder.path() + ": is a folder; expected a PNG or JPEG picture");
  BOOST_TEST(message_of([&] { read_image("/dev/zero"); }) ==
             "/dev/zero: is a device; expected a PNG or JPEG picture");
  BOOST_TEST(error_of(folder, "empty.png", "") ==
             ": the file is empty; expected a PNG or JPEG picture");
  BOOST_TEST(error_of(folder, "text.png", "Hello\nworld, hello") ==
             ": neither PNG nor JPEG: starts with \"Hello\\x0aworld,...\"");
  BOOST_TEST(error_of(folder, "huge.png", png_header(20000, 20000, 2) + chunk("IEND", "")) ==
             ": 20000 x 20000 pixels are too many: at most 50 million");
  string wide = jpeg_of(16, 16);
  wide.replace(wide.find("\xff\xc0") + 5, 4, "\xff\xff\xff\xff");
  BOOST_TEST(error_of(folder, "huge.jpg", wide) ==
             ": 65535 x 65535 pixels are too many: at most 50 million");
  BOOST_CHECK_THROW(read_image(folder / "text.png"), FormatError);
}

BOOST_AUTO_TEST_CASE(a_file_cut_off_anywhere_is_refused) {
  const TemporaryFolder folder;
  Rng rng(1);
  for (const string& whole : {encode_png(uniform({3, 20, 20}, 0, 1, rng)), jpeg_of(32, 32)}) {
    write_file(folder / "a", whole);
    BOOST_CHECK_NO_THROW(read_image(folder / "a"));
    for (std::size_t size = 0; size < whole.size(); size += size < 40 ? 1 : 13)
      BOOST_TEST(!error_of(folder, "cut", whole.substr(0, size)).empty());
    BOOST_TEST(!error_of(folder, "cut", whole.substr(0, whole.size() - 1)).empty());
  }
}

BOOST_AUTO_TEST_CASE(damage_is_an_error_or_a_picture_never_a_crash) {
  const TemporaryFolder folder;
  Rng rng(2);
  for (const string& whole : {encode_png(uniform({3, 9, 9}, 0, 1, rng)), jpeg_of(16, 16)})
    for (int i = 0; i < 300; ++i) {
      string bytes = whole;
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.bits());
      write_file(folder / "a", bytes);
      const string message = message_of([&] { read_image(folder / "a"); });
      BOOST_TEST((message.empty() || message.starts_with(folder / "a")));
    }
}

BOOST_AUTO_TEST_CASE(writing_fails_loudly_and_leaves_the_old_file) {
  const TemporaryFolder folder;
  Rng rng(3);
  const Tensor noise = uniform({3, 64, 64}, 0, 1, rng);
  BOOST_TEST(message_of([&] { write_png("/dev/full", noise); }) ==
             "/dev/full: cannot write: No space left on device");
  BOOST_TEST(message_of([&] { write_png(folder / "no/a.png", noise); }) ==
             folder / "no/a.png: cannot write: No such file or directory");
  BOOST_TEST(message_of([&] { write_png(folder.path(), noise); }).find("is a folder") !=
             string::npos);
  BOOST_CHECK_THROW(write_png(folder / "a.png", zeros({1, 4, 4})), ShapeError);

  write_file(folder / "a.png", "old");
  rlimit before{}, small{};
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 1000;
  std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const string message = message_of([&] { write_png(folder / "a.png", noise); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
  BOOST_TEST(message == folder / "a.png: cannot write: File too large");
  BOOST_TEST(read_file(folder / "a.png") == "old");
  const std::filesystem::directory_iterator files(folder.path());
  BOOST_TEST(std::distance(begin(files), end(files)) == 1); // no temporary file stays
}

BOOST_AUTO_TEST_CASE(resizing) {
  Rng rng(4);
  const Tensor picture = uniform({3, 5, 7}, 0, 1, rng);
  BOOST_TEST((resize(picture, 5, 7) == picture));

  const Tensor flat = resize(full({2, 5, 7}, real{0.3}), 13, 3);
  BOOST_TEST(to_string(flat.shape()) == "(2, 13, 3)");
  for (const real x : flat.storage()) BOOST_TEST(x == 0.3, boost::test_tools::tolerance(1e-12));

  Tensor two = zeros({1, 1, 2});
  two(0, 0, 1) = 1;
  const Tensor four = resize(two, 1, 4);
  const std::vector<real> expected{0, 0.25, 0.75, 1};
  BOOST_TEST(std::vector<real>(four.storage().begin(), four.storage().end()) == expected,
             boost::test_tools::per_element());

  Tensor checks = zeros({1, 64, 64}); // picking pixels would show all white or all black
  for (std::size_t i = 0; i < checks.size(); ++i) checks.data()[i] = (i + i / 64) % 2 ? 1 : 0;
  const Tensor grey = resize(checks, 8, 8);
  for (const real x : grey.storage()) BOOST_TEST(std::abs(x - 0.5) < 0.01);

  Tensor ramp = zeros({1, 60, 1});
  for (std::size_t i = 0; i < 60; ++i) ramp.data()[i] = static_cast<real>(i) + real{0.5};
  const Tensor shorter = resize(ramp, 20, 1);
  for (std::size_t i = 1; i < 19; ++i)
    BOOST_TEST(shorter.data()[i] == 3 * (static_cast<real>(i) + real{0.5}),
               boost::test_tools::tolerance(1e-12));

  BOOST_CHECK_THROW(resize(picture, 0, 3), ShapeError);
  BOOST_CHECK_THROW(resize(zeros({4, 4}), 2, 2), ShapeError);
}

BOOST_AUTO_TEST_CASE(the_middle_square) {
  Tensor wide = zeros({1, 2, 6});
  for (std::size_t i = 0; i < 12; ++i) wide.data()[i] = static_cast<real>(i);
  const Tensor square = center_square(wide);
  BOOST_TEST(to_string(square.shape()) == "(1, 2, 2)");
  BOOST_TEST(square(0, 0, 0) == 2);
  BOOST_TEST(square(0, 1, 1) == 9);
}

BOOST_AUTO_TEST_SUITE_END()
