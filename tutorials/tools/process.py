"""Runs programs: Ctrl-C gives them time to save, and a failure becomes one line."""
import signal
import subprocess
import sys
from pathlib import Path
from typing import Callable, Mapping, Sequence

from errors import CourseError, Interrupted

patience = 30.0  # seconds that a program may take to save its work after Ctrl-C


def wait(process: subprocess.Popen) -> int:
    """Its exit code. The terminal sends Ctrl-C to the program too: it ends by itself."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        let_end(process)
        raise Interrupted from None


def let_end(process: subprocess.Popen) -> None:
    try:
        process.wait(patience)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()


def start(command: Sequence[str | Path], **options) -> subprocess.Popen:
    try:
        return subprocess.Popen([str(word) for word in command], **options)
    except FileNotFoundError:
        raise CourseError(f"there is no program {command[0]}") from None


def follow(command: Sequence[str | Path], take: Callable[[str], None], cwd: Path | None = None,
           env: Mapping[str, str] | None = None, newline: str | None = None,
           errors: int | None = subprocess.STDOUT, keep: Sequence[int] = ()) -> int:
    """Runs a command and hands each line of its output to `take`; returns its exit code. `keep`:
    descriptors that it inherits, of locks."""
    process = start(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=errors,
                    stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", pass_fds=keep)
    assert process.stdout is not None
    if newline is not None:
        process.stdout.reconfigure(newline=newline)
    try:
        for line in process.stdout:
            take(line)
        return process.wait()
    except KeyboardInterrupt:
        let_end(process)
        raise Interrupted from None


def check(name: str, code: int) -> None:
    """Turns an exit code other than 0 into an error, or into an interruption."""
    if code in (-signal.SIGINT, 128 + signal.SIGINT):
        raise Interrupted
    if code < 0:
        raise CourseError(f"{name} was ended by {signal.Signals(-code).name}")
    if code > 0:
        raise CourseError(f"{name} ended with exit code {code}")


def note(text: str) -> None:
    """A line about what the command itself does; standard output is for results."""
    print(f"course: {text}", file=sys.stderr, flush=True)
