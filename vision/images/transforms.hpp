// What is done to a picture before a network sees it: cut, mirrored, recoloured, normalised. The
// names, formulas and defaults are torchvision's; what is random takes its numbers from an Rng.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "autograd/random.hpp"
#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A rectangle of pixels.
struct CropBox {
  std::size_t top, left, height, width;
};

/// All take a picture (C, H, W) and return a new one; what they cannot do is a ShapeError.
/// -> (C, box.height, box.width), the pixels of the box, which must lie inside.
Tensor crop(const Tensor& image, const CropBox& box);
/// -> (C, height, width), the middle. Where it lies between two pixels, as torchvision rounds it.
Tensor center_crop(const Tensor& image, std::size_t height, std::size_t width);
/// -> (C, H + 2 padding, W + 2 padding), the picture with a margin of `value` on each side.
Tensor pad(const Tensor& image, std::size_t padding, real value = 0);
/// Left and right exchanged -> (C, H, W)
Tensor hflip(const Tensor& image);
/// All of it so many pixels further down and to the right, or up and to the left if negative; what
/// is uncovered gets the colours of the edge beside it -> (C, H, W)
Tensor moved(const Tensor& image, int down, int right);

/// A box of this size anywhere in the picture padded with zeros, each place equally likely
/// -> (C, height, width)
Tensor random_crop(const Tensor& image, std::size_t height, std::size_t width, std::size_t padding,
                   Rng& rng);
/// hflip with probability p.
Tensor random_horizontal_flip(const Tensor& image, double p, Rng& rng);

struct RandomResizedCropOptions {
  std::pair<double, double> scale{0.08, 1};          ///< the box's share of the picture's area
  std::pair<double, double> ratio{3. / 4., 4. / 3.}; ///< its width divided by its height
};
/// A box of random area and shape (Szegedy et al., "Going deeper with convolutions", 2014), resized
/// bilinearly -> (C, height, width)
Tensor random_resized_crop(const Tensor& image, std::size_t height, std::size_t width, Rng& rng,
                           const RandomResizedCropOptions& options = {});
/// The box that it cuts from a picture of h rows and w columns. If ten draws do not fit, the
/// largest in the middle whose shape is allowed.
CropBox random_box(std::size_t h, std::size_t w, Rng& rng, const RandomResizedCropOptions& options);

/// Recolouring, of pictures (3, H, W) from 0 to 1, which the result is clipped to. Each mixes the
/// picture with another: factor * image + (1 - factor) * other. So 1 changes nothing, and more
/// than 1 exaggerates. The other is black,
Tensor adjust_brightness(const Tensor& image, double factor);
/// the mean of its grey levels,
Tensor adjust_contrast(const Tensor& image, double factor);
/// or the picture in grey.
Tensor adjust_saturation(const Tensor& image, double factor);
/// 0.2989 R + 0.587 G + 0.114 B (ITU-R BT.601) -> (1, H, W)
Tensor grayscale(const Tensor& image);

struct ColorJitterOptions {
  double brightness = 0, contrast = 0,
         saturation = 0; ///< factors from max(0, 1 - this) to 1 + this
};
/// The three, each by a random factor, in random order.
Tensor color_jitter(const Tensor& image, const ColorJitterOptions& options, Rng& rng);

/// (x - mean) / std, a channel at a time. mean, std: one number a channel. Throws ShapeError, also
/// for a std that is not positive.
Tensor normalize(const Tensor& image, const std::vector<double>& mean,
                 const std::vector<double>& std);

} // namespace tapestry::inline TAPESTRY_PRECISION
