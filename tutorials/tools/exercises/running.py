"""Runs a check: nothing that a student's code does may hang or flood the course command."""
import json
import os
import re
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

from exercises import crashes

wall_limit = 30.0  # seconds without news; a step's own limit is processor time (checks/steps.cpp)
# On a machine of many cores, the threads' memory alone would pass a check's limit (checks/main.cpp).
one_thread = {"OPENBLAS_NUM_THREADS": "1", "TAPESTRY_THREADS": "1"}
most_printed = 64 * 1024  # bytes kept of what the student's code prints


@dataclass(frozen=True)
class Failure:
    """How a check ended before its end.

    kind: differs (a comparison), threw, crashed, time (did not end), ended (left the program),
    and from the build: compile, link.
    """
    kind: str
    step: str
    what: str = ""
    problem: str = ""
    numbers: tuple[float, ...] = ()

    @property
    def of_build(self) -> bool:
        return self.kind in ("compile", "link")

    @property
    def todo(self) -> str | None:
        """The exercise whose missing piece was reached."""
        match = re.fullmatch(r"TODO: (\w+)", self.problem)
        return match[1] if match and self.kind == "threw" else None


@dataclass
class Run:
    steps: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    failure: Failure | None = None
    printed: str = ""


def run(executable: Path, variables: Mapping[str, str] = {}) -> Run:
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen([executable, str(writing)], pass_fds=[writing],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True,
                                   env={**os.environ, **one_thread, **variables})
    finally:
        os.close(writing)
    try:
        return follow(process, reading)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(reading)
        assert process.stdout is not None
        process.stdout.close()


def follow(process: subprocess.Popen, reading: int) -> Run:
    assert process.stdout is not None
    result = Run()
    printed, report = bytearray(), bytearray()
    step, ended, late = "", False, False
    deadline = time.monotonic() + wall_limit
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                late = True
                break
            for key, _ in ready:
                block = os.read(key.fd, 65536)
                if not block:
                    selector.unregister(key.fileobj)
                elif key.fd == reading:
                    report += block
                    deadline = time.monotonic() + wall_limit
                else:
                    printed += block[:max(0, most_printed - len(printed))]
            *lines, rest = bytes(report).split(b"\n")
            report = bytearray(rest)
            for line in lines:
                event = json.loads(line)
                step = event.get("step", step)
                ended = take(event, result) or ended
    if len(printed) == most_printed:
        printed = printed[:printed.rfind(b"\n") + 1]
    result.printed = printed.decode(errors="replace")
    if late:
        process.kill()
    code = process.wait()
    if result.failure is None and not ended:
        result.failure = end_of(code, step, late, result.printed)
    return result


def take(event: dict[str, Any], result: Run) -> bool:
    """Returns True at the end."""
    match event["event"]:
        case "steps":
            result.steps = event["names"]
        case "passed":
            result.passed.append(event["step"])
        case "differs" | "threw" as kind:
            numbers = tuple(float(x) for x in event.get("numbers", ()))
            result.failure = Failure(kind, event["step"], event["what"], event["problem"].strip(),
                                     numbers)
    return event["event"] == "end"


def end_of(code: int, step: str, late: bool, printed: str) -> Failure:
    if late or code == -signal.SIGPROF:
        return Failure("time", step)
    if code < 0:
        return Failure("crashed", step, signal.Signals(-code).name, last_words(printed))
    return Failure("ended", step, str(code))


def last_words(printed: str) -> str:
    """What the C++ library says before it aborts."""
    for line in reversed(printed.splitlines()):
        if match := crashes.assertion.search(line):
            return f"assertion failed: {match['text']}"
        if match := re.search(r"what\(\): +(.*)", line):
            return match[1]
        if match := re.search(r"(?:AddressSanitizer|runtime error): (.*)", line):
            return match[1]
    return ""
