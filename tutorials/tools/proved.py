"""What was proved stays proved until something that it depends on changes.

tutorials/proved.txt holds a line for each exercise whose proof held ("exercise lstm_cell") and for
each chapter whose programs printed what the book shows ("output ch10"): with a digest of all files
that could change the result (reach.py).
"""
import re
from pathlib import Path
from typing import Iterable

from errors import CourseError


class Record:
    """tutorials/proved.txt."""

    def __init__(self, root: Path) -> None:
        self.file = root / "tutorials" / "proved.txt"
        self._digests: dict[str, str] = {}
        if self.file.is_file():
            for number, line in enumerate(self.file.read_text(encoding="utf-8").splitlines(), 1):
                name, separator, digest = line.rpartition(" ")
                if not separator or not re.fullmatch("[0-9a-f]{32}", digest):
                    raise CourseError(f"tutorials/proved.txt:{number}: expected a name and a digest; "
                                      "remove the file, and all is proved again")
                self._digests[name] = digest
        self._before = dict(self._digests)

    def holds(self, name: str, digest: str) -> bool:
        return self._digests.get(name) == digest

    def note(self, name: str, digest: str | None) -> None:
        """None: it does not hold."""
        if digest is None:
            self._digests.pop(name, None)
        else:
            self._digests[name] = digest

    def keep_only(self, kind: str, names: Iterable[str]) -> None:
        """Forgets what is no longer there, of a kind ("exercise")."""
        kept = set(names)
        for name in [n for n in self._digests if n.startswith(kind + " ") and n not in kept]:
            del self._digests[name]

    def write(self) -> None:
        if self._digests == self._before:
            return
        lines = [f"{name} {digest}\n" for name, digest in sorted(self._digests.items())]
        try:
            self.file.write_text("".join(lines), encoding="utf-8")
        except PermissionError:
            pass  # it is proved again the next time
