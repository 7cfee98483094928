// Trains a small convolutional network on CIFAR-10's photographs, and tests it once.
#include "vision/datasets/cifar.hpp"
#include "picture_classifier.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  const PictureTask task{.name = "cifar",
                         .folder = "cifar10",
                         .read = read_cifar10,
                         .channels = {32, 64, 128, 256},
                         .shift = 4,
                         .mirror = true};
  return classifier_program(task, "Trains a network on ten kinds of photographs.", 12, argc, argv);
}
