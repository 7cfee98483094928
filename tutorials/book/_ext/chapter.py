"""Chapters as the book knows them: their fixed numbers, the list on the first page, and references
to chapters that may not be there.

    <!-- readme -->        on the first page: how README.md begins
    <!-- chapters -->      on the first page: all chapters of course.toml, written or not
    {chapter}`ch18`        "chapter 18", a link if it is there
"""
import posixpath
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

import chapters
import minutes
import place

log = logging.getLogger(__name__)
all_chapters = chapters.all_chapters(place.tutorials)


def page(chapter: chapters.Chapter) -> str | None:
    """The name of its page; None while it is not written."""
    if chapter.folder is None or not (chapter.folder / "chapter.md").is_file():
        return None
    return f"{chapter.folder.name}/chapter"


# --- the list ---

def insert_list(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == app.config.root_doc:
        source[0] = (source[0].replace("<!-- readme -->", introduction())
                     .replace("<!-- chapters -->", chapter_list()))


def introduction() -> str:
    """README.md from its title to the first code of the library; of a handout's shorter one, all.
    A paragraph with a link to a file that is no page stays out."""
    text = (place.root / "README.md").read_text(encoding="utf-8")
    text = text.partition("\n")[2].partition("\n## Ten lines of it")[0]
    text = text.replace("](tutorials/", "](")
    return "\n\n".join(paragraph for paragraph in text.split("\n\n")
                       if not re.search(r"(?<!!)\[[^]]*\]\((?!https:)", paragraph))


def chapter_list() -> str:
    """A table a part, and beside it the hidden table of contents that the sidebar shows."""
    parts: dict[str, list[chapters.Chapter]] = {}
    for chapter in all_chapters:
        parts.setdefault(chapter.part, []).append(chapter)
    text = []
    for part, members in parts.items():
        text += [f"### {part}", "", "| | | |", "|---|---|---|"]
        text += [row(chapter) for chapter in members]
        if pages := [name for chapter in members if (name := page(chapter))]:
            text += ["", "```{toctree}", ":hidden:", ":numbered: 2", f":caption: {part}", "",
                     *(f"/{name}" for name in pages), "```"]
        text.append("")
    return "\n".join(text)


def row(chapter: chapters.Chapter) -> str:
    name = page(chapter)
    if name is None:
        handout = chapters.published_through(place.tutorials)
        state = "to come" if handout else "not written yet"
        return f"| {chapter.number} | {chapter.title} | {state} |"
    length = minutes.total(place.tutorials / f"{name}.md")
    return f"| {chapter.number} | [{chapter.title}]({name}.md) | {minutes.words(length)} |"


# --- numbers ---

def renumber(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Sphinx counts the pages that are there; a chapter has the number that its folder's name says,
    and so have its sections, listings, figures and equations."""
    for name, numbers in env.toc_secnumbers.items():
        match = re.match(r"ch(\d\d)_", name)
        if not match:
            continue

        def fixed(number):  # type: ignore[no-untyped-def]
            return type(number)([int(match[1]), *number[1:]]) if number else number
        env.toc_secnumbers[name] = {anchor: fixed(n) for anchor, n in numbers.items()}
        for reference in env.tocs[name].findall(nodes.reference):
            reference["secnumber"] = fixed(reference.get("secnumber"))
        env.titles[name]["secnumber"] = fixed(env.titles[name].get("secnumber"))
    TocTreeCollector().assign_figure_numbers(env)
    return []


# --- references ---

class ChapterRole(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        chapter = next((c for c in all_chapters if c.id == self.text), None)
        if chapter is None and re.fullmatch(r"ch\d\d", self.text) \
                and chapters.published_through(place.tutorials):
            return [nodes.Text(f"chapter {int(self.text[2:])}")], []  # a handout knows no later ones
        if chapter is None:
            message = self.inliner.reporter.error(f"there is no chapter {self.text}",
                                                  line=self.lineno)
            return [self.inliner.problematic(self.text, self.rawtext, message)], [message]
        text = f"chapter {chapter.number}"
        name = page(chapter)
        if name is None:
            return [nodes.Text(text)], []
        address = self.env.app.builder.get_relative_uri(self.env.docname, name)
        return [nodes.reference("", text, internal=True, refuri=address,
                                classes=["to-chapter"])], []


def check_direction(app: Sphinx, document: nodes.document, docname: str) -> None:
    """In a handout the later chapters are missing, so a plain link to one would be dead there."""
    if not re.match(r"ch\d\d_", docname):
        return
    for reference in document.findall(nodes.reference):
        address = reference.get("refuri", "").partition("#")[0].removesuffix(".html")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(docname), address))
        if reference.get("internal") and "to-chapter" not in reference["classes"] \
                and re.match(r"ch\d\d_", target) and target[:4] > docname[:4]:
            log.warning("a link to the later %s: write {chapter}`%s`, which also works where that "
                        "chapter is missing", target, target[:4], location=reference)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_role("chapter", ChapterRole())
    app.connect("source-read", insert_list)
    app.connect("env-get-updated", renumber, priority=600)  # after Sphinx has counted
    app.connect("doctree-resolved", check_direction)
    return {"parallel_read_safe": False}
