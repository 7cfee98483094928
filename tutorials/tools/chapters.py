"""The chapters: course.toml lists them all, and a folder holds each one that is written."""
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10, as in Ubuntu 22.04
    try:
        import tomli as tomllib
    except ModuleNotFoundError:
        sys.exit("course: this needs Python 3.11, or the package tomli")

from errors import CourseError


@dataclass(frozen=True)
class Chapter:
    id: str      # "ch10"
    title: str
    module: str  # the library folder it teaches
    part: str
    folder: Path | None
    introduces: tuple[str, ...] = ()  # headers of the library, or patterns of them
    runs: tuple[str, ...] = ()        # the programs that make out/; without it, all of them
    prepare: tuple[str, ...] = ()     # what must run before those
    slow: tuple[str, ...] = ()        # those of `runs` that only `course regen chNN` runs

    def programs(self) -> dict[str, Path]:
        """The chapter's programs by name: every .cpp file in its folder."""
        if self.folder is None:
            return {}
        return {file.stem: file for file in sorted(self.folder.glob("*.cpp"))}

    def target(self, name: str) -> str:
        return f"{self.id}_{name}"

    def recorded_programs(self) -> tuple[str, ...]:
        """The programs whose output the book shows."""
        return self.runs or tuple(self.programs())

    @property
    def number(self) -> int:
        return int(self.id[2:])


def all_chapters(tutorials: Path) -> list[Chapter]:
    chapters = []
    for entry in settings(tutorials)["chapter"]:
        lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
        chapters.append(Chapter(**{**entry, **lists}, folder=folder_of(tutorials, entry["id"])))
    return chapters


def settings(tutorials: Path) -> dict[str, Any]:
    with open(tutorials / "course.toml", "rb") as file:
        return tomllib.load(file)


def published_through(tutorials: Path) -> str | None:
    """In a handout of `course publish`, the id of its last chapter."""
    return settings(tutorials).get("published_through")


def folder_of(tutorials: Path, id: str) -> Path | None:
    """The chapter's folder, once there is text or a program in it."""
    return next((folder for folder in sorted(tutorials.glob(f"{id}_*/"))
                 if (folder / "chapter.md").exists() or any(folder.glob("*.cpp"))), None)


def find(chapters: list[Chapter], name: str) -> Chapter:
    """By id, number or folder name: ch02, ch2, CH02, 2, ch02_the_tape, as a shell completes it."""
    name = Path(name).name
    number = re.fullmatch(r"(?:ch|chapter)?[ _-]?(\d+)", name, re.IGNORECASE)
    for chapter in chapters:
        if number and int(number[1]) == chapter.number or \
                chapter.folder and name == chapter.folder.name:
            return chapter
    raise CourseError(f"there is no chapter {name}; there are {chapters[0].id} to {chapters[-1].id}")


def first_comment(file: Path) -> str:
    """The first sentence of a program's opening comment says what it does."""
    words: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("//"):
            words.append(line.removeprefix("//").strip())
        elif words or line.strip():
            break
    sentence, end, _ = " ".join(words).partition(". ")
    return sentence + end.strip()


def table(chapters: list[Chapter], columns: int) -> str:
    """All chapters by part; a star marks those that are here, with their programs."""
    width = max(len(chapter.title) for chapter in chapters)
    lines: list[str] = []
    part = ""
    for chapter in chapters:
        if chapter.part != part:
            part = chapter.part
            lines += ["", part] if lines else [part]
        mark = "*" if chapter.folder else " "
        programs = " ".join(chapter.programs())
        start = f"{mark} {chapter.id}  {chapter.title:{width}}  {chapter.module:8}  "
        indent = len(start) if columns >= len(start) + 20 else 8
        lines += textwrap.wrap(start + programs, columns, subsequent_indent=" " * indent,
                               break_long_words=False, break_on_hyphens=False,
                               drop_whitespace=True) if programs else [start.rstrip()]
    return "\n".join(lines) + "\n\n* is written; its programs: ./course run CHAPTER [PROGRAM]"
