"""The exercises on the command line: what is typed, and which command it is."""
import argparse
from pathlib import Path
from typing import Any

from build import Build
from exercises import publish
from exercises.commands import Commands

names = ("start", "check", "hint", "show", "diff", "reset", "watch", "sync", "publish")

usage = """\
  start CHAPTER | EXERCISE
                          copies starters to work/, for you to edit
  check [EXERCISE | CHAPTER ...] [--mine] [--through CHAPTER] [--json]
                          is it right, and if not, what is wrong? Without a name: the one saved
                          last; of a chapter, all that are started; --mine builds on your own
                          finished pieces; --through checks all that are started, or with --mine
                          takes pieces, up to that chapter
  watch [EXERCISE ...] [--mine]
                          checks whenever a file is saved
  hint [EXERCISE]         a hint, and the next time one more
  show EXERCISE           the solution, once you have tried (--anyway: before)
  diff [EXERCISE] [--solution [--anyway]]
                          what you have changed, or how the solution differs
  reset EXERCISE          a fresh starter; yours is kept
  sync                    after an update: merges corrected starters, keeps your edits
  publish --through CHAPTER [--reveal CHAPTER] FOLDER
                          a handout: the course up to a chapter, with the solutions up to another"""


def add_parsers(commands: Any) -> None:
    def add(name: str) -> argparse.ArgumentParser:
        return commands.add_parser(name)

    add("start").add_argument("name")
    check = add("check")
    check.add_argument("names", nargs="*")
    check.add_argument("--mine", action="store_true")
    check.add_argument("--through")
    check.add_argument("--json", action="store_true")
    watch = add("watch")
    watch.add_argument("names", nargs="*")
    watch.add_argument("--mine", action="store_true")
    add("hint").add_argument("name", nargs="?")
    show = add("show")
    show.add_argument("name")
    show.add_argument("--anyway", action="store_true")
    diff = add("diff")
    diff.add_argument("name", nargs="?")
    diff.add_argument("--solution", action="store_true")
    diff.add_argument("--anyway", action="store_true")
    add("reset").add_argument("name")
    add("sync")
    handout = add("publish")
    handout.add_argument("--through", required=True)
    handout.add_argument("--reveal")
    handout.add_argument("folder")


def run(options: argparse.Namespace, root: Path, build: Build) -> int:
    if options.command == "publish":
        return publish.run(root, options.through, options.reveal, Path(options.folder))
    commands = Commands(root, build)
    match options.command:
        case "start":
            return commands.start(options.name)
        case "check":
            return commands.check(options.names, options.mine, options.through, options.json)
        case "watch":
            return commands.watch(options.names, options.mine)
        case "hint":
            return commands.hint(options.name)
        case "show":
            return commands.show(options.name, options.anyway)
        case "diff":
            return commands.diff(options.name, options.solution, options.anyway)
        case "reset":
            return commands.reset(options.name)
        case _:
            return commands.sync()
