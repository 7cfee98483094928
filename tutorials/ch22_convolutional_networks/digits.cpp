// Trains a small convolutional network on MNIST's digits, and tests it once.
#include "digits_task.hpp"

int main(int argc, char** argv) {
  return tapestry::classifier_program(tapestry::digits_task, "Trains a network to read digits.",
                                      tapestry::digits_epochs, argc, argv);
}
