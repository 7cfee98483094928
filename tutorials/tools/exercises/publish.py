"""`course publish`: the handout, a fresh tree without what students are to find out.

Gone are later chapters, the library's modules that only those teach, mutants, tests, and the
solutions of the handout's exercises that are not revealed: in the library's files there are starters
in their place. What students have finished takes that place again when they check the next exercise,
and for what they have not, a check borrows the piece from exercises/NAME/lent.txt, where it is packed.
Pieces of later chapters stay whole, since programs and layers of earlier ones run on them.
"""
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import chapters
from build import program
from chapters import Chapter
from errors import CourseError
from exercises import exercise as exercise_list, starters
from exercises.exercise import Exercise, modules
from process import note

teachers_own = ("tests/", ".ci/", "CONTRIBUTING.md", "tutorials/proved.txt")


def run(root: Path, through: str, reveal: str | None, folder: Path) -> int:
    course = chapters.all_chapters(root / "tutorials")
    last = chapters.find(course, through).id
    shown = chapters.find(course, reveal).id if reveal else ""
    if shown > last:
        raise CourseError(f"{shown} cannot be revealed in a handout through {last}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} exists and is not empty")
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as temporary:
        tree = Path(temporary) / "tree"
        write_tree(root, tree, course, last, shown)
        if folder.exists():
            folder.rmdir()
        tree.rename(folder)
    print(f"{folder}: the course through {last}, " +
          (f"with the solutions through {shown}" if shown else "without solutions"))
    return 0


def write_tree(root: Path, tree: Path, course: list[Chapter], last: str, shown: str) -> None:
    exercises = exercise_list.load_all(root)
    hidden = [e for e in exercises.values() if shown < e.chapter <= last]
    kept = kept_modules(course, last)
    for name in tracked(root):
        if is_kept(name, last, kept):
            copy(root / name, tree / name)
    for exercise in hidden:
        file = tree / exercise.file
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            file.write_text(starters.cut(text, exercise), encoding="utf-8")
            lent = tree / starters.lent_file(exercise).relative_to(root)
            lent.write_text(starters.lend(starters.library_text(exercise), exercise))
    rewrite_course(tree / "tutorials" / "course.toml", last, shown)
    rewrite_meson(tree / "meson.build")
    drop_chapters(root, tree)
    (tree / "README.md").write_text(readme(root, last, shown), encoding="utf-8")
    for place, name in leaks(root, tree, hidden):
        note(f"{place} has a line of the solution of {name}; is that intended?")


def tracked(root: Path) -> list[str]:
    """What git knows: nothing that lies about, and no history."""
    try:
        result = subprocess.run([program("git"), "-C", root, "ls-files", "-z"], check=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except subprocess.CalledProcessError as error:
        words = error.stderr.decode(errors="replace").strip()
        if "dubious ownership" in words or "unsafe repository" in words:
            raise CourseError("git does not read a repository of another user; if you trust it: "
                              f"git config --global --add safe.directory {shlex.quote(str(root))}"
                              ) from None
        raise CourseError(f"publish needs the git repository: {words.splitlines()[0]}") from None
    names = os.fsdecode(result.stdout).split("\0")
    return [name for name in names if name and (root / name).is_file()]


def kept_modules(course: list[Chapter], last: str) -> tuple[str, ...]:
    taught = [modules.index(chapter.module) if chapter.module in modules else len(modules) - 1
              for chapter in course if chapter.id <= last]
    return modules[:max(taught) + 1]


def is_kept(name: str, last: str, kept: tuple[str, ...]) -> bool:
    chapter = re.match(r"tutorials/(ch\d+)_", name)
    if chapter and chapter[1] > last:
        return False
    module = name.partition("/")[0]
    if module in modules and module not in kept:
        return False
    return not name.startswith(teachers_own) and "/mutants/" not in name


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def rewrite_course(file: Path, last: str, shown: str) -> None:
    """Only the chapters that are there; and the keys that say what this tree is."""
    head, *entries = re.split(r"^(?=\[\[chapter\]\])", file.read_text(encoding="utf-8"),
                              flags=re.MULTILINE)
    kept = [entry for entry in entries
            if re.search(r'^id = "(.*)"', entry, re.MULTILINE)[1] <= last]
    keys = f'published_through = "{last}"\n' + (f'revealed_through = "{shown}"\n' if shown else "")
    file.write_text("".join([head, keys, "\n", *kept]).rstrip() + "\n", encoding="utf-8")


def rewrite_meson(file: Path) -> None:
    """A starter leaves helpers unused, which is no error here."""
    text = file.read_text(encoding="utf-8")
    if "werror=true" not in text:
        raise CourseError("meson.build has no werror=true any more; publish must switch it off")
    file.write_text(text.replace("werror=true", "werror=false"), encoding="utf-8")


def drop_chapters(root: Path, tree: Path) -> None:
    """Takes the programs of chapters that are gone out of tutorials/meson.build."""
    gone = [folder.name for folder in (root / "tutorials").glob("ch*_*/")
            if not (tree / "tutorials" / folder.name).is_dir()]
    file = tree / "tutorials" / "meson.build"
    kept = [statement for statement in statements(file.read_text(encoding="utf-8"))
            if not any(name in statement for name in gone)]
    file.write_text("".join(kept), encoding="utf-8")


def statements(text: str) -> list[str]:
    """A meson file in pieces: a call, a whole foreach or if, each with the comment above it."""
    found = [""]
    depth = 0
    for line in text.splitlines(keepends=True):
        found[-1] += line
        code = line.partition("#")[0].strip()
        depth += sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))
        depth += bool(re.match(r"(foreach|if)\b", code))
        depth -= bool(re.match(r"end(foreach|if)\b", code))
        if depth == 0 and not line.startswith("#"):
            found.append("")
    return found


def readme(root: Path, last: str, shown: str) -> str:
    solutions = f"The library is complete but for the exercises after {shown}." if shown else \
        "Of the library, the pieces are missing that are exercises."
    folder = next((root / "tutorials").glob(f"{last}_*/chapter.md"), None)
    page = f"{folder.parent.name}/chapter.html" if folder else "index.html"
    return f"""# Tapestry, the course through {last}

Tape-based automatic differentiation and neural networks in C++20, built piece by piece.
{solutions}
Whatever you have finished takes its place when you check the next exercise; what you have not is
lent by the course, so you may begin with any of them.

```sh
./course list              # the chapters, the exercises and how far you are
./course start {last}        # copies the exercises of a chapter to work/, for you to edit
./course check             # is it right, and if not, what is wrong?
./course hint              # if you are stuck
./course book              # the chapters as pages, with figures and search; then open
                           # build/book/{page}
./course run {last}          # the chapter's programs
```

The first check builds the library, which takes a minute or two; the next ones take seconds. On
Debian and Ubuntu the command installs what it needs, and asks before it does.

When you get the next handout, copy it over this folder and say `./course sync`; `work/` stays.

The licence is [BSD-3-Clause](LICENSE).
"""


# --- what must not be there ---

def leaks(root: Path, tree: Path, hidden: list[Exercise]) -> list[tuple[str, str]]:
    """Lines of hidden solutions that stand elsewhere, in prose perhaps: (place, exercise)."""
    common = {line.strip() for module in modules for file in (tree / module).rglob("*.[ch]pp")
              for line in file.read_text(encoding="utf-8").splitlines()}
    owner = {line: exercise.name for exercise in hidden
             for line in telling_lines(starters.library_text(exercise), exercise)
             if line not in common}
    found = []
    for file in sorted(path for path in tree.rglob("*") if path.is_file()):
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a picture
        found += [(f"{file.relative_to(tree)}:{number}", owner[line.strip()])
                  for number, line in enumerate(lines, 1) if line.strip() in owner]
    return found


def telling_lines(text: str, exercise: Exercise) -> list[str]:
    """Lines of a solution that are long enough to tell something, and are no signature."""
    if starters.is_cut(text, exercise):
        return []
    stays = set(starters.piece(starters.cut(text, exercise), exercise).splitlines())
    return [line.strip() for line in starters.piece(text, exercise).splitlines()
            if line not in stays and len(line.strip()) >= 20]
