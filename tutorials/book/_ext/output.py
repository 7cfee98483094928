"""What programs printed, and numbers from their runs.

    ```{output} first_tape.txt```          out/first_tape.txt of the chapter
    ```{output} first_tape.txt
    :block: Recorded                       only the lines from the one that begins so to the next
    ```                                    empty one
    {value}`steps.json#best.error:.2e`     a number of out/steps.json, as it stands or formatted; a
                                           power of ten is set as one
"""
import json
import re
import textwrap
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

import place
from errors import CourseError


class Output(SphinxDirective):
    required_arguments = 1
    option_spec = {"block": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        path = place.output(self.env, self.arguments[0])
        self.env.note_dependency(str(path))
        try:
            text = path.read_text(encoding="utf-8")
            if "block" in self.options:
                text = block(text, self.options["block"], place.shown(path))
        except OSError:
            raise self.error(f"there is no output {place.shown(path)}; "
                             f"`./course regen` makes it") from None
        except CourseError as error:
            raise self.error(str(error)) from None
        text = textwrap.dedent(text.strip("\n"))
        # Sentences may wrap, as a terminal wraps them; a table must not, so it keeps to this width.
        classes = ["output"] + ["long"] * any(len(line) > 100 for line in text.split("\n"))
        node = nodes.literal_block(text, text, language="none", classes=classes)
        self.set_source_info(node)
        return [node]


def block(text: str, start: str, name: str) -> str:
    """The one run of lines, without an empty line, whose first line begins with `start`."""
    blocks = [part.strip("\n") for part in text.replace("\r\n", "\n").split("\n\n")]
    found = [part for part in blocks if part.lstrip().startswith(start)]
    if len(found) != 1:
        begins = "; ".join(part.split("\n")[0].strip() for part in blocks if part)
        raise CourseError(f"{name} has {len(found)} blocks that begin with '{start}'; "
                          f"its blocks begin with: {begins}")
    return found[0]


class Value(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            text = self.value()
        except CourseError as error:
            message = self.inliner.reporter.error(f"{{value}}`{self.text}`: {error}",
                                                  line=self.lineno)
            return [self.inliner.problematic(self.text, self.rawtext, message)], [message]
        return [nodes.inline(self.rawtext, "", *spelled(text), classes=["value"])], []

    def value(self) -> str:
        place_of, colon, form = self.text.partition(":")
        file, _, key = place_of.partition("#")
        path = place.output(self.env, file)
        self.env.note_dependency(str(path))
        try:
            # Numbers stay as they are written: 0.50 is not 0.5.
            found: Any = json.loads(path.read_text(encoding="utf-8"), parse_float=str, parse_int=str)
        except OSError:
            raise CourseError(f"there is no {place.shown(path)}") from None
        except ValueError as error:
            raise CourseError(f"{place.shown(path)}: {error}") from None
        for step in key.split("."):
            found = step_into(found, step, key)
        if isinstance(found, (dict, list)):
            raise CourseError(f"{key} is no number")
        if not colon:
            return str(found)
        try:
            return format(int(found) if found.lstrip("-").isdigit() else float(found), form)
        except ValueError as error:
            raise CourseError(str(error)) from None


def spelled(text: str) -> list[nodes.Node]:
    """A number as prose has it: a true minus sign, and 1.2e-05 as 1.2 times a power of ten."""
    match = re.fullmatch(r"(-?)([\d.]+)(?:[eE]([+-]?)0*(\d+))?", text)
    if not match:
        return [nodes.Text(text)]
    minus, digits, sign, power = match.groups()
    number = ("\u2212" if minus else "") + digits
    if power is None:
        return [nodes.Text(number)]
    times = "\u2212"[:bool(minus)] if digits == "1" else f"{number} \u00b7 "
    return [nodes.Text(f"{times}10"),
            nodes.superscript("", ("\u2212" if sign == "-" else "") + power)]


def join_formulas(app: Sphinx, document: nodes.document) -> None:
    """A value after `s =` or `$s =$` belongs to the formula: its digits look like the formula's, and
    no line ends before it."""
    for value in document.findall(nodes.inline):
        if "value" not in value["classes"]:
            continue
        at = value.parent.index(value)
        before = value.parent[at - 1] if at else None
        if isinstance(before, nodes.Text) and re.search(r"[=<>\u2248\u2264\u2265] $", str(before)):
            math = at > 1 and isinstance(value.parent[at - 2], nodes.math)
            value.parent.replace(before, nodes.Text(str(before)[:-1] + "\u00a0"))
        elif isinstance(before, nodes.Text) and str(before) in (" ", "\u00a0", "\n") and at > 1:
            math = isinstance(value.parent[at - 2], nodes.math) \
                and bool(re.search(r"(=|<|>|\\approx|\\leq?|\\geq?)\s*$", value.parent[at - 2].astext()))
            if math:
                value.parent.replace(before, nodes.Text("\u00a0"))
        else:
            math = False
        if math:
            value["classes"].append("beside-formula")


def align_numbers(app: Sphinx, document: nodes.document) -> None:
    """Columns of a table that hold only numbers are set to the right."""
    for group in document.findall(nodes.tgroup):
        bodies = [row for body in group.findall(nodes.tbody) for row in body]
        columns = list(zip(*([entry for entry in row] for row in bodies))) if bodies else []
        for number, column in enumerate(columns):
            texts = [entry.astext().strip() for entry in column]
            if any(texts) and all(not text or re.fullmatch(r"[-+\u2212]?[\d.,\u00b7 ]+\s?%?", text)
                                  for text in texts):
                for row in group.findall(nodes.row):
                    if number < len(row):
                        row[number]["classes"].append("number")


def step_into(found: Any, step: str, key: str) -> Any:
    if isinstance(found, list) and step.isdigit() and int(step) < len(found):
        return found[int(step)]
    if isinstance(found, dict) and step in found:
        return found[step]
    names = list(found) if isinstance(found, dict) else []
    raise CourseError(f"there is no '{step}' in {key}; there are: {', '.join(names) or 'none'}")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("output", Output)
    app.add_role("value", Value())
    app.connect("doctree-read", join_formulas)
    app.connect("doctree-read", align_numbers)
    return {"parallel_read_safe": False}
