// MNIST's digits, and the network that reads them.
#pragma once

#include "picture_classifier.hpp"
#include "vision/datasets/mnist.hpp"

namespace tapestry {

inline const PictureTask digits_task{.name = "digits",
                                     .folder = "mnist",
                                     .read = read_mnist,
                                     .channels = {24, 48, 96},
                                     .shift = 2,
                                     .mirror = false};

constexpr std::size_t digits_epochs = 6;

} // namespace tapestry
