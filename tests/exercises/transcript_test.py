"""One exercise of every chapter, from start to done, typed into a terminal."""
import re
import unittest

from course_under_test import RealCourse, exercises


class Transcript(RealCourse):
    def from_start_to_done(self, name: str, mutant: str, mistake: str) -> None:
        """`mistake`: the student's own way to make the mutant's mistake."""
        terminal = self.terminal()
        exercise = exercises[name]
        said, code = terminal.type(f"./course start {name}")
        self.assertEqual(code, 0, said)
        self.assertIn(exercise.title, said)

        said, code = terminal.type(f"./course check {name}")
        self.assertEqual(code, 1, said)
        self.assertIn(f"{name} is not written yet: its TODO is at {self.file(name)}:", said)

        self.write(name, mistake)
        said, code = terminal.type("./course check")
        self.assertEqual(code, 1, said)
        self.assertIn(self.mutant(name, mutant)[0], said)

        for number in range(1, len(exercise.hints) + 1):
            said, _ = terminal.type(f"./course hint {name}")
            self.assertIn(f"Hint {number} of {len(exercise.hints)}: ", said)
        self.assertIn(f"The solution: ./course show {name}", said)
        shown, code = terminal.type(f"./course show {name}")
        self.assertEqual(code, 0)
        self.assertIn(self.solution(name).strip(), shown)

        self.write(name, self.solution(name))
        said, code = terminal.type("./course check")
        self.assertEqual(code, 0, said)
        self.assertEqual(said.count("  ok    "), said.count("\n") - 2, said)
        self.assertIn("All steps pass.", said)
        said, _ = terminal.type("./course list")
        self.assertRegex(said, rf"\b{name} +{re.escape(exercise.title)} +finished")

    def test_ch01(self) -> None:
        self.from_start_to_done("strided_blocks", "inner_is_outer", """\
Blocks blocks(const Shape& shape, std::size_t axis) {
  std::size_t before = 1, behind = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i < axis) before *= shape[i];
    if (i > axis) behind *= shape[i];
  }
  return {behind, shape[axis], before};
}

template <class Run>
void for_each_block(std::size_t to_n, std::size_t from_n, std::size_t rows, const Blocks& b,
                    Run run) {
  std::size_t to = 0, from = 0;
  for (std::size_t o = 0; o < b.outer; ++o, to += to_n * b.inner, from += from_n * b.inner)
    run(to, from, rows * b.inner);
}
""")

    def test_ch02(self) -> None:
        self.from_start_to_done("gradient_store", "never_again_zero", """\
Tensor& Var::gradient() const {
  if (!node_->grad) node_->grad = zeros(shape());
  node_->has_grad = true;
  return *node_->grad;
}
""")

    def test_ch03(self) -> None:
        self.from_start_to_done("matmul_pullback", "a_not_transposed", """\
    for (std::size_t i = 0; a.needs_grad() && i < m; ++i)
      for (std::size_t j = 0; j < k; ++j)
        for (std::size_t l = 0; l < n; ++l)
          a.grad().data()[i * k + j] += dy.data[i * n + l] * b.value().data()[j * n + l];
    for (std::size_t i = 0; b.needs_grad() && i < k; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t l = 0; l < m; ++l)
          b.grad().data()[i * n + j] += a.value().data()[i * m + l] * dy.data[l * n + j];
""")

    def test_ch04(self) -> None:
        self.from_start_to_done("difference_quotient", "h_for_2h", """\
    value = up.change / h - down.change / h;
    bend = down.change + up.change;
""")

    def test_ch05(self) -> None:
        self.from_start_to_done("clip_grad_norm", "always_scaled", """\
double clip_grad_norm(const std::vector<Parameter>& parameters, double max_norm) {
  double squares = 0;
  for (const Parameter& p : parameters) {
    if (!p.has_grad()) continue;
    for (std::size_t i = 0; i < p.grad().size(); ++i)
      squares += p.grad().data()[i] * p.grad().data()[i];
  }
  const double length = std::sqrt(squares);
  for (const Parameter& p : parameters) {
    if (!p.has_grad()) continue;
    for (std::size_t i = 0; i < p.grad().size(); ++i)
      p.grad().data()[i] = p.grad().data()[i] / (length + 1e-6) * max_norm;
  }
  return length;
}
""")

    def test_ch12(self) -> None:
        self.from_start_to_done("batch_sizes", "one_step_more", """\
  std::size_t rows = 0;
  layout->begins.push_back(rows);
  for (std::size_t t = 0; t < length(0); ++t) {
    std::size_t reach = 0;
    for (std::size_t i = 0; i < batch; ++i)
      if (length(i) >= t) ++reach;
    layout->batch_sizes.push_back(reach);
    layout->begins.push_back(rows += reach);
  }
""")

    def test_ch13(self) -> None:
        self.from_start_to_done("bidirectional", "not_turned_back", """\
Var bidirectional(const Operand& x, const Lengths& lengths, const Walk& forward,
                  const Walk& reverse) {
  const Var right_to_left = reverse_sequences(x, lengths);
  return concatenate({forward(x), reverse(right_to_left)}, -1);
}
""")


if __name__ == "__main__":
    unittest.main()
