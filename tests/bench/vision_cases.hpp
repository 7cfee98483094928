// The larger rows of the suite vision, each kind in a file of its own.
#pragma once

#include "tests/bench/bench.hpp"
#include "tests/bench/bound.hpp"

namespace tapestry::bench {

/// A CNN of CIFAR-10's size in training, and MobileNetV2. vision_networks.cpp
void run_networks(Bench& suite);
/// The training step of Show and Tell. vision_captioner.cpp
void run_captioner(Bench& suite);
/// JPEG files read and resized. vision_files.cpp
void run_files(Bench& suite);

} // namespace tapestry::bench
