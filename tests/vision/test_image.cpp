#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include <boost/test/unit_test.hpp>
#include <stb_image.h>
#include <stb_image_write.h>
#include <zlib.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/random.hpp"
#include "temporary_folder.hpp"
#include "vision/images/decode.hpp"
#include "vision/images/image.hpp"
#include "vision/images/resize.hpp"

// After what it needs to be included before it.
#include <jpeglib.h>

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

string chunk(const string& type, const string& data) {
  const string checked = type + data;
  const uLong sum = crc32_z(0, reinterpret_cast<const Bytef*>(checked.data()), checked.size());
  return big_endian(static_cast<std::uint32_t>(data.size())) + checked +
         big_endian(static_cast<std::uint32_t>(sum));
}

string deflated(const string& data) {
  uLongf size = compressBound(data.size());
  string bytes(size, '\0');
  compress(reinterpret_cast<Bytef*>(bytes.data()), &size,
           reinterpret_cast<const Bytef*>(data.data()), data.size());
  bytes.resize(size);
  return bytes;
}

string png_header(std::uint32_t width, std::uint32_t height, char kind) {
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", big_endian(width) + big_endian(height) + '\x08' + kind + string(3, '\0'));
}

// A grey ramp as libjpeg writes it: arithmetic-coded, progressive, or of four inks.
string libjpeg_of(int width, int height, bool arithmetic, bool progressive, int channels = 3) {
  jpeg_compress_struct j{};
  jpeg_error_mgr errors{};
  j.err = jpeg_std_error(&errors);
  jpeg_create_compress(&j);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&j, &buffer, &size);
  j.image_width = static_cast<JDIMENSION>(width);
  j.image_height = static_cast<JDIMENSION>(height);
  j.input_components = channels;
  j.in_color_space = channels == 4 ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&j);
  jpeg_set_quality(&j, 98, TRUE);
  j.arith_code = arithmetic;
  if (progressive) jpeg_simple_progression(&j);
  jpeg_start_compress(&j, TRUE);
  std::vector<unsigned char> row(static_cast<std::size_t>(width * channels));
  for (int y = 0; y < height; ++y) {
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = static_cast<unsigned char>(2 * (i / static_cast<std::size_t>(channels)) + 40);
    unsigned char* at = row.data();
    jpeg_write_scanlines(&j, &at, 1);
  }
  jpeg_finish_compress(&j);
  const string bytes(reinterpret_cast<char*>(buffer), size);
  std::free(buffer);
  jpeg_destroy_compress(&j);
  return bytes;
}

// EXIF data that says nothing but the orientation, in either order of bytes.
string exif(char orientation, bool little) {
  const string none(1, '\0');
  const auto two = [&](char n) { return little ? n + none : none + n; };
  const auto four = [&](char n) { return little ? two(n) + none + none : none + none + two(n); };
  return (little ? "II" : "MM") + two(42) + four(8) + two(1) +
         (little ? string("\x12\x01", 2) : string("\x01\x12", 2)) + two(3) + four(1) +
         two(orientation) + none + none + four(0);
}

// With a segment of this kind right after the JPEG's begin.
string with_segment(const string& jpeg, char kind, const string& data) {
  const std::size_t n = data.size() + 2;
  return jpeg.substr(0, 2) + '\xff' + kind + static_cast<char>(n >> 8) + static_cast<char>(n) +
         data + jpeg.substr(2);
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

  // Two pixels, palette entries 1 and 0.
  const string zlib = deflated(string("\x00\x01\x00", 3));
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
             folder.path() + ": is a folder; expected a file");
  BOOST_TEST(message_of([&] { read_image("/dev/zero"); }) ==
             "/dev/zero: is a device; expected a file");
  BOOST_TEST(error_of(folder, "empty.png", "") ==
             ": the file is empty; expected a picture");
  BOOST_TEST(error_of(folder, "text.png", "Hello\nworld, hello") ==
             ": no PNG, JPEG, PPM, PGM or BMP picture: starts with \"Hello\\x0aworld,...\"");
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

// stb_image is another decoder of the same formats.
BOOST_AUTO_TEST_CASE(the_pixels_are_those_of_another_decoder) {
  const TemporaryFolder folder;
  Rng rng(8);
  const string png = encode_png(uniform({3, 9, 13}, 0, 1, rng));
  for (const string& bytes :
       {png, png_of(3, 2, 2, {0, 255, 10, 20, 200, 90, 1, 2, 3, 4, 5, 6}), jpeg_of(61, 47),
        libjpeg_of(64, 40, false, false), libjpeg_of(50, 41, false, true)}) {
    int w = 0, h = 0, channels = 0;
    stbi_uc* expected = stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()),
                                              static_cast<int>(bytes.size()), &w, &h, &channels, 4);
    BOOST_REQUIRE(expected);
    const Pixels actual = bytes[0] == '\xff' ? decode_jpeg("a", bytes) : decode_png("a", bytes);
    BOOST_TEST(actual.width == static_cast<std::size_t>(w));
    BOOST_TEST(actual.height == static_cast<std::size_t>(h));
    int worst = 0;
    for (std::size_t i = 0; i < actual.rgba.size(); ++i)
      worst = std::max(worst, std::abs(actual.rgba[i] - expected[i]));
    // PNG is exact; decoders of JPEG may round otherwise, in the transform and in the colours.
    BOOST_TEST(worst <= (bytes[0] == '\xff' ? 3 : 0));
    std::free(expected);
  }
}

BOOST_AUTO_TEST_CASE(rarer_kinds_of_jpeg) {
  const TemporaryFolder folder;
  write_file(folder / "inks.jpg", libjpeg_of(16, 16, false, false, 4));
  const Tensor inks = read_image(folder / "inks.jpg"); // cyan and black of 60: 60 * 60 / 255
  BOOST_TEST(std::abs(inks(0, 8, 10) - 60.0 * 60 / 255 / 255) < 0.02);

  // libjpeg-turbo reads it if it was built so; else it must say what it is.
  write_file(folder / "arithmetic.jpg", libjpeg_of(16, 16, true, false));
  const string message = message_of([&] { read_image(folder / "arithmetic.jpg"); });
  BOOST_TEST((message.empty() || message == folder / "arithmetic.jpg: this kind is not supported: "
                                                     "an arithmetic-coded JPEG"));
  string twelve = jpeg_of(16, 16);
  twelve[twelve.find("\xff\xc0") + 4] = 12;
  BOOST_TEST(error_of(folder, "12.jpg", twelve) ==
             ": this kind is not supported: a JPEG of 12 bits a colour");
  string lossless = jpeg_of(16, 16);
  lossless[lossless.find("\xff\xc0") + 1] = '\xc3';
  BOOST_TEST(error_of(folder, "lossless.jpg", lossless) ==
             ": this kind is not supported: a lossless or hierarchical JPEG");
  const string apple = "\x89PNG\r\n\x1a\n" + chunk("CgBI", string(4, '\0')) + png_of(1, 1, 1, {0});
  BOOST_TEST(error_of(folder, "apple.png", apple) ==
             ": this kind is not supported: a PNG of Xcode's (CgBI)");
}

BOOST_AUTO_TEST_CASE(padding_between_segments_is_no_damage) {
  const TemporaryFolder folder;
  const string plain = jpeg_of(32, 32);
  write_file(folder / "plain.jpg", plain);
  const Tensor expected = read_image(folder / "plain.jpg");
  string filled = plain, padded = plain, last = plain;
  for (const char* marker : {"\xff\xda", "\xff\xc4", "\xff\xc0"}) {
    filled.insert(filled.find(marker), 3, '\xff');
    padded.insert(padded.find(marker), 5, '\0');
  }
  last.insert(last.size() - 2, "\xff\xff");
  for (const string& bytes : {filled, padded, last, plain + "what stands behind the end"}) {
    write_file(folder / "a.jpg", bytes);
    const string message = message_of([&] { read_image(folder / "a.jpg"); });
    BOOST_TEST(message == "");
    if (message.empty()) BOOST_TEST((read_image(folder / "a.jpg") == expected));
  }
}

// The corners, clockwise from the upper left, are black, red, green and white in the picture as
// EXIF says that it must be seen.
BOOST_AUTO_TEST_CASE(the_orientation_of_exif_is_applied) {
  // Where the upper left corner of the stored picture is seen, and where the upper right one: the
  // definition in the EXIF standard, "the 0th row is ..., the 0th column is ...".
  struct Case {
    std::size_t row, column, next_row, next_column;
  };
  const std::vector<Case> seen{{0, 0, 0, 1}, {0, 1, 0, 0}, {1, 1, 1, 0}, {1, 0, 1, 1},
                               {0, 0, 1, 0}, {0, 1, 1, 1}, {1, 1, 0, 1}, {1, 0, 0, 0}};
  const TemporaryFolder folder;
  const string png = png_of(3, 2, 1, {10, 20, 30, 40, 50, 60});
  for (int orientation = 1; orientation <= 8; ++orientation)
    for (const bool little : {true, false}) {
      const string data = exif(static_cast<char>(orientation), little);
      BOOST_TEST(exif_orientation(data) == orientation);
      string bytes = png; // eXIf stands before IDAT, after IHDR
      bytes.insert(8 + 25, chunk("eXIf", data));
      write_file(folder / "a.png", bytes);
      const Tensor picture = read_image(folder / "a.png");
      const bool wide = orientation <= 4;
      BOOST_REQUIRE(to_string(picture.shape()) == (wide ? "(3, 2, 3)" : "(3, 3, 2)"));
      const Case& at = seen[static_cast<std::size_t>(orientation - 1)];
      const std::size_t bottom = wide ? 1 : 2, right = wide ? 2 : 1;
      BOOST_TEST(std::lround(255 * picture(0, at.row * bottom, at.column * right)) == 10);
      BOOST_TEST(std::lround(255 * picture(0, at.next_row * bottom, at.next_column * right)) == 30);
    }
  const string turned =
      with_segment(jpeg_of(64, 48), '\xe1', string("Exif\0\0", 6) + exif(6, true));
  write_file(folder / "a.jpg", turned);
  BOOST_TEST(to_string(read_image(folder / "a.jpg").shape()) == "(3, 64, 48)");
  // Whatever stands there, it is read or not, and never beyond its end.
  const string data = exif(3, true);
  for (std::size_t size = 0; size < data.size(); ++size)
    for (int byte = 0; byte < 256; byte += 15) {
      string bytes = data.substr(0, size + 1);
      bytes[size] = static_cast<char>(byte);
      const int orientation = exif_orientation(bytes);
      BOOST_TEST((orientation >= 1 && orientation <= 8));
    }
}

BOOST_AUTO_TEST_CASE(damage_that_the_format_reports) {
  const TemporaryFolder folder;
  Rng rng(9);
  const string png = encode_png(uniform({3, 4, 4}, 0, 1, rng));
  std::size_t passed = 0;
  for (std::size_t bit = 0; bit < 8 * png.size(); ++bit) {
    string bytes = png;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    write_file(folder / "a.png", bytes);
    passed += message_of([&] { read_image(folder / "a.png"); }).empty();
  }
  BOOST_TEST(passed == 0u); // each bit is under a checksum, or is one
  const string jpeg = jpeg_of(64, 64);
  for (const std::size_t part : {2u, 4u})
    BOOST_TEST(
        !error_of(folder, "half.jpg", jpeg.substr(0, jpeg.size() / part) + "\xff\xd9").empty());
  const string headers = jpeg.substr(0, jpeg.find("\xff\xda")) + "\xff\xd9";
  BOOST_TEST(error_of(folder, "headers.jpg", headers).starts_with(": damaged: "));
}

// These made a decoder write outside its tables, four of them one after the other.
BOOST_AUTO_TEST_CASE(tables_with_too_many_codes) {
  for (const char* name : {"together_0", "together_1", "together_2", "together_3", "huff"}) {
    const string path = string(TAPESTRY_FIXTURES) + "/../fuzz/corpus/image/" + name + ".jpg";
    const string message = message_of([&] { read_image(path); });
    BOOST_TEST((message.empty() || message.starts_with(path + ": ")));
    BOOST_TEST(message.find("no such file") == string::npos);
  }
}

BOOST_AUTO_TEST_CASE(bounds) {
  const TemporaryFolder folder;
  // 64 x 64 pixels are promised, 20 MB are packed: no more is unpacked than was promised.
  const string bomb =
      png_header(64, 64, 2) + chunk("IDAT", deflated(string(20'000'000, '\0'))) + chunk("IEND", "");
  write_file(folder / "bomb.png", bomb);
  const string says = message_of([&] { read_image(folder / "bomb.png"); });
  BOOST_TEST((says.empty() || says.starts_with(folder / "bomb.png")));

  // Files with holes: 3 GB of nothing, and 3 GB behind a good beginning.
  write_file(folder / "hole.png", "");
  std::filesystem::resize_file(folder / "hole.png", 3'000'000'000);
  BOOST_TEST(message_of([&] {
               read_image(folder / "hole.png");
             }).starts_with(folder / "hole.png: no PNG, JPEG"));
  write_file(folder / "hole.jpg", jpeg_of(16, 16));
  std::filesystem::resize_file(folder / "hole.jpg", 3'000'000'000);
  BOOST_TEST(message_of([&] { read_image(folder / "hole.jpg"); }) ==
             folder / "hole.jpg: 3000000000 bytes; expected at most 200000000");

  // A progressive JPEG whose last scan comes again and again.
  const string progressive = libjpeg_of(16, 16, false, true);
  const std::size_t last = progressive.rfind("\xff\xda");
  const string scan = progressive.substr(last, progressive.size() - 2 - last);
  string many = progressive.substr(0, last);
  for (int i = 0; i < 200; ++i) many += scan;
  BOOST_TEST(!error_of(folder, "many.jpg", many + "\xff\xd9").empty());
  BOOST_REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  BOOST_TEST(message_of([&] { read_image(folder / "pipe"); }).find("is a pipe") != string::npos);
}

BOOST_AUTO_TEST_CASE(a_square_is_read_as_it_would_be_cut_and_resized) {
  const TemporaryFolder folder;
  Rng rng(10);
  for (const Shape& shape : {Shape{3, 40, 61}, Shape{3, 33, 20}, Shape{3, 16, 16}}) {
    write_png(folder / "a.png", uniform(shape, 0, 1, rng));
    for (const std::size_t side : {16u, 48u})
      BOOST_TEST((read_square(folder / "a.png", side) ==
                  resize(center_square(read_image(folder / "a.png")), side, side)));
  }
  BOOST_TEST(message_of([&] { read_square(folder / "a.png", 16, 17); }) ==
             folder / "a.png: the picture is 16x16 pixels, expected at least 17x17");
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

BOOST_AUTO_TEST_CASE(resizing_in_both_directions) {
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
