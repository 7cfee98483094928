"""Exercises: title, minutes, file, commands and hints, from their exercise.toml.

    ```{exercise} lstm_cell     one
    ```{exercises}              all of the chapter that its pages have not shown yet
    :::{details} TITLE          text that opens on a click
"""
import html

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import exercises_shown
import place
from errors import CourseError


def collapsible(title: str, body: list[nodes.Node], kind: str = "closed") -> list[nodes.Node]:
    opening = f'<details class="{kind}"><summary>{html.escape(title)}</summary>'
    return [nodes.raw("", opening, format="html"), *body, nodes.raw("", "</details>", format="html")]


class Details(SphinxDirective):
    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        body = nodes.container(classes=["details-body"])
        self.state.nested_parse(self.content, self.content_offset, body)
        return collapsible(self.arguments[0], [body])


def plain(text: str) -> nodes.paragraph:
    """Tasks and hints are read in a terminal too: only code means something in them, and not a < or a *."""
    return nodes.paragraph("", "", *(nodes.literal("", part) if is_code else nodes.Text(part)
                                     for is_code, part in exercises_shown.parts(text)))


class Exercises(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        folder = place.chapter_folder(self.env).name
        try:
            known = exercises_shown.all_exercises()
        except CourseError as error:
            raise self.error(str(error)) from None
        return [self.strip(exercise) for exercise in self.chosen(known, folder)]

    def chosen(self, known: dict[str, exercises_shown.Exercise],
               folder: str) -> list[exercises_shown.Exercise]:
        return [exercise for exercise in known.values()
                if exercise.chapter == folder and exercise.name not in self.seen()]

    def seen(self) -> list[str]:
        """The exercises that the chapter's pages have shown so far; Sphinx reads chapter.md first."""
        shown = vars(self.env).setdefault("course_exercises", {})
        return shown.setdefault(place.chapter_folder(self.env).name, [])

    def strip(self, exercise: exercises_shown.Exercise) -> nodes.Node:
        name = exercise.name
        self.env.note_dependency(
            str(place.tutorials / exercise.chapter / "exercises" / name / "exercise.toml"))
        self.seen().append(name)
        number = f"{int(exercise.chapter[2:4])}.{len(self.seen())}"
        box = nodes.admonition(classes=["exercise"], ids=[nodes.make_id(f"exercise-{name}")])
        box += nodes.title("", f"Exercise {number}: {exercise.title}")
        facts = nodes.paragraph(classes=["facts"])
        facts += [nodes.Text(f"{exercise.minutes} minutes, in "), nodes.literal("", exercise.file),
                  nodes.Text(", region "), nodes.literal("", exercise.region)]
        box += facts
        if self.content:
            self.state.nested_parse(self.content, self.content_offset, box)
        elif exercise.todo:
            box += plain(exercise.todo)
        commands = f"$ ./course start {name}\n$ ./course check {name}"
        box += nodes.literal_block(commands, commands, language="console")
        for at, hint in enumerate(exercise.hints, 1):
            box += collapsible(f"Hint {at} of {len(exercise.hints)}", [plain(hint)], "closed hint")
        self.set_source_info(box)
        return box


class Exercise(Exercises):
    has_content = True
    required_arguments = 1

    def chosen(self, known: dict[str, exercises_shown.Exercise],
               folder: str) -> list[exercises_shown.Exercise]:
        name = self.arguments[0]
        if name not in known:
            raise self.error(f"there is no exercise {name}; "
                             f"there are: {', '.join(known) or 'none'}")
        if known[name].chapter != folder:
            raise self.error(f"exercise {name} belongs to {known[name].chapter}")
        return [known[name]]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("exercise", Exercise)
    app.add_directive("exercises", Exercises)
    app.add_directive("details", Details)
    return {"parallel_read_safe": False}
