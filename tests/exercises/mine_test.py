"""Building on the student's own pieces, and updates of the course."""
import json
import subprocess
import unittest

from tiny_course import TinyCourse, numbers_cpp


class Mine(TinyCourse):
    def finish(self, name: str, body: str) -> None:
        self.course("start", name)
        self.write(name, body)
        result = self.course("check", name)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_own_pieces_are_used_and_named(self) -> None:
        self.finish("square", "double square(double x) { return x * x; }")
        self.finish("cube", "  result = square(result) * x;")
        result = self.course("check", "cube", "--mine")
        self.assertEqual(result.returncode, 0)
        self.assertIn("  with your own square\n", result.stdout)
        self.assertNotIn("with your own", self.course("check", "cube").stdout)

    def test_a_piece_that_is_to_blame(self) -> None:
        self.finish("square", "double square(double x) { return x * x; }")
        self.finish("half", "double half(double x) { return 0.5 * x; }")
        self.finish("cube", "  result = square(result) * x;")
        self.write("square", "double square(double x) { return x > 2 ? 7 : x * x; }")
        self.assertEqual(self.course("check", "cube").returncode, 0)
        result = self.course("check", "cube", "--mine")
        self.assertEqual(result.returncode, 1)
        for words in ("with your own half, square\n", "  ok    one\n", "FAIL  a use: a volume\n",
                      "With the library's own square this passes: the mistake is there.",
                      "./course check square"):
            self.assertIn(words, result.stdout)
        verdict, = json.loads(self.course("check", "cube", "--mine", "--json").stdout)
        self.assertEqual((verdict["mine"], verdict["blame"]), (["half", "square"], ["square"]))
        # one's own mistake is not another's
        self.write("cube", "  result = result * x;")
        result = self.course("check", "cube", "--mine")
        self.assertNotIn("the library's own", result.stdout)
        self.assertIn("One factor is missing.", result.stdout)

    def test_a_piece_that_no_longer_compiles(self) -> None:
        self.finish("square", "double square(double x) { return x * x; }")
        self.finish("cube", "  result = square(result) * x;")
        self.write("square", "double square(double x) { return y; }")
        result = self.course("check", "cube", "--mine")
        self.assertIn("work/ch01/square/numbers.cpp:6:34: ‘y’ was not declared", result.stdout)
        self.assertIn("With the library's own square", result.stdout)

    def test_pieces_of_one_file_are_put_together(self) -> None:
        self.finish("half", "double half(double x) { return 0.5 * x; }")
        self.course("start", "square")
        text = self.file("square").read_text()
        self.file("square").write_text(text.replace(
            "//> square", "static double helper(double x) { return x; }\n\n//> square"))
        self.write("square", "double square(double x) { return helper(x) * x; }")
        result = self.course("check", "square", "--mine")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        merged = (self.root / "build/exercises/sources/mine/square+half/numbers.cpp").read_text()
        for line in ("return 0.5 * x;", "static double helper", "return helper(x) * x;"):
            self.assertEqual(merged.count(line), 1, merged)

    def test_markers_that_are_lost(self) -> None:
        self.finish("half", "double half(double x) { return 0.5 * x; }")
        self.finish("square", "double square(double x) { return x * x; }")
        text = self.file("square").read_text()
        self.file("square").write_text(text.replace("//> half", "").replace("//< half", ""))
        self.assertEqual(self.course("check", "square").returncode, 0)
        result = self.course("check", "square", "--mine")
        self.assertEqual(result.returncode, 1)
        self.assertIn("work/ch01/square/numbers.cpp has lost the markers //> half and //< half; "
                      "put them back", result.stderr)

    def test_through(self) -> None:
        self.finish("square", "double square(double x) { return x * x; }")
        self.course("start", "half")
        self.finish("cube", "  result = square(result) * x;")
        result = self.course("check", "--through", "ch01")
        self.assertIn("1 of 2 exercises pass", result.stdout)
        self.assertNotIn("cube", result.stdout)
        self.assertIn("2 of 3 exercises pass", self.course("check", "--through", "2").stdout)
        result = self.course("check", "square", "--mine", "--through", "ch01")
        self.assertNotIn("with your own", result.stdout)


class Sync(TinyCourse):
    def setUp(self) -> None:
        super().setUp()
        self.library = self.root / "autograd/numbers.cpp"
        self.library.write_text(numbers_cpp)
        self.course("start", "ch01")

    def update(self, old: str, new: str) -> None:
        text = self.library.read_text()
        assert text.count(old) == 1
        self.library.write_text(text.replace(old, new))

    def test_nothing_new(self) -> None:
        self.assertEqual(self.course("sync").stdout, "everything is up to date\n")

    def test_a_correction_is_merged_into_edits(self) -> None:
        self.write("square", "double square(double x) { return x * x; }")
        self.update('#include "autograd/numbers.hpp"\n',
                    '// Corrected.\n#include "autograd/numbers.hpp"\n')
        result = self.course("sync")
        self.assertEqual(result.returncode, 0)
        self.assertIn("square/numbers.cpp: the corrected starter, with your edits", result.stdout)
        self.assertIn("half/numbers.cpp: the corrected starter\n", result.stdout)
        text = self.file("square").read_text()
        self.assertIn("// Corrected.", text)
        self.assertIn("return x * x;", text)
        self.assertNotIn("TODO: square", text)
        self.assertEqual(self.course("sync").stdout, "everything is up to date\n")
        self.assertEqual(self.course("check", "square").returncode, 0)
        old = self.root / "work/.old/ch01/square/numbers.cpp.1"
        self.assertNotIn("Corrected", old.read_text())

    def test_a_conflict_leaves_the_file_alone(self) -> None:
        text = self.file("square").read_text()
        mine = text.replace('#include "autograd/numbers.hpp"',
                            '#include "autograd/numbers.hpp" // mine')
        self.file("square").write_text(mine)
        self.update('#include "autograd/numbers.hpp"', '#include "autograd/numbers.hpp" // theirs')
        aside = self.file("square").with_name("numbers.cpp.new")
        for _ in range(2):  # it is told until it is settled
            result = self.course("sync")
            self.assertEqual(result.returncode, 1)
            self.assertIn("both you and the course have changed the same lines", result.stdout)
            self.assertEqual(self.file("square").read_text(), mine)
            self.assertIn("// theirs", aside.read_text())
        self.file("square").write_text(mine.replace("// mine", "// theirs"))
        self.assertEqual(self.course("sync").returncode, 0)
        self.assertFalse(aside.exists())
        self.assertEqual(self.course("sync").stdout, "everything is up to date\n")

    def test_a_base_that_is_lost(self) -> None:
        self.write("square", "double square(double x) { return x * x; }")
        mine = self.file("square").read_text()
        (self.root / "work/.base/ch01/square/numbers.cpp").unlink()
        self.course("sync")
        self.assertEqual(self.file("square").read_text(), mine)

    def test_an_exercise_that_is_gone(self) -> None:
        folder = self.root / "work/ch01/gone"
        folder.mkdir()
        (folder / "numbers.cpp").write_text("mine")
        result = self.course("sync")
        self.assertIn("work/ch01/gone: the course has no such exercise", result.stdout)
        self.assertEqual((folder / "numbers.cpp").read_text(), "mine")

    def test_work_is_not_git_s_business(self) -> None:
        status = subprocess.run(["git", "status", "--porcelain", "work"], cwd=self.root, text=True,
                                stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(status, "")


if __name__ == "__main__":
    unittest.main()
