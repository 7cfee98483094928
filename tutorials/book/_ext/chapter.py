"""Chapters as the book knows them: their fixed numbers, the list on the first page, and references
to chapters that may not be there.

    <!-- lead -->          on the first page: README.md's first paragraph; <!-- readme -->: the next ones,
                           <!-- more -->: its first sections
    <!-- begin -->         the button that leads to the first chapter
    <!-- way -->           the chapters as a picture: way.py
    <!-- chapters -->      the chapters of course.toml, those that are not written yet folded
    {chapter}`ch18`        "chapter 18", a link if it is there; "Chapter 18" at a sentence's beginning
"""
import html
import posixpath
import re
from functools import cache

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

import chapters
import exercises_shown
import minutes
import place
import way

log = logging.getLogger(__name__)
all_chapters = chapters.all_chapters(place.tutorials)


def page(chapter: chapters.Chapter) -> str | None:
    """The name of its page; None while it is not written."""
    if chapter.folder is None or not (chapter.folder / "chapter.md").is_file():
        return None
    return f"{chapter.folder.name}/chapter"


# --- the first page ---

def fill_first_page(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname != app.config.root_doc:
        return
    lead, introduction, more = readme()
    source[0] = (source[0].replace("<!-- lead -->", lead)
                 .replace("<!-- begin -->", beginning())
                 .replace("<!-- readme -->", introduction)
                 .replace("<!-- way -->", raw(way.picture(all_chapters, page)))
                 .replace("<!-- chapters -->", chapter_list())
                 .replace("<!-- more -->", more))


def readme() -> tuple[str, str, str]:
    """README.md's first paragraph, what follows it, and its sections before "What is where"; a paragraph
    with a link to a file that is no page stays out."""
    text = (place.root / "README.md").read_text(encoding="utf-8")
    text = text.partition("\n")[2].partition("\n## What is where")[0].partition("\n## In a program")[0]
    text = text.replace("](tutorials/", "](")
    paragraphs = [paragraph for paragraph in text.strip().split("\n\n")
                  if not re.search(r"(?<!!)\[[^]]*\]\((?!https:)", paragraph)]
    head = next((number for number, paragraph in enumerate(paragraphs) if paragraph.startswith("## ")),
                len(paragraphs))
    return paragraphs[0], "\n\n".join(paragraphs[1:head]), "\n\n".join(paragraphs[head:])


def written() -> list[tuple[chapters.Chapter, str]]:
    return [(chapter, name) for chapter in all_chapters if (name := page(chapter))]


def hours(number: int) -> str:
    return minutes.words(number) if number < 90 else f"{number / 60:.0f} hours"


def beginning() -> str:
    """The way in, and how long it is."""
    if not written():
        return ""
    first, name = written()[0]
    reading = sum(minutes.total(chapter.folder) for chapter, _ in written() if chapter.folder)
    folders = {chapter.folder.name for chapter, _ in written() if chapter.folder}
    tasks = [task for task in exercises_shown.all_exercises().values() if task.chapter in folders]
    length = f"{len(written())} chapters, {hours(reading)} to read"
    if tasks:
        length += f"; {len(tasks)} exercises, {hours(sum(task.minutes for task in tasks))}"
    return raw(f'<p class="begin"><a class="button" href="{name}.html">Start with chapter {first.number}</a> '
               f'<span class="how-long">{length}</span></p>')


def raw(text: str) -> str:
    return f"```{{raw}} html\n{text}\n```" if text else ""


def chapter_list() -> str:
    """The written chapters by part, the others folded; and the hidden table of contents that the side
    bar shows."""
    text = []
    parts = dict.fromkeys(chapter.part for chapter in all_chapters)
    for part in parts:
        members = [(chapter, name) for chapter, name in written() if chapter.part == part]
        if members:
            text += [f"### {part}", "", raw('<ol class="chapter-list">' + "".join(
                entry(chapter, name) for chapter, name in members) + "</ol>"), "",
                "```{toctree}", ":hidden:", ":numbered: 2", f":caption: {part}", "",
                *(f"/{name}" for _, name in members), "```", ""]
    if planned := [chapter for chapter in all_chapters if not page(chapter)]:
        handout = chapters.published_through(place.tutorials)
        title = f"{len(planned)} more {'to come' if handout else 'planned'}"
        text.append(raw(f'<details class="closed planned"><summary>{title}</summary> '
                        '<ol class="chapter-list">' + "".join(entry(chapter, None) for chapter in planned)
                        + "</ol></details>"))
    return "\n".join(text)


def entry(chapter: chapters.Chapter, name: str | None) -> str:
    title = html.escape(chapter.title)
    length = ""
    if name and chapter.folder:
        title = f'<a href="{name}.html">{title}</a>'
        length = minutes.words(minutes.total(chapter.folder))
    about = sentences().get(chapter.id, "") if name else ""
    return (f'<li><span class="number">{chapter.number}</span> <span class="title">{title}</span> '
            f'<span class="length">{length}</span>'
            + (f' <span class="about">{html.escape(about)}</span>' if about else "") + "</li> ")


@cache
def sentences() -> dict[str, str]:
    with open(place.tutorials / "book" / "first_page.toml", "rb") as file:
        return chapters.tomllib.load(file)


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
            text = f"chapter {int(self.text[2:])}"  # a handout knows no later ones
            return [nodes.inline("", text, classes=["to-chapter"])], []
        if chapter is None:
            message = self.inliner.reporter.error(f"there is no chapter {self.text}",
                                                  line=self.lineno)
            return [self.inliner.problematic(self.text, self.rawtext, message)], [message]
        text = f"chapter {chapter.number}"
        name = page(chapter)
        if name is None:
            return [nodes.inline("", text, classes=["to-chapter"])], []
        address = self.env.app.builder.get_relative_uri(self.env.docname, name)
        return [nodes.reference("", text, internal=True, refuri=address,
                                classes=["to-chapter"])], []


def begin_sentences(app: Sphinx, document: nodes.document) -> None:
    """"chapter 2" at the beginning of a sentence is "Chapter 2"."""
    for node in document.findall(lambda node: isinstance(node, (nodes.inline, nodes.reference))
                                 and "to-chapter" in node["classes"]):
        at = node.parent.index(node)
        before = "".join(sibling.astext() for sibling in node.parent[:at])
        begins_entry = isinstance(node.parent, nodes.TextElement) and not before.strip()
        if begins_entry or re.search(r"[.?!][\u201d\")]?\s+$", before):
            text = node[0]
            node.replace(text, nodes.Text("C" + str(text)[1:]))


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
    app.connect("source-read", fill_first_page)
    app.connect("env-get-updated", renumber, priority=600)  # after Sphinx has counted
    app.connect("doctree-read", begin_sentences)
    app.connect("doctree-resolved", check_direction)
    return {"parallel_read_safe": False}
