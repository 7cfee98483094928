"""`course demo`: from nothing to a captioner that has seen the test pictures for the first time."""
import os
import re
import shutil
from pathlib import Path

from build import Build
from errors import CourseError
from process import check, follow, note, start, wait

programs = ("ch24_scenes", "ch24_train", "ch24_evaluate", "ch24_caption")
result_line = re.compile(r"(BLEU-4|true captions|exact match): ")


def run(build: Build, root: Path) -> int:
    build.prepare()
    executables = build.executables()
    if absent := [name for name in programs if name not in executables]:
        raise CourseError(f"chapter 24 is not written yet: there is no {', '.join(absent)}")
    build.compile(executables[name] for name in programs)

    captioner = root / "data" / "captioner"
    step(executables, root, 1, "drawing the pictures", "ch24_scenes")
    step(executables, root, 2, "training the captioner", "ch24_train")
    draw_curve(root, captioner / "loss.tsv", captioner / "loss.svg")
    results = evaluate(executables, root)

    print("\nwritten:")
    for path in (root / "data" / "scenes", *sorted(captioner.glob("*"))):
        print(f"  {os.path.relpath(path)}{'/' if path.is_dir() else ''}")
    print("\ncaption a picture of your own: ./course run ch24 caption -- PICTURE.png\n")
    print("\n".join(results))
    return 0


def environment(root: Path) -> dict[str, str]:
    """TAPESTRY_ROOT tells a program where the data folder is."""
    return {**os.environ, "TAPESTRY_ROOT": str(root)}


def step(executables: dict[str, Path], root: Path, number: int, what: str, name: str) -> None:
    note(f"{number}/3 {what}")
    check(name, wait(start([executables[name]], cwd=root, env=environment(root))))


def evaluate(executables: dict[str, Path], root: Path) -> list[str]:
    """Shows what ch24_evaluate prints, but keeps back the lines with the result."""
    note("3/3 captioning pictures it has not seen")
    results: list[str] = []

    def take(text: str) -> None:
        if result_line.match(text):
            results.append(text.rstrip())
        else:
            print(text, end="", flush=True)

    # newline="": a progress bar's lines end in \r and are shown as they come.
    check("ch24_evaluate", follow([executables["ch24_evaluate"]], take, cwd=root,
                                  env=environment(root), newline="", errors=None))
    return results


def draw_curve(root: Path, losses: Path, picture: Path) -> None:
    """A missing curve is no reason to stop."""
    gnuplot = shutil.which("gnuplot")
    if gnuplot is None or not losses.is_file():
        note(f"no loss curve: {'there is no gnuplot' if losses.is_file() else f'no {losses}'}")
        return
    script = root / "tutorials" / "ch24_show_and_tell" / "loss.gp"
    lines: list[str] = []
    if follow([gnuplot, "-c", script, losses, picture], lines.append) != 0:
        note("no loss curve: gnuplot says " + " ".join("".join(lines).split()))
