"""The course from the command line; ../../course installs what is missing and starts this."""
import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # until `main`: Ctrl-C just ends, without a traceback

import argparse
import difflib
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NoReturn

import bench
import book
import chapters
import demo
import serve
import testing
from build import Build
from errors import CourseError, Interrupted, unknown
from exercises import commandline, exercise as exercise_list, proof, sabotage
from exercises import verdict_time
from exercises.commands import Commands
from process import let_end, note
from progress import text_columns

root = Path(__file__).resolve().parents[2]

usage = f"""\
usage: ./course COMMAND

  demo [--mine]           the main job: trains the captioner on drawn scenes, then captions
                          pictures it has not seen; when stopped, it resumes
  test [SUITE ...]        every test, or those of some suites; `book` and `exercises`, which proves
                          every exercise that has changed since it was proved, only when they are
                          named (--all: every exercise; --record: known mistakes anew;
                          --sabotage [EXERCISE ...]: what changes of a solution its check misses)
  list                    the chapters, their programs, the exercises and your progress
  run CHAPTER [PROGRAM] [--mine] [-- ARGUMENT ...]
                          builds and runs a program of a chapter; --mine builds the library with
                          your own finished pieces
  book [--serve] [--check [--all]]
                          makes the book's pages from the chapters, in seconds; with --serve, shows
                          it and makes it again after changes; with --check, compiles and runs the
                          programs that have changed (--all: every one): is what they print still
                          what the book shows?
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
        raise CourseError(f"{message} (see ./{self.prog} --help)")

    def format_help(self) -> str:
        return help_text(self.prog.partition(" ")[2]) + "\n"


def help_text(command: str) -> str:
    """Of one command, if there is such, or of all."""
    block = re.search(rf"^  {re.escape(command)}\b.*(\n {{6,}}.*)*", usage, re.MULTILINE)
    if not command or not block:
        return usage
    first, *rest = (line[2:] for line in block[0].splitlines())
    synopsis, *words = re.split(r"  +", first, maxsplit=1)
    return "\n".join([f"usage: ./course {synopsis}", "",
                      *(f"  {line.strip()}" for line in [*words, *rest])])


def parser() -> Parser:
    main = Parser(prog="course")
    commands = main.add_subparsers(dest="command")
    commands.add_parser("demo").add_argument("--mine", action="store_true")
    test = commands.add_parser("test")
    test.add_argument("suites", nargs="*")
    test.add_argument("--record", action="store_true")
    test.add_argument("--all", action="store_true")
    test.add_argument("--sabotage", nargs="*", metavar="EXERCISE")
    commands.add_parser("list")
    commands.add_parser("help").add_argument("about", nargs="?")
    run = commands.add_parser("run")
    run.add_argument("chapter")
    run.add_argument("program", nargs="?")
    run.add_argument("--mine", action="store_true")
    pages = commands.add_parser("book")
    pages.add_argument("--serve", action="store_true")
    pages.add_argument("--check", action="store_true")
    pages.add_argument("--all", action="store_true")
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
            print(wrapped(f"./course run {chapter.id} {stem:{width}}  ",
                          chapters.first_comment(file)))
        return 0
    name = name.removeprefix(chapter.id + "_") if name else next(iter(programs))
    if name not in programs:
        close = difflib.get_close_matches(name, programs, n=1, cutoff=0.7)
        raise CourseError(f"{chapter.id} has no program {name}; " +
                          (f"did you mean {close[0]}?" if close else
                           f"it has: {', '.join(programs)}"))
    build.prepare()
    path = build.executables().get(chapter.target(name))
    if path is None:
        raise CourseError(f"meson knows no program {chapter.target(name)}; "
                          f"is {name}.cpp in the chapter's meson.build?")
    build.compile([path])
    sys.stdout.flush()
    if exercise_list.is_handout(root):
        return run_in_handout(f"{chapter.id} {name}", [str(path), *arguments])
    os.execve(path, [str(path), *arguments], demo.environment(root))


def run_in_handout(name: str, command: list[str]) -> int:
    """As it is, but a program that reaches a missing piece says so in a line."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=demo.environment(root))
    assert process.stderr is not None
    missing = ""
    try:
        held = b""
        for line in process.stderr:
            if line.startswith(b"terminate called after throwing") and not held:
                held = line
            elif held and (match := re.match(rb"\s+what\(\):\s+TODO: (\w+)", line)):
                missing, held = match[1].decode(), b""
            else:
                sys.stderr.buffer.write(held + line)
                sys.stderr.buffer.flush()
                held = b""
        sys.stderr.buffer.write(held)
        code = process.wait()
    except KeyboardInterrupt:
        let_end(process)
        raise Interrupted from None
    if not missing:
        return code if code >= 0 else 128 - code
    exercise = exercise_list.load_all(root).get(missing)
    where = f" ({exercise.chapter}), which you have not finished: ./course start {missing}" \
        if exercise else ", which this handout does not have"
    raise CourseError(f"{name} needs {missing}{where}")


def wrapped(start: str, text: str) -> str:
    """Lines as wide as the terminal, those after the first below the text."""
    columns = text_columns()
    indent = len(start) if columns >= len(start) + 30 else 4
    return "\n".join(textwrap.wrap(start + text, columns, subsequent_indent=" " * indent,
                                   break_long_words=False, break_on_hyphens=False)) or start


def test(build: Build, suites: list[str], record: bool, every: bool) -> int:
    for option, given in (("--record", record), ("--all", every)):
        if given and "exercises" not in suites:
            raise CourseError(f"{option} is for ./course test exercises")
    commands = Commands(root, build)
    return testing.run(build, suites, {
        "exercises": lambda: proof.run(commands.kit, commands.exercises, record, every)})


def sabotaged(build: Build, suites: list[str], names: list[str]) -> int:
    if suites != ["exercises"]:
        raise CourseError("--sabotage is for ./course test exercises")
    commands = Commands(root, build)
    chosen = ([exercise_list.find(commands.exercises, name) for name in names]
              or [*commands.exercises.values()])
    caught, missed = sabotage.run(commands.kit, chosen)
    print(f"{caught} caught, {missed} not")
    return 1 if missed else 0


def own_build(build: Build) -> Build:
    """All of the course, on the student's own finished pieces."""
    build.prepare()
    return Commands(root, build).own_build()


def write_book(build: Build, serve_it: bool, compare: bool, every: bool) -> int:
    if every and not compare:
        raise CourseError("--all is for ./course book --check")
    if not serve_it:
        return book.run(build, root, compare, every)
    book.run(build, root, compare, every)
    return serve.run(root, build.folder / "book", lambda: book.run(build, root))


def dispatch(arguments: list[str]) -> int:
    ours, theirs = split(arguments)
    known = parser()
    commands = ("demo", "test", "list", "run", "book", "regen", "bench", *commandline.names)
    if ours and not ours[0].startswith("-") and ours[0] not in (*commands, "help"):
        raise unknown("command", ours[0], commands)
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
            return test(build, options.suites, options.record, options.all)
        case "list":
            print(chapters.table(chapters.all_chapters(root / "tutorials"), text_columns()))
            if exercises := Commands(root, build).table():
                print("\n" + exercises)
        case "run":
            own = options.mine or Commands(root, build).must_stand_in()
            return run_program(own_build(build) if own else build, options.chapter,
                               options.program, theirs)
        case "book":
            return write_book(build, options.serve, options.check, options.all)
        case "regen":
            return book.regen(build, root, options.chapters)
        case "bench":
            every = Commands(root, build)
            own = {"verdict": lambda to: verdict_time.run(every.kit, every.exercises, to)}
            return bench.run(build, options.suite, options.peer, options.json,
                             own if every.exercises else {})
        case command if command in commandline.names:
            return commandline.run(options, root, build)
        case "help" if options.about:
            if options.about not in commands:
                raise unknown("command", options.about, commands)
            print(help_text(options.about))
        case _:
            print(usage)
    return 0


def without_a_home() -> None:
    """Where there is no home, ccache has no place for its files and fails every compilation."""
    if not os.environ.keys() & {"CCACHE_DIR", "XDG_CACHE_HOME"} and \
            not os.access(os.path.expanduser("~"), os.W_OK):
        os.environ["CCACHE_DISABLE"] = "1"


def main() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    without_a_home()
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
