// Random numbers: fixed ones, so that compilers must agree, and their distributions.
#include "check.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(random_)

BOOST_AUTO_TEST_CASE(seeding_is_splitmix64) {
  // The published test values of splitmix64 for the seed 1234567.
  const Rng::State expected{6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                            4593380528125082431u};
  BOOST_CHECK(Rng(1234567).state() == expected);
}

BOOST_AUTO_TEST_CASE(bits_are_xoshiro256_starstar) {
  Rng rng(0);
  rng.set_state({1, 2, 3, 4}); // the state and numbers of the Rust crate's test
  for (std::uint64_t expected : {11520u, 0u, 1509978240u}) BOOST_CHECK_EQUAL(rng.bits(), expected);
  for (std::uint64_t expected : {1215971899390074240u, 1216172134540287360u, 607988272756665600u})
    BOOST_CHECK_EQUAL(rng.bits(), expected);
}

BOOST_AUTO_TEST_CASE(fixed_streams) {
  // Computed by an independent program in Python; uniform() is exact, normal() may differ by the
  // last bits of the C library's logarithm.
  Rng bits(42), uniforms(42), normals(42), small(42);
  for (std::uint64_t expected : {1546998764402558742u, 6990951692964543102u, 12544586762248559009u,
                                 17057574109182124193u, 18295552978065317476u})
    BOOST_CHECK_EQUAL(bits.bits(), expected);
  for (double expected :
       {0.08386297105988216, 0.3789802506626686, 0.6800434110281394, 0.9246929453253876})
    BOOST_CHECK_EQUAL(uniforms.uniform(), expected);
  for (double expected :
       {-0.7262191382447857, 0.2216227015035933, 0.46417731016247366, 1.476249461018415})
    BOOST_CHECK_CLOSE(normals.normal(), expected, 1e-12); // percent
  for (std::size_t expected : {2, 2, 9, 3, 6, 4, 4, 7, 8, 5, 9, 3, 0, 2, 3, 0})
    BOOST_CHECK_EQUAL(small.below(10), expected);
}

BOOST_AUTO_TEST_CASE(shuffle_is_fixed) {
  Rng rng(42);
  std::vector<int> items{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  rng.shuffle(items);
  const std::vector<int> expected{7, 3, 8, 9, 5, 6, 4, 1, 0, 2};
  BOOST_CHECK_EQUAL_COLLECTIONS(items.begin(), items.end(), expected.begin(), expected.end());
  std::vector<int> none;
  rng.shuffle(none);
  BOOST_CHECK(none.empty());
}

BOOST_AUTO_TEST_CASE(a_saved_state_continues_the_stream) {
  Rng rng(3);
  rng.normal();
  const Rng::State saved = rng.state();
  std::vector<double> first, second;
  for (int i = 0; i < 9; ++i) first.push_back(i % 2 ? rng.normal() : rng.uniform());
  Rng other(999);
  other.set_state(saved);
  for (int i = 0; i < 9; ++i) second.push_back(i % 2 ? other.normal() : other.uniform());
  BOOST_CHECK_EQUAL_COLLECTIONS(first.begin(), first.end(), second.begin(), second.end());
}

BOOST_AUTO_TEST_CASE(split_gives_another_stream) {
  Rng rng(42), child = rng.split();
  BOOST_CHECK_EQUAL(child.bits(), 10296431413203944531u);
  BOOST_CHECK_EQUAL(rng.bits(), 6990951692964543102u); // goes on after the one it spent
}

BOOST_AUTO_TEST_CASE(moments_of_uniform) {
  // n = 200,000. Bounds are five standard errors: of the mean 5 * 5/sqrt(12 n) = 0.017, of the
  // variance 25/12 * 5 * sqrt(0.8/n) = 0.021.
  const std::size_t n = 200'000;
  Rng rng(1);
  const Tensor x = uniform({n}, -2, 3, rng);
  double total = 0, squares = 0, low = 3, high = -2;
  for (real v : x.storage()) {
    const double d = static_cast<double>(v);
    total += d, squares += d * d, low = std::min(low, d), high = std::max(high, d);
  }
  const double mean = total / n;
  BOOST_CHECK_SMALL(mean - 0.5, 0.017);
  BOOST_CHECK_SMALL(squares / n - mean * mean - 25.0 / 12, 0.021);
  BOOST_CHECK(low >= -2 && low < -1.999);
  BOOST_CHECK(high <= 3 && high > 2.999);
}

BOOST_AUTO_TEST_CASE(moments_of_normal) {
  // n = 200,000, mean 1, deviation 2. Five standard errors: of the mean 5 * 2/sqrt(n) = 0.023, of
  // the variance 5 * 4 sqrt(2/n) = 0.064, of the standardised third and fourth moment
  // 5 sqrt(15/n) = 0.044 and 5 sqrt(96/n) = 0.11.
  const std::size_t n = 200'000;
  Rng rng(2);
  const Tensor x = normal({n}, 1, 2, rng);
  double m[5] = {};
  for (real v : x.storage()) {
    const double z = (static_cast<double>(v) - 1) / 2;
    m[1] += z, m[2] += z * z, m[3] += z * z * z, m[4] += z * z * z * z;
  }
  BOOST_CHECK_SMALL(2 * m[1] / n, 0.023);
  BOOST_CHECK_SMALL(4 * (m[2] / n - 1), 0.064);
  BOOST_CHECK_SMALL(m[3] / n, 0.044);
  BOOST_CHECK_SMALL(m[4] / n - 3, 0.11);
}

BOOST_AUTO_TEST_CASE(below_is_even) {
  // 70,000 draws of 7: five deviations of a count, 5 sqrt(n 1/7 6/7) = 463.
  Rng rng(4);
  int counts[7] = {};
  for (int i = 0; i < 70'000; ++i) ++counts[rng.below(7)];
  for (int c : counts) BOOST_CHECK_LE(std::abs(c - 10'000), 463);
  // 3/4 of 2^64: with `bits() % n` alone the lower third would come twice as often, 1/2 for 1/3.
  const std::size_t n = std::size_t{3} << 62;
  int lower = 0;
  for (int i = 0; i < 30'000; ++i) lower += rng.below(n) < n / 3;
  BOOST_CHECK_LE(std::abs(lower - 10'000), 409); // 5 sqrt(30,000 * 2/9)
  BOOST_CHECK_EQUAL(rng.below(1), 0);
}

BOOST_AUTO_TEST_CASE(chance_and_pick) {
  Rng rng(5);
  int hits = 0;
  for (int i = 0; i < 20'000; ++i) hits += rng.chance(0.3);
  BOOST_CHECK_LE(std::abs(hits - 6'000), 325); // five deviations
  BOOST_CHECK(!rng.chance(0));
  BOOST_CHECK(rng.chance(1));
  const std::vector<int> items{7};
  BOOST_CHECK_EQUAL(rng.pick(items), 7);
}

BOOST_AUTO_TEST_CASE(the_upper_end_is_never_drawn) {
  // Between 1 and the next number there is nothing: rounding has only the two ends to choose from.
  Rng rng(6);
  for (int i = 0; i < 20; ++i) BOOST_CHECK_EQUAL(rng.uniform(1, std::nextafter(1.0, 2.0)), 1);
  const real end = std::nextafter(real{1}, real{2});
  const Tensor x = uniform({100}, 1, static_cast<double>(end), rng);
  for (real v : x.storage()) BOOST_CHECK_EQUAL(v, 1);
  BOOST_CHECK_EQUAL(rng.uniform(2, 2), 2);
}

BOOST_AUTO_TEST_CASE(a_choice_from_nothing) {
  Rng rng(7);
  BOOST_CHECK_THROW(rng.below(0), std::invalid_argument);
  BOOST_CHECK_THROW(rng.pick(std::vector<int>{}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_state_of_zeros) {
  Rng rng(8);
  const Rng::State before = rng.state();
  BOOST_CHECK_THROW(rng.set_state({}), std::invalid_argument);
  BOOST_CHECK(rng.state() == before);
}

BOOST_AUTO_TEST_SUITE_END()
