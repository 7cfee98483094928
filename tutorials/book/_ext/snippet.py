"""Listings from the sources: ```{snippet} nn/recurrent/lstm.cpp#lstm-cell```

A name without a folder is a program of the chapter; without #region the whole file is shown.
`:name:` gives it a label for {numref}. The caption links to the whole file (sources.py) and says how a
program of the chapter is run.
"""
import textwrap
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

import chapters
import exercises_shown
import place
import regions
import sources
from errors import CourseError

chapter_list = chapters.all_chapters(place.tutorials)
languages = {".cpp": "cpp", ".hpp": "cpp", ".py": "python", ".toml": "toml", ".gp": "gnuplot",
             ".sh": "bash"}


class Snippet(SphinxDirective):
    required_arguments = 1
    option_spec = {"name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        file, _, region = self.arguments[0].partition("#")
        file = place.source(self.env, file)
        self.env.note_dependency(str(place.root / file))
        try:
            lines = self.lines_of(file, region)
        except CourseError as error:
            raise self.error(str(error)) from None
        if lines is None:
            return [self.cut_out(file, region)]
        shown_lines(self.env).update((file, number) for number, _ in lines)

        code = textwrap.dedent("\n".join(line for _, line in lines)).strip("\n")
        first, last = lines[0][0], lines[-1][0]
        where = f", line {first}" if first == last else f", lines {first}\u2013{last}"
        box = nodes.container("", literal_block=True,
                              classes=["literal-block-wrapper", "snippet"])
        box += self.caption(file, where, first)
        box += nodes.literal_block(code, code,
                                   language=languages.get(Path(file).suffix, "none"))
        self.set_source_info(box)
        self.label(box, f"listing-{Path(file).stem}-{region}")
        return [box]

    def caption(self, file: str, where: str, first: int) -> nodes.caption:
        """The chapter's own files by their names alone."""
        own = place.tutorials / file.removeprefix("tutorials/")
        short = own.name if own.parent == place.chapter_folder(self.env) else file
        name = nodes.inline("", "", sources.link(self.env, file, short, first), nodes.inline("", where))
        caption = nodes.caption("", "", name)
        program = Path(file).stem
        chapter = next((known for known in chapter_list if known.folder == own.parent), None)
        if short != file and chapter and program in chapter.recorded_programs() \
                and file.endswith(".cpp"):
            caption += [nodes.Text(" "), nodes.literal("", f"./course run {chapter.id} {program}",
                                                       classes=["run"])]
        return caption

    def lines_of(self, file: str, region: str) -> list[tuple[int, str]] | None:
        """The numbered lines; None for what a handout has cut out."""
        known = regions.read(place.root, file)
        if not region:
            return regions.plain_lines((place.root / file).read_text(encoding="utf-8"))
        if region in known:
            return known[region].lines
        if chapters.published_through(place.tutorials) and exercises_shown.removing(file, region):
            return None
        raise regions.missing(file, region, known)

    def cut_out(self, file: str, region: str) -> nodes.Node:
        exercise = exercises_shown.removing(file, region)
        assert exercise is not None
        text = nodes.paragraph()
        text += [nodes.Text("Your turn: this part of "), nodes.literal("", file),
                 nodes.Text(" is exercise "), nodes.literal("", exercise.name), nodes.Text(": "),
                 nodes.literal("", f"./course start {exercise.name}"), nodes.Text(".")]
        return nodes.admonition("", nodes.title("", "Your turn"), text, classes=["exercise"])

    def label(self, box: nodes.Element, fallback: str) -> None:
        """Only what has an anchor gets a number."""
        if "name" in self.options:
            self.add_name(box)
            return
        anchor, n = nodes.make_id(fallback), 1
        while anchor in self.state.document.ids:
            n += 1
            anchor = nodes.make_id(f"{fallback}-{n}")
        box["ids"].append(anchor)
        self.state.document.ids[anchor] = box


def shown_lines(env: BuildEnvironment) -> set[tuple[str, int]]:
    """(file, line) of all that the page shows; the page on coverage counts them."""
    pages = vars(env).setdefault("course_shown_lines", {})
    return pages.setdefault(env.docname, set())


def check_all_markers(app: Sphinx) -> None:
    """A marker is wrong also where no page shows the region."""
    faults = []
    for folder in ("autograd", "nn", "text", "vision", "tutorials"):
        for file in sorted((place.root / folder).rglob("*.[ch]pp")):
            try:
                regions.read(place.root, str(file.relative_to(place.root)))
            except CourseError as error:
                faults.append(str(error))
    if faults:
        raise ExtensionError("\n".join(faults))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("snippet", Snippet)
    app.connect("builder-inited", check_all_markers)
    return {"parallel_read_safe": False}
