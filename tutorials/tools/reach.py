"""What a source can reach: from a file to what it includes, and from a header to those sources of its
folder that include it, for one of them implements it (tests/layout sees to that)."""
import hashlib
import re
from pathlib import Path
from typing import Iterable

include = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
# What changes how all of them are compiled.
everywhere = ("meson.build", "meson_options.txt")


class Sources:
    """The files of the tree, and what each can reach."""

    def __init__(self, root: Path, include_folders: Iterable[Path] = ()) -> None:
        self.root = root
        self.include_folders = [root, *include_folders]
        self._includes: dict[Path, list[Path]] = {}
        self._included: dict[Path, set[Path]] = {}
        self._sources: dict[Path, list[Path]] = {}
        self._digests: dict[Path, bytes] = {}

    def reached(self, start: Iterable[Path]) -> set[Path]:
        """All that these can reach, and they themselves."""
        return self._follow(start, with_implementations=True)

    def included(self, file: Path) -> set[Path]:
        """Only what the compiler reads."""
        if file not in self._included:
            self._included[file] = self._follow([file], with_implementations=False) - {file}
        return self._included[file]

    def _follow(self, start: Iterable[Path], with_implementations: bool) -> set[Path]:
        found: set[Path] = set()
        waiting = list(start)
        while waiting:
            file = waiting.pop()
            if file in found:
                continue
            found.add(file)
            waiting += self._includes_of(file)
            if with_implementations and file.suffix == ".hpp":
                waiting += [source for source in self._sources_beside(file)
                            if file in self.included(source)]
        return found

    def _sources_beside(self, header: Path) -> list[Path]:
        folder = header.parent
        if folder not in self._sources:
            self._sources[folder] = sorted(folder.glob("*.cpp"))
        return self._sources[folder]

    def _includes_of(self, file: Path) -> list[Path]:
        if file not in self._includes:
            names = (name.decode() for name in include.findall(file.read_bytes()))
            self._includes[file] = [place for name in names if (place := self._find(name, file))]
        return self._includes[file]

    def _find(self, name: str, file: Path) -> Path | None:
        for folder in (file.parent, *self.include_folders):
            if (folder / name).is_file():
                return folder / name
        return None  # of the system

    def digest(self, start: Iterable[Path], others: Iterable[Path] = ()) -> str:
        """Of all that `start` reaches, and of `others`."""
        files = self.reached(start) | set(others)
        files |= {self.root / name for name in everywhere if (self.root / name).is_file()}
        total = hashlib.sha256()
        for file in sorted(files):
            if file not in self._digests:
                self._digests[file] = hashlib.sha256(file.read_bytes()).digest()
            total.update(str(file.relative_to(self.root)).encode() + b"\0" + self._digests[file])
        return total.hexdigest()[:32]
