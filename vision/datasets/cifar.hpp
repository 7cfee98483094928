// CIFAR-10: 60,000 colour pictures of 32 x 32, ten classes (Krizhevsky, 2009).
#pragma once

#include "vision/datasets/labelled_images.hpp"

namespace tapestry {

/// The records of one file of the binary version, appended to `to`: a label, then 1024 bytes each
/// of red, green and blue. Throws FormatError: cut off, a label of 10 or more.
void read_cifar_batch(const std::string& path, LabelledImages& to);

/// data_batch_1.bin to data_batch_5.bin, or test_batch.bin, in `folder` or its
/// cifar-10-batches-bin; or, if there are none, class folders of pictures in train and test. The
/// classes' names come from batches.meta.txt if it is there. Throws FormatError.
LabelledImages read_cifar10(const std::string& folder, Subset subset);

} // namespace tapestry
