#include "text/metrics/confusion.hpp"

#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry {

namespace {
double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}
} // namespace

Confusion::Confusion(std::size_t classes) : classes_(classes), counts_(classes * classes) {
  if (classes == 0) throw std::invalid_argument("Confusion: 0 classes; expected at least 1");
}

std::size_t Confusion::place(int truth, int said) const {
  for (const int one : {truth, said})
    if (one < 0 || static_cast<std::size_t>(one) >= classes_)
      throw std::out_of_range(fmt::format("Confusion: class {} of {}", one, classes_));
  return static_cast<std::size_t>(truth) * classes_ + static_cast<std::size_t>(said);
}

void Confusion::add(int truth, int said) {
  ++counts_[place(truth, said)];
  ++total_;
}

std::size_t Confusion::row(int one) const {
  std::size_t sum = 0;
  for (std::size_t j = 0; j < classes_; ++j) sum += count(one, static_cast<int>(j));
  return sum;
}

std::size_t Confusion::column(int one) const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < classes_; ++i) sum += count(static_cast<int>(i), one);
  return sum;
}

double Confusion::accuracy() const {
  if (total_ == 0) return std::numeric_limits<double>::quiet_NaN();
  std::size_t right = 0;
  for (std::size_t i = 0; i < classes_; ++i) right += counts_[i * classes_ + i];
  return share(right, total_);
}

double Confusion::precision(int one) const { return share(count(one, one), column(one)); }

double Confusion::recall(int one) const { return share(count(one, one), row(one)); }

double Confusion::f1(int one) const {
  const double p = precision(one), r = recall(one);
  return p + r == 0 ? 0 : 2 * p * r / (p + r);
}

double Confusion::macro_f1() const {
  double sum = 0;
  std::size_t met = 0;
  for (int i = 0; i < static_cast<int>(classes_); ++i)
    if (row(i) + column(i) > 0) sum += f1(i), ++met;
  return met == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(met);
}

} // namespace tapestry
