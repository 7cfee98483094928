"""Regions of a source file: what stands between the lines `//> name` and `//< name`.

The book shows them, and an exercise removes one. Regions may lie inside each other; the lines of
the markers belong to none. A line of code that ends in `// batching` lets operators run for several
examples at once: it stands in a file for the machine, and is left out wherever a region is read.
"""
import re
from dataclasses import dataclass, field
from pathlib import Path

from errors import CourseError

marker = re.compile(r"\s*//([<>])(?!/)\s*(.*?)\s*$")
batching = re.compile(r"\S\s*// batching$")
good_name = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*$")


@dataclass
class Region:
    name: str
    begin: int  # the number of its opening marker's line
    lines: list[tuple[int, str]] = field(default_factory=list)  # numbered from 1

    @property
    def first(self) -> int:
        return self.lines[0][0]

    @property
    def last(self) -> int:
        return self.lines[-1][0]


def plain_lines(text: str) -> list[tuple[int, str]]:
    """All lines but the markers, numbered as in the file."""
    return [(number, line) for number, line in enumerate(text.splitlines(), 1)
            if not marker.match(line)]


def parse(text: str, path: str) -> dict[str, Region]:
    """The regions of a file by name; a CourseError "path:line: ..." for a marker that is wrong."""
    found: dict[str, Region] = {}
    inside: list[Region] = []
    for number, line in enumerate(text.splitlines(), 1):
        match = marker.match(line)
        if not match:
            if not batching.search(line):
                for region in inside:
                    region.lines.append((number, line))
            continue
        way, name = match.groups()
        if not good_name.match(name):
            raise CourseError(f"{path}:{number}: '{name}' is no name of a region "
                              "(small letters, digits, hyphens)")
        if way == ">":
            if name in found:
                raise CourseError(f"{path}:{number}: region '{name}' is there twice, "
                                  f"first at line {found[name].begin}")
            found[name] = Region(name, number)
            inside.append(found[name])
        elif not inside or inside[-1].name != name:
            opened = f"the open region is '{inside[-1].name}'" if inside else "no region is open"
            raise CourseError(f"{path}:{number}: '//< {name}' closes nothing; {opened}")
        else:
            if not inside.pop().lines:
                raise CourseError(f"{path}:{number}: region '{name}' is empty")
    if inside:
        raise CourseError(f"{path}:{inside[-1].begin}: region '{inside[-1].name}' is never closed")
    return found


def read(root: Path, name: str) -> dict[str, Region]:
    """The regions of a file, given by its path from the root."""
    try:
        text = (root / name).read_text(encoding="utf-8")
    except OSError:
        raise CourseError(f"there is no file {name}") from None
    return parse(text, name)


def missing(name: str, region: str, known: dict[str, Region]) -> CourseError:
    """What to say of a region that a file has not."""
    return CourseError(f"{name} has no region '{region}'; "
                       f"it has: {', '.join(sorted(known)) or 'none'}")
