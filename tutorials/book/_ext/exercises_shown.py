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


@cache
def all_exercises() -> dict[str, Exercise]:
    found = {}
    for path in sorted(place.tutorials.glob("ch*/exercises/*/exercise.toml")):
        found[path.parent.name] = read(path)
    return found


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
                    tuple(entries["hints"]))


def removing(file: str, region: str) -> Exercise | None:
    """The exercise that cuts this region out of this file."""
    return next((exercise for exercise in all_exercises().values()
                 if (exercise.file, exercise.region) == (file, region)), None)
