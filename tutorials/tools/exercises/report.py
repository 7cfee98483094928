"""A verdict in words: the steps, and of the first that failed a few lines that explain it."""
import os
import re
import sys
import textwrap
from pathlib import Path

from errors import CourseError
from exercises import crashes, starters
from exercises.checking import Verdict
from exercises.exercise import Exercise
from exercises.work import Work, read
from progress import has_color, text_columns

most_lines = 12  # of what the student's code printed
much_printed = 32 * 1024  # characters
# What the gradient check says for its own authors.
noise = "unclassified: a call at another point threw:"
margin = " " * 8


def color(text: str, code: int) -> str:
    return f"\033[{code}m{text}\033[0m" if has_color(sys.stdout) else text


def shown(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def show(verdict: Verdict, work: Work, exercises: dict[str, Exercise]) -> None:
    print(shown(verdict.file))
    if verdict.mine:
        print(f"  with your own {', '.join(verdict.mine)}")
    if verdict.lent:
        print(f"  with the course's {', '.join(verdict.lent)}, which you have not finished")
    for step in verdict.passed_steps:
        print(f"  {color('ok', 32)}    {step}")
    if verdict.failure:
        print(f"  {color('FAIL', 31)}  {verdict.failure.step}")
        for line in [*explain(verdict, exercises), *outside(verdict, work)]:
            show_line(line)
    for line in printed_lines(verdict.printed):
        show_line(line)
    if verdict.passed:
        print(f"{color('All steps pass.', 32)}  ({verdict.seconds:.1f} s)")
    elif not verdict.blame:
        used = min(work.progress(verdict.exercise).hints, len(verdict.exercise.hints))
        print(f"Stuck? ./course hint {verdict.exercise.name}  "
              f"({used} of {len(verdict.exercise.hints)} seen)  ({verdict.seconds:.1f} s)")


def show_line(line: str) -> None:
    """As many lines as the terminal needs, words whole."""
    room = max(20, text_columns() - len(margin))
    if visible(line) <= room or line.startswith("  "):  # code stays as it is
        print(margin + line)
        return
    bold = re.fullmatch(r"\033\[1m(.*)\033\[0m", line)
    for part in textwrap.wrap(bold[1] if bold else line, room, break_long_words=False,
                              break_on_hyphens=False):
        print(margin + (color(part, 1) if bold else part))


def visible(line: str) -> int:
    return len(re.sub(r"\033\[\d+m", "", line))


def outside(verdict: Verdict, work: Work) -> list[str]:
    """Whether the file was damaged where nobody asked for a change."""
    exercise, failure = verdict.exercise, verdict.failure
    if failure is None or failure.todo or not work.is_started(exercise):
        return []
    text, base = work.text(exercise), work.base_text(exercise)
    if not text.strip():
        return [f"the file is empty: ./course reset {exercise.name} brings the starter back"]
    line = starters.changed_outside(text, base, exercise)
    if line is None:
        return []
    where = f"{shown(work.file(exercise))}:{line}" if line else shown(work.file(exercise))
    return [f"{where}: here the file differs from its starter, outside of the piece; is that "
            f"intended? (./course diff {exercise.name})"]


def explain(verdict: Verdict, exercises: dict[str, Exercise]) -> list[str]:
    """What is wrong, in a line or a few."""
    failure = verdict.failure
    assert failure is not None
    lines = []
    if verdict.mistake:
        lines.append(color(verdict.mistake, 1))
    problem = " ".join(failure.problem.split())
    if failure.todo:
        lines += unfinished(failure.todo, verdict, exercises)
    elif failure.kind == "differs":
        first, *more = failure.problem.splitlines() or [""]
        more = [line for line in more if not line.strip().startswith(noise)] or more
        lines += [f"{failure.what}: {first}", *more]
    elif failure.kind == "threw" and failure.what == "std::bad_alloc":
        lines.append("it asked for more than 2 GB of memory")
    elif failure.kind == "threw":
        lines.append(threw(failure.what, problem))
        if re.search(r"\bat (\S*/)?check\.cpp:\d+", problem):
            lines.append(f"That line of the check calls your {verdict.exercise.name}.")
    elif failure.kind == "crashed":
        why = crashes.words(failure.what, problem, verdict.printed)
        lines.append(f"it crashed ({failure.what})" + (f": {why}" if why else ""))
        if advice := crashes.advice(failure.what, piece_of(verdict)):
            lines.append(advice)
    elif failure.kind == "time" and len(verdict.printed) > much_printed:
        lines.append("it did not end in time, and printed all the while: a loop without end, or is "
                     "it the printing that takes so long?")
    elif failure.kind == "time":
        lines.append("it did not end in time: a loop without end?")
    elif failure.kind == "ended":
        lines.append(f"the program ended in the middle of this step, with exit code {failure.what}")
    elif failure.kind == "compile":
        lines += compile_lines(verdict, Path(failure.what))
    else:
        lines.append(problem)
    if verdict.blame:
        lines += blame_lines([exercises[name] for name in verdict.blame])
    return lines


def piece_of(verdict: Verdict) -> str:
    try:
        return starters.piece(read(verdict.file), verdict.exercise)
    except (CourseError, OSError):
        return ""


def threw(kind: str, problem: str) -> str:
    """The exception, without where in xtensor's headers it was thrown."""
    problem = re.sub(r"(?<!\S)/\S+:\d+: (check failed )?", "", problem)
    kind = kind.replace("tapestry::", "").replace("f64::", "")
    return f"it threw {kind}: {problem}" if problem else f"it threw {kind}"


def unfinished(name: str, verdict: Verdict, exercises: dict[str, Exercise]) -> list[str]:
    if name == verdict.exercise.name:
        at = starters.todo_at(read(verdict.file), name)
        return [f"{name} is not written yet: its TODO is at {shown(verdict.file)}{at}"]
    if name not in exercises:
        return [f"it needs {name}, a piece that a later chapter adds"]
    return [f"it needs {name} ({exercises[name].chapter}), which is not written yet:",
            f"./course start {name}, then ./course check {name}"]


def compile_lines(verdict: Verdict, source: Path) -> list[str]:
    failure = verdict.failure
    assert failure is not None
    if verdict.line is None:
        return [f"{shown(source)}: {failure.problem}"]
    column = f":{verdict.column}" if verdict.column else ""
    lines = [f"{shown(source)}:{verdict.line}{column}: {failure.problem}"]
    whole = read(source)
    text = whole.splitlines()
    if starters.is_behind(whole, verdict.exercise, verdict.line):
        lines.append(f"That is behind your piece: is a }} missing in it?")
    if verdict.line <= len(text):
        line = printable(text[verdict.line - 1])
        indent = len(line) - len(line.lstrip())
        lines.append("  " + line.strip())
        if verdict.column:
            lines.append("  " + " " * (verdict.column - 1 - indent) + color("^", 31))
    return lines


def blame_lines(blamed: list[Exercise]) -> list[str]:
    lines = []
    for exercise in blamed:
        if starters.solution_is_here(exercise):
            why = f"With the library's own {exercise.name} this passes"
        else:
            why = f"{exercise.name} fails its own check by now"
        lines += [f"{why}: the mistake is there.", f"./course check {exercise.name}"]
    return lines


def printed_lines(text: str) -> list[str]:
    """The end of what the student's code wrote."""
    lines = [line for line in text.rstrip().splitlines() if not crashes.assertion.search(line)]
    if not lines:
        return []
    cut = [f"[{len(lines) - most_lines} lines before]"] if len(lines) > most_lines else []
    return ["printed:", *(f"  {printable(line)[:200]}" for line in [*cut, *lines[-most_lines:]])]


def printable(line: str) -> str:
    """Nothing that would move a terminal's cursor."""
    return "".join(c if c.isprintable() else " " for c in line)
