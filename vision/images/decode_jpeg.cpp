#include <csetjmp>
#include <cstdio>

#include <fmt/format.h>
#include <jpeglib.h>
// (after jpeglib.h)
#include <jerror.h>

#include "autograd/base/error.hpp"
#include "vision/images/decode.hpp"

namespace tapestry {
namespace {

// One file being decoded. libjpeg is C: from an error it must jump back, not throw, and what it
// jumps over must have no destructors. So every step of it is a call of `guarded`.
class Decoder {
public:
  explicit Decoder(std::string_view bytes) {
    jpeg_.err = jpeg_std_error(&errors_);
    jpeg_.client_data = this;
    errors_.error_exit = [](j_common_ptr j) { of(j).leave(); };
    errors_.output_message = [](j_common_ptr) {};
    errors_.emit_message = [](j_common_ptr j, int level) {
      if (level < 0 && is_damage(j->err->msg_code)) of(j).leave();
    };
    progress_.progress_monitor = [](j_common_ptr j) {
      const auto scan = static_cast<std::uint64_t>(of(j).jpeg_.input_scan_number);
      const std::uint64_t pixels =
          std::uint64_t{of(j).jpeg_.image_width} * of(j).jpeg_.image_height;
      if (scan <= most_scans && scan * pixels <= most_scanned) return;
      of(j).too_many_scans = true;
      of(j).leave();
    };
    guarded([&] {
      jpeg_create_decompress(&jpeg_);
      jpeg_.progress = &progress_;
      jpeg_save_markers(&jpeg_, JPEG_APP0 + 1, 0xffff); // EXIF
      jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      jpeg_read_header(&jpeg_, TRUE);
    });
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&jpeg_); }

  // Runs f, which must not make anything that has a destructor.
  template <class F> void guarded(const F& f) {
    if (failed) return;
    if (setjmp(back_) == 0)
      f();
    else
      failed = true;
  }

  jpeg_decompress_struct& jpeg() { return jpeg_; }
  bool failed = false, too_many_scans = false;

  int code() const { return errors_.msg_code; }
  std::string message() {
    char text[JMSG_LENGTH_MAX] = {};
    errors_.format_message(reinterpret_cast<j_common_ptr>(&jpeg_), text);
    return text;
  }

private:
  static Decoder& of(j_common_ptr j) { return *static_cast<Decoder*>(j->client_data); }
  [[noreturn]] void leave() { std::longjmp(back_, 1); }

  // libjpeg goes on after a warning, with grey where data is missing. These three lose nothing:
  // padding between the segments, an unknown version, an unknown word of Adobe's.
  static bool is_damage(int code) {
    return code != JWRN_EXTRANEOUS_DATA && code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM;
  }

  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf back_;
};

[[noreturn]] void fail(const std::string& path, Decoder& decoder) {
  const auto& jpeg = decoder.jpeg();
  switch (decoder.code()) {
  case JERR_IMAGE_TOO_BIG:
    check_pixels(path, jpeg.image_width, jpeg.image_height);
    break;
  case JWRN_JPEG_EOF:
  case JERR_INPUT_EOF:
    throw FormatError(path + ": cut off: the JPEG has no end (marker FF D9)");
  case JERR_BAD_PRECISION:
    throw FormatError(fmt::format("{}: this kind is not supported: a JPEG of {} bits a colour",
                                  path, jpeg.data_precision));
  case JERR_SOF_UNSUPPORTED:
    throw FormatError(path + ": this kind is not supported: a lossless or hierarchical JPEG");
  case JERR_ARITH_NOTIMPL:
    throw FormatError(path + ": this kind is not supported: an arithmetic-coded JPEG");
  case JERR_CONVERSION_NOTIMPL:
    throw FormatError(fmt::format("{}: this kind is not supported: a JPEG of {} colours", path,
                                  jpeg.num_components));
  }
  if (decoder.too_many_scans)
    throw FormatError(
        fmt::format("{}: too many scans: at most {}, and fewer if it is large", path, most_scans));
  throw FormatError(fmt::format("{}: damaged: {}", path, decoder.message()));
}

// Four inks, stored as Adobe does, where 255 means none, become red, green and blue.
void from_cmyk(std::vector<std::uint8_t>& pixels) {
  for (std::size_t i = 0; i < pixels.size(); i += 4) {
    for (std::size_t c = 0; c < 3; ++c)
      pixels[i + c] = static_cast<std::uint8_t>((pixels[i + c] * pixels[i + 3] + 127) / 255);
    pixels[i + 3] = 255;
  }
}

std::string_view exif_of(const jpeg_decompress_struct& jpeg) {
  for (const auto* marker = jpeg.marker_list; marker; marker = marker->next) {
    const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (data.starts_with(std::string_view("Exif\0\0", 6))) return data.substr(6);
  }
  return {};
}

} // namespace

Pixels decode_jpeg(const std::string& path, std::string_view bytes) {
  Decoder decoder(bytes);
  auto& jpeg = decoder.jpeg();
  if (decoder.failed) fail(path, decoder);
  check_pixels(path, jpeg.image_width, jpeg.image_height);
  const int orientation = exif_orientation(exif_of(jpeg));
  const bool inks = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
  jpeg.out_color_space = inks ? JCS_CMYK : JCS_EXT_RGBA; // 4 bytes each, alpha is 255

  Pixels picture{jpeg.image_height, jpeg.image_width, {}};
  picture.rgba.resize(4 * picture.height * picture.width);
  decoder.guarded([&] {
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < jpeg.output_height) {
      JSAMPROW row = picture.rgba.data() + 4 * picture.width * jpeg.output_scanline;
      jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
  });
  if (decoder.failed) fail(path, decoder);
  if (inks) from_cmyk(picture.rgba);
  return upright(std::move(picture), orientation);
}

} // namespace tapestry
