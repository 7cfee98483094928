"""The build folder: set up when it is missing, repaired when it is broken, built by target."""
import configparser
import fcntl
import json
import os
import platform
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterable, Iterator, TextIO

import contents
from errors import CourseError, Interrupted
from process import follow, note
from progress import Bar


class Build:
    """A meson build folder of a source folder."""

    def __init__(self, root: Path, folder: Path, first_options: Iterable[str] = ()) -> None:
        self.root = root
        self.folder = folder
        self.first_options = list(first_options)  # of a folder that is not there yet
        self._held: dict[str, int] = {}  # descriptors of the locks that this process has

    # --- one at a time ---

    @contextmanager
    def alone(self, what: str = "course") -> Iterator[None]:
        """No other ./course builds in this folder meanwhile: two ninjas in one folder lose each
        other's records and files. What is started with `keeping` keeps the lock when this process
        is killed. `what`: tests have a lock of their own, since they run ./course."""
        if what in self._held:
            yield
            return
        with self._lock_file(what) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                note(f"another ./course works in {self.folder}; waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            self._held[what] = lock.fileno()
            try:
                yield
            finally:
                del self._held[what]

    def _lock_file(self, what: str) -> TextIO:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return open(self.folder / f"{what}.lock", "w")
        except OSError as error:
            raise CourseError(f"the build folder {self.folder} cannot be written: {error.strerror} "
                              "(COURSE_BUILD=FOLDER names another)") from None

    @property
    def keeping(self) -> tuple[int, ...]:
        return tuple(self._held.values())

    # --- set-up ---

    def prepare(self) -> None:
        """Makes build.ninja exist and fit the meson.build files and this machine's processor."""
        with self.alone():
            self._prepare()

    def _prepare(self) -> None:
        if self._is_whole():
            self._fit_the_processor()
            code, errors = self._regenerate()
            if code == 0:
                return
            if errors:  # a mistake in a meson.build file: setting up again would not help
                raise CourseError(errors[0])
            note(f"repairing {self.folder}")
        options = self.options() or self.first_options
        self._forget()
        self._set_up(options)

    def _is_whole(self) -> bool:
        """False after an interrupted set-up, or when a folder was moved or copied."""
        files = ("build.ninja", "meson-private/coredata.dat", "meson-info/intro-targets.json",
                 "meson-info/intro-tests.json")
        if not all((self.folder / name).is_file() for name in files):
            return False
        try:
            folders = self.info("meson-info")["directories"]
            return Path(folders["source"]) == self.root and Path(folders["build"]) == self.folder
        except (OSError, ValueError, KeyError):
            return False

    def _regenerate(self) -> tuple[int, list[str]]:
        """Runs ninja for build.ninja alone; it starts meson when a meson.build file changed."""
        lines: list[str] = []
        code = follow([program("ninja"), "-C", self.folder, "build.ninja"], lines.append,
                      keep=self.keeping)
        return code, [line.strip() for line in lines if ": ERROR: " in line]

    def options(self) -> list[str]:
        """The options that the folder was set up with, though it may be broken."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        try:
            parser.read(self.folder / "meson-private" / "cmd_line.txt")
            return [f"-D{name}={value}" for name, value in parser["options"].items()]
        except (configparser.Error, KeyError, UnicodeDecodeError):
            return []

    def _forget(self) -> None:
        """Removes what meson wrote, and nothing else: the folder may hold other things."""
        for name in ("meson-private", "meson-info", "meson-logs"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in ("build.ninja", "compile_commands.json"):
            (self.folder / name).unlink(missing_ok=True)

    def _set_up(self, options: list[str]) -> None:
        begin = time.monotonic()
        lines: list[str] = []
        code = follow([program("meson"), "setup", *options, self.folder, self.root], lines.append,
                      keep=self.keeping)
        if code != 0:
            if reason := self._system_error("".join(lines)):
                raise CourseError(reason)
            errors = [line.strip() for line in lines if "ERROR: " in line]
            raise CourseError(errors[0] if errors else "meson setup failed:\n" + "".join(lines[-20:]))
        self._processor_file.write_text(processor() + "\n", encoding="utf-8")
        note(f"set up {self.folder} in {time.monotonic() - begin:.0f} s")

    def _system_error(self, text: str) -> str:
        """Why nothing can be written in the folder, if that is what a program complains of."""
        found = re.findall(r"\[Errno \d+\] ([^:\n]*)|(No space left on device|Disk quota exceeded)",
                           text)
        if not found:
            return ""
        return f"the build folder {self.folder} cannot be written: {''.join(found[-1]).strip()}"

    # --- the processor ---

    @property
    def _processor_file(self) -> Path:
        return self.folder / "processor.txt"

    def _fit_the_processor(self) -> None:
        """A home may be shared by different machines: what was compiled for the processor of one
        (-march=native) may hold instructions that the other does not know, and die of SIGILL."""
        try:
            before = self._processor_file.read_text(encoding="utf-8").strip()
        except OSError:  # set up by hand
            before = ""
        now = processor()
        if before == now:
            return
        if before and not self.option("portable"):
            gone, new = set(before.split()) - set(now.split()), set(now.split()) - set(before.split())
            note(f"{self.folder} was built for another processor" +
                 (f" (without {' '.join(sorted(gone)[:5])} here)" if gone else
                  f" (this one has {' '.join(sorted(new)[:5])} as well)") +
                 "; building again; -Dportable=true would fit both")
            self._forget_objects()
        self._processor_file.write_text(now + "\n", encoding="utf-8")

    def _forget_objects(self) -> None:
        for file in ("build.ninja", "exercises/build.ninja"):
            if (self.folder / file).is_file():
                subprocess.run([program("ninja"), "-C", self.folder, "-f", file, "-t", "clean"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    # --- what meson knows ---

    def info(self, name: str) -> Any:
        """meson-info/NAME.json, which meson writes with build.ninja."""
        return json.loads((self.folder / "meson-info" / f"{name}.json").read_text())

    def executables(self) -> dict[str, Path]:
        """The programs by target name."""
        return {target["name"]: Path(target["filename"][0]) for target in self.info("intro-targets")
                if target["type"] == "executable"}

    def commands(self) -> list[dict[str, str]]:
        """How each source is compiled."""
        return json.loads((self.folder / "compile_commands.json").read_text())

    def objects(self, *targets: str) -> dict[Path, str]:
        """What these targets compile: the sources, from the root, by their objects."""
        return {self.folder / entry["output"]:
                os.path.relpath(self.folder / entry["file"], self.root)
                for entry in self.commands() if entry["output"].endswith(".o")
                and any(f"/{target}.p/" in "/" + entry["output"] for target in targets)}

    def option(self, name: str) -> Any:
        return next((option["value"] for option in self.info("intro-buildoptions")
                     if option["name"] == name), None)

    # --- building ---

    def compile(self, files: Iterable[str | Path]) -> None:
        """Builds files of the build folder; with none, all that is built by default."""
        names = [os.path.relpath(file, self.folder) if os.path.isabs(file) else str(file)
                 for file in files]
        output = NinjaOutput()
        with self.alone(), Bar("building") as bar:
            contents.notice(self.root, self.folder)
            bar.announce()

            def take(line: str) -> None:
                if step := output.take(line):
                    bar.update(*step)
            command = [program("ninja"), "-C", self.folder, *names]
            code = follow(command, take, env={**os.environ, "NINJA_STATUS": "[%f/%t] "},
                          keep=self.keeping)
        if output.interrupted:
            raise Interrupted
        if code != 0:
            words = output.first_failure()
            raise CourseError(self._system_error(words) or "the build failed: " + words)


class NinjaOutput:
    """Reads ninja's lines: the steps, and the messages of the commands that failed."""

    step_line = re.compile(r"\[(\d+)/(\d+)\] ")

    def __init__(self) -> None:
        self.failures: dict[str, str] = {}  # by target, each with the command in its first line
        self.failed = ""                    # the target whose messages are being read
        self.others: list[str] = []
        self.interrupted = False

    def take(self, line: str) -> tuple[int, int] | None:
        """Returns (done, total) when the line tells."""
        if match := self.step_line.match(line):
            self.failed = ""
            return int(match[1]), int(match[2])
        if line.startswith("FAILED: "):
            self.failed = line.removeprefix("FAILED: ").strip()
            self.failures[self.failed] = ""
            return None
        if line.startswith("ninja: "):
            self.failed = ""
            self.interrupted = self.interrupted or "interrupted by user" in line
        if self.failed:
            self.failures[self.failed] += line
        else:
            self.others.append(line)
        return None

    def first_failure(self) -> str:
        """The target, and the command's messages without the command itself."""
        for target, text in self.failures.items():
            return target + "\n" + text.partition("\n")[2].rstrip()
        return "".join(self.others[-5:]).strip()


# The sets of instructions on x86; a new kernel tells new flags of other kinds.
instructions = re.compile("s?sse|avx|fma|f16c|bmi|abm|popcnt|movbe|adx|v?aes|sha|gfni|v?pclmul|amx")


def processor() -> str:
    """What this machine's processor can do, in words of one line."""
    try:
        text = Path(os.environ.get("TAPESTRY_CPUINFO", "/proc/cpuinfo")).read_text(encoding="utf-8")
    except OSError:
        text = ""
    found = re.search(r"^(?:flags|Features)\s*:\s*(.*)$", text, re.MULTILINE)
    words = set(found[1].split() if found else ())
    if platform.machine() == "x86_64":
        words = {word for word in words if instructions.match(word)}
    return " ".join([platform.machine(), *sorted(words)])


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise CourseError(f"{name} is not installed")
    return path
