"""How long a section takes to read: a paragraph `minutes: 6` under its heading.

Every section of a page says so but the last, the further reading. The page's title gets the sum. Exercises name their own minutes."""
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)
line = re.compile(r"minutes:\s*(\d+)\s*$")
without = ("Further reading",)


def total(folder: Path) -> int:
    """The minutes of all sections of a chapter's pages."""
    return sum(int(number) for page in folder.glob("*.md") for number in
               re.findall(r"^minutes:[ \t]*(\d+)[ \t]*$", page.read_text(encoding="utf-8"), re.M))


def words(minutes: int) -> str:
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def show(app: Sphinx, document: nodes.document) -> None:
    if "/" not in app.env.docname:  # a page of no chapter
        return
    top = next(document.findall(nodes.section))
    sum_of_all = 0
    for section in top.findall(nodes.section):
        if section is top:
            continue
        minutes = take(section)
        sum_of_all += minutes or 0
        title = section[0].astext()
        if minutes is None and section.parent is top and title not in without:
            log.warning("the section '%s' does not say how long it takes: "
                        "a line `minutes: N` under its heading", title, location=section)
    top.insert(1, nodes.paragraph("", f"{words(sum_of_all)} to read", classes=["minutes"]))


def take(section: nodes.section) -> int | None:
    """Turns the section's `minutes: N` into what the reader sees."""
    if len(section) < 2 or not isinstance(section[1], nodes.paragraph):
        return None
    match = line.match(section[1].astext())
    if not match:
        return None
    section[1] = nodes.paragraph("", words(int(match[1])), classes=["minutes"])
    return int(match[1])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", show)
    return {"parallel_read_safe": False}
