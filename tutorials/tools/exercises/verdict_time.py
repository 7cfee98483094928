"""`course bench verdict`: from a changed file to a verdict, for every exercise whose solution is here."""
import json
import statistics
import time
from pathlib import Path

from errors import CourseError
from exercises import starters
from exercises.checking import check
from exercises.exercise import Exercise
from exercises.kit import Kit

changes = 3  # of each file; the median counts


def run(kit: Kit, exercises: dict[str, Exercise], to: str | None) -> int:
    kit.prepare()
    rows = []
    for exercise in exercises.values():
        if not starters.solution_is_here(exercise):
            continue
        times = [seconds(kit, exercise) for _ in range(changes + 1)]
        # The first also compiles the check, once for all.
        rows.append({"case": exercise.name, "chapter": exercise.chapter, "first": round(times[0], 2),
                     "seconds": round(statistics.median(times[1:]), 2)})
        print("{chapter}  {case:24} {seconds:5.2f} s, the first time {first:.2f}".format(**rows[-1]),
              flush=True)
    if not rows:
        raise CourseError("no exercise has its solution here")
    usual = [row["seconds"] for row in rows]
    print(f"median {statistics.median(usual):.2f} s, longest {max(usual):.2f} s")
    if to:
        Path(to).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


def seconds(kit: Kit, exercise: Exercise) -> float:
    # Another content each time, so that neither ninja nor a compiler's cache knows it.
    text = f"{exercise.library_file.read_text(encoding='utf-8')}// {time.time_ns()}\n"
    file = kit.keep(f"{exercise.name}/verdict/{Path(exercise.file).name}", text)
    begin = time.monotonic()
    verdict = check(kit, exercise, file, {exercise.file: file}, "verdict")
    if not verdict.passed:
        raise CourseError(f"{exercise.name}: the solution does not pass")
    return time.monotonic() - begin
