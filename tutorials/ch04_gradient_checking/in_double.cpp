// How small a mistake the check sees in double.
#include "sees.hpp"

int main() {
  fmt::print("in double, with a tolerance of {:g}\n", tapestry::GradcheckOptions{}.tolerance);
  tapestry::print_what_it_sees();
}
