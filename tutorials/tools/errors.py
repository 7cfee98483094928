"""What the course command says when it cannot go on: one line, and no traceback."""
import difflib
from typing import Iterable


class CourseError(Exception):
    """A problem that a user can understand; the message is printed as `course: ...`."""


class Interrupted(Exception):
    """Ctrl-C reached a program that was started; it has ended by now."""


def unknown(what: str, name: str, known: Iterable[str]) -> CourseError:
    """`what`: "command", say. Names the one that was probably meant, or else all."""
    names = list(known)
    close = difflib.get_close_matches(name.lower().replace("-", "_"), names, n=1, cutoff=0.7)
    rest = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names) or 'none'}"
    return CourseError(f"there is no {what} {name}; {rest}")
