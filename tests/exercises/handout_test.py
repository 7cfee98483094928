"""The handout of the real course: it gives nothing away, builds, and its exercises work."""
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from course_under_test import RealCourse, exercises, root
from terminal import environment

from exercises import starters


def squeezed(text: str) -> str:
    """Without what formatting may change."""
    return re.sub(r"\s+", "", text)


class Handout(RealCourse):
    """Through ch03, with the solutions through ch02."""
    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="tapestry handout ")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name).resolve() / "tapestry"
        result = subprocess.run(
            [root / "course", "publish", "--through", "ch03", "--reveal", "ch02", cls.folder],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment())
        assert result.returncode == 0, result.stderr
        assert result.stderr == "", result.stderr  # prose that tells is pointed out

    def in_handout(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.folder / "course", *arguments], cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=environment(), timeout=1800)

    def files(self) -> dict[str, str]:
        found = {}
        for file in self.folder.rglob("*"):
            if file.is_file() and "build" not in file.relative_to(self.folder).parts:
                found[str(file.relative_to(self.folder))] = file.read_text(errors="replace")
        return found

    def test_1_what_is_gone(self) -> None:
        names = self.files()
        for name in names:
            self.assertNotRegex(name, r"^(tests|text|vision)/|/mutants/|tutorials/ch(0[4-9]|[12])")
        self.assertFalse((self.folder / ".git").exists())
        self.assertIn("tutorials/ch03_operators/exercises/sigmoid/check.cpp", names)

    def test_2_no_solution_is_there(self) -> None:
        files = {name: squeezed(text) for name, text in self.files().items()}
        hidden = [e for e in exercises.values() if e.chapter == "ch03"]
        self.assertGreaterEqual(len(hidden), 5)
        lines_of = {name: set(map(squeezed, text.splitlines()))
                    for name, text in self.files().items()}
        library = {line for name, lines in lines_of.items()
                   if re.match(r"(autograd|nn)/.*pp$", name) for line in lines}
        for exercise in hidden:
            solution = self.solution(exercise.name)
            stays = starters.piece(starters.starter(exercise), exercise).splitlines()
            removed = [line for line in solution.splitlines() if line not in stays]
            secret = squeezed("\n".join(removed))
            for name, text in files.items():
                self.assertNotIn(secret, text, f"{name} has the solution of {exercise.name}")
            # Nor is any of its longer lines, unless the library has the same line elsewhere.
            for line in map(squeezed, removed):
                if len(line) < 25 or line in library:
                    continue
                for name, lines in lines_of.items():
                    self.assertNotIn(line, lines, f"{name} has a line of {exercise.name}")
        telling = [line for exercise in hidden for line in
                   map(squeezed, self.solution(exercise.name).splitlines())
                   if len(line) >= 25 and line not in library]
        self.assertGreater(len(telling), 15)

    def test_3_solutions_of_earlier_chapters_are_there(self) -> None:
        files = self.files()
        for exercise in exercises.values():
            if exercise.chapter <= "ch02":
                self.assertIn(self.solution(exercise.name), files[exercise.file])

    def test_4_it_builds(self) -> None:
        result = self.in_handout("test", "--yes", "exercises")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertRegex(result.stdout.splitlines()[-1], r"^2\d passed, 0 failed$")
        build = self.folder / "build"
        everything = subprocess.run(["ninja", "-C", build], stdout=subprocess.PIPE, text=True)
        self.assertEqual(everything.returncode, 0, everything.stdout[-3000:])

    def test_5_its_exercises_work(self) -> None:
        shutil.rmtree(self.folder / "work", ignore_errors=True)
        self.in_handout("start", "ch03")

        def write(name: str, piece: str) -> None:
            file = self.folder / "work" / "ch03" / name / Path(exercises[name].file).name
            file.write_text(starters.with_piece(file.read_text(), exercises[name], piece))

        self.assertIn("lookup_scatter is not written yet",
                      self.in_handout("check", "lookup_scatter").stdout)
        words, piece = self.mutant("lookup_scatter", "last_one_wins")
        write("lookup_scatter", piece)
        self.assertIn(words, self.in_handout("check", "lookup_scatter").stdout)
        write("lookup_scatter", self.solution("lookup_scatter"))
        said = self.in_handout("check", "lookup_scatter").stdout
        self.assertIn("with the course's broadcast_pullback, which you have not finished", said)
        self.assertIn("All steps pass.", said)
        write("broadcast_pullback", self.solution("broadcast_pullback"))
        said = self.in_handout("check", "broadcast_pullback", "lookup_scatter").stdout
        self.assertIn("with your own broadcast_pullback", said)
        self.assertIn("2 of 2 exercises pass", said)

    def test_6_its_book_can_be_built(self) -> None:
        if not (root / "tutorials" / "book").is_dir():
            self.skipTest("there is no book yet")
        result = self.in_handout("book", "--yes")
        self.assertEqual(result.returncode, 0, result.stdout)


if __name__ == "__main__":
    unittest.main()
