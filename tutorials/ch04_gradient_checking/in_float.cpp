// How small a mistake the check sees in float.
#include "sees.hpp"

int main() {
  fmt::print("in float, with a tolerance of {:g}\n", tapestry::GradcheckOptions{}.tolerance);
  tapestry::print_what_it_sees();
}
