"""The chapter horizon: a chapter's programs include only headers that it or an earlier one
introduces, as course.toml says."""
from fnmatch import fnmatch
from pathlib import Path

from chapters import Chapter
from errors import CourseError
from reach import Sources

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


def check(root: Path, chapters: list[Chapter]) -> None:
    patterns = introduced(chapters)
    order = {chapter.id: at for at, chapter in enumerate(chapters)}
    sources = Sources(root)
    faults = []
    for chapter in chapters:
        for name, file in chapter.programs().items():
            headers = (str(header.relative_to(root)) for header in sources.included(file))
            for header in sorted(header for header in headers if header.startswith(library)):
                by = introducer(header, patterns)
                if by is None:
                    faults.append(f"{chapter.target(name)} includes {header}, which no chapter "
                                  "introduces")
                elif order[by.id] > order[chapter.id]:
                    faults.append(f"{chapter.target(name)} includes {header}, which only {by.id} "
                                  "introduces")
    if faults:
        raise CourseError("beyond the chapter's horizon (`introduces` in course.toml):\n  " +
                          "\n  ".join(faults))
