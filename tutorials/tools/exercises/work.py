"""The student's own folder, work/: files to edit, and what has been done.

    work/ch03/sigmoid/functions.cpp        the student's
    work/.base/ch03/sigmoid/functions.cpp  the starter that it began as
    work/.progress.json                    checks, hints, what passed
"""
import fcntl
import hashlib
import json
import os
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Iterator

from errors import CourseError
from exercises.exercise import Exercise


@dataclass
class Progress:
    """Of one exercise."""
    checks: int = 0
    hints: int = 0
    passed: str = ""  # the digest of the file that passed last


class Work:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, exercise: Exercise) -> Path:
        return self.folder / exercise.chapter / exercise.name / Path(exercise.file).name

    def base(self, exercise: Exercise) -> Path:
        return self.folder / ".base" / exercise.chapter / exercise.name / Path(exercise.file).name

    def is_started(self, exercise: Exercise) -> bool:
        return self.file(exercise).is_file()

    def need(self, exercise: Exercise) -> Path:
        """The student's file; a CourseError if there is none."""
        if not self.is_started(exercise):
            raise CourseError(f"{exercise.name} is not started yet: ./course start {exercise.name}")
        return self.file(exercise)

    def text(self, exercise: Exercise) -> str:
        return read(self.need(exercise))

    def base_text(self, exercise: Exercise) -> str:
        return read(self.base(exercise)) if self.base(exercise).is_file() else ""

    def start(self, exercise: Exercise, text: str) -> None:
        write(self.file(exercise), text.encode())
        write(self.base(exercise), text.encode())

    def is_edited(self, exercise: Exercise) -> bool:
        return self.text(exercise) != self.base_text(exercise)

    # --- progress ---

    @property
    def _progress_file(self) -> Path:
        return self.folder / ".progress.json"

    def progress(self, exercise: Exercise) -> Progress:
        return self._load().get(exercise.name, Progress())

    @contextmanager
    def changing(self, exercise: Exercise) -> Iterator[Progress]:
        """Lets one process at a time change the record: `watch` may run beside `check`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            everything = self._load()
            progress = everything.setdefault(exercise.name, Progress())
            yield progress
            text = json.dumps({name: asdict(p) for name, p in sorted(everything.items())}, indent=1)
            write(self._progress_file, f"{text}\n".encode())

    def _load(self) -> dict[str, Progress]:
        try:
            entries = json.loads(self._progress_file.read_text())
            found = {name: Progress(**entry) for name, entry in entries.items()}
            if not all(isinstance(p.checks, int) and isinstance(p.hints, int)
                       and isinstance(p.passed, str) for p in found.values()):
                raise ValueError
            return found
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError):
            raise CourseError(f"{self._progress_file} is damaged; remove it to start counting anew "
                              "(your files stay)") from None

    def is_finished(self, exercise: Exercise) -> bool:
        """It has passed once; it may have changed since."""
        return self.is_started(exercise) and bool(self.progress(exercise).passed)

    def is_changed(self, exercise: Exercise) -> bool:
        """Since it passed."""
        return self.progress(exercise).passed != digest(self.text(exercise))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read(path: Path) -> str:
    """A student's file; one that is no UTF-8 is still read."""
    return path.read_text(encoding="utf-8", errors="replace")


def write(path: Path, content: bytes) -> None:
    """The old file or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
