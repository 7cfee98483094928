"""`course book` and `course regen`: the site from the chapters' prose, programs and the library.

The site is made from what stands in out/, in seconds; Sphinx's warnings and dead links are errors,
and then the old site stays. With --check the book shows nothing that has drifted: programs that
changed since they were compared are compiled, run and compared with out/, and what they include with
course.toml.
"""
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Callable

import chapters
import horizon
import links
import outputs
from build import Build, program
from chapters import Chapter
from errors import CourseError
from process import note

shown_faults = 25


def run(build: Build, root: Path, compare: bool = False, all_again: bool = False) -> int:
    begin = time.monotonic()
    every = chapters.all_chapters(root / "tutorials")
    written = [chapter for chapter in every if chapter.folder]
    faults: list[str] = []

    def step(action: Callable[[], None]) -> None:
        try:
            action()
        except CourseError as error:
            faults.append(str(error))

    through = chapters.published_through(root / "tutorials")
    if compare and through:
        # Exercises leave holes in the library, so its programs may end with "not implemented".
        note(f"this is a handout through {through}: what programs print is shown as it was, "
             "and not compared")
    elif compare:
        step(lambda: horizon.check(root, every))
        outputs.note_slow(written)
        chosen = written if all_again else outputs.changed(root, written)
        if len(chosen) < len(written):
            note(f"the programs of {len(written) - len(chosen)} chapters are as in "
                 "tutorials/proved.txt; --all runs them again")
        if chosen:
            with build.alone():
                executables = compiled(build, chosen)

            step(lambda: outputs.check(chosen, executables, root))
    site = build.folder / "book"
    with build.alone("book"):
        drifted = len(faults)
        step(lambda: write_site(root, build.folder, site))
    if faults:
        if len(faults) == drifted:  # the pages themselves are right, and there to be looked at
            print(os.path.relpath(site / "index.html"), flush=True)
        raise CourseError("\n".join(faults))
    note(f"the book is complete, after {time.monotonic() - begin:.0f} s" +
         ("" if compare else "; what it shows is compared with the programs by --check"))
    print(os.path.relpath(site / "index.html"))
    return 0


def compiled(build: Build, written: list[Chapter], with_slow: bool = False) -> dict[str, Path]:
    """Builds the programs that make out/; returns all programs by target name."""
    build.prepare()
    executables = build.executables()
    wanted = []
    for chapter in written:
        names = ([*chapter.prepare, *chapter.recorded_programs()] if with_slow
                 else outputs.quick_programs(chapter))
        for name in names:
            if chapter.target(name) not in executables:
                raise CourseError(f"meson knows no program {chapter.target(name)}; "
                                  f"is {name}.cpp in a meson.build?")
            wanted.append(executables[chapter.target(name)])
    if wanted:
        build.compile(wanted)
    return executables


def regen(build: Build, root: Path, names: list[str]) -> int:
    """Renews out/ of some chapters, slow programs included, or of all without the slow ones."""
    every = chapters.all_chapters(root / "tutorials")
    chosen = [chapters.find(every, name) for name in names] or [c for c in every if c.folder]
    if unwritten := [chapter for chapter in chosen if chapter.folder is None]:
        raise CourseError(f"{unwritten[0].id} ({unwritten[0].title}) is not written yet")
    if not names:
        outputs.note_slow(chosen)
    executables = compiled(build, chosen, with_slow=bool(names))
    outputs.renew(chosen, executables, root, with_slow=bool(names))
    return 0


def write_site(root: Path, folder: Path, site: Path) -> None:
    """Runs Sphinx, checks the pages, and puts them in place of the old ones."""
    fresh = folder / "book.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    tutorials = root / "tutorials"
    # -E: without reading every page again, the second try would not repeat the first one's warnings.
    command = [program("sphinx-build"), "-q", "-n", "-E", "-b", "html", "-c", tutorials / "book",
               "-d", folder / "book.doctrees", tutorials, fresh]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
                            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    faults = readable(result.stderr, root)
    if result.returncode != 0 and not faults:
        faults = [f"sphinx-build ended with exit code {result.returncode}"]
    if result.returncode == 0:
        faults += links.check(fresh)
    if faults:
        more = [f"and {len(faults) - shown_faults} more"] if len(faults) > shown_faults else []
        raise CourseError("the pages have faults:\n  " + "\n  ".join(faults[:shown_faults] + more))
    shutil.rmtree(site, ignore_errors=True)
    fresh.rename(site)


def readable(text: str, root: Path) -> list[str]:
    """Sphinx's complaints without its colours and this machine's paths."""
    text = re.sub(r"\033\[[0-9;]*m", "", text).replace(f"{root}/", "")
    lines = [re.sub(r"(: )(WARNING|ERROR|CRITICAL): ", r"\1", line)
             for line in text.splitlines() if line.strip()]
    return [line for line in lines if line not in ("Extension error:",)]
