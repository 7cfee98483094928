"""What only shows something: list, hint, show, diff."""
import difflib

import regions
from errors import CourseError
from exercises import starters
from exercises.exercise import Exercise
from exercises.report import color, shown
from exercises.work import Work


def table(work: Work, exercises: dict[str, Exercise]) -> str:
    """All exercises and how far the student is."""
    if not exercises:
        return ""
    done = sum(work.is_finished(exercise) for exercise in exercises.values())
    names = max(map(len, exercises))
    titles = max(len(exercise.title) for exercise in exercises.values())
    lines = [f"Exercises: {done} of {len(exercises)} finished"]
    chapter = ""
    for name, exercise in exercises.items():
        label = exercise.chapter if exercise.chapter != chapter else ""
        chapter = exercise.chapter
        lines.append(f"  {label:4}  {name:{names}}  {exercise.title:{titles}}  "
                     f"{state(work, exercise)}".rstrip())
    return "\n".join(lines)


def state(work: Work, exercise: Exercise) -> str:
    if not work.is_started(exercise):
        return ""
    if work.is_finished(exercise):
        return "finished, changed since" if work.is_changed(exercise) else color("finished", 32)
    progress = work.progress(exercise)
    counts = [f"{progress.checks} check{'s' if progress.checks > 1 else ''}"] \
        if progress.checks else []
    if progress.hints:
        counts.append(f"{progress.hints} of {len(exercise.hints)} hints")
    return "started" + (": " + ", ".join(counts) if counts else "")


def hint(work: Work, exercise: Exercise) -> None:
    """One more than the last time, and those before it."""
    with work.changing(exercise) as progress:
        progress.hints = min(progress.hints + 1, len(exercise.hints))
        seen = progress.hints
    for number, text in enumerate(exercise.hints[:seen], 1):
        print(f"Hint {number} of {len(exercise.hints)}: {text}")
    if seen == len(exercise.hints) and starters.solution_is_here(exercise):
        print(f"That was the last one. The solution: ./course show {exercise.name}")


def show(work: Work, exercise: Exercise, anyway: bool) -> None:
    """The solution, to whoever has tried."""
    solution = solution_of(exercise)
    need_a_try(work, exercise, anyway, f"show {exercise.name}")
    known = regions.parse(starters.library_text(exercise), exercise.file)
    print(f"{exercise.file}:{known[exercise.region].first}\n\n{solution}", end="")


def need_a_try(work: Work, exercise: Exercise, anyway: bool, command: str) -> None:
    if not (anyway or work.is_finished(exercise) or work.progress(exercise).checks > 0):
        raise CourseError(f"try {exercise.name} first (./course start {exercise.name}), "
                          f"or see the solution anyway: ./course {command} --anyway")


def solution_of(exercise: Exercise) -> str:
    if not starters.solution_is_here(exercise):
        raise CourseError(f"this handout is without the solution of {exercise.name}")
    return starters.piece(starters.library_text(exercise), exercise)


def diff(work: Work, exercise: Exercise, with_solution: bool) -> None:
    """What the student has changed since the starter; or how the solution differs."""
    mine = work.text(exercise)
    if with_solution:
        starters.need_markers(mine, exercise, shown(work.file(exercise)))
        old, old_name = solution_of(exercise), f"the solution in {exercise.file}"
        new, new_name = starters.piece(mine, exercise), shown(work.file(exercise))
    else:
        old, old_name = work.base_text(exercise), "the starter"
        new, new_name = mine, shown(work.file(exercise))
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), old_name, new_name,
                                      lineterm=""))
    for line in lines:
        code = {"+": 32, "-": 31, "@": 36}.get(line[0])
        print(color(line, code) if code else line)
    if not lines:
        print(f"{new_name} is the same as {old_name}")
