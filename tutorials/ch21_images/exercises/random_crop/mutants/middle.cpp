// The place must be drawn at random; yours is always the middle.
Tensor random_crop(const Tensor& image, std::size_t height, std::size_t width, std::size_t padding,
                   Rng& rng) {
  const Tensor padded = pad(image, padding);
  const std::size_t h = padded.shape(1), w = padded.shape(2);
  check_size("random_crop", height, width, h, w);
  const std::size_t top = (h - height) / 2, left = (w - width) / 2;
  return crop(padded, {top, left, height, width});
}
