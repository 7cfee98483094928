"""Checks on the student's own finished pieces, in the place of the library's."""
from pathlib import Path
from typing import Iterable, Sequence

from errors import CourseError
from exercises import checking, merging, starters
from exercises.checking import Verdict
from exercises.exercise import Exercise
from exercises.kit import Kit
from exercises.report import shown
from exercises.work import Work


def finished(work: Work, exercises: Iterable[Exercise], current: Exercise) -> list[Exercise]:
    return [e for e in exercises if e.name != current.name and work.is_finished(e)]


def stand_ins(work: Work, exercises: Iterable[Exercise], current: Exercise) -> list[Exercise]:
    """In a handout, the finished pieces that the library itself is without."""
    return [e for e in finished(work, exercises, current) if not starters.solution_is_here(e)]


def check(kit: Kit, work: Work, exercises: dict[str, Exercise], current: Exercise,
          chosen: Sequence[Exercise] = ()) -> Verdict:
    """The check of one exercise, with the chosen pieces of the student's own and those that the
    library is without. If a piece is to blame and not the exercise, the verdict says so."""
    needed = stand_ins(work, exercises.values(), current)
    others = in_order(exercises, [*chosen, *needed])
    verdict = run(kit, work, current, others, "mine" if others else "work")
    if verdict.passed or not others or verdict.failure.todo:
        return verdict
    alone = run(kit, work, current, needed, "work") if len(needed) < len(others) else verdict
    if not alone.passed:
        verdict = alone
        others = [e for e in needed if work.is_changed(e)]
    guilty = [e for e in others if is_to_blame(kit, work, exercises, current, e)]
    if alone.passed and not guilty:  # it takes several of them
        guilty = [e for e in others if run(kit, work, current, [o for o in others if o != e],
                                           f"without_{e.name}").passed]
    verdict.blame = [e.name for e in guilty]
    return verdict


def is_to_blame(kit: Kit, work: Work, exercises: dict[str, Exercise], current: Exercise,
                suspect: Exercise) -> bool:
    """Does the check fail with this piece alone? Where the library has no other, its own check
    tells."""
    needed = stand_ins(work, exercises.values(), current)
    if starters.solution_is_here(suspect):
        return not run(kit, work, current, in_order(exercises, [suspect, *needed]),
                       f"with_{suspect.name}").passed
    return not run(kit, work, suspect, stand_ins(work, exercises.values(), suspect), "work").passed


def run(kit: Kit, work: Work, current: Exercise, others: Sequence[Exercise],
        variant: str) -> Verdict:
    verdict = checking.check(kit, current, work.file(current),
                             sources(kit, work, [current, *others]), variant)
    verdict.mine = [e.name for e in others]
    return verdict


def in_order(exercises: dict[str, Exercise], chosen: Iterable[Exercise]) -> list[Exercise]:
    names = {e.name for e in chosen}
    return [e for e in exercises.values() if e.name in names]


# --- pieces of one file ---

def sources(kit: Kit, work: Work, chosen: Iterable[Exercise]) -> dict[str, Path]:
    """What replaces the library's files, by their names."""
    groups: dict[str, list[Exercise]] = {}
    for exercise in chosen:
        groups.setdefault(exercise.file, []).append(exercise)
    return {file: together(kit, work, group) for file, group in groups.items()}


def together(kit: Kit, work: Work, group: list[Exercise]) -> Path:
    """Several exercises of one file of the library become one file with all pieces."""
    first, *rest = group
    if not rest:
        return work.need(first)
    text = work.text(first)
    for other in rest:
        text = joined(work, text, first, other)
    name = "+".join(e.name for e in group)
    return kit.keep(f"mine/{name}/{Path(first.file).name}", text)


def joined(work: Work, text: str, first: Exercise, other: Exercise) -> str:
    """The text, with what the student changed for the other exercise: its piece, and perhaps a
    helper or an include outside of it."""
    base = work.base_text(other)
    starters.need_markers(text, other, shown(work.file(first)))
    # Where the other exercise's piece stands in the text, both are to begin from the same.
    mine = starters.with_piece(text, other, starters.piece(base, other))
    result = merging.merge(mine.encode(), base.encode(), work.text(other).encode())
    if result is None:
        raise CourseError(f"{work.file(first)} and {work.file(other)} change the same lines of "
                          f"{first.file} outside of their pieces; make them alike there")
    return result.decode()
