"""The proof of the exercises, and the handout that is made for students."""
import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from tiny_course import TinyCourse, check, exercise_toml, exercises  # and where the tools are

from exercises import exercise as exercise_list, starters  # noqa: E402
from reach import Sources  # noqa: E402


class Proof(TinyCourse):
    def exercise(self, name: str) -> Path:
        return self.root / "tutorials" / exercises[name][0] / "exercises" / name

    def prove(self, *arguments: str, code: int = 0) -> str:
        result = self.course("test", "exercises", *arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout

    def restore(self) -> None:
        subprocess.run(["git", "checkout", "-q", "."], cwd=self.root, check=True)
        subprocess.run(["git", "clean", "-fdq", "tutorials"], cwd=self.root, check=True)

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(self.restore)

    def test_all_hold(self) -> None:
        said = self.prove("--all")
        self.assertRegex(said, r"(?m)^ch01  square +5 hold$")
        self.assertEqual(said.splitlines()[-1], "20 passed, 0 failed")

    def test_what_was_proved_is_believed_until_it_changes(self) -> None:
        self.assertEqual(self.prove().splitlines()[-1], "0 passed, 0 failed, 4 skipped")
        self.change("nn/later.cpp", "40 + 2", "41 + 1")
        said = self.prove()
        self.assertRegex(said, r"(?m)^ch03  later +5 hold$")
        self.assertRegex(said, r"(?m)^ch01  square +as proved before$")
        self.assertEqual(said.splitlines()[-1], "5 passed, 0 failed, 3 skipped")
        self.assertEqual(self.prove().splitlines()[-1], "0 passed, 0 failed, 4 skipped")

    def test_a_record_that_cannot_be_read(self) -> None:
        (self.root / "tutorials" / "proved.txt").write_text("exercise square\n")
        result = self.course("test", "exercises")
        self.assertIn("tutorials/proved.txt:1: expected a name and a digest", result.stderr)

    def test_what_is_wrong_is_told(self) -> None:
        mutants = self.exercise("square") / "mutants"
        right = "double square(double x) { return x * x; }\n"
        def mutant(name: str, text: str):
            return lambda: (mutants / f"{name}.cpp").write_text(text)

        for change, words in (
                (mutant("doubles", "// Right.\n" + right), "square: doubles: it passes every step"),
                (mutant("doubles", "// Other.\ndouble square(double) { return 8; }\n"),
                 "square: doubles: it fails in 'small numbers' with other numbers than recorded"),
                (mutant("doubles", "// Broken.\ndouble square(double) { return y; }\n"),
                 "square: square/doubles: it does not build:"),
                (mutant("new", "// New.\ndouble square(double) { return 1; }\n"),
                 "mistakes.json is of other mutants"),
                (mutant("doubles", right), "its first line must be a comment"),
                (lambda: [file.unlink() for file in mutants.glob("*")],
                 "square: exercise.toml: 0 mutants"),
                (lambda: self.change_toml("hints = [", "hints = []\nold = ["),
                 "`old` means nothing here"),
                (lambda: self.change_toml('"Think of square.", ', ""), "2 hints; three at least"),
                (lambda: self.change_toml('region = "square"', 'region = "cube"'),
                 "autograd/numbers.cpp has no region 'cube'; it has: half, square"),
                (lambda: (self.exercise("square") / "check.cpp").write_text("int x = y;"),
                 "square: check.cpp: it does not compile:"),
                (lambda: self.change("autograd/numbers.cpp", "x * x", "x * x + 1"),
                 "square: solution: it fails in 'small numbers'"),
                (lambda: self.change("autograd/numbers.cpp", "//< half", ""),
                 "region 'half' is never closed")):
            with self.subTest(words):
                change()
                result = self.course("test", "exercises")
                self.assertEqual(result.returncode, 1)
                self.assertIn(words, result.stdout + result.stderr)
                self.assertNotIn("Traceback", result.stderr)
                self.restore()

    def test_mutants_that_cannot_be_told_apart(self) -> None:
        (self.exercise("square") / "mutants" / "plus.cpp").write_text(
            "// A sum is no product.\ndouble square(double x) { return x + x; }\n")
        said = self.prove("--record", code=1)
        self.assertIn("square: plus: it cannot be told from another mutant, the one of "
                      "'That is twice the number, not its square.'", said)

    def change(self, name: str, old: str, new: str) -> None:
        file = self.root / name
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def change_toml(self, old: str, new: str) -> None:
        self.change(f"tutorials/{exercises['square'][0]}/exercises/square/exercise.toml", old, new)


class WhatIsReached(unittest.TestCase):
    def test_from_a_file_to_all_that_can_change_its_result(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            for file, text in (("a/check.cpp", '#include <b/no.hpp>\n  #  include "b/one.hpp"\n'),
                               ("b/one.hpp", '#include "two.hpp"\n'), ("b/two.hpp", ""),
                               ("b/one_part.cpp", '#include "b/one.hpp"\n#include "c/three.hpp"\n'),
                               ("b/not.cpp", ""),
                               ("c/three.hpp", '#include "b/one.hpp"\n'), ("c/other.cpp", ""),
                               ("meson.build", "")):
                (root / file).parent.mkdir(exist_ok=True)
                (root / file).write_text(text)

            def sources() -> Sources:
                return Sources(root)
            start = [root / "a/check.cpp"]
            self.assertEqual({str(file.relative_to(root)) for file in sources().reached(start)},
                             {"a/check.cpp", "b/one.hpp", "b/two.hpp", "b/one_part.cpp", "c/three.hpp"})
            before = sources().digest(start)
            (root / "c/other.cpp").write_text("int x;")
            self.assertEqual(sources().digest(start), before)
            for file in ("b/one_part.cpp", "b/two.hpp", "meson.build"):
                with open(root / file, "a") as text:
                    text.write("int x;")
                after = sources().digest(start)
                self.assertNotEqual(after, before, file)
                before = after


class Handout(TinyCourse):
    def publish(self, *arguments: str) -> Path:
        folder = self.root.parent / f"{self.root.name} handout"
        shutil.rmtree(folder, ignore_errors=True)
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        result = self.course("publish", *arguments, str(folder))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, "")
        return folder

    def texts(self, folder: Path) -> dict[str, str]:
        return {str(file.relative_to(folder)): file.read_text()
                for file in folder.rglob("*") if file.is_file() and "build" not in file.parts}

    def test_nothing_is_given_away(self) -> None:
        files = self.texts(self.publish("--through", "ch02"))
        for name in files:
            self.assertNotRegex(name, r"mutants|tests|ch03|nn/|\.git/|CONTRIBUTING")
        everything = "\n".join(files.values())
        for solution in ("result_of_the_square", "return x / 2", "square(result) * x",
                         "if (x == 0)"):
            self.assertNotIn(solution, everything)
        self.assertIn('published_through = "ch02"\n', files["tutorials/course.toml"])
        self.assertNotIn("ch03", files["tutorials/course.toml"])

    def test_what_is_revealed_is_there(self) -> None:
        files = self.texts(self.publish("--through", "ch02", "--reveal", "ch01"))
        self.assertIn("result_of_the_square", files["autograd/numbers.cpp"])
        self.assertIn("TODO: cube", files["autograd/volumes.cpp"])

    def test_it_builds_and_its_exercises_work(self) -> None:
        folder = self.publish("--through", "ch02")
        result = self.course("test", "exercises", cwd=folder)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(result.stdout.splitlines()[-1], "6 passed, 0 failed")

        def write(chapter: str, name: str, region: str, body: str) -> None:
            file, = (folder / "work" / chapter / name).glob("*.cpp")
            text = file.read_text()
            begin = text.index(f"//> {region}\n") + len(f"//> {region}\n")
            file.write_text(text[:begin] + body + text[text.index(f"//< {region}"):])

        def check(name: str, *words: str, code: int) -> None:
            said = self.course("check", name, cwd=folder)
            self.assertEqual(said.returncode, code, said.stdout + said.stderr)
            for word in words:
                self.assertIn(word, said.stdout)

        self.course("start", "ch02", cwd=folder)
        write("ch02", "cube", "cube", "  result = square(result) * x;\n")
        check("cube", "with the course's square, which you have not finished", code=0)
        self.course("start", "ch01", cwd=folder)
        write("ch01", "square", "square", "double square(double x) { return x + x; }\n")
        check("square", "That is twice the number, not its square.", code=1)
        write("ch01", "square", "square", "double square(double x) { return x * x; }\n")
        check("square", "All steps pass.", code=0)
        check("cube", "with your own square", "All steps pass.", code=0)
        write("ch01", "square", "square", "double square(double x) { return x * x + 1; }\n")
        check("cube", "square fails its own check by now: the mistake is there.",
              "./course check square", code=1)
        said = self.course("show", "square", "--anyway", cwd=folder)
        self.assertIn("this handout is without the solution of square", said.stderr)

    def test_the_next_handout_goes_over_the_last(self) -> None:
        folder = self.publish("--through", "ch01")
        self.course("start", "square", cwd=folder)
        self.course("start", "half", cwd=folder)
        result = self.course("publish", "--through", "ch02", "--reveal", "ch01", str(folder) + " 2")
        self.assertEqual(result.returncode, 0, result.stderr)
        shutil.copytree(str(folder) + " 2", folder, dirs_exist_ok=True)
        shutil.rmtree(str(folder) + " 2")
        said = self.course("sync", cwd=folder)
        self.assertEqual(said.returncode, 0, said.stdout)
        self.assertIn("square/numbers.cpp: the corrected starter", said.stdout)
        text = (folder / "work/ch01/square/numbers.cpp").read_text()
        self.assertIn("TODO: square", text)
        self.assertIn("return x / 2;", text)  # half is revealed

    def test_what_cannot_be_published(self) -> None:
        full = self.root / "work"
        full.mkdir()
        (full / "mine").write_text("")
        for arguments, words in (
                (("--through", "ch02", str(full)), "exists and is not empty"),
                (("--through", "ch01", "--reveal", "ch02", str(full / "new")),
                 "ch02 cannot be revealed in a handout through ch01"),
                (("--through", "ch09", str(full / "new")), "there is no chapter ch09"),
                ((str(full / "new"),), "--through")):
            result = self.course("publish", *arguments)
            self.assertEqual(result.returncode, 1)
            self.assertIn(words, result.stderr)
            self.assertFalse((full / "new").exists())

    def test_prose_that_tells_is_pointed_out(self) -> None:
        chapter = self.root / "tutorials/ch01_numbers/chapter.md"
        chapter.write_text("# Numbers\n\n    const double result_of_the_square = x * x;\n")
        try:
            folder = self.root.parent / f"{self.root.name} told"
            self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
            result = self.course("publish", "--through", "ch01", str(folder))
            self.assertIn("tutorials/ch01_numbers/chapter.md:3 has a line of the solution of "
                          "square", result.stderr)
        finally:
            chapter.write_text("# Numbers\n")


class Walk(TinyCourse):
    """Handouts, worked through in the printed order, though its exercises use each other
    and a piece of a later chapter, as those of the course do."""

    @classmethod
    def change_tree(cls) -> None:
        for name, step in (
                ("square", 'STEP("with half") { expect("half of 4 squared", half(square(4)), 8); }\n'),
                ("half", 'STEP("with square") { expect("half squared", square(half(4)), 4); }\n'),
                ("cube", 'double root(double);\n'
                         'STEP("with root") { expect("cubed root", cube(root(4)), 8); }\n')):
            file = cls.root / f"tutorials/{exercises[name][0]}/exercises/{name}/check.cpp"
            file.write_text(file.read_text() + step)
        pieces = "double root(double);\n//> root\ndouble root(double x) { return x / 4 * 2; }\n//< root\n"
        (cls.root / "autograd/roots.cpp").write_text(pieces)
        meson = cls.root / "meson.build"
        meson.write_text(meson.read_text().replace("files(", "files('autograd/roots.cpp', "))
        folder = cls.root / "tutorials/ch03_later/exercises/root"
        shutil.copytree(folder.with_name("later"), folder)
        for file, text in (("exercise.toml", exercise_toml("root", "autograd/roots.cpp", "root")),
                           ("check.cpp", check + 'double root(double);\n'
                            'STEP("root") { expect("root of 4", root(4), 2); }\n'),
                           ("mutants/earlier.cpp", "// A.\ndouble root(double) { return 3; }\n"),
                           ("mutants/never.cpp", "// B.\ndouble root(double) { return 4; }\n")):
            (folder / file).write_text(text)

    def walk(self, through: str, reveal: str) -> None:
        folder = self.root.parent / f"{self.root.name} {through} {reveal or 'none'}"
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        reveals = ["--reveal", reveal] if reveal else []
        result = self.course("publish", "--through", through, *reveals, str(folder))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        here = exercise_list.load_all(folder)
        own = [e for e in here.values() if e.chapter > reveal]
        solutions = exercise_list.load_all(self.root)
        for exercise in here.values():
            self.assertEqual(starters.solution_is_here(exercise), exercise not in own)
        for exercise in own:
            self.course("start", exercise.name, cwd=folder)
            file = folder / "work" / exercise.chapter / exercise.name / Path(exercise.file).name
            solution = solutions[exercise.name]
            piece = starters.piece(starters.library_text(solution), solution)
            self.assertNotIn(piece, file.read_text())
            file.write_text(starters.with_piece(file.read_text(), exercise, piece))
            result = self.course("check", exercise.name, cwd=folder)
            self.assertEqual(result.returncode, 0, f"{through} {reveal} {exercise.name}\n"
                             f"{result.stdout}{result.stderr}")

    def test_handouts(self) -> None:
        self.change_tree()
        subprocess.run(["git", "add", "-A"], cwd=self.root, check=True)
        for through, reveal in (("ch01", ""), ("ch02", ""), ("ch02", "ch01"), ("ch03", "ch02")):
            with self.subTest(through=through, reveal=reveal):
                self.walk(through, reveal)


if __name__ == "__main__":
    unittest.main()
