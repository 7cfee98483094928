"""`course watch`: checks a file whenever it is saved."""
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Callable

from errors import CourseError
from exercises.exercise import Exercise
from exercises.work import Work
from process import note
from progress import is_live

every = 0.3  # seconds between two looks: works on every file system
Stamp = tuple[int, int]


def watch(work: Work, exercises: dict[str, Exercise], chosen: list[Exercise],
          check: Callable[[Exercise], object]) -> None:
    """Without chosen ones, all exercises that are started, and those that will be."""
    for exercise in chosen:
        work.need(exercise)
        attempt(check, exercise)
    watched = chosen or list(exercises.values())
    seen = stamps(work, watched)
    note(f"watching {', '.join(e.name for e in chosen) or work.folder}; Ctrl-C ends")
    while True:
        time.sleep(every)
        now = stamps(work, watched)
        changed = [name for name, stamp in now.items() if seen.get(name, stamp) != stamp]
        if changed:
            time.sleep(every / 3)
            if stamps(work, watched) != now:
                continue  # still being written
        seen = now
        for name in changed:
            if is_live(sys.stdout):
                print("\033[2J\033[H", end="")  # a clean screen
            print(f"{datetime.now():%H:%M:%S}")
            attempt(check, exercises[name])
            note("watching; Ctrl-C ends")


def attempt(check: Callable[[Exercise], object], exercise: Exercise) -> None:
    """A problem is told, and does not end the watching."""
    try:
        check(exercise)
    except CourseError as error:
        note(str(error))
    sys.stdout.flush()


def stamps(work: Work, watched: list[Exercise]) -> dict[str, Stamp]:
    found = {}
    for exercise in watched:
        stamp = stamp_of(work.file(exercise))
        if stamp:
            found[exercise.name] = stamp
    return found


def stamp_of(file: Path) -> Stamp | None:
    """None while an editor replaces the file by a new one."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
