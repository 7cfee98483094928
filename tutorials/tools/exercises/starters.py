"""Starters, solutions and mutants: one file of the library, with something else in one region."""
import re
import textwrap

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


def piece(text: str, exercise: Exercise) -> str:
    """What stands in the region."""
    lines, first, closing = bounds(text, exercise)
    return "\n".join(lines[first:closing]) + "\n"


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
    if not includes or "#include <stdexcept>" in lines:
        return text
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
