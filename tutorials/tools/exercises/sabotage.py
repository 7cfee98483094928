"""`course test exercises --sabotage`: what a check does not see.

The solution is changed in one place at a time, by rule: a statement left out, + for -, a factor
dropped, a condition turned, an option left out, a constant changed, < for <=, arguments exchanged.
The check must reject every change that compiles. What it lets through is a hole in it, or a change
that changes nothing; those stand in same.toml beside exercise.toml, each with the reason:

    [["h[t] + w"]]       the line, as the solution has it
    now = "h[t] - w"     and as the change has it
    why = "w is zero here"

Many changes make one program: a function tries, by a number in the environment, one body of many.
What they have in common, headers and templates, is compiled once. Changes that do not compile are
found by the lines of the compiler's errors and taken out of the program.
"""
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import chapters
from errors import CourseError
from exercises import running, starters
from exercises.checking import program_of
from exercises.exercise import Exercise
from exercises.kit import Kit, Program
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
    """A piece with one place changed; the first line that differs, before and after."""
    piece: str
    was: str
    now: str
    begin: int  # the place in the piece as it was, and what stands there instead
    end: int
    new: str


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
        if self.text(i) == "*" and not self.is_spaced(i):
            return False  # of a type, real* x
        return before is not None and (before.kind in ("name", "number", "text")
                                       and before.text != "return" or before.text in (")", "]", "}"))

    def in_message(self, place: int) -> bool:
        """Does it change what an error says? The words are the student's own."""
        if any(t.text == "(" and self.source(i - 3, i - 1) == "fmt::format"
               and t.begin < place < self.tokens[self.partner[i]].begin
               for i, t in enumerate(self.tokens) if i > 2 and i in self.partner):
            return True
        last = max((i for i, t in enumerate(self.tokens) if t.begin < place
                    and (t.text == ";" and self.inside[i] != "(" or t.text == "throw")), default=-1)
        return self.text(last) == "throw"

    def is_spaced(self, i: int) -> bool:
        """Else < and > begin or end a list of types."""
        return self.piece[self.tokens[i].begin - 1:self.tokens[i].begin] in (" ", "\n")

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
                if i > 0 and (self.tokens[i - 1].kind == "name" and self.text(i - 1) != "return"
                              or self.text(i - 1) in (")", "]")):
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
            if text != piece and text not in found and not places.in_message(begin):
                first = len(os.path.commonprefix((piece, text)))
                found[text] = Change(text, line_at(piece, first), line_at(text, first),
                                     begin, end, new)
    return list(found.values())


def line_at(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1:].partition("\n")[0].strip()


Edit = Iterator[tuple[int, int, str]]  # begin and end in the piece, and what stands there instead


def statements(p: Places) -> Edit:
    """Left out, but for those with a block in them: their parts are statements of their own. And
    the braces of a list or a lambda are no block."""
    firsts = [0]  # where the statement begins, for each pair of braces around it
    for i, t in enumerate(p.tokens):
        if t.text == "{":
            firsts.append(i + 1)
        elif t.text == "}" and len(firsts) > 1:
            firsts.pop()
            if is_block(p, firsts[-1], p.partner.get(i, i)):
                firsts[-1] = i + 1
        elif t.text == ";" and p.inside[i] != "(":
            if (firsts[-1] < i and p.text(i + 1) != "else"
                    and not is_last_return(p, firsts[-1], i)
                    and p.source(firsts[-1], firsts[-1] + 1) != "const Inside"):  # for messages
                yield p.tokens[firsts[-1]].begin, t.end, ";"
            firsts[-1] = i + 1


def is_block(p: Places, first: int, brace: int) -> bool:
    """Is what begins at `first` a block, or something that has one, and not a lambda or a list?"""
    return first == brace or p.inside[brace] != "(" and (
        p.text(first) in ("if", "for", "while", "else", "do", "switch") or
        p.inside[brace] == "" and p.text(brace - 1) in (")", "const", "noexcept")
        and "=" not in [t.text for t in p.tokens[first:brace]])


def is_last_return(p: Places, first: int, end: int) -> bool:
    """A function that would end without it does not compile."""
    return p.text(first) == "return" and p.text(first + 1) != ";" and (
        end + 1 == len(p.tokens) or p.text(end + 1) == "}" and p.inside[end + 1] == "{"
        and p.inside[p.partner[end + 1]] == "" and p.text(p.partner[end + 1] - 1) == ")")


def operators(p: Places) -> Edit:
    for i, t in enumerate(p.tokens):
        if t.text in exchanged and (t.text not in signs or p.is_binary(i)) and (
                t.text not in ("<", ">") or p.is_spaced(i) and p.text(i - 1) != "template"):
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
    """Arguments and options: left out, and neighbours exchanged, unless that changes no more than
    the words of a message."""
    for opening, t in enumerate(p.tokens):
        if t.text not in ("(", "{") or opening not in p.partner:
            continue
        all_parts = p.arguments(opening)
        between = p.piece[t.end:p.tokens[p.partner[opening]].begin]
        if ";" in between or declared.search(between):
            continue
        for (a, b), (c, d) in zip(all_parts, all_parts[1:]):
            words = a == b and c == d and p.tokens[a].kind == p.tokens[c].kind == "text"
            if not words and p.text(opening - 1) not in ("min", "max"):
                yield (p.tokens[a].begin, p.tokens[d].end,
                       p.source(c, d) + p.piece[p.tokens[b].end:p.tokens[c].begin] +
                       p.source(a, b))
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


# --- many changes in one program ---

most_in_one = 24  # changes of a program: the larger, the fewer programs and the slower each
variable = "TAPESTRY_SABOTAGE"  # of the environment: the number of the change that is tried
no_change = -1
chooser = f"""#include <cstdlib>
static const int sabotage_number =
    std::getenv("{variable}") ? std::atoi(std::getenv("{variable}")) : {no_change};
"""


@dataclass(frozen=True)
class Body:
    """What stands between a function's braces in a piece; or all of a piece inside a function."""
    begin: int
    end: int
    ends_in_return: bool


def bodies(piece: str) -> list[Body]:
    places = Places(piece)
    if all(line.startswith(" ") for line in piece.splitlines() if line):
        last = max((i for i, t in enumerate(places.tokens[:-1])
                    if t.text in (";", "}") and places.inside[i] == ""), default=-1)
        at_the_end = [t.text for i, t in enumerate(places.tokens)
                      if i > last and places.inside[i] == ""]
        return [Body(0, len(piece), "return" in at_the_end)]
    found, first = [], 0  # first: the token that begins a function
    for i, t in enumerate(places.tokens):
        if places.inside[i] != "" or i not in places.partner:
            first = i + 1 if t.text == ";" and places.inside[i] == "" else first
        elif t.text == "{":
            head = [token.text for token in places.tokens[first:i]]
            if head and head[-1] in (")", "const", "noexcept"):
                found.append(Body(t.end, places.tokens[places.partner[i]].begin,
                                  "void" not in head[:head.index("(")]))
            first = places.partner[i] + 1
    return found


def merged(piece: str, several: dict[int, Change]) -> tuple[str, dict[int, range]] | None:
    """A piece that holds these changes by their numbers, and the lines where each stands; None if
    one of them lies outside of the functions."""
    where: dict[Body, list[int]] = {}
    for number, change in several.items():
        body = next((b for b in bodies(piece) if b.begin <= change.begin and change.end <= b.end),
                    None)
        if body is None:
            return None
        where.setdefault(body, []).append(number)
    text, done, lines = "", 0, {}
    for body in sorted(where, key=lambda b: b.begin):
        text += piece[done:body.begin]
        for number in where[body]:
            change = several[number]
            begin = text.count("\n")
            # A way without return must not be taken for one that is never gone.
            text += (f"\nif (sabotage_number == {number}) {{\n{piece[body.begin:change.begin]}"
                     f"{change.new}{piece[change.end:body.end]}\n"
                     f"{'__builtin_trap();' if body.ends_in_return else ''}}} else")
            lines[number] = range(begin + 1, text.count("\n") + 1)
        text += f" {{\n{piece[body.begin:body.end]}\n}}\n"
        done = body.end
    return text + piece[done:], lines


@dataclass(frozen=True)
class Group:
    """Changes of one program."""
    changes: dict[int, Change]
    file: Path
    target: Program
    lines: dict[int, range]  # of the file; none of a change that is alone


def group_of(kit: Kit, exercise: Exercise, several: dict[int, Change]) -> Group:
    text = starters.library_text(exercise)
    variant = "sabotage_" + "_".join(map(str, (min(several), max(several), len(several))))
    both = merged(starters.piece(text, exercise), several) if len(several) > 1 else None
    if both is None:
        alone, = several.values()
        content, lines = starters.with_piece(text, exercise, alone.piece), {}
    else:
        content = chooser + starters.with_piece(text, exercise, both[0])
        first = starters.bounds(text, exercise)[1] + chooser.count("\n") + 1
        lines = {number: range(first + r.start, first + r.stop) for number, r in both[1].items()}
    file = kit.keep(f"{exercise.name}/{variant}/{Path(exercise.file).name}", content)
    return Group(several, file, program_of(exercise, variant, {exercise.file: file}), lines)


def groups_of(kit: Kit, exercise: Exercise, several: dict[int, Change]) -> list[Group]:
    piece = starters.piece(starters.library_text(exercise), exercise)
    outside = {n: c for n, c in several.items() if merged(piece, {n: c}) is None}
    inside = [item for item in several.items() if item[0] not in outside]
    count = max(1, -(-len(inside) // most_in_one))
    return [group_of(kit, exercise, dict(part)) for part in
            [*(inside[i::count] for i in range(count)), *([item] for item in outside.items())]
            if part]


def at_fault(group: Group, words: str) -> set[int]:
    """The changes in whose lines the compiler found errors. Errors outside of them all tell that it
    lost its way in the first."""
    place = re.compile(rf"{re.escape(str(group.file))}:(\d+):(?:\d+:)?\s+(.*)")
    found, led_here = [], None
    for line in words.splitlines():
        match = place.match(line)
        number = match and next((n for n, r in group.lines.items() if int(match[1]) in r), None)
        if match and re.search("required from|required by|In instantiation", match[2]):
            led_here = number if number is not None else led_here
        elif re.search(r":\d+: (fatal )?error: ", line):
            found.append(number if match else led_here)
            led_here = None
    return set(found[:1] if None in found else found) - {None}


def built_groups(kit: Kit, exercise: Exercise, several: dict[int, Change]) -> list[Group]:
    """Programs of all changes that compile."""
    open_groups, done = groups_of(kit, exercise, several), []
    while open_groups:
        count = sum(len(group.changes) for group in open_groups)
        kit.compile([group.target for group in open_groups],
                    f"building {exercise.name}, changed in {count} ways")
        following = []
        for group in open_groups:
            failed = kit.failure(group.target)
            if not failed:
                done.append(group)
            elif failed[0] == exercise.check:
                raise CourseError(f"{exercise.check} does not compile:\n{failed[1]}")
            elif wrong := at_fault(group, failed[1]):
                if rest := {n: c for n, c in group.changes.items() if n not in wrong}:
                    following.append(group_of(kit, exercise, rest))
            elif len(group.changes) > 1:  # nobody knows which
                items = [*group.changes.items()]
                following += [group_of(kit, exercise, dict(half))
                              for half in (items[::2], items[1::2])]
        open_groups = following
    return done


def survivors(kit: Kit, exercise: Exercise) -> tuple[int, list[Change]]:
    """How many changes compile, and those of them that pass every step."""
    piece = starters.piece(starters.library_text(exercise), exercise)
    groups = built_groups(kit, exercise, dict(enumerate(changes(piece))))
    programs = {number: group.target for group in groups for number in group.changes}
    passed = []

    def failure(target: Program, number: int) -> running.Failure | None:
        return running.run(kit.executable(target), {variable: str(number)}).failure

    def passes(number: int) -> bool:
        return failure(programs[number], number) is None
    unchanged = next((group.target for group in groups if group.lines), None)
    if unchanged and (fault := failure(unchanged, no_change)):
        raise CourseError(f"{exercise.name}: the solution fails in '{fault.step}': {fault.what}: "
                          f"{fault.problem}")
    with Bar(f"checking {exercise.name}") as bar, ThreadPoolExecutor(os.cpu_count()) as team:
        for done, (number, survives) in enumerate(zip(programs, team.map(passes, programs)), 1):
            if survives:
                passed.append(number)
            bar.update(done, len(programs))
    known_changes = {n: c for group in groups for n, c in group.changes.items()}
    return len(programs), [known_changes[number] for number in sorted(passed)]


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
