"""The commands of the exercises: from names on the command line to what they do."""
import json
import os
from pathlib import Path

import chapters
from build import Build
from errors import CourseError, Interrupted
from exercises import editing, looking, mine, overlay, report, starters, watching
from exercises import exercise as exercise_list
from exercises.checking import Verdict
from exercises.exercise import Exercise
from exercises.kit import Kit
from exercises.work import Work, digest


class Commands:
    def __init__(self, root: Path, build: Build) -> None:
        self.root = root
        self.kit = Kit(build)
        self.work = Work(Path(os.environ.get("COURSE_WORK", root / "work")).absolute())
        self.exercises = exercise_list.load_all(root)

    def find(self, name: str) -> Exercise:
        return exercise_list.find(self.exercises, name)

    def chapter(self, name: str) -> str:
        return chapters.find(chapters.all_chapters(self.root / "tutorials"), name).id

    def own_build(self) -> Build:
        return overlay.overlay(self.kit.build, self.work,
                               [e for e in self.exercises.values() if self.work.is_finished(e)])

    def must_stand_in(self) -> bool:
        """Whether the library of this handout lacks a piece that the student has finished."""
        return any(self.work.is_finished(e) and not starters.solution_is_here(e)
                   for e in self.exercises.values())

    # --- files ---

    def start(self, name: str) -> int:
        """An exercise, or all of a chapter."""
        try:
            chosen = [self.find(name)]
        except CourseError as error:
            try:
                id = self.chapter(name)
            except CourseError:
                if "did you mean" in str(error):
                    raise error from None
                raise CourseError(f"there is no chapter and no exercise {name}; "
                                  "./course list shows them") from None
            chosen = exercise_list.of_chapter(self.exercises, id)
            if not chosen:
                raise CourseError(f"{id} has no exercises yet")
        editing.start(self.work, chosen)
        return 0

    def reset(self, name: str) -> int:
        editing.reset(self.work, self.find(name))
        return 0

    def sync(self) -> int:
        return 0 if editing.sync(self.work, self.exercises) else 1

    # --- looking ---

    def hint(self, name: str | None) -> int:
        looking.hint(self.work, self.find(name) if name else self.current())
        return 0

    def show(self, name: str, anyway: bool) -> int:
        looking.show(self.work, self.find(name), anyway)
        return 0

    def diff(self, name: str | None, with_solution: bool, anyway: bool) -> int:
        exercise = self.find(name) if name else self.current()
        if with_solution:
            looking.need_a_try(self.work, exercise, anyway, f"diff {exercise.name} --solution")
        looking.diff(self.work, exercise, with_solution)
        return 0

    def table(self) -> str:
        return looking.table(self.work, self.exercises)

    # --- checking ---

    def named(self, name: str) -> list[Exercise]:
        """An exercise, or those of a chapter that are started."""
        try:
            return [self.find(name)]
        except CourseError as error:
            try:
                chapter = self.chapter(name)
            except CourseError:
                raise error from None
        of_it = exercise_list.of_chapter(self.exercises, chapter)
        if not of_it:
            raise CourseError(f"{chapter} has no exercises yet")
        if started := [e for e in of_it if self.work.is_started(e)]:
            return started
        raise CourseError(f"no exercise of {chapter} is started: ./course start {chapter}")

    def current(self) -> Exercise:
        """Of the unfinished exercises the one that was edited last, or else the first."""
        started = [e for e in self.exercises.values() if self.work.is_started(e)
                   and not (self.work.is_finished(e) and not self.work.is_changed(e))]
        if not started:
            raise CourseError("no exercise is started and unfinished; ./course start CHAPTER")
        edited = [e for e in started if self.work.is_edited(e)]
        return max(edited, key=lambda e: self.work.file(e).stat().st_mtime_ns, default=started[0])

    def chosen(self, names: list[str], through: str | None) -> list[Exercise]:
        """The exercises that are named; or all started ones through a chapter; or the current."""
        if names:
            return list(dict.fromkeys(e for name in names for e in self.named(name)))
        if through is None:
            return [self.current()]
        started = [e for e in exercise_list.through(self.exercises, self.chapter(through))
                   if self.work.is_started(e)]
        if not started:
            raise CourseError(f"no exercise through {self.chapter(through)} is started")
        return started

    def check(self, names: list[str], with_mine: bool, through: str | None, as_json: bool) -> int:
        chosen = self.chosen(names, through)
        for exercise in chosen:
            self.work.need(exercise)
        self.kit.prepare()
        verdicts = []
        for number, exercise in enumerate(chosen):
            verdict = self.check_one(exercise, with_mine, through)
            verdicts.append(verdict)
            if not as_json:
                print("\n" if number else "", end="")
                report.show(verdict, self.work, self.exercises)
        if as_json:
            print(json.dumps([verdict.as_json() for verdict in verdicts], indent=1,
                             ensure_ascii=False))
        else:
            self.sum_up(verdicts)
        return 0 if all(verdict.passed for verdict in verdicts) else 1

    def check_one(self, exercise: Exercise, with_mine: bool, through: str | None) -> Verdict:
        own: list[Exercise] = []
        if with_mine:
            known = exercise_list.through(self.exercises, self.chapter(through)) if through \
                else list(self.exercises.values())
            own = mine.finished(self.work, known, exercise)
        text, edited = self.work.text(exercise), self.work.is_edited(exercise)
        verdict = mine.check(self.kit, self.work, self.exercises, exercise, own)
        with self.work.changing(exercise) as progress:
            progress.checks += edited
            if verdict.passed:
                progress.passed = digest(text)
        return verdict

    def sum_up(self, verdicts: list[Verdict]) -> None:
        if len(verdicts) > 1:
            passed = sum(verdict.passed for verdict in verdicts)
            print(f"\n{passed} of {len(verdicts)} exercises pass")
        elif verdicts[0].passed:
            self.suggest_next(verdicts[0].exercise)

    def suggest_next(self, after: Exercise) -> None:
        everything = list(self.exercises.values())
        at = everything.index(after)
        following = next((e for e in everything[at:] + everything[:at]
                          if not self.work.is_finished(e)), None)
        if following is None:
            print("That was the last exercise.")
        elif self.work.is_started(following):
            print(f"Next: ./course check {following.name}  ({following.title})")
        else:
            print(f"Next: ./course start {following.name}  ({following.title})")

    def watch(self, names: list[str], with_mine: bool) -> int:
        chosen = [e for name in names for e in self.named(name)]
        try:
            watching.watch(self.work, self.exercises, chosen,
                           lambda exercise: self.check([exercise.name], with_mine, None, False))
        except (KeyboardInterrupt, Interrupted):
            print()
        return 0
