// MNIST, and what is stored as it is: Fashion-MNIST, KMNIST.
#pragma once

#include "vision/datasets/labelled_images.hpp"

namespace tapestry {

/// Pictures (N, H, W) and labels (N) from two IDX files, plain or packed by gzip -> (N, 1, H, W).
/// Throws FormatError for ranks that are not so, for counts that differ, and for a label of
/// `classes` or more.
LabelledImages read_idx_images(const std::string& images, const std::string& labels,
                               std::size_t classes = 10);

/// The 60,000 or 10,000 digits of a folder that holds train-images-idx3-ubyte,
/// train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each with or without
/// .gz, and with '.' for '-' before 'idx', as some copies have it. Throws FormatError.
LabelledImages read_mnist(const std::string& folder, Subset subset);

} // namespace tapestry
