"""The course from the command line; ../../course installs what is missing and starts this."""
import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

import bench
import book
import chapters
import demo
import serve
import testing
from build import Build
from errors import CourseError, Interrupted
from exercises import commandline, proof, sabotage
from exercises.commands import Commands
from exercises.exercise import find
from process import note

root = Path(__file__).resolve().parents[2]

usage = f"""\
usage: ./course COMMAND

  demo [--mine]           the main job: trains the captioner on drawn scenes, then captions
                          pictures it has not seen; when stopped, it resumes
  test [SUITE ...]        every test, or those of some suites; `book` and `exercises`, which proves
                          every exercise, only when they are named (--record: known mistakes anew;
                          --sabotage [EXERCISE ...]: what changes of a solution its check misses)
  list                    the chapters, their programs, the exercises and your progress
  run CHAPTER [PROGRAM] [--mine] [-- ARGUMENT ...]
                          builds and runs a program of a chapter; --mine builds the library with
                          your own finished pieces
  book [--serve]          builds the book from the chapters, after checking that nothing in it has
                          drifted; with --serve, shows it and builds it again after changes
  regen [CHAPTER ...]     renews what the book shows of programs' runs; those marked slow only
                          where their chapter is named
  bench [SUITE] [--peer torch] [--json FILE]
                          measures speed; without a suite, names them

{commandline.usage}

  --yes                   installs missing packages (Debian, Ubuntu) without asking

COURSE_BUILD names another build folder than build/, COURSE_WORK another one than work/."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise CourseError(f"{message} (see ./course --help)")

    def format_help(self) -> str:
        return usage + "\n"


def parser() -> Parser:
    main = Parser(prog="course")
    commands = main.add_subparsers(dest="command")
    commands.add_parser("demo").add_argument("--mine", action="store_true")
    test = commands.add_parser("test")
    test.add_argument("suites", nargs="*")
    test.add_argument("--record", action="store_true")
    test.add_argument("--sabotage", nargs="*", metavar="EXERCISE")
    commands.add_parser("list")
    commands.add_parser("help")
    run = commands.add_parser("run")
    run.add_argument("chapter")
    run.add_argument("program", nargs="?")
    run.add_argument("--mine", action="store_true")
    commands.add_parser("book").add_argument("--serve", action="store_true")
    commands.add_parser("regen").add_argument("chapters", nargs="*")
    measure = commands.add_parser("bench")
    measure.add_argument("suite", nargs="?")
    measure.add_argument("--peer")
    measure.add_argument("--json")
    commandline.add_parsers(commands)
    return main


def split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Ours, and after -- those of the program to run."""
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1:]


def run_program(build: Build, chapter_name: str, name: str | None, arguments: list[str]) -> int:
    """Becomes the program, so that its input, output and exit code are untouched."""
    chapter = chapters.find(chapters.all_chapters(root / "tutorials"), chapter_name)
    programs = chapter.programs()
    if not programs:
        raise CourseError(f"{chapter.id} ({chapter.title}) has no programs yet")
    if name is None and len(programs) > 1:
        width = max(map(len, programs))
        for stem, file in programs.items():
            print(f"./course run {chapter.id} {stem:{width}}  {chapters.first_comment(file)}")
        return 0
    name = name.removeprefix(chapter.id + "_") if name else next(iter(programs))
    if name not in programs:
        raise CourseError(f"{chapter.id} has no program {name}; it has: {', '.join(programs)}")
    build.prepare()
    path = build.executables().get(chapter.target(name))
    if path is None:
        raise CourseError(f"meson knows no program {chapter.target(name)}; "
                          f"is {name}.cpp in the chapter's meson.build?")
    build.compile([path])
    sys.stdout.flush()
    os.execve(path, [str(path), *arguments], demo.environment(root))


def test(build: Build, suites: list[str], record: bool) -> int:
    if record and "exercises" not in suites:
        raise CourseError("--record is for ./course test exercises")
    commands = Commands(root, build)
    return testing.run(build, suites, {
        "exercises": lambda: proof.run(commands.kit, commands.exercises, record)})


def sabotaged(build: Build, suites: list[str], names: list[str]) -> int:
    if suites != ["exercises"]:
        raise CourseError("--sabotage is for ./course test exercises")
    commands = Commands(root, build)
    chosen = [find(commands.exercises, name) for name in names] or [*commands.exercises.values()]
    caught, missed = sabotage.run(commands.kit, chosen)
    print(f"{caught} caught, {missed} not")
    return 1 if missed else 0


def own_build(build: Build) -> Build:
    """All of the course, on the student's own finished pieces."""
    build.prepare()
    return Commands(root, build).own_build()


def write_book(build: Build, serve_it: bool) -> int:
    if not serve_it:
        return book.run(build, root)
    book.run(build, root)
    return serve.run(root, build.folder / "book", lambda: book.run(build, root))


def dispatch(arguments: list[str]) -> int:
    ours, theirs = split(arguments)
    known = parser()
    commands = ("demo", "test", "list", "run", "book", "regen", "bench", *commandline.names)
    if ours and not ours[0].startswith("-") and ours[0] not in (*commands, "help"):
        raise CourseError(f"there is no command {ours[0]}; there are: {', '.join(commands)}")
    options = known.parse_args(ours)
    if theirs and options.command != "run":
        raise CourseError(f"{options.command} takes nothing after --")
    build = Build(root, Path(os.environ.get("COURSE_BUILD") or root / "build").absolute())
    match options.command:
        case "demo":
            return demo.run(own_build(build) if options.mine else build, root)
        case "test":
            if options.sabotage is not None:
                return sabotaged(build, options.suites, options.sabotage)
            return test(build, options.suites, options.record)
        case "list":
            print(chapters.table(chapters.all_chapters(root / "tutorials")))
            if exercises := Commands(root, build).table():
                print("\n" + exercises)
        case "run":
            own = options.mine or Commands(root, build).must_stand_in()
            return run_program(own_build(build) if own else build, options.chapter,
                               options.program, theirs)
        case "book":
            return write_book(build, options.serve)
        case "regen":
            return book.regen(build, root, options.chapters)
        case "bench":
            return bench.run(build, options.suite, options.peer, options.json)
        case command if command in commandline.names:
            return commandline.run(options, root, build)
        case _:
            print(usage)
    return 0


def main() -> int:
    try:
        return dispatch(sys.argv[1:])
    except CourseError as error:
        note(str(error))
        return 1
    except (Interrupted, KeyboardInterrupt):
        note("interrupted; the same command goes on from here")
        return 130
    except BrokenPipeError:  # as in ./course list | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a full disk, a folder that may not be written
        note(f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror))
        return 1


if __name__ == "__main__":
    sys.exit(main())
