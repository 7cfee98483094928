"""Checks on the student's own finished pieces, in the place of the library's."""
from pathlib import Path
from typing import Iterable, Sequence

from errors import CourseError
from exercises import checking, merging, starters
from exercises.checking import Verdict
from exercises.exercise import Exercise
from exercises.kit import Kit, short
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
    verdict = run(kit, work, exercises, current, others, "mine" if others else "work")
    if verdict.passed or not others or verdict.failure.todo:
        return verdict
    alone = run(kit, work, exercises, current, needed, "work") if len(needed) < len(others) \
        else verdict
    if not alone.passed:
        verdict = alone
        others = [e for e in needed if work.is_changed(e)]
    guilty = [e for e in others if is_to_blame(kit, work, exercises, current, e)]
    if alone.passed and not guilty:  # it takes several of them
        guilty = [e for e in others if run(kit, work, exercises, current,
                                           [o for o in others if o != e],
                                           f"without_{e.name}").passed]
    verdict.blame = [e.name for e in guilty]
    return verdict


def is_to_blame(kit: Kit, work: Work, exercises: dict[str, Exercise], current: Exercise,
                suspect: Exercise) -> bool:
    """Does the check fail with this piece alone? Where the library has no other, its own check
    tells."""
    needed = stand_ins(work, exercises.values(), current)
    if starters.solution_is_here(suspect):
        return not run(kit, work, exercises, current, in_order(exercises, [suspect, *needed]),
                       f"with_{suspect.name}").passed
    return not run(kit, work, exercises, suspect,
                   stand_ins(work, exercises.values(), suspect), "work").passed


def run(kit: Kit, work: Work, exercises: dict[str, Exercise], current: Exercise,
        others: Sequence[Exercise], variant: str) -> Verdict:
    """A piece that is reached and not there is lent by the course, so that no exercise waits for
    another."""
    lent: list[Exercise] = []
    while True:
        verdict = checking.check(kit, current, work.file(current),
                                 sources(kit, work, [current, *others], lent), variant)
        verdict.mine = [e.name for e in others]
        verdict.lent = [e.name for e in lent]
        missing = exercises.get(verdict.failure.todo or "") if verdict.failure else None
        if missing is None or missing == current or missing in lent \
                or starters.lent_piece(missing) is None:
            return verdict
        lent.append(missing)


def in_order(exercises: dict[str, Exercise], chosen: Iterable[Exercise]) -> list[Exercise]:
    names = {e.name for e in chosen}
    return [e for e in exercises.values() if e.name in names]


# --- pieces of one file ---

def sources(kit: Kit, work: Work, chosen: Iterable[Exercise],
            lent: Iterable[Exercise] = ()) -> dict[str, Path]:
    """What replaces the library's files, by their names."""
    groups: dict[str, list[Exercise]] = {}
    for exercise in chosen:
        groups.setdefault(exercise.file, []).append(exercise)
    lent_groups: dict[str, list[Exercise]] = {}
    for exercise in lent:
        lent_groups.setdefault(exercise.file, []).append(exercise)
    return {file: together(kit, work, groups.get(file, []), lent_groups.get(file, []))
            for file in dict.fromkeys([*groups, *lent_groups])}


def together(kit: Kit, work: Work, group: list[Exercise], lent: list[Exercise]) -> Path:
    """Several exercises of one file of the library become one file with all pieces."""
    if len(group) == 1 and not lent:
        return work.need(group[0])
    text = work.text(group[0]) if group else starters.library_text(lent[0])
    for other in group[1:]:
        text = joined(work, text, group[0], other)
    where = work.file(group[0]) if group else lent[0].library_file
    before = text
    for other in lent:
        starters.need_markers(text, other, shown(where))
        after = starters.bounds(before, other)[2] + 1  # so that places are those of the student's file
        text = starters.with_piece(text, other, (starters.lent_piece(other) or "") +
                                   f'#line {after} "{where}"')
    name = short("+".join([*(e.name for e in group), *(f"lent_{e.name}" for e in lent)]))
    return kit.keep(f"mine/{name}/{where.name}", text)


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
