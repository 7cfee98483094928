"""Compiles and links checks: a check, the student's file, and the library behind it.

Meson builds the library and the frame that all checks share (`check_frame`). From its commands a
small ninja file is made: a check and a student's file are compiled with the library's own flags,
but for less optimisation, more assertions and a precompiled header. The linker meets the student's
functions first, and takes them for the library's (check_frame's `muldefs`). So that none of the file's functions
is the library's after all, the file as it stands there is compiled too: both must define the same.
"""
import hashlib
import json
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import contents
import symbols
from build import Build, NinjaOutput, program
from errors import CourseError, Interrupted
from process import follow
from progress import Bar

frame = "tutorials/check_frame"
library = "libtapestry_f64.a"

# -Og: half the compiler's time of -O3. At -O0 the intrinsics that xsimd uses do not compile.
flags = ["-Og", "-D_GLIBCXX_ASSERTIONS", "-DXTENSOR_ENABLE_ASSERT", "-Werror=return-type",
         "-Werror=return-local-addr"]


@dataclass(frozen=True)
class Program:
    """A check to be linked."""
    name: str  # "sigmoid/work"
    check: Path
    replaced: tuple[str, ...]  # files of the library
    sources: tuple[Path, ...]  # what takes their place


class Kit:
    def __init__(self, build: Build) -> None:
        self.build = build
        self.folder = build.folder / "exercises"
        self.failures: dict[str, str] = {}  # of the last compilation, by ninja's target

    def prepare(self) -> None:
        """Builds the library and the frame."""
        with self.build.alone():
            self.build.prepare()
            self.build.compile([frame])

    def executable(self, target: Program) -> Path:
        return self.folder / "programs" / target.name

    def object(self, source: Path) -> Path:
        return self.folder / "objects" / f"{source.relative_to(source.anchor)}.o"

    def keep(self, name: str, text: str) -> Path:
        """A source file that was put together; it is written only when it has changed."""
        path = self.folder / "sources" / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return path

    # --- building ---

    def compile(self, programs: Sequence[Program], label: str = "compiling") -> None:
        """Builds what can be built. What cannot is in `failures`."""
        sources = self._sources(programs)
        with self.build.alone():
            self._write_ninja_file(programs)
            while True:
                before = {source: content_of(source) for source in sources}
                for source, content in before.items():
                    self._forget_another(source, content)
                self._run_ninja(label, with_lines=len(programs) > 1)
                # If a file was saved meanwhile, nobody knows which of the two was compiled.
                if all(content_of(source) == before[source] for source in sources):
                    break
            for source, content in before.items():
                self._record(source).write_text(content)

    def _run_ninja(self, label: str, with_lines: bool) -> None:
        output = NinjaOutput()
        with Bar(label) as bar:
            bar.announce()

            def take(line: str) -> None:
                step = output.take(line)
                if step and (bar.live or with_lines):
                    bar.update(*step)
            command = [program("ninja"), "-C", self.build.folder, "-k", "0",
                       "-f", "exercises/build.ninja"]
            code = follow(command, take, keep=self.build.keeping)
        if output.interrupted:
            raise Interrupted
        self.failures = output.failures
        if code != 0 and not self.failures:
            raise CourseError("the build failed: " + output.first_failure())

    def _sources(self, programs: Sequence[Program]) -> dict[Path, None]:
        """All that is compiled, each once and in order."""
        return dict.fromkeys(source for target in programs for source in
                             (*target.sources, target.check, *self._originals(target)))

    def _originals(self, target: Program) -> list[Path]:
        return [self.build.root / file for file in target.replaced]

    def _forget_another(self, source: Path, content: str) -> None:
        """Removes the object of another content. Ninja alone would go by times, and a file that an
        editor or `cp -p` puts back is older than what was compiled from the one before."""
        record = self._record(source)
        if not record.is_file() or record.read_text() != content:
            record.parent.mkdir(parents=True, exist_ok=True)
            record.unlink(missing_ok=True)
            self.object(source).unlink(missing_ok=True)

    def _record(self, source: Path) -> Path:
        """Holds the digest of what the object was compiled from."""
        object = self.object(source)
        return object.with_name(object.name + ".digest")

    def failure(self, target: Program) -> tuple[Path | None, str] | None:
        """Why a program was not built: the source that does not compile, or None for the linker;
        and the compiler's words."""
        for source in (*target.sources, target.check):
            if text := self.failures.get(str(self.object(source))):
                return source, text
        if text := self.failures.get(str(self.executable(target))) or self._misfit(target):
            return None, text
        return None

    def _misfit(self, target: Program) -> str:
        """What the linker would say if the library were there without the replaced files."""
        originals = [self.object(source) for source in self._originals(target)]
        if not all(original.is_file() for original in originals):
            return ""  # unfinished itself
        theirs = symbols.defined(*originals)
        ours = symbols.defined(*map(self.object, target.sources))
        if missing := theirs - ours:
            return f"not defined here: `{symbols.readable(min(missing))}'"
        if more := ours - theirs:
            others = symbols.defined(self.object(target.check), self.build.folder / library,
                                     *self.build.objects(frame))
            if twice := more & others:
                return f"multiple definition of `{symbols.readable(min(twice))}'"
        return ""

    def _write_ninja_file(self, programs: Sequence[Program]) -> None:
        header = self.folder / "precompiled" / "precompiled.hpp"
        header.parent.mkdir(parents=True, exist_ok=True)
        if not header.exists():
            header.write_text('#include "tutorials/tools/checks/precompiled.hpp"\n')
        command = self._compile_command()
        depend = "-MD -MF $out.d"
        lines = ["builddir = exercises",
                 f"rule header\n command = {command} -x c++-header {depend} -o $out -c $in",
                 " deps = gcc\n depfile = $out.d",
                 f"rule object\n command = {command} -include {quote(header)} {depend} "
                 "-o $out -c $in",
                 " deps = gcc\n depfile = $out.d",
                 f"rule program\n command = {self._link_command()}",
                 f"build {path(header)}.gch: header {path(header)}"]
        for source in self._sources(programs):
            lines.append(f"build {path(self.object(source))}: object {path(source)} "
                         f"| {path(header)}.gch")
        for target in programs:
            own = " ".join(path(self.object(source)) for source in (*target.sources, target.check))
            lines.append(f"build {path(self.executable(target))}: program {own} | {frame}")
        (self.folder / "build.ninja").write_text("\n".join(lines) + "\n", encoding="utf-8")

    # --- what meson does, changed ---

    def _compile_command(self) -> str:
        command = next((shlex.split(entry["command"]) for entry in self.build.commands()
                        if f"{frame}.p/" in entry["output"]), None)
        if command is None:
            raise CourseError(f"meson knows no program {frame}")
        words = iter(command)
        kept = []
        for word in words:
            if word in ("-o", "-c", "-MQ", "-MF"):
                next(words)
            elif word != "ccache" and not word.startswith(("-W", "-O", "-g", "-MD", "-DNDEBUG",
                                                           "-fdiagnostics-color")):
                kept.append(word)
        kept += [*flags, "-I", str(self.build.root / "tutorials/tools/checks")]
        return " ".join(quote(word) for word in kept)

    def _link_command(self) -> str:
        commands = subprocess.run([program("ninja"), "-C", self.build.folder, "-t", "commands",
                                   "-s", frame], check=True, stdout=subprocess.PIPE,
                                  encoding="utf-8").stdout
        words = shlex.split(commands.splitlines()[-1])
        out = words.index("-o")
        words = [words[0], *words[1:out], *words[out + 2:]]
        return " ".join([quote(words[0]), "-o $out $in", *map(quote, words[1:])])


def content_of(source: Path) -> str:
    """Its digest; nothing while an editor replaces it."""
    try:
        return contents.digest(source)
    except OSError:
        return ""


def short(name: str) -> str:
    """A name of many parts, fit for a file system."""
    if len(name) <= 100:
        return name
    return f"{name[:60]}+{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def quote(word: str | Path) -> str:
    """For the shell, inside a command of ninja's."""
    return shlex.quote(str(word)).replace("$", "$$")


def path(name: Path) -> str:
    """For a build line of ninja's."""
    return str(name).replace("$", "$$").replace(" ", "$ ").replace(":", "$:")
