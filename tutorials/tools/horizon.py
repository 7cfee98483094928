"""The chapter horizon: a chapter's programs include only headers that it or an earlier one
introduces, as course.toml says. What a program includes is what the compiler told ninja."""
import os
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

from build import Build, program
from chapters import Chapter
from errors import CourseError

library = ("autograd", "nn", "text", "vision")


def introduced(chapters: list[Chapter]) -> dict[str, Chapter]:
    """The chapter that introduces a header, by the patterns in course.toml."""
    patterns: dict[str, Chapter] = {}
    for chapter in chapters:
        for pattern in chapter.introduces:
            if pattern in patterns:
                raise CourseError(f"course.toml: {patterns[pattern].id} and {chapter.id} both "
                                  f"introduce {pattern}")
            patterns[pattern] = chapter
    return patterns


def introducer(header: str, patterns: dict[str, Chapter]) -> Chapter | None:
    return patterns.get(header) or next(
        (chapter for pattern, chapter in patterns.items() if fnmatch(header, pattern)), None)


def included(build: Build) -> dict[str, set[str]]:
    """The library's headers that each target was compiled with, by the target's name."""
    text = subprocess.run([program("ninja"), "-C", build.folder, "-t", "deps"], check=True,
                          stdout=subprocess.PIPE, encoding="utf-8").stdout
    found: dict[str, set[str]] = {}
    headers: set[str] = set()
    for line in text.splitlines():
        if match := re.match(r"(\S.*): #deps \d+, .*\((VALID|STALE)\)$", line):
            folder = Path(match[1]).parent.name  # "ch02_first_tape.p"
            headers = found.setdefault(folder.removesuffix(".p"), set())
        elif line.strip():
            path = os.path.normpath(build.folder / line.strip())
            name = os.path.relpath(path, build.root)
            if name.startswith(library) and name.endswith(".hpp"):
                headers.add(name)
    return found


def check(build: Build, chapters: list[Chapter], targets: dict[str, Chapter],
          built: set[str]) -> None:
    """`targets`: the chapters' programs by target name. Those in `built` must have a record; of the
    others, those are checked that have one."""
    patterns = introduced(chapters)
    order = {chapter.id: at for at, chapter in enumerate(chapters)}
    records = included(build)
    if lost := sorted(built - records.keys()):  # ninja was killed, say: it compiles them again
        build.compile([build.executables()[name] for name in lost])
        records = included(build)
    if unknown := sorted(built - records.keys()):
        raise CourseError(f"ninja has no record of what {unknown[0]} includes")
    faults = []
    for target, chapter in targets.items():
        for header in sorted(records.get(target, ())):
            by = introducer(header, patterns)
            if by is None:
                faults.append(f"{target} includes {header}, which no chapter introduces")
            elif order[by.id] > order[chapter.id]:
                faults.append(f"{target} includes {header}, which only {by.id} introduces")
    if faults:
        raise CourseError("beyond the chapter's horizon (`introduces` in course.toml):\n  " +
                          "\n  ".join(faults))
