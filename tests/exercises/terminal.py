"""A terminal to type into, as a student does."""
import os
import pty
import re
import select
import signal
import time
from pathlib import Path


def environment() -> dict[str, str]:
    """As a student has it. `meson test` sets MALLOC_PERTURB_, and then memory is written to where a
    program only asks for it: two gigabytes take a check longer than its time."""
    kept = {name: value for name, value in os.environ.items()
            if name not in ("COURSE_BUILD", "COURSE_WORK", "NO_COLOR", "ENV", "MALLOC_PERTURB_")
            and not name.startswith("MESON_")}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "TERM": "xterm", "COLUMNS": "200"}


class Terminal:
    """A shell on a terminal. Each command returns what was shown, without colours, and its exit
    code."""

    prompt = re.compile(r"\[(\d+)\] READY> $")

    def __init__(self, folder: Path, **variables: str) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve("/bin/sh", ["sh", "-i"],
                      {**environment(), "PS1": "[$?] READY> ", **variables})
        self.raw = ""
        self.read_until(self.prompt)

    def read_until(self, pattern: re.Pattern[str] | str, seconds: float = 120) -> str:
        """Reads on until the pattern is there; what was read since the last time."""
        pattern = re.compile(pattern) if isinstance(pattern, str) else pattern
        deadline = time.monotonic() + seconds
        while not pattern.search(plain(self.raw)):
            ready, _, _ = select.select([self.descriptor], [], [], deadline - time.monotonic())
            if not ready:
                raise AssertionError(f"no {pattern.pattern} within {seconds} s in:\n{self.raw}")
            self.raw += os.read(self.descriptor, 65536).decode(errors="replace")
        self.last_raw, self.raw = self.raw, ""
        return plain(self.last_raw)

    def send(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    def type(self, command: str) -> tuple[str, int]:
        self.send(command + "\n")
        text = self.read_until(self.prompt)
        match = self.prompt.search(text)
        assert match
        return text[:match.start()].removeprefix(command).strip(), int(match[1])

    def close(self) -> None:
        os.kill(self.pid, signal.SIGHUP)
        os.close(self.descriptor)
        os.waitpid(self.pid, 0)


def plain(text: str) -> str:
    """As one reads it: without colours and without what was drawn over."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "\x1b", text).replace("\r\n", "\n")
    lines = [line.rsplit("\r", 1)[-1] for line in text.split("\n")]
    return "\n".join(lines).replace("\x1b", "")
