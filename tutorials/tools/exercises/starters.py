"""Starters, solutions and mutants: one file of the library, with something else in one region."""
import base64
import difflib
import re
import textwrap
import zlib
from pathlib import Path

import regions
from errors import CourseError
from exercises.exercise import Exercise

columns = 100  # of a source line
nested_marker = re.compile(r"\s*//[<>](?!/)\s*(\S+)\s*$")


def bounds(text: str, exercise: Exercise) -> tuple[list[str], int, int]:
    """All lines, and where the region's begin and end, without its markers."""
    known = regions.parse(text, exercise.file)
    if exercise.region not in known:
        raise regions.missing(exercise.file, exercise.region, known)
    lines = text.splitlines()
    first = known[exercise.region].begin
    closing = next(i for i in range(first, len(lines))
                   if lines[i].strip() == f"//< {exercise.region}")
    return lines, first, closing


def need_markers(text: str, exercise: Exercise, file: str) -> None:
    """A student may have deleted them."""
    try:
        bounds(text, exercise)
    except CourseError:
        raise CourseError(f"{file} has lost the markers //> {exercise.region} and "
                          f"//< {exercise.region}; put them back around the piece") from None


def changed_outside(text: str, base: str, exercise: Exercise) -> int | None:
    """The first line in which a student's file has lost something of its starter, outside of the
    piece. What is added there, a helper or an include, is no loss."""
    try:
        lines, first, closing = bounds(text, exercise)
        old, old_first, old_closing = bounds(base, exercise)
    except CourseError:
        return None
    for mine, starter, offset in ((lines[:first], old[:old_first], 0),
                                  (lines[closing:], old[old_closing:], closing)):
        matcher = difflib.SequenceMatcher(None, starter, mine, autojunk=False)
        for kind, i, j, at, _ in matcher.get_opcodes():
            if kind in ("delete", "replace") and any(line.strip() for line in starter[i:j]):
                return offset + at + 1
    return None


def is_behind(text: str, exercise: Exercise, line: int) -> bool:
    """Does a line of the file stand behind the piece?"""
    try:
        return line > bounds(text, exercise)[2]
    except CourseError:
        return False


def piece(text: str, exercise: Exercise) -> str:
    """What stands in the region, but for the lines of automatic batching: no exercise asks for them,
    and without them an operator is run for one example after the other."""
    lines, first, closing = bounds(text, exercise)
    return "\n".join(line for line in lines[first:closing]
                     if not regions.batching.search(line)) + "\n"


def with_piece(text: str, exercise: Exercise, new: str) -> str:
    """The file with another text in its region."""
    lines, first, closing = bounds(text, exercise)
    return "\n".join(lines[:first] + new.splitlines() + lines[closing:]) + "\n"


def todo_line(name: str) -> str:
    return f'throw std::logic_error("TODO: {name}");'


def todo_at(text: str, name: str) -> str:
    """":38", the line of the comment that says what is to be written, or, if that is gone, of the
    throw; nothing if there is neither."""
    lines = text.splitlines()
    thrown = next((i for i, line in enumerate(lines) if todo_line(name) in line), None)
    if thrown is None:
        return ""
    comment = thrown
    while comment > 0 and lines[comment - 1].lstrip().startswith("// "):
        comment -= 1
    found = (i for i in range(comment, thrown) if lines[i].lstrip().startswith("// TODO: "))
    return f":{next(found, thrown) + 1}"


def is_cut(text: str, exercise: Exercise) -> bool:
    """In a handout, the library's own files have no solutions."""
    return todo_line(exercise.name) in piece(text, exercise)


def solution_is_here(exercise: Exercise) -> bool:
    return not is_cut(library_text(exercise), exercise)


def lent_file(exercise: Exercise) -> Path:
    return exercise.folder / "lent.txt"


def lend(text: str, exercise: Exercise) -> str:
    """The piece for lent.txt of a handout, packed so that nobody reads it by accident."""
    packed = base64.b64encode(zlib.compress(piece(text, exercise).encode(), 9)).decode()
    return "\n".join(["The piece that the course lends to the checks of other exercises.",
                      *textwrap.wrap(packed, columns)]) + "\n"


def lent_piece(exercise: Exercise) -> str | None:
    """What stands in for a piece that is not written yet: the library's, or in a handout the packed
    one."""
    if solution_is_here(exercise):
        return piece(library_text(exercise), exercise)
    try:
        packed = lent_file(exercise).read_text(encoding="ascii").partition("\n")[2]
        return zlib.decompress(base64.b64decode("".join(packed.split()))).decode()
    except (OSError, ValueError, zlib.error):
        return None


def library_text(exercise: Exercise) -> str:
    try:
        return exercise.library_file.read_text(encoding="utf-8")
    except OSError:
        raise CourseError(f"exercise {exercise.name}: there is no file {exercise.file}") from None


def starter(exercise: Exercise) -> str:
    return cut(library_text(exercise), exercise)


def cut(text: str, exercise: Exercise) -> str:
    """The file with a TODO for the region. Of whole functions the signatures stay."""
    if is_cut(text, exercise):
        return text
    lines = piece(text, exercise).splitlines()
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    new = stub(lines, indent, exercise) if indent > 0 else cut_bodies(lines, exercise)
    return with_include(with_piece(text, exercise, "\n".join(new)))


def with_include(text: str) -> str:
    """The throw needs <stdexcept>."""
    lines = text.splitlines()
    includes = [i for i, line in enumerate(lines) if line.startswith("#include ")]
    if "#include <stdexcept>" in lines:
        return text
    if not includes:
        return "#include <stdexcept>\n\n" + text
    system = [i for i in includes if lines[i].startswith("#include <")]
    at, new = (system[0], ["#include <stdexcept>"]) if system else \
        (includes[0] + 1, ["", "#include <stdexcept>"])
    return "\n".join(lines[:at] + new + lines[at:]) + "\n"


def stub(removed: list[str], indent: int, exercise: Exercise, comment: bool = True) -> list[str]:
    """What takes the place of lines. Regions in them keep their markers: the book names them."""
    margin = " " * indent
    lines = []
    if comment:
        words = textwrap.wrap("TODO: " + exercise.todo, columns - indent - 3)
        words.append(f"./course check {exercise.name}    ./course hint {exercise.name}")
        lines = [f"{margin}// {line}" for line in words]
    for line in removed:
        if nested_marker.match(line):
            lines.append(line)
            if "//>" in line:
                lines.append(f"{margin}// (a part of what is to be written)")
    return lines + [margin + todo_line(exercise.name)]


def cut_bodies(lines: list[str], exercise: Exercise) -> list[str]:
    """Functions at the left margin: `Var f(...) {` stays, and so does its `}`."""
    result: list[str] = []
    body: list[str] | None = None
    first = True
    for line in lines:
        one_line = re.match(r"(\S.*\) (?:const )?\{) .* \}$", line)
        if body is not None and line != "}":
            body.append(line)
        elif body is not None or one_line:
            opening = [one_line[1]] if one_line else []
            result += opening + stub(body or [], 2, exercise, comment=first) + ["}"]
            body, first = None, False
        else:
            result.append(line)
            if line.endswith("{"):
                body = []
    if first:
        raise CourseError(f"{exercise.file}: region '{exercise.region}' begins at the left margin, "
                          "but holds no function")
    return result
