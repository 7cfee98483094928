"""A progress bar: one line that is redrawn on a terminal, a line every ten percent elsewhere.

    building [#########-----------]  36/80  3.1/s  0:14 left
"""
import os
import shutil
import sys
import time
from typing import TextIO


def clock(seconds: float) -> str:
    """1:05, or 2:00:05."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def is_live(stream: TextIO) -> bool:
    """Can a line on this stream be redrawn?"""
    return stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def has_color(stream: TextIO) -> bool:
    return is_live(stream) and not os.environ.get("NO_COLOR")


def text_columns() -> int:
    """How wide text may be: a terminal's width; elsewhere lines are left as they are."""
    if sys.stdout.isatty():
        return max(20, shutil.get_terminal_size().columns)
    return 10_000


class Bar:
    """Shows how far a task is. The total may change as the task learns about itself."""

    redraw_every = 0.1  # seconds

    def __init__(self, label: str, stream: TextIO = sys.stderr) -> None:
        self.label = label
        self.stream = stream
        self.live = is_live(stream)
        self.begin = time.monotonic()
        self.done = self.total = 0
        self.drawn_at = 0.0
        self.drawn_tenth = 0

    def update(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        if self.live:
            self._redraw()
        elif total > 0 and done * 10 // total > self.drawn_tenth:
            self.drawn_tenth = done * 10 // total
            print(f"{self.label}: {self.drawn_tenth * 10} % ({self.figures()})", file=self.stream,
                  flush=True)

    def announce(self) -> None:
        """That something is done, before the first step of it is."""
        if self.live:
            self.stream.write(f"\r{self.label} ...\033[K"[:shutil.get_terminal_size().columns])
            self.stream.flush()

    def figures(self) -> str:
        """Count, rate and time left."""
        seconds = time.monotonic() - self.begin
        rate = self.done / seconds if seconds > 0 else 0.0
        width = len(str(self.total))
        text = f"{self.done:{width}}/{self.total}"
        if rate > 0 and seconds > 1:
            text += f"  {rate:.1f}/s" if rate >= 1 else f"  {1 / rate:.1f} s each"
            if self.done < self.total:
                text += f"  {clock((self.total - self.done) / rate)} left"
        return text

    def line(self, columns: int) -> str:
        """The whole line, at most that many columns wide."""
        figures = self.figures()
        room = columns - len(self.label) - len(figures) - 5
        if room < 5:
            return f"{self.label} {figures}"[:columns]
        size = min(room, 40)
        filled = size * self.done // self.total if self.total > 0 else 0
        full, empty = "#" * filled, "-" * (size - filled)
        if has_color(self.stream):
            full = f"\033[32m{full}\033[0m"
        return f"{self.label} [{full}{empty}] {figures}"

    def _redraw(self) -> None:
        now = time.monotonic()
        if now - self.drawn_at < self.redraw_every and self.done < self.total:
            return
        self.drawn_at = now
        columns = shutil.get_terminal_size().columns - 1  # a full last column would wrap
        self.stream.write("\r" + self.line(columns) + "\033[K")
        self.stream.flush()

    def close(self) -> None:
        """Takes the bar off the terminal; what comes next begins on a clean line."""
        if self.live:
            self.stream.write("\r\033[K")
            self.stream.flush()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
