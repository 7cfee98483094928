"""`course test exercises --sabotage`: what a check does not see.

The solution is changed in one place at a time, by rule: a statement left out, + for -, a factor
dropped, a condition turned, an option left out, a constant changed, < for <=, arguments exchanged.
The check must reject every change that compiles. What it lets through is a hole in it, or a change
that changes nothing; those stand in same.toml beside exercise.toml, each with the reason:

    [["h[t] + w"]]       the line, as the solution has it
    now = "h[t] - w"     and as the change has it
    why = "w is zero here"
"""
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import chapters
from errors import CourseError
from exercises import starters
from exercises.checking import judge, program_of
from exercises.exercise import Exercise
from exercises.kit import Kit
from progress import Bar

token = re.compile(r"""(?P<skip>\s+|//[^\n]*)|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
                       |(?P<number>\d[\w.']*(?:(?<=[eE])[-+]\d+)?)|(?P<name>[A-Za-z_]\w*)
                       |(?P<sign><<=|>>=|->|::|\+\+|--|[-+*/<>=!]=|&&|\|\||.)""", re.VERBOSE)
exchanged = {"+": "-", "-": "+", "+=": "-=", "-=": "+=", "*": "/", "/": "*", "*=": "/=", "/=": "*=",
             "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||",
             "||": "&&", "++": "--", "min": "max", "max": "min", "true": "false", "false": "true"}
closing = {"(": ")", "[": "]", "{": "}"}
signs = {"+", "-", "*", "/"}
declared = re.compile(r"\b\w+[&*]? \w+\s*(,|$)")  # the parameters of a function


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    begin: int
    end: int


@dataclass(frozen=True)
class Change:
    """A piece with one place changed; the line where the change begins, before and after."""
    piece: str
    was: str
    now: str


# --- the changes ---

class Places:
    """The tokens of a piece, and where in its text things begin and end."""

    def __init__(self, piece: str) -> None:
        self.piece = piece
        self.tokens = [Token(m.lastgroup or "", m[0], m.start(), m.end())
                       for m in token.finditer(piece) if m.lastgroup != "skip"]
        self.partner: dict[int, int] = {}  # of brackets
        self.inside: list[str] = []        # which bracket each token stands in, "" for none
        stack: list[int] = []
        for i, t in enumerate(self.tokens):
            self.inside.append(self.tokens[stack[-1]].text if stack else "")
            if t.text in closing:
                stack.append(i)
            elif stack and t.text == closing[self.tokens[stack[-1]].text]:
                opening = stack.pop()
                self.partner[opening], self.partner[i] = i, opening

    def text(self, i: int) -> str:
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def changed(self, begin: int, end: int, new: str) -> str:
        return self.piece[:begin] + new + self.piece[end:]

    def is_binary(self, i: int) -> bool:
        """Does an operand end before token i?"""
        before = self.tokens[i - 1] if i > 0 else None
        return before is not None and (before.kind in ("name", "number", "text")
                                       and before.text != "return" or before.text in (")", "]", "}"))

    def operand_after(self, i: int) -> int:
        """The last token of the operand that begins at token i."""
        while self.text(i) in ("-", "!", "*", "&"):
            i += 1
        i = self.partner.get(i, i)
        while True:
            follows = self.text(i + 1)
            if follows in ("(", "[", "{") and i + 1 in self.partner:
                i = self.partner[i + 1]
            elif follows in (".", "->", "::"):
                i += 2
            else:
                return i

    def operand_before(self, i: int) -> int:
        """The first token of the operand that ends at token i."""
        while True:
            if self.text(i) in (")", "]", "}") and i in self.partner:
                i = self.partner[i]
                if i > 0 and (self.tokens[i - 1].kind == "name" or self.text(i - 1) in (")", "]")):
                    i -= 1
                    continue
            if self.text(i - 1) in (".", "->", "::"):
                i -= 2
                continue
            return i

    def arguments(self, opening: int) -> list[tuple[int, int]]:
        """What commas part between a bracket and its partner: first and last token of each."""
        parts, first, i = [], opening + 1, opening + 1
        while i < self.partner[opening]:
            if self.text(i) == ",":
                parts.append((first, i - 1))
                first = i + 1
            i = self.partner.get(i, i) + 1 if self.text(i) in closing else i + 1
        return [*parts, (first, i - 1)] if first <= i - 1 else parts

    def source(self, first: int, last: int) -> str:
        return self.piece[self.tokens[first].begin:self.tokens[last].end]


def changes(piece: str) -> list[Change]:
    """All of them, each text once."""
    places, found = Places(piece), {}
    for rule in (statements, operators, factors, conditions, constants, parts):
        for begin, end, new in rule(places):
            text = places.changed(begin, end, new)
            if text != piece and text not in found:
                found[text] = Change(text, line_at(piece, begin), line_at(text, begin))
    return list(found.values())


def line_at(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1:].partition("\n")[0].strip()


Edit = Iterator[tuple[int, int, str]]  # begin and end in the piece, and what stands there instead


def statements(p: Places) -> Edit:
    """Left out, but for those with a block in them: their parts are statements of their own."""
    first = 0
    for i, t in enumerate(p.tokens):
        if t.text in ("{", "}"):
            first = i + 1
        elif t.text == ";" and p.inside[i] != "(":
            if first < i:
                yield p.tokens[first].begin, t.end, ";"
            first = i + 1


def operators(p: Places) -> Edit:
    for i, t in enumerate(p.tokens):
        spaced = p.piece[t.begin - 1:t.begin] == " "  # else it begins or ends a list of types
        if t.text in exchanged and (t.text not in signs or p.is_binary(i)) and (
                t.text not in ("<", ">") or spaced):
            yield t.begin, t.end, exchanged[t.text]
        if t.text in ("+=", "-=", "*=", "/="):
            yield t.begin, t.end, "="
        if t.text in ("-", "!") and not p.is_binary(i):
            yield t.begin, t.end, ""


def factors(p: Places) -> Edit:
    """One of two operands dropped."""
    for i, t in enumerate(p.tokens):
        if t.text not in (*signs, "&&", "||") or not p.is_binary(i):
            continue
        first, last = p.operand_before(i - 1), p.operand_after(i + 1)
        if t.text not in ("*", "/"):  # a term may be a product
            while p.text(first - 1) in ("*", "/"):
                first = p.operand_before(first - 2)
            while p.text(last + 1) in ("*", "/"):
                last = p.operand_after(last + 2)
        yield t.begin, p.tokens[last].end, ""
        if t.text != "/":
            yield p.tokens[first].begin, t.end, ""


def conditions(p: Places) -> Edit:
    for i, t in enumerate(p.tokens):
        if t.text == "if" and i + 1 in p.partner:
            begin, end = p.tokens[i + 1].end, p.tokens[p.partner[i + 1]].begin
            yield begin, end, f"!({p.piece[begin:end]})"
        if t.text == "?":
            first = p.operand_before(i - 1)
            while first > 1 and p.tokens[first - 1].kind == "sign" and p.text(first - 1) not in (
                    "(", ",", "=", "{", "return", ";", ":"):
                first = p.operand_before(first - 2)
            begin, end = p.tokens[first].begin, t.begin
            yield begin, end, f"!({p.piece[begin:end].strip()}) "


def constants(p: Places) -> Edit:
    for t in p.tokens:
        if t.kind != "number":
            continue
        if re.fullmatch(r"\d+", t.text):
            yield t.begin, t.end, str(int(t.text) + 1)
            if int(t.text) > 0:
                yield t.begin, t.end, str(int(t.text) - 1)
        elif re.fullmatch(r"[\d.]+(e-?\d+)?", t.text):
            yield t.begin, t.end, repr(1.5 * float(t.text))


def parts(p: Places) -> Edit:
    """Arguments and options: left out, and neighbours exchanged."""
    for opening, t in enumerate(p.tokens):
        if t.text not in ("(", "{") or opening not in p.partner:
            continue
        all_parts = p.arguments(opening)
        between = p.piece[t.end:p.tokens[p.partner[opening]].begin]
        if ";" in between or declared.search(between):
            continue
        for (a, b), (c, d) in zip(all_parts, all_parts[1:]):
            yield (p.tokens[a].begin, p.tokens[d].end,
                   p.source(c, d) + p.piece[p.tokens[b].end:p.tokens[c].begin] + p.source(a, b))
            yield p.tokens[b].end, p.tokens[d].end, ""  # without the second
        if len(all_parts) > 1 and p.text(all_parts[0][0]) == ".":
            yield p.tokens[all_parts[0][0]].begin, p.tokens[all_parts[1][0]].begin, ""


# --- whether the check sees them ---

def known(exercise: Exercise) -> dict[tuple[str, str], str]:
    """The changes that change nothing, and why."""
    file = exercise.folder / "same.toml"
    if not file.is_file():
        return {}
    try:
        with open(file, "rb") as stream:
            entries = chapters.tomllib.load(stream)
        return {(was, entry["now"]): entry["why"]
                for was, several in entries.items() for entry in several}
    except (chapters.tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(f"{file}: {error}") from None


def survivors(kit: Kit, exercise: Exercise) -> tuple[int, list[Change]]:
    """How many changes compile, and those of them that pass every step."""
    text = starters.library_text(exercise)
    name = Path(exercise.file).name
    all_changes = changes(starters.piece(text, exercise))
    files = [kit.keep(f"{exercise.name}/sabotage_{number}/{name}",
                      starters.with_piece(text, exercise, change.piece))
             for number, change in enumerate(all_changes)]
    targets = [program_of(exercise, f"sabotage_{number}", {exercise.file: file})
               for number, file in enumerate(files)]
    kit.compile(targets, f"building {exercise.name}, changed in {len(targets)} ways")
    with Bar(f"checking {exercise.name}") as bar, ThreadPoolExecutor(os.cpu_count()) as team:
        verdicts = []
        for verdict in team.map(lambda f, t: judge(kit, exercise, f, t), files, targets):
            verdicts.append(verdict)
            bar.update(len(verdicts), len(targets))
    built = [v.failure is None or not v.failure.of_build for v in verdicts]
    return sum(built), [change for change, verdict in zip(all_changes, verdicts) if verdict.passed]


def run(kit: Kit, chosen: list[Exercise]) -> tuple[int, int]:
    """Prints what gets through; returns how many changes are caught, and how many are not."""
    kit.prepare()
    caught_in_all = missed_in_all = 0
    for exercise in chosen:
        same = known(exercise)
        built, passed = survivors(kit, exercise)
        missed = [change for change in passed if (change.was, change.now) not in same]
        gone = same.keys() - {(change.was, change.now) for change in passed}
        caught = built - len(passed)
        equal = f", {len(passed) - len(missed)} change nothing" if len(passed) > len(missed) else ""
        print(f"{exercise.chapter}  {exercise.name:24} {caught} of {caught + len(missed)} changes "
              f"are caught{equal}", flush=True)
        for change in missed:
            print(f"      {change.was}\n   -> {change.now or '(nothing)'}", flush=True)
        for was, now in sorted(gone):
            print(f"      same.toml: no change lets '{was}' -> '{now}' through", flush=True)
        caught_in_all += caught
        missed_in_all += len(missed) + len(gone)
    return caught_in_all, missed_in_all
