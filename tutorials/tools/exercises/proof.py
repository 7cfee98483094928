"""Proves every exercise: its solution passes, its starter compiles and says what is to be done, and
every mutant is rejected with the words of its first line. What held with the same sources is in
tutorials/proved.txt (proved.py), and is not proved again."""
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable

import proved
import reach
import testing
from errors import CourseError
from exercises import mistakes, report, starters
from exercises.checking import Verdict, judge, program_of
from exercises.exercise import Exercise, is_handout
from exercises.kit import Kit, Program
from progress import Bar


# The course's tools that decide what a proof says.
deciding = ("exercises/checking.py", "exercises/compiler.py", "exercises/crashes.py",
            "exercises/exercise.py", "exercises/kit.py", "exercises/mistakes.py",
            "exercises/proof.py", "exercises/report.py", "exercises/running.py",
            "exercises/starters.py", "regions.py")


@dataclass
class Proof:
    """Of one exercise: what holds, and what does not."""
    exercise: Exercise
    held: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note(self, what: str, fault: str | None) -> None:
        if fault is None:
            self.held.append(what)
        else:
            self.faults.append(f"{self.exercise.name}: {what}: {fault}")


@dataclass(frozen=True)
class Candidate:
    """A file to put in the library's place: "solution", "starter", or a mutant."""
    exercise: Exercise
    file: Path
    target: Program
    mutant: Path | None = None


def candidates(kit: Kit, exercise: Exercise) -> Iterable[Candidate]:
    name = Path(exercise.file).name

    def candidate(variant: str, file: Path, mutant: Path | None = None) -> Candidate:
        target = program_of(exercise, variant, {exercise.file: file})
        return Candidate(exercise, file, target, mutant)

    if starters.solution_is_here(exercise):
        yield candidate("solution", exercise.library_file)
    yield candidate("starter", kit.keep(f"{exercise.name}/starter/{name}",
                                        starters.starter(exercise)))
    text = starters.library_text(exercise)
    for mutant in exercise.mutants():
        mistakes.words_of(mutant)  # must be there
        piece = mistakes.piece_of(mutant)
        file = kit.keep(f"{exercise.name}/{mutant.stem}/{name}",
                        starters.with_piece(text, exercise, piece))
        yield candidate(mutant.stem, file, mutant)


def prove(kit: Kit, exercises: dict[str, Exercise], chosen: list[Exercise],
          record: bool = False) -> list[Proof]:
    """With `record`, mistakes.json is written anew."""
    everything = [candidate for exercise in chosen for candidate in candidates(kit, exercise)]
    kit.compile([candidate.target for candidate in everything], "building the exercises")
    with Bar("proving the exercises") as bar:
        verdicts: list[tuple[Candidate, Verdict]] = []
        for number, candidate in enumerate(everything, 1):
            verdicts.append((candidate, judge(kit, candidate.exercise, candidate.file,
                                              candidate.target)))
            bar.update(number, len(everything))
    proofs = []
    for exercise in chosen:
        proof = Proof(exercise)
        own = [(c, v) for c, v in verdicts if c.exercise is exercise]
        if record and exercise.mutants():
            record_mistakes(exercise, own)
        proof.note("exercise.toml", sound(exercise))
        for candidate, verdict in own:
            prove_candidate(proof, candidate, verdict, exercises)
        proofs.append(proof)
    return proofs


def sound(exercise: Exercise) -> str | None:
    """What the files of an exercise must have, beyond what loading them needs."""
    if not exercise.check.is_file():
        return "there is no check.cpp"
    if len(exercise.hints) < 3:
        return f"{len(exercise.hints)} hints; three at least, from vague to plain"
    if is_handout(exercise.root):
        return None
    mutants = exercise.mutants()
    if not 2 <= len(mutants) <= 5:
        return f"{len(mutants)} mutants; two to five"
    if [m.mutant for m in mistakes.load(exercise)] != [m.stem for m in mutants]:
        return "mistakes.json is of other mutants: ./course test exercises --record"
    return None


def record_mistakes(exercise: Exercise, own: list[tuple[Candidate, Verdict]]) -> None:
    found = [mistakes.Mistake(c.mutant.stem, mistakes.words_of(c.mutant), v.failure)
             for c, v in own if c.mutant and v.failure and not v.failure.of_build]
    mistakes.save(exercise, found)
    for candidate, verdict in own:
        known = verdict.failure and mistakes.recognise(exercise, verdict.failure)
        verdict.mistake = known.words if known else ""


def prove_candidate(proof: Proof, candidate: Candidate, verdict: Verdict,
                    exercises: dict[str, Exercise]) -> None:
    failure = verdict.failure
    said = "\n".join(report.explain(verdict, exercises)) if failure else ""
    if failure and failure.of_build and failure.what == str(candidate.exercise.check):
        if candidate.target.name.endswith("/starter"):  # once is enough
            proof.note("check.cpp", f"it does not compile:\n{said}")
    elif failure and failure.of_build:
        proof.note(candidate.target.name, f"it does not build:\n{said}")
    elif candidate.mutant:
        proof.note(candidate.mutant.stem, mutant_fault(candidate.mutant, verdict, said))
    elif candidate.target.name.endswith("/solution"):
        proof.note("solution", f"it fails in '{failure.step}':\n{said}" if failure else None)
    else:
        proof.note("starter", starter_fault(candidate, verdict, said, exercises))


def mutant_fault(mutant: Path, verdict: Verdict, said: str) -> str | None:
    words = mistakes.words_of(mutant)
    if not verdict.failure:
        return "it passes every step"
    if words in said:
        return None
    if verdict.mistake:
        return f"it cannot be told from another mutant, the one of '{verdict.mistake}'"
    return (f"it fails in '{verdict.failure.step}' with other numbers than recorded, and so "
            f"without the words '{words}'; if that is intended: ./course test exercises --record\n"
            f"{said}")


def starter_fault(candidate: Candidate, verdict: Verdict, said: str,
                  exercises: dict[str, Exercise]) -> str | None:
    failure = verdict.failure
    if not failure:
        return "it passes every step"
    exercise = candidate.exercise
    # In a handout, pieces of earlier chapters may be missing as well.
    expected = exercises if is_handout(exercise.root) else {exercise.name: exercise}
    if failure.todo not in expected:
        return f"it fails, but not at its TODO:\n{said}"
    return None


# --- what need not be proved again ---

def checks_folder(root: Path) -> Path:
    return root / "tutorials" / "tools" / "checks"


def digests(root: Path, exercises: Iterable[Exercise]) -> dict[str, str]:
    """By the exercise's name."""
    checks = checks_folder(root)
    tree = reach.Sources(root, [checks])
    frame = sorted(checks.glob("*.?pp"))
    tools = [root / "tutorials" / "tools" / name for name in deciding]
    return {e.name: tree.digest(start_of(e) + frame, [*tools, *own_files(e)])
            for e in exercises}


def start_of(exercise: Exercise) -> list[Path]:
    return [file for file in (exercise.check, exercise.library_file) if file.is_file()]


def own_files(exercise: Exercise) -> list[Path]:
    return [file for file in exercise.folder.rglob("*")
            if file.is_file() and file.name != "same.toml"]


def run(kit: Kit, exercises: dict[str, Exercise], record: bool, every: bool) -> testing.Count:
    """Prints what is wrong and a line an exercise. With `every`, nothing is believed that was
    proved before."""
    if not exercises:
        raise CourseError("there are no exercises yet")
    begin = time.monotonic()
    root = next(iter(exercises.values())).root
    before = proved.Record(root)
    known = {} if is_handout(root) else digests(root, exercises.values())
    chosen = [e for e in exercises.values() if every or record or e.name not in known
              or not before.holds(f"exercise {e.name}", known[e.name])]
    proofs: dict[str, Proof] = {}
    if chosen:
        kit.prepare()
        proofs = {proof.exercise.name: proof for proof in prove(kit, exercises, chosen, record)}
        if known:  # with what --record has written
            known = digests(root, exercises.values())
    for proof in proofs.values():
        for fault in proof.faults:
            print(fault)
    count = testing.Count()
    for exercise in exercises.values():
        head = f"{exercise.chapter}  {exercise.name:24} "
        proof = proofs.get(exercise.name)
        if proof is None:
            print(f"{head}as proved before")
            count.skipped += 1
            continue
        print(f"{head}{len(proof.held)} hold" +
              (f", {len(proof.faults)} do not" if proof.faults else ""))
        count.passed += len(proof.held)
        count.failed += len(proof.faults)
        if known:
            before.note(f"exercise {exercise.name}",
                        None if proof.faults else known[exercise.name])
    if known:
        before.keep_only("exercise", [f"exercise {name}" for name in exercises])
        before.write()
    if count.skipped:
        print(f"{count.skipped} exercises and all that they depend on are as in "
              "tutorials/proved.txt; --all proves them again")
    count.seconds = time.monotonic() - begin
    return count
