"""What changes files of the student's folder: start, reset, sync. Nothing is ever lost."""
from pathlib import Path

from exercises import merging, starters
from exercises.exercise import Exercise
from exercises.report import shown
from exercises.work import Work, write


def start(work: Work, chosen: list[Exercise]) -> None:
    """Copies starters; files that are there already stay as they are."""
    width = max(len(place_of(work, exercise)) for exercise in chosen) + 2
    for exercise in chosen:
        new = not work.is_started(exercise)
        if new:
            work.start(exercise, starters.starter(exercise))
        print(f"{place_of(work, exercise):{width}}{exercise.title} ({exercise.minutes} minutes)" +
              ("" if new else ": is there already"))
    first = chosen[0].name
    print(f"\nWrite what the TODO asks for, then: ./course check {first}\n"
          f"./course watch checks whenever you save; ./course hint {first} helps.")


def place_of(work: Work, exercise: Exercise) -> str:
    """"work/ch03/sigmoid/functions.cpp:38", where the TODO is."""
    text = work.text(exercise) if work.is_started(exercise) else starters.starter(exercise)
    return f"{shown(work.file(exercise))}{starters.todo_at(text, exercise.name)}"


def reset(work: Work, exercise: Exercise) -> None:
    """A fresh starter; what was there is kept beside it."""
    text = work.text(exercise)
    fresh = starters.starter(exercise)
    if text == fresh:
        print(f"{shown(work.file(exercise))} is the starter already")
        return
    kept = keep_copy(work, exercise)
    work.start(exercise, fresh)
    with work.changing(exercise) as progress:
        progress.passed = ""
    print(f"{shown(work.file(exercise))} is the starter again; yours is kept as {shown(kept)}")


def keep_copy(work: Work, exercise: Exercise) -> Path:
    file = work.file(exercise)
    folder = work.folder / ".old" / exercise.chapter / exercise.name
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(old.suffix[1:]) for old in folder.glob(f"{file.name}.*")
                      if old.suffix[1:].isdigit()), default=0)
    kept = folder / f"{file.name}.{number}"
    kept.write_bytes(file.read_bytes())
    return kept


def sync(work: Work, exercises: dict[str, Exercise]) -> bool:
    """Brings corrected starters to files that are started. Returns whether all went well."""
    started = [exercise for exercise in exercises.values() if work.is_started(exercise)]
    words = {exercise.name: sync_one(work, exercise) for exercise in started}
    for exercise in started:
        if words[exercise.name]:
            print(f"{shown(work.file(exercise))}: {words[exercise.name]}")
    known = {work.file(exercise).parent for exercise in started}
    strangers = [folder for folder in sorted(work.folder.glob("ch*/*/")) if folder not in known]
    for folder in strangers:
        print(f"{shown(folder)}: the course has no such exercise in this place any more; your "
              "files stay")
    if not any(words.values()) and not strangers:
        print("everything is up to date")
    return not any(word.startswith(conflict) for word in words.values())


conflict = "both you and the course have changed the same lines"


def sync_one(work: Work, exercise: Exercise) -> str:
    """What was done, or nothing."""
    fresh = starters.starter(exercise).encode()
    file, base_file = work.file(exercise), work.base(exercise)
    mine = file.read_bytes()
    base = base_file.read_bytes() if base_file.is_file() else b""
    aside = file.with_name(file.name + ".new")
    if base == fresh:
        aside.unlink(missing_ok=True)
        return ""
    merged = fresh if mine == base else merging.merge(mine, base, fresh)
    if merged is None:  # the base stays: the next sync tries again, and sees what was done by hand
        write(aside, fresh)
        return f"{conflict}; yours is as it was, the new starter is {shown(aside)}"
    if merged != mine:
        keep_copy(work, exercise)
        write(file, merged)
    write(base_file, fresh)
    aside.unlink(missing_ok=True)
    return "the corrected starter" if mine == base else "the corrected starter, with your edits"
