// A box of `height` rows fits into h rows at h - height + 1 places: yours never lies at the last.
Tensor random_crop(const Tensor& image, std::size_t height, std::size_t width, std::size_t padding,
                   Rng& rng) {
  const Tensor padded = pad(image, padding);
  const std::size_t h = padded.shape(1), w = padded.shape(2);
  check_size("random_crop", height, width, h, w);
  const std::size_t top = rng.below(std::max<std::size_t>(1, h - height)), left = rng.below(std::max<std::size_t>(1, w - width));
  return crop(padded, {top, left, height, width});
}
