"""The exercises as the book shows them: exercises/NAME/exercise.toml of every chapter's folder."""
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import chapters
import place
from errors import CourseError


# What is code in a task or a hint although nobody wrote `...` around it: a call, a name with _ or ::, a
# member, an index.
call = r"[A-Za-z_][\w:.]*\((?:[^()`]|\([^()`]*\))*\)(?:\.\w+(?:\(\))?)*"
bare_code = re.compile(rf"""(?<![\w`])(
    [A-Za-z]\w*(?:::|->)\w[\w:]*(?:\((?:[^()]|\([^()]*\))*\))?
  | {call}
  | [A-Za-z]\w*\.[a-z]\w*_\w* | [A-Za-z]\w*_\w+(?:\^T)?
  | [A-Za-z]\w*\[[^\[\]]*\]
)(?![\w`])""", re.VERBOSE)


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


def parts(text: str) -> list[tuple[bool, str]]:
    """A task or a hint in parts, (is it code, text): what stands between `...`, and what can only be code."""
    found = []
    for at, part in enumerate(text.split("`")):
        pieces = [part] if at % 2 else bare_code.split(part)
        found += [(bool(at % 2 or number % 2), piece) for number, piece in enumerate(pieces) if piece]
    return [(is_code, part if is_code else curly(part)) for is_code, part in found]


def curly(text: str) -> str:
    """Quotes and apostrophes as in the prose around; a prime, as in c', stays."""
    text = re.sub(r"(?<=\w\w)'(?=\w)|(?<=[a-z]{3}s)'", "\u2019", text)
    return re.sub(r'(^|[\s(])"([^"]+)"', "\\1\u201c\\2\u201d", text)
