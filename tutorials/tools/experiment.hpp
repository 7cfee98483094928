// How much a program trains whose table stands in the book. The defaults are the table's; with less
// it is tried in a minute.
#pragma once

#include "program.hpp"

namespace tapestry {

struct Experiment {
  std::size_t epochs, hidden; // passes over the sentences, size of a direction's state
  std::size_t seeds = 3, sentences = 1'000'000;

  void add_to(CLI::App& app) {
    whole_option(app, "--epochs", epochs, "passes over the sentences", 1, 1000);
    whole_option(app, "--seeds", seeds, "trainings of each row", 1, 1000);
    whole_option(app, "--sentences", sentences, "to learn from, at most", 1, 1'000'000);
    whole_option(app, "--hidden", hidden, "size of a direction's state", 1, 10'000);
  }
};

} // namespace tapestry
