"""The whole course built on the student's own finished pieces: a second source folder, in which the
library's files with such pieces are the student's, and a build folder for it."""
from pathlib import Path

from build import Build
from errors import CourseError
from exercises import mine
from exercises.exercise import Exercise, modules
from exercises.kit import Kit
from exercises.work import Work, write
from process import note

left_out = ("build", "work", "data", ".")  # what such a name begins with


def overlay(build: Build, work: Work, chosen: list[Exercise]) -> Build:
    """A build like the given one, with the pieces of the chosen exercises."""
    if not chosen:
        raise CourseError("no exercise is finished yet: there is nothing of yours to build with")
    note(f"with your own {', '.join(exercise.name for exercise in chosen)}")
    pieces = {Path(file): source
              for file, source in mine.sources(Kit(build), work, chosen).items()}
    source = build.folder / "mine" / "source"
    mirror(build.root, source, pieces)
    options = [*build.options(), "-Dwerror=false"]  # a student's warning stops nothing
    return Build(source, build.folder / "mine" / "build", options)


def mirror(root: Path, target: Path, pieces: dict[Path, Path]) -> None:
    """Copies the library, and links to everything else. A copy is written when its content changes:
    a link to another file may look older than what was built from the one before."""
    wanted = {target / file.relative_to(root): pieces.get(file.relative_to(root), file)
              for module in modules for file in (root / module).rglob("*") if file.is_file()}
    for module in modules:
        for old in (target / module).rglob("*"):
            if old.is_file() and old not in wanted:
                old.unlink()
    for copy, source in wanted.items():
        content = source.read_bytes()
        if not copy.is_file() or copy.read_bytes() != content:
            write(copy, content)
    for entry in root.iterdir():
        link = target / entry.name
        if entry.name not in modules and not entry.name.startswith(left_out) \
                and not link.is_symlink():
            link.symlink_to(entry)
