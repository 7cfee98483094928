#include "autograd/random.hpp"

#include <bit>
#include <cmath>
#include <stdexcept>

namespace tapestry::inline TAPESTRY_PRECISION {

Rng::Rng(std::uint64_t seed) {
  for (std::uint64_t& word : state_) { // splitmix64
    seed += 0x9e3779b97f4a7c15u;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    word = z ^ (z >> 31);
  }
}

std::uint64_t Rng::bits() {
  auto& s = state_;
  const std::uint64_t result = std::rotl(s[1] * 5, 7) * 9;
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

double Rng::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

// The largest numbers below 1 can be rounded to `high`.
double Rng::uniform(double low, double high) {
  const double x = low + (high - low) * uniform();
  return x < high || high <= low ? x : std::nextafter(high, low);
}

// Marsaglia's polar method. The second normal number it yields is dropped: a generator whose whole
// state is four words is easier to save.
double Rng::normal() {
  for (;;) {
    const double u = uniform(-1, 1);
    const double v = uniform(-1, 1);
    const double s = u * u + v * v;
    if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
  }
}

// Draws below the largest multiple of n are kept, so that every remainder is equally likely.
std::size_t Rng::below(std::size_t n) {
  if (n == 0) throw std::invalid_argument("Rng: nothing to choose from; expected at least 1");
  const std::uint64_t reject = -n % n;
  for (;;)
    if (const std::uint64_t b = bits(); b >= reject) return b % n;
}

void Rng::set_state(const State& state) {
  if (state == State{}) throw std::invalid_argument("Rng: a state of zeros gives only zeros");
  state_ = state;
}

Rng Rng::split() { return Rng(bits()); }

Tensor uniform(const Shape& shape, double low, double high, Rng& rng) {
  Tensor t = Tensor::from_shape(shape);
  const real end = static_cast<real>(high);
  for (real& x : t.storage()) { // a float can be rounded up to the end once more
    x = static_cast<real>(rng.uniform(low, high));
    if (x >= end && low < high) x = std::nextafter(end, static_cast<real>(low));
  }
  return t;
}

Tensor normal(const Shape& shape, double mean, double deviation, Rng& rng) {
  Tensor t = Tensor::from_shape(shape);
  for (real& x : t.storage()) x = static_cast<real>(mean + deviation * rng.normal());
  return t;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
