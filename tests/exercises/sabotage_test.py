"""What is changed in a solution, and whether the check sees it."""
import unittest

from tiny_course import TinyCourse

from exercises import sabotage


class Changes(unittest.TestCase):
    def texts(self, piece: str) -> list[str]:
        """The changed pieces, without spaces at the ends of words."""
        return [" ".join(change.piece.split()) for change in sabotage.changes(piece)]

    def test_operators_factors_and_constants(self) -> None:
        self.assertEqual(self.texts("  y = a * b;"),
                         [";", "y = a / b;", "y = a ;", "y = b;"])
        self.assertEqual(self.texts("  y += 2;"), [";", "y -= 2;", "y = 2;", "y += 3;", "y += 1;"])
        self.assertIn("if (!(a < b)) y = 1;", self.texts("  if (a < b) y = 1;"))
        self.assertIn("y = !(a < b) ? f(a) : b;", self.texts("  y = a < b ? f(a) : b;"))
        self.assertIn("y = f(b, a);", self.texts("  y = f(a, b);"))

    def test_a_line_is_the_first_that_differs(self) -> None:
        change = next(c for c in sabotage.changes("  f({.a = 1,\n     .b = x,\n     .c = x});")
                      if ".b" not in c.piece and ".c" in c.piece)
        self.assertEqual((change.was, change.now), (".b = x,", ".c = x});"))

    def test_statements_with_a_lambda_or_a_list(self) -> None:
        texts = self.texts("  const auto f = [](int i) { g(i); };\n  add({a, b});")
        self.assertIn("; add({a, b});", texts)
        self.assertIn("const auto f = [](int i) { ; }; add({a, b});", texts)
        self.assertIn("const auto f = [](int i) { g(i); }; ;", texts)
        self.assertNotIn("const auto f = [](int i) { g(i); }; add({a, b};", texts)

    def test_what_cannot_compile_is_not_tried(self) -> None:
        piece = "real f(real* x) {\n  if (a)\n    g();\n  else\n    h();\n  return *x;\n}"
        texts = self.texts(piece)
        self.assertIn("real f(real* x) { if (a) g(); ; return *x; }", texts)
        self.assertNotIn("real f(real* x) { ; else h(); return *x; }", texts)
        self.assertFalse([text for text in texts if "return" not in text or "real/" in text])
        self.assertFalse([text for text in self.texts("template <class T>\nvoid f(T) {\n}")
                          if "<=" in text])

    def test_what_changes_nothing_is_left_out(self) -> None:
        self.assertEqual(self.texts("  y = std::max(a, b);"),
                         [";", "y = std::min(a, b);", "y = std::max(a);"])
        self.assertEqual(self.texts("  throw Error(fmt::format(\"{} of {}\", a + 1, b));"), [";"])
        self.assertEqual(self.texts("  const Inside cell(x.caller());"), [])
        self.assertNotIn("check(\"h\", \"cell\", h);", self.texts("  check(\"cell\", \"h\", h);"))

    def test_a_return_in_front_of_a_bracket_is_no_function(self) -> None:
        self.assertIn("return b;", self.texts("  return (a < c ? a : c) + b;"))

    def test_many_in_one(self) -> None:
        piece = "int f(int x) {\n  return x + 1;\n}\n\nvoid g() {\n  h(2);\n}\n"
        changes = dict(enumerate(sabotage.changes(piece)))
        text, lines = sabotage.merged(piece, changes)
        self.assertEqual(lines.keys(), changes.keys())
        rows = text.splitlines()
        for number, where in lines.items():
            self.assertIn(changes[number].now, [row.strip() for row in rows[where.start:where.stop]])
        self.assertEqual(text.count("__builtin_trap"), sum("h(2)" in c.piece and c.begin < 30
                                                           for c in changes.values()))
        self.assertIsNone(sabotage.merged("int a = 1;\n", dict(
            enumerate(sabotage.changes("int a = 1;\n")))))


class Checks(TinyCourse):
    def test_caught_missed_and_listed(self) -> None:
        run = lambda name: self.course("test", "exercises", "--sabotage", name)  # noqa: E731
        result = run("square")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("3 of 3 changes are caught\n3 caught, 0 not\n", result.stdout)
        folder = self.root / "tutorials/ch01_numbers/exercises/half"
        check = folder / "check.cpp"
        text = check.read_text()
        self.addCleanup(check.write_text, text)
        check.write_text(text.replace("half(3), 1.5", "half(0), 0"))  # a check with a hole
        result = run("half")
        self.assertEqual(result.returncode, 1)
        was = "double half(double x) { return x / 2; }"
        self.assertIn(f"0 of 4 changes are caught\n      {was}\n"
                      f"   -> {was.replace('/', '*')}\n", result.stdout)
        same = folder / "same.toml"
        self.addCleanup(same.unlink)
        same.write_text("".join(f'[["{was}"]]\nnow = "double half(double x) {{ return x {now}; }}"\n'
                                'why = "0 is 0"\n' for now in ("* 2", "/ 3", "/ 1", "")))
        result = run("half")
        self.assertIn("0 of 0 changes are caught, 4 change nothing\n", result.stdout)
        check.write_text(text)
        self.assertIn(f"same.toml: no change lets '{was}' -> '", run("half").stdout)

    def test_what_does_not_compile_is_taken_out(self) -> None:
        file = self.root / "autograd/numbers.cpp"
        text = file.read_text()
        self.addCleanup(file.write_text, text)
        file.write_text(text.replace("  const double result_of_the_square = x * x;\n", """\
  const auto of = [](double a) { return a * a; };
  const double result_of_the_square = of(x);
"""))
        result = self.course("test", "exercises", "--sabotage", "square")
        self.assertIn("3 of 3 changes are caught\n", result.stdout)

    def test_a_check_that_the_solution_fails_says_nothing(self) -> None:
        check = self.root / "tutorials/ch01_numbers/exercises/half/check.cpp"
        text = check.read_text()
        self.addCleanup(check.write_text, text)
        check.write_text(text.replace("half(3), 1.5", "half(3), 2"))
        result = self.course("test", "exercises", "--sabotage", "half")
        self.assertEqual(result.returncode, 1)
        self.assertIn("half: the solution fails in 'a half': half of 3: it is 1.500000",
                      result.stderr)


if __name__ == "__main__":
    unittest.main()
