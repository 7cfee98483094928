// Which class was taken for which: accuracy, precision, recall and F1.
#pragma once

#include <cstddef>
#include <vector>

namespace tapestry {

/// A table of counts: rows are what is true, columns what was said.
class Confusion {
public:
  /// A std::invalid_argument for 0 classes.
  explicit Confusion(std::size_t classes);

  /// A std::out_of_range names a class outside 0 .. classes-1.
  void add(int truth, int said);

  std::size_t classes() const { return classes_; }
  std::size_t count(int truth, int said) const { return counts_.at(place(truth, said)); }
  std::size_t total() const { return total_; }

  /// The share that was said rightly; NaN if there is nothing.
  double accuracy() const;
  /// Of all that was said to be of this class, the share that is; 0 if nothing was.
  double precision(int one) const;
  /// Of all that is of this class, the share that was said to be; 0 if nothing is.
  double recall(int one) const;
  /// 2 p r / (p + r), the harmonic mean of precision and recall (van Rijsbergen 1979); 0 if both
  /// are 0.
  double f1(int one) const;
  /// The mean of f1 over the classes that are there or were said: each class counts alike.
  double macro_f1() const;

private:
  std::size_t place(int truth, int said) const;
  std::size_t row(int one) const;
  std::size_t column(int one) const;

  std::size_t classes_, total_ = 0;
  std::vector<std::size_t> counts_;
};

} // namespace tapestry
