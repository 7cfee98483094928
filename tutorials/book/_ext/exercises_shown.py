"""The exercises as the book shows them: exercises/NAME/exercise.toml of every chapter's folder."""
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import chapters
import place
from errors import CourseError


@dataclass(frozen=True)
class Exercise:
    name: str
    chapter: str  # its folder
    title: str
    minutes: int
    file: str
    region: str
    hints: tuple[str, ...]
    todo: str   # what the starter asks for
    order: int  # in its chapter


@cache
def all_exercises() -> dict[str, Exercise]:
    """By name, in the order of the course."""
    found = map(read, place.tutorials.glob("ch*/exercises/*/exercise.toml"))
    return {exercise.name: exercise for exercise in
            sorted(found, key=lambda exercise: (exercise.chapter, exercise.order, exercise.name))}


def read(path: Path) -> Exercise:
    name = place.shown(path)
    with open(path, "rb") as file:
        try:
            entries = chapters.tomllib.load(file)
        except chapters.tomllib.TOMLDecodeError as error:
            raise CourseError(f"{name}: {error}") from None
    wanted = ("title", "minutes", "file", "region", "hints")
    if absent := [key for key in wanted if key not in entries]:
        raise CourseError(f"{name}: there is no `{absent[0]}`")
    return Exercise(path.parent.name, path.parents[2].name, str(entries["title"]),
                    int(entries["minutes"]), str(entries["file"]), str(entries["region"]),
                    tuple(entries["hints"]), str(entries.get("todo", "")),
                    int(entries.get("order", 0)))


def removing(file: str, region: str) -> Exercise | None:
    """The exercise that cuts this region out of this file."""
    return next((exercise for exercise in all_exercises().values()
                 if (exercise.file, exercise.region) == (file, region)), None)
