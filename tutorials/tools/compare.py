"""Is what a program prints now the same as what the book shows?

Text must be equal, up to the width of its spaces. A number with decimals may be off by one unit of
its last printed digit, because compilers and processors round differently; whole numbers must be
equal.
"""
import re
from decimal import Decimal

number = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def last_digit(text: str) -> Decimal | None:
    """The value of one unit of the last digit; None for a whole number."""
    if re.fullmatch(r"-?\d+", text):
        return None
    return Decimal(1).scaleb(Decimal(text).as_tuple().exponent)  # type: ignore[arg-type]


def same_number(old: str, new: str) -> bool:
    """0.95 may have been cut from 0.950000, so the finer of the two says how far off is too far."""
    if old == new:
        return True
    units = [unit for unit in (last_digit(old), last_digit(new)) if unit is not None]
    return bool(units) and abs(Decimal(old) - Decimal(new)) <= min(units)


def same_line(old: str, new: str) -> bool:
    def words(line: str) -> str:
        return " ".join(number.sub("#", line).split())
    return words(old) == words(new) and all(
        map(same_number, number.findall(old), number.findall(new)))


def differences(old: str, new: str) -> list[str]:
    """A sentence for each line that differs; none if all are the same."""
    old_lines, new_lines = old.splitlines(), new.splitlines()
    found = [f"line {at}: the book has '{a.strip()}', the program prints '{b.strip()}'"
             for at, (a, b) in enumerate(zip(old_lines, new_lines), 1) if not same_line(a, b)]
    if len(old_lines) != len(new_lines):
        found.append(f"the book has {len(old_lines)} lines, the program prints {len(new_lines)}")
    return found
