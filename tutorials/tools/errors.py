"""What the course command says when it cannot go on: one line, and no traceback."""


class CourseError(Exception):
    """A problem that a user can understand; the message is printed as `course: ...`."""


class Interrupted(Exception):
    """Ctrl-C reached a program that was started; it has ended by now."""
