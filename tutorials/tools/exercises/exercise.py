"""What exercises there are: exercises/NAME/exercise.toml in the chapters' folders."""
import os
from dataclasses import dataclass
from pathlib import Path

import chapters
from errors import CourseError, unknown

modules = ("autograd", "nn", "text", "vision")  # each includes only from those before it
keys = {"title": str, "minutes": int, "file": str, "region": str, "todo": str, "hints": list}


@dataclass(frozen=True)
class Exercise:
    name: str
    chapter: str  # "ch03"
    folder: Path
    root: Path
    title: str
    minutes: int
    file: str     # of the library, from the root
    region: str   # the piece of it that is missing
    todo: str     # what the starter asks for
    hints: tuple[str, ...]
    order: int = 0  # in its chapter

    @property
    def library_file(self) -> Path:
        return self.root / self.file

    @property
    def check(self) -> Path:
        return self.folder / "check.cpp"

    def mutants(self) -> list[Path]:
        return sorted((self.folder / "mutants").glob("*.cpp"))


def load_all(root: Path) -> dict[str, Exercise]:
    """All exercises by name, in the order of the course."""
    found: dict[str, Exercise] = {}
    for file in sorted((root / "tutorials").glob("ch*_*/exercises/*/exercise.toml")):
        exercise = load(root, file)
        if exercise.name in found:
            raise CourseError(f"{exercise.name} is the name of two exercises: "
                              f"{found[exercise.name].folder} and {exercise.folder}")
        found[exercise.name] = exercise
    return dict(sorted(found.items(), key=lambda e: (e[1].chapter, e[1].order, e[0])))


def load(root: Path, file: Path) -> Exercise:
    where = file.relative_to(root)
    try:
        with open(file, "rb") as stream:
            entries = chapters.tomllib.load(stream)
    except chapters.tomllib.TOMLDecodeError as error:
        raise CourseError(f"{where}: {error}") from None
    for key, kind in keys.items():
        if not isinstance(entries.get(key), kind):
            raise CourseError(f"{where}: `{key}` is not there, or no {kind.__name__}")
    if unknown := entries.keys() - keys.keys() - {"order"}:
        raise CourseError(f"{where}: `{sorted(unknown)[0]}` means nothing here")
    folder = file.parent
    chapter = folder.parents[1].name.partition("_")[0]
    return Exercise(folder.name, chapter, folder, root,
                    **{**entries, "hints": tuple(entries["hints"])})


def is_handout(root: Path) -> bool:
    """Made by `course publish`: without mutants, and perhaps without solutions."""
    with open(root / "tutorials" / "course.toml", "rb") as file:
        return "published_through" in chapters.tomllib.load(file)


def find(exercises: dict[str, Exercise], name: str) -> Exercise:
    """By name; by "ch03/sigmoid", or by a path as a shell completes it, as "." in work/ch03/sigmoid."""
    parts = Path(os.path.abspath(name) if os.path.exists(name) else name).parts
    for part in reversed(parts):
        part = part.lower().replace("-", "_")
        if part in exercises:
            return exercises[part]
    raise unknown("exercise", name, exercises)


def of_chapter(exercises: dict[str, Exercise], chapter: str) -> list[Exercise]:
    return [exercise for exercise in exercises.values() if exercise.chapter == chapter]


def through(exercises: dict[str, Exercise], chapter: str) -> list[Exercise]:
    """Those of this chapter and of all before it."""
    return [exercise for exercise in exercises.values() if exercise.chapter <= chapter]
