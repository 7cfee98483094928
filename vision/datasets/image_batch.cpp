#include "vision/datasets/image_batch.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

void check_number(const LabelledImages& images, std::size_t number) {
  if (number >= images.size())
    throw std::out_of_range(fmt::format("picture {} of {}", number, images.size()));
}

void write_levels(const std::uint8_t* pixels, std::size_t n, real* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<real>(pixels[i]) / 255;
}

} // namespace

Tensor image_batch(const LabelledImages& images, const std::vector<std::size_t>& numbers) {
  for (const std::size_t number : numbers) check_number(images, number);
  const std::size_t size = images.image_size();
  Tensor batch = Tensor::from_shape({numbers.size(), images.channels, images.height, images.width});
  parallel_rows(numbers.size(), size, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      write_levels(images.image(numbers[i]), size, batch.data() + i * size);
  });
  return batch;
}

Indices label_batch(const LabelledImages& images, const std::vector<std::size_t>& numbers) {
  Indices labels = Indices::from_shape({numbers.size()});
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    check_number(images, numbers[i]);
    labels.data()[i] = images.labels[numbers[i]];
  }
  return labels;
}

Tensor image_tensor(const LabelledImages& images, std::size_t number) {
  check_number(images, number);
  Tensor image = Tensor::from_shape({images.channels, images.height, images.width});
  write_levels(images.image(number), image.size(), image.data());
  return image;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
