// The box may lie in the margin too: count the places in the padded picture, not in the picture.
Tensor random_crop(const Tensor& image, std::size_t height, std::size_t width, std::size_t padding,
                   Rng& rng) {
  const Tensor padded = pad(image, padding);
  const std::size_t h = padded.shape(1), w = padded.shape(2);
  check_size("random_crop", height, width, h, w);
  const std::size_t top = padding + rng.below(std::max(image.shape(1), height) - height + 1),
                    left = padding + rng.below(std::max(image.shape(2), width) - width + 1);
  return crop(padded, {std::min(top, h - height), std::min(left, w - width), height, width});
}
