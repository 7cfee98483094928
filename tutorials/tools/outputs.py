"""out/: what the chapters' programs print and the files that they keep for the book.

A chapter's programs are run, each in an empty folder. What it prints becomes out/PROGRAM.txt; a
file that it keeps (keep.hpp) becomes out/FILE. `check` compares them with what is there, `renew`
writes them.

What is in tutorials/proved.txt (proved.py) was compared with the same sources and is believed.

course.toml marks as `slow` a program that trains for minutes or measures time. What it wrote is
shown as it is, and it is run again only when its chapter is named: `./course regen ch24`.
"""
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from build import Build
from chapters import Chapter
from compare import differences
from errors import CourseError
from proved import Record
from reach import Sources
from process import check as check_code, let_end, note, start, wait

shown_differences = 3
patience = 60.0  # seconds; a program that takes longer is `slow`


@dataclass
class Faults:
    """What is wrong, a line each, and how to renew it."""
    lines: list[str] = field(default_factory=list)
    chapters: list[str] = field(default_factory=list)

    def add(self, chapter: Chapter, line: str) -> None:
        self.lines.append(line)
        if chapter.id not in self.chapters:
            self.chapters.append(chapter.id)

    def raise_if_any(self) -> None:
        if self.lines:
            raise CourseError("the book shows what the programs no longer print:\n  " +
                              "\n  ".join(self.lines) +
                              f"\nif that is intended: ./course regen {' '.join(self.chapters)}")


def quick_programs(chapter: Chapter) -> list[str]:
    """The programs whose output is compared whenever the book is built."""
    return [name for name in chapter.recorded_programs() if name not in chapter.slow]


def tree_of(root: Path) -> Sources:
    return Sources(root, [root / "tutorials" / "tools"])


def digests(root: Path, chapters: list[Chapter]) -> dict[str, str]:
    """By chapter: of all that its quick programs can reach, and of what they wrote."""
    tree = tree_of(root)
    found = {}
    for chapter in chapters:
        assert chapter.folder is not None
        programs = [chapter.programs()[name] for name in quick_programs(chapter)
                    if name in chapter.programs()]
        found[chapter.id] = tree.digest(programs, [
            *(chapter.folder / "out").glob("*"),
            *(root / "tutorials" / "tools" / name for name in ("compare.py", "outputs.py"))])
    return found


def changed(root: Path, chapters: list[Chapter]) -> list[Chapter]:
    """Those that were not compared as they are now."""
    record, now = Record(root), digests(root, chapters)
    return [chapter for chapter in chapters
            if not record.holds(f"output {chapter.id}", now[chapter.id])]


def note_proved(root: Path, chapters: list[Chapter]) -> None:
    record = Record(root)
    for id, digest in digests(root, chapters).items():
        record.note(f"output {id}", digest)
    record.write()


def check(chapters: list[Chapter], executables: dict[str, Path], root: Path) -> None:
    """Runs all that is quick; a CourseError names every file of out/ that is not as it was."""
    faults = Faults()
    for chapter in chapters:
        assert chapter.folder is not None
        where = chapter.folder.name + "/out/"
        known: dict[str, str] = {}
        for program in quick_programs(chapter):
            for name, content in run(chapter, program, executables, root).items():
                if name in known:
                    faults.add(chapter, f"{where}{name}: {known[name]} and {program} both make it")
                known[name] = program
                for line in compare_file(chapter.folder / "out" / name, content):
                    faults.add(chapter, f"{where}{name}: {line}")
        if not chapter.slow:  # what a slow program writes is known only after it has run
            for file in sorted((chapter.folder / "out").glob("*")):
                if file.name not in known:
                    faults.add(chapter, f"{where}{file.name}: no program makes it any more")
    note_proved(root, [chapter for chapter in chapters if chapter.id not in faults.chapters])
    faults.raise_if_any()


def compare_file(old: Path, new: bytes) -> list[str]:
    if not old.is_file():
        return ["is new"]
    content = old.read_bytes()
    if content == new:
        return []
    try:
        lines = differences(content.decode(), new.decode())
    except UnicodeDecodeError:
        return ["the picture is another one"]
    more = len(lines) - shown_differences
    return lines[:shown_differences] + ([f"and {more} more"] if more > 0 else [])


def renew(chapters: list[Chapter], executables: dict[str, Path], root: Path,
          with_slow: bool) -> None:
    """Rewrites what differs in out/, and says which files those were."""
    for chapter in chapters:
        assert chapter.folder is not None
        out = chapter.folder / "out"
        programs = chapter.recorded_programs() if with_slow else quick_programs(chapter)
        if with_slow:
            for program in chapter.prepare:
                note(f"{chapter.id}: running {program}")
                check_code(program, wait(start([executables[chapter.target(program)]], cwd=root,
                                               env={**os.environ, "TAPESTRY_ROOT": str(root)})))
        made: set[str] = set()
        for program in programs:
            for name, content in run(chapter, program, executables, root).items():
                made.add(name)
                if not compare_file(out / name, content):
                    continue
                out.mkdir(exist_ok=True)
                (out / name).write_bytes(content)
                print(f"rewrote {os.path.relpath(out / name)}")
        if with_slow or not chapter.slow:
            for file in sorted(out.glob("*")):
                if file.name not in made:
                    file.unlink()
                    print(f"removed {os.path.relpath(file)}: no program makes it any more")
    note_proved(root, chapters)


def run(chapter: Chapter, program: str, executables: dict[str, Path],
        root: Path) -> dict[str, bytes]:
    """What a program prints and keeps, by the name that it gets in out/."""
    target = chapter.target(program)
    if target not in executables:
        raise CourseError(f"meson knows no program {target}; is {program}.cpp in meson.build?")
    with tempfile.TemporaryDirectory(prefix="tapestry-") as folder, tempfile.TemporaryFile() as text:
        environment = {**os.environ, "TAPESTRY_ROOT": str(root), "TAPESTRY_KEEP": folder}
        process = start([executables[target]], cwd=folder, env=environment, stdout=text)
        try:
            code = process.wait(None if program in chapter.slow else patience)
        except subprocess.TimeoutExpired:
            process.kill()
            raise CourseError(f"{chapter.id} {program} takes more than {patience:.0f} s; "
                              "name it under `slow` in course.toml") from None
        except KeyboardInterrupt:
            let_end(process)
            raise
        check_code(f"{chapter.id} {program}", code)
        text.seek(0)
        made = {f"{program}.txt": text.read()}
        for file in sorted(Path(folder).iterdir()):
            if file.name in made:
                raise CourseError(f"{chapter.id} {program} keeps {file.name}, which is the name "
                                  "of what it prints")
            made[file.name] = file.read_bytes()
    if not made[f"{program}.txt"]:
        del made[f"{program}.txt"]
    return made


def note_slow(chapters: list[Chapter]) -> None:
    for chapter in chapters:
        for program in chapter.recorded_programs():
            if program in chapter.slow:
                note(f"not run again, because it is slow: {chapter.id} {program} "
                     f"(./course regen {chapter.id} renews what it wrote)")
