"""The real course, with a work/ of the test's own."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from terminal import Terminal, environment

root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tutorials" / "tools"))
sys.dont_write_bytecode = True

from exercises import exercise as exercise_list, mistakes, starters  # noqa: E402

exercises = exercise_list.load_all(root)


class RealCourse(unittest.TestCase):
    """In the build folder that COURSE_BUILD names."""

    def setUp(self) -> None:
        self.work = Path(tempfile.mkdtemp(prefix="course work "))
        self.addCleanup(shutil.rmtree, self.work)

    def variables(self) -> dict[str, str]:
        return {"COURSE_WORK": str(self.work),
                "COURSE_BUILD": os.environ.get("COURSE_BUILD", str(root / "build"))}

    def terminal(self) -> Terminal:
        terminal = Terminal(root, **self.variables())
        self.addCleanup(terminal.close)
        return terminal

    def course(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([root / "course", *arguments], cwd=root, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={**environment(), **self.variables()}, timeout=300)

    def file(self, name: str) -> Path:
        exercise = exercises[name]
        return self.work / exercise.chapter / name / Path(exercise.file).name

    def write(self, name: str, piece: str) -> None:
        """Fills in an exercise that is started."""
        text = self.file(name).read_text()
        self.file(name).write_text(starters.with_piece(text, exercises[name], piece))

    def solution(self, name: str) -> str:
        return starters.piece(starters.library_text(exercises[name]), exercises[name])

    def mutant(self, name: str, mutant: str) -> tuple[str, str]:
        """Its words and its piece."""
        file = exercises[name].folder / "mutants" / f"{mutant}.cpp"
        return mistakes.words_of(file), mistakes.piece_of(file)
