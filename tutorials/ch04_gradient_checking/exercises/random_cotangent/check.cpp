#include <set>

#include "expect.hpp"

#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

// The cotangent of the first backward pass of a gradient check.
static Tensor cotangent_of_check(const Tensor& at, std::uint64_t seed) {
  Tensor first;
  const auto spy = [&](const Var& x) {
    Var y{Tensor(x.value())};
    return record("spy", y, {x}, [&first, x, y] {
      if (first.dimension() == 0) first = y.grad();
      for (std::size_t i = 0; i < x.value().size(); ++i) x.grad().data()[i] += y.grad().data()[i];
    });
  };
  (void)gradcheck(spy, {at}, {.seed = seed});
  return first;
}

STEP("it has the output's shape, and every entry its own number") {
  const Tensor c = cotangent_of_check(random({2, 3}), 1);
  expect_equal("the shape of the cotangent for an output (2, 3)", c.shape(), {2, 3});
  const std::set<double> different(c.data(), c.data() + c.size());
  expect("the six entries", different.size() == 6,
         fmt::format("only {} of them differ", different.size()),
         {static_cast<double>(different.size()), static_cast<double>(different.count(1))});
}

STEP("another seed, another cotangent") {
  const Tensor a = cotangent_of_check(random({2, 3}), 1), b = cotangent_of_check(random({2, 3}), 2);
  expect("the cotangents of two seeds", a != b, "they are equal");
  expect_equal("the cotangent of the same seed", cotangent_of_check(random({2, 3}), 1), a);
}

STEP("both signs, and numbers of size 1") {
  double negative = 0, squares = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (real v : cotangent_of_check(random({2, 3}), seed)) {
      negative += v < 0;
      squares += v * v / 120;
    }
  expect("120 entries", negative > 40 && negative < 80,
         fmt::format("{} of them are negative", negative), {negative});
  expect("120 entries", squares > 0.6 && squares < 1.6,
         fmt::format("the mean of their squares is {:.2f}; a variance of 1 makes about 1", squares),
         {squares});
}

STEP("a use: a softmax that sends nothing back is found out") {
  const auto mute = [](const Var& x) {
    return record("mute softmax", constant(softmax(constant(x.value())).value()), {x},
                  [x] { x.grad(); });
  };
  expect("softmax with a pull-back of zeros", !gradcheck(mute, {random({2, 4})}).passed,
         "it passes");
  expect("the softmax of the library",
         gradcheck([](const Var& x) { return softmax(x); }, {random({2, 4})}).passed,
         "it is rejected");
}
