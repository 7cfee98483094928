"""From a student's file to a verdict."""
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exercises import compiler, mistakes, running
from exercises.exercise import Exercise
from exercises.kit import Kit, Program
from exercises.running import Failure


@dataclass
class Verdict:
    exercise: Exercise
    file: Path                     # what was checked
    steps: list[str] = field(default_factory=list)
    passed_steps: list[str] = field(default_factory=list)
    failure: Failure | None = None
    line: int | None = None        # in the file, where the compiler knows
    column: int | None = None
    mistake: str = ""              # the words for a known mistake
    printed: str = ""              # by the student's code
    mine: list[str] = field(default_factory=list)   # other exercises whose own pieces were used
    lent: list[str] = field(default_factory=list)   # unfinished ones, whose pieces the course lent
    blame: list[str] = field(default_factory=list)  # those of them that make it fail
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return self.failure is None

    def as_json(self) -> dict[str, Any]:
        failure = self.failure
        return {
            "exercise": self.exercise.name, "chapter": self.exercise.chapter,
            "file": str(self.file), "passed": self.passed, "steps": self.steps,
            "passed_steps": self.passed_steps, "mine": self.mine, "lent": self.lent,
            "blame": self.blame,
            "mistake": self.mistake or None, "line": self.line,
            "failure": failure and {"kind": "unfinished" if failure.todo else failure.kind,
                                    "step": failure.step, "what": failure.what,
                                    "problem": failure.problem},
            "printed": self.printed, "seconds": round(self.seconds, 2)}


def program_of(exercise: Exercise, variant: str, sources: dict[str, Path]) -> Program:
    """`sources`: by the library's file that each replaces."""
    return Program(f"{exercise.name}/{variant}", exercise.check, tuple(sources),
                   tuple(sources.values()))


def judge(kit: Kit, exercise: Exercise, file: Path, target: Program) -> Verdict:
    """Runs what `kit` has compiled; says why it has not."""
    begin = time.monotonic()
    verdict = Verdict(exercise, file)
    if failed := kit.failure(target):
        not_built(verdict, *failed)
    else:
        run = running.run(kit.executable(target))
        verdict.steps, verdict.passed_steps = run.steps, run.passed
        verdict.failure, verdict.printed = run.failure, run.printed
        if run.failure and not run.failure.todo:
            if mistake := mistakes.recognise(exercise, run.failure):
                verdict.mistake = mistake.words
    verdict.seconds = time.monotonic() - begin
    return verdict


def not_built(verdict: Verdict, source: Path | None, text: str) -> None:
    if source is None:
        verdict.failure = Failure("link", "linking", "", compiler.link_error(text))
        return
    error = compiler.first_error(text, source)
    verdict.failure = Failure("compile", "compiling", str(source), error.message)
    verdict.line, verdict.column = error.line, error.column


def check(kit: Kit, exercise: Exercise, file: Path, sources: dict[str, Path],
          variant: str) -> Verdict:
    """Compiles what replaces the library's files, and runs the check."""
    begin = time.monotonic()
    target = program_of(exercise, variant, sources)
    kit.compile([target])
    verdict = judge(kit, exercise, file, target)
    verdict.seconds = time.monotonic() - begin
    return verdict
