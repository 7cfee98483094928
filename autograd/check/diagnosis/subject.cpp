#include "autograd/check/diagnosis/subject.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "autograd/operators/branches.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

// Two shapes in xtensor's words: "LHS shape = (3, 4, )" and then "RHS shape = (4, 3, )".
void find_shapes(const std::string& message, BrokenPullBack& broken) {
  std::vector<Shape> found;
  for (std::size_t at = message.find("shape = ("); at != std::string::npos;
       at = message.find("shape = (", at + 1)) {
    std::istringstream in(message.substr(at + 9));
    Shape shape;
    char comma = ',';
    for (std::size_t n; comma == ',' && in >> n; in >> comma) shape.push_back(n);
    found.push_back(shape);
  }
  if (found.size() == 2) broken.wanted = found[0], broken.got = found[1];
}

// The pull-back that runs next, or that threw, after that of record `last`.
std::size_t next_record(const Tape& tape, std::size_t last) {
  while (last > 0 && !tape.line(last - 1).output.has_grad()) --last;
  return last > 0 ? last - 1 : 0;
}

} // namespace

Subject::Subject(const Function& f, const std::vector<GradcheckInput>& inputs,
                 const std::vector<Parameter>& parameters)
    : f_(f), inputs_(inputs.size()) {
  for (const GradcheckInput& in : inputs) arguments_.emplace_back(in.name, in.value);
  arguments_.insert(arguments_.end(), parameters.begin(), parameters.end());
  for (const Parameter& a : arguments_) home_.push_back(a.Var::value());
}

Subject::~Subject() {
  move_to(home_);
  for (const Parameter& a : arguments_) a.zero_grad();
}

std::string Subject::name(std::size_t i) const {
  return arguments_[i].name().empty() ? fmt::format("argument {}", i + 1)
                                      : fmt::format("\"{}\"", arguments_[i].name());
}

std::string Subject::name(const Var& x, std::size_t number) const {
  for (std::size_t i = 0; i < arguments_.size(); ++i)
    if (&arguments_[i].Var::value() == &x.value()) return name(i);
  return x.name().empty() ? fmt::format("input {}", number) : fmt::format("\"{}\"", x.name());
}

Point Subject::point() const {
  Point here;
  for (const Parameter& a : arguments_) here.push_back(a.Var::value());
  return here;
}

void Subject::move_to(const Point& point) {
  for (std::size_t i = 0; i < arguments_.size(); ++i) arguments_[i].value() = point[i];
}

Var Subject::call() const {
  return f_(std::vector<Var>(arguments_.begin(), arguments_.begin() + static_cast<long>(inputs_)));
}

Tensor Subject::value(std::uint64_t* branches) const {
  std::optional<Tape> own; // an open tape of the caller's is not for these calls
  if (Tape::current() || watched_) own.emplace();
  BranchWatch watch;
  const Var y = call();
  if (branches) *branches = watch.hash();
  if (!watched_) return y.value();
  return *watched_ < own->size() ? own->line(*watched_).output.value() : Tensor{};
}

void Subject::call_at(const Point& point) {
  const Point here = this->point();
  move_to(point);
  try {
    const Tape aside;
    (void)call();
  } catch (const std::exception&) { // f may not be defined there
  }
  move_to(here);
}

std::vector<Tensor> Subject::pull_back(const Tensor& cotangent, const Point* between) {
  for (const Parameter& a : arguments_) a.zero_grad();
  Tape tape;
  const Var y = call();
  const Var seen = watched_ && *watched_ < tape.size() ? tape.line(*watched_).output : y;
  if (between) call_at(*between);
  if (seen.needs_grad()) walk_back(tape, seen, cotangent);
  return gradients();
}

std::vector<Tensor> Subject::gradients() const {
  std::vector<Tensor> all;
  for (const Parameter& a : arguments_) all.push_back(a.has_grad() ? a.grad() : zeros(a.shape()));
  return all;
}

std::vector<std::string> Subject::strangers() const {
  Tape tape;
  (void)call();
  std::vector<const Tensor*> known; // arguments, and what the records before have made
  for (const Parameter& a : arguments_) known.push_back(&a.Var::value());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < tape.size(); ++i) {
    for (const Var& x : tape.line(i).inputs) {
      if (!x.needs_grad() || std::find(known.begin(), known.end(), &x.value()) != known.end())
        continue;
      known.push_back(&x.value());
      names.push_back(x.name().empty() ? "a variable of shape " + to_string(x.shape()) : x.name());
    }
    known.push_back(&tape.line(i).output.value());
  }
  return names;
}

void walk_back(Tape& tape, const Var& y, const Tensor& cotangent) {
  tape.begin_backward(y, cotangent);
  std::size_t last = tape.size();
  try {
    for (std::ptrdiff_t done; (done = tape.step_back()) >= 0;)
      last = static_cast<std::size_t>(done);
  } catch (const std::exception& e) {
    const Tape::Line line = tape.line(next_record(tape, last));
    BrokenPullBack broken(where(line), e.what());
    find_shapes(e.what(), broken);
    broken.output = line.output.shape();
    for (const Var& x : line.inputs) {
      broken.inputs.push_back(x.shape());
      if (x.has_grad() && x.grad().shape() != x.shape())
        broken.wanted = x.shape(), broken.got = x.grad().shape();
    }
    throw broken;
  }
}

double contract(const Tensor& c, const Tensor& y) {
  double total = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    if (c.data()[i] != 0)
      total += static_cast<double>(c.data()[i]) * static_cast<double>(y.data()[i]);
  return total;
}

std::string where(const Tape::Line& line) {
  return fmt::format("{} at {}", line.op, to_string(line.caller));
}

std::string index_text(std::size_t flat, const Shape& shape) {
  Shape index(shape.size(), 0);
  for (std::size_t axis = shape.size(); axis-- > 0; flat /= shape[axis])
    index[axis] = flat % shape[axis];
  const std::string inside = to_string(index);
  return "[" + inside.substr(1, inside.size() - 2) + "]";
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
