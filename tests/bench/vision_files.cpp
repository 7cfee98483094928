#include <cmath>

#include <fmt/format.h>
#include <stb_image_write.h>

#include "autograd/random.hpp"
#include "tests/bench/vision_cases.hpp"
#include "tests/vision/temporary_folder.hpp"
#include "vision/images/image.hpp"
#include "vision/images/loader.hpp"

namespace tapestry::bench {
namespace {

constexpr int photo_width = 500, photo_height = 375; // as Flickr8k's

// Slow waves of colour with grain on them: about as many bytes a pixel as a photograph.
void write_drawn_jpeg(const std::string& path, Rng& rng) {
  std::vector<unsigned char> rgb(3 * photo_width * photo_height);
  const double phase = rng.uniform() * 6;
  for (int y = 0, i = 0; y < photo_height; ++y)
    for (int x = 0; x < photo_width; ++x) {
      const double wave = std::sin(0.05 * x + phase) * std::cos(0.04 * y) +
                          0.3 * std::sin(0.4 * (x + y) + phase * y / 100);
      const double grain = 14 * (rng.uniform() - 0.5);
      for (int c = 0; c < 3; ++c, ++i)
        rgb[static_cast<std::size_t>(i)] =
            static_cast<unsigned char>(128 + 70 * wave * std::cos(phase + c) + grain);
    }
  if (stbi_write_jpg(path.c_str(), photo_width, photo_height, 3, rgb.data(), 90) == 0)
    throw std::runtime_error(path + ": it cannot be written");
}

} // namespace

void run_files(Bench& suite) {
  const std::string name = "JPEG to 224 x 224, a picture";
  if (!suite.wanted(name)) return;
  constexpr int count = 64;
  const TemporaryFolder folder;
  Rng rng(1);
  std::vector<std::string> paths;
  for (int i = 0; i < count; ++i) {
    paths.push_back(folder / fmt::format("{:02}.jpg", i));
    write_drawn_jpeg(paths.back(), rng);
  }
  const auto load_all = [&] {
    ImageLoader loader(paths,
                       [](const std::string& path, std::size_t) { return read_square(path, 224); });
    while (loader.next()) {
    }
  };
  const nlohmann::json row =
      suite.run({.name = name,
                 .ours = load_all,
                 .peer = {{"make", "files"}, {"paths", paths}, {"side", 224}},
                 .parts = count});
  nlohmann::json rate{{"case", "JPEG, pictures a second"}};
  std::string line = fmt::format("{:32}", "JPEG, pictures a second");
  for (const char* who : {"ours", "peer"})
    if (const auto ms = fmt::format("{}_ms", who); row.contains(ms)) {
      rate[fmt::format("{}_per_second", who)] = 1000 / row[ms].get<double>();
      line += fmt::format(" {:>10.0f}", 1000 / row[ms].get<double>());
    }
  suite.add(rate, line);
}

} // namespace tapestry::bench
