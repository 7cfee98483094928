"""Known mistakes: how each mutant of an exercise fails, and what to say to whoever fails so.

A mutant is recognised by behaviour and not by its text: by the step that it fails first, what was
looked at there, and the numbers that came out. Whoever makes the same mistake in other words gets
the same numbers. They are recorded once, in mistakes.json beside exercise.toml, and the proof
compares them with fresh ones; so a check costs nothing more for it, and a handout, which has no
mutants, can still tell.
"""
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import CourseError
from exercises.exercise import Exercise
from exercises.running import Failure

most_numbers = 64
digits = 9       # that are recorded
agreement = 1e-6 # relative: far above rounding, far below what another mistake would make
rounding = 1e-9   # beside the largest number: what should be 0 may not quite be


@dataclass(frozen=True)
class Mistake:
    mutant: str
    words: str
    failure: Failure


def file_of(exercise: Exercise) -> Path:
    return exercise.folder / "mistakes.json"


def words_of(mutant: Path) -> str:
    """The comment in its first line."""
    first = mutant.read_text(encoding="utf-8").partition("\n")[0]
    words = first.removeprefix("//").strip()
    if not first.startswith("//") or not words:
        raise CourseError(f"{mutant}: its first line must be a comment with the words for whoever "
                          "makes this mistake")
    return words


def piece_of(mutant: Path) -> str:
    """What it has in the place of the region."""
    return mutant.read_text(encoding="utf-8").partition("\n")[2]


def load(exercise: Exercise) -> list[Mistake]:
    try:
        entries = json.loads(file_of(exercise).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [Mistake(entry.pop("mutant"), entry.pop("words"),
                    Failure(**{**entry, "numbers": tuple(map(float, entry["numbers"]))}))
            for entry in entries]


def save(exercise: Exercise, mistakes: list[Mistake]) -> None:
    """A line a mistake."""
    lines = [json.dumps(entry(mistake), ensure_ascii=False) for mistake in mistakes]
    text = "[\n" + ",\n".join(f" {line}" for line in lines) + "\n]\n" if lines else "[]\n"
    file_of(exercise).write_text(text, encoding="utf-8")


def entry(mistake: Mistake) -> dict[str, Any]:
    failure = essence(mistake.failure)
    return {"mutant": mistake.mutant, "words": mistake.words, "kind": failure.kind,
            "step": failure.step, "what": failure.what, "problem": failure.problem,
            "numbers": [number(x) for x in failure.numbers]}


def number(x: float) -> float | str:
    return float(f"{x:.{digits}g}") if math.isfinite(x) else str(x)  # "nan", "inf"


def essence(failure: Failure) -> Failure:
    """What identifies it: numbers, or, where there are none, the problem without its places."""
    problem = "" if failure.numbers else re.sub(r"\S+:\d+", "FILE", failure.problem)[:200]
    return Failure(failure.kind, failure.step, failure.what, problem,
                   failure.numbers[:most_numbers])


def same(a: Failure, b: Failure) -> bool:
    a, b = essence(a), essence(b)
    largest = max((abs(x) for x in b.numbers if math.isfinite(x)), default=0.0)
    return ((a.kind, a.step, a.what, a.problem) == (b.kind, b.step, b.what, b.problem)
            and len(a.numbers) == len(b.numbers)
            and all(close(x, y, largest) for x, y in zip(a.numbers, b.numbers)))


def close(x: float, y: float, largest: float) -> bool:
    if not (math.isfinite(x) and math.isfinite(y)):
        return str(x) == str(y)
    return abs(x - y) <= agreement * max(abs(x), abs(y)) + rounding * largest


def recognise(exercise: Exercise, failure: Failure) -> Mistake | None:
    return next((mistake for mistake in load(exercise) if same(mistake.failure, failure)), None)
