"""What a check says of code that is wrong in other ways than by its numbers."""
import fcntl
import json
import shutil
import subprocess
import unittest

from terminal import environment
from tiny_course import TinyCourse


class Faults(TinyCourse):
    def setUp(self) -> None:
        super().setUp()
        self.course("start", "square")

    def said(self, body: str) -> list[str]:
        """What the check of square says below its first line, with such a body."""
        self.write("square", f"double square(double x) {{\n{body}\n}}")
        result = self.course("check", "square")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertEqual(result.stderr, "")
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0], "work/ch01/square/numbers.cpp")
        self.assertTrue(lines[-1].startswith("Stuck? ./course hint square"), result.stdout)
        return [line.strip() for line in lines[1:-1]]

    def test_known_mistakes_are_known_by_behaviour(self) -> None:
        words = "That is twice the number, not its square."
        for body in ("return x + x;",
                     "double y = 0; for (int i = 0; i < 2; ++i) y += x; return y;"):
            self.assertEqual(self.said(body)[1:3], ["FAIL  larger numbers", words])
        self.assertNotIn(words, self.said("return x == 2 ? 4 : 11;"))

    def test_it_does_not_compile(self) -> None:
        self.assertEqual(self.said("  return y * x;"),
                         ["FAIL  compiling", "work/ch01/square/numbers.cpp:7:10: "
                          "‘y’ was not declared in this scope", "return y * x;", "^"])
        self.assertIn("expected ‘;’ before ‘}’ token", self.said("return x * x")[1])

    def test_a_way_without_return(self) -> None:
        self.assertRegex(self.said("if (x > 3) return x * x;")[1],
                         r"numbers\.cpp:8:1: a way through this function ends without `return`$")

    def test_an_error_in_a_template_is_told_where_it_was_used(self) -> None:
        text = self.file("square").read_text()
        self.file("square").write_text("#include <algorithm>\n" + text)
        said = self.said("struct S {} v[2]; std::sort(v, v + 2); return 1;")
        self.assertRegex(said[1], r"ch01/square/numbers\.cpp:8:\d+: no match for ‘operator<’")

    def test_a_crash(self) -> None:
        self.assertIn("it crashed (SIGSEGV): it touched memory that is not its own",
                      self.said("volatile int* p = nullptr; *p = 1; return x;")[1])
        self.assertIn("it divided a whole number by zero",
                      self.said("volatile int zero = 0; return 7 / zero + x;")[1])

    def test_a_loop_without_end(self) -> None:
        self.assertEqual(self.said("for (volatile int i = 0;; ++i) {}"),
                         ["FAIL  small numbers", "it did not end in time: a loop without end?"])

    def test_a_file_that_is_put_back(self) -> None:
        """Its time is older than that of what was compiled from the other one."""
        file, aside = self.file("square"), self.file("square").with_name("numbers.cpp~")
        self.assertIn("FAIL  larger numbers", self.said("return x + x;"))
        file.rename(aside)
        shutil.copy(aside, file)
        self.write("square", "double square(double x) { return x * x; }")
        self.assertEqual(self.course("check", "square").returncode, 0)
        aside.rename(file)
        result = self.course("check", "square")
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn("That is twice the number, not its square.", result.stdout)

    def test_a_library_file_that_is_put_back(self) -> None:
        file = self.root / "autograd/numbers.cpp"
        text, aside = file.read_text(), file.with_name("numbers.cpp~")
        self.course("start", "cube")
        self.write("cube", "  result = square(result) * x;")
        self.assertEqual(self.course("check", "cube").returncode, 0)
        file.rename(aside)
        try:
            file.write_text(text.replace("x * x", "x * x + 1"))
            self.assertEqual(self.course("check", "cube").returncode, 1)
        finally:
            aside.rename(file)
        self.assertEqual(self.course("check", "cube").returncode, 0)

    def test_two_at_once_take_turns(self) -> None:
        self.write("square", "double square(double x) { return x * x; }")
        with open(self.root / "build" / "course.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = subprocess.Popen([self.root / "course", "check", "square"], cwd=self.root,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True,
                                       env={**environment(), "TERM": "dumb"})
            assert process.stderr is not None
            self.assertIn("another ./course works in", process.stderr.readline())
            self.assertIsNone(process.poll())
        said, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, said)

    def test_assertions_and_a_damaged_heap_in_plain_words(self) -> None:
        text = self.file("square").read_text()
        self.file("square").write_text("#include <cassert>\n#include <functional>\n#include <memory>"
                                       "\n#include <optional>\n#include <vector>\n" + text)
        for body, words in (
                ("std::vector<double> v(2); volatile int i = 2; return v[i];",
                 "an index is beyond the end of a vector"),
                ("std::optional<double> y; return *y;", "a std::optional that holds nothing"),
                ("std::vector<double> v; return v.front();", "of something that is empty"),
                ("std::unique_ptr<double> p; return *p;", "that points to nothing was used"),
                ("assert(x > 7); return x;", "assertion failed at numbers.cpp:12: x > 7"),
                ("double* p = new double[2]; volatile int n = 9; for (int i = 0; i < n; ++i) p[i] = "
                 "-1; delete[] p; delete[] new double[100]; return x;",
                 "it wrote beyond the end of a tensor or a vector")):
            with self.subTest(words):
                self.assertIn(words, self.said(body)[1])
        self.assertIn("capture by value, [=] or by name.", "".join(self.said(
            "auto f = [&] { volatile int* p = nullptr; return *p + x; }; return f();")))

    def test_damage_outside_of_the_piece(self) -> None:
        self.write("square", "double square(double x) { return x + x; }")
        text = self.file("square").read_text()
        self.file("square").write_text(text.replace("double half(double x) { return x / 2; }",
                                                    "double half(double) { return 0; }"))
        said = self.course("check", "square").stdout
        self.assertRegex(said, r"numbers\.cpp:\d+: here the file differs from its starter")
        self.file("square").write_text("#include <vector>\n" + text)
        self.assertNotIn("here the file", self.course("check", "square").stdout)
        self.file("square").write_text("\n")
        self.assertIn("the file is empty: ./course reset square",
                      self.course("check", "square").stdout)
        self.file("square").write_text(text)
        self.assertIn("is a } missing in it?", "".join(self.said("if (x > 0) {\n  return x;")))

    def test_a_flood_of_output(self) -> None:
        text = self.file("square").read_text()
        self.file("square").write_text("#include <cstdio>\n" + text)
        said = self.said('for (int i = 0; i < 1000000; ++i) std::puts("na"); return x;')
        self.assertIn("2 squared: it is 2.0", said[1])
        self.assertLess(len(said), 20)
        self.assertEqual(said[-1], "na")

    def test_what_is_printed_is_shown(self) -> None:
        text = self.file("square").read_text()
        self.file("square").write_text("#include <cstdio>\n" + text)
        said = self.said('std::printf("x is %g\\n", x); volatile int* p = nullptr; return *p;')
        self.assertEqual(said[-2:], ["printed:", "x is 2"])

    def test_exceptions_and_exits(self) -> None:
        self.assertEqual(self.said('throw std::runtime_error("no idea");')[1],
                         "it threw std::runtime_error: no idea")
        self.assertEqual(self.said("throw 3;")[1], "it threw int")
        self.assertEqual(self.said("if (x > 3) std::exit(0); return x * x;")[1:],
                         ["FAIL  larger numbers",
                          "the program ended in the middle of this step, with exit code 0"])

    def test_memory_without_end(self) -> None:
        text = self.file("square").read_text()
        self.file("square").write_text("#include <vector>\n" + text)
        # Asks and never writes: how fast a machine fills two gigabytes is not the question.
        self.assertEqual(self.said("std::vector<char*> all; "
                                   "for (;;) all.push_back(new char[1 << 26]); return x;")[1],
                         "it asked for more than 2 GB of memory")

    def test_the_linker(self) -> None:
        self.assertIn("main is defined twice", self.said("return x;\n}\nint main() {")[1])
        self.assertEqual(self.said("double helper(double); return helper(x);")[1],
                         "helper(double) is called, but defined nowhere")
        self.write("square", "double square(double x) { return x * x; }")
        text = self.file("square").read_text()
        for wrong in (text.replace("double half(double x) { return x / 2; }", ""),
                      text.replace("half(double x)", "half(float x)")):
            self.file("square").write_text(wrong)
            self.assertIn("the library's file defines half(double), and this one does not",
                          self.course("check", "square").stdout)
        for wrong, said in ((text.replace("square(double x)", "squared(double x)"),
                             "the library's file defines square(double), and this one does not"),
                            ("", "the file is empty")):
            self.file("square").write_text(wrong)
            self.assertIn(said, self.course("check", "square").stdout)
        cube = "double cube(double x) { return x; }"  # the library's, and none of this file's
        self.file("square").write_text(text + cube)
        self.assertIn("cube(double) is defined twice", self.course("check", "square").stdout)

    def test_json(self) -> None:
        self.write("square", "double square(double x) { return x + x; }")
        result = self.course("check", "square", "--json")
        self.assertEqual(result.returncode, 1)
        verdict, = json.loads(result.stdout)
        self.assertEqual(verdict["exercise"], "square")
        self.assertEqual(verdict["passed_steps"], ["small numbers"])
        self.assertEqual(verdict["failure"], {"kind": "differs", "step": "larger numbers",
                                              "what": "5 squared", "problem": "it is 10.000000"})
        self.assertEqual(verdict["mistake"], "That is twice the number, not its square.")
        self.write("square", "double square(double x) { return x * x; }")
        verdict, = json.loads(self.course("check", "square", "--json").stdout)
        self.assertTrue(verdict["passed"])
        self.assertEqual(verdict["steps"], ["small numbers", "larger numbers"])

    def test_progress_that_is_damaged(self) -> None:
        (self.root / "work" / ".progress.json").write_text("{ half")
        result = self.course("check", "square")
        self.assertEqual(result.returncode, 1)
        self.assertIn("progress.json is damaged; remove it", result.stderr)
        (self.root / "work" / ".progress.json").write_text('{"square": {"checks": "x"}}')
        self.assertIn("progress.json is damaged; remove it",
                      self.course("check", "square").stderr)
        self.assertTrue(self.file("square").is_file())


if __name__ == "__main__":
    unittest.main()
