"""```{exercise} NAME```: an exercise's title, minutes, file, commands and hints, from its
exercise.toml; and :::{details} TITLE, text that opens on a click."""
import html

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import exercises_shown
import place
from errors import CourseError


def collapsible(title: str, body: list[nodes.Node]) -> list[nodes.Node]:
    opening = f'<details class="closed"><summary>{html.escape(title)}</summary>'
    return [nodes.raw("", opening, format="html"), *body, nodes.raw("", "</details>", format="html")]


class Details(SphinxDirective):
    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        body = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, body)
        return collapsible(self.arguments[0], [body])


class Exercise(SphinxDirective):
    has_content = True
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        try:
            known = exercises_shown.all_exercises()
        except CourseError as error:
            raise self.error(str(error)) from None
        if name not in known:
            raise self.error(f"there is no exercise {name}; "
                             f"there are: {', '.join(sorted(known)) or 'none'}")
        exercise = known[name]
        here = place.chapter_folder(self.env)
        if exercise.chapter != here.name:
            raise self.error(f"exercise {name} belongs to {exercise.chapter}")
        self.env.note_dependency(str(here / "exercises" / name / "exercise.toml"))

        number = self.next_number(here.name)
        box = nodes.admonition(classes=["exercise"], ids=[nodes.make_id(f"exercise-{name}")])
        box += nodes.title("", f"Exercise {number}: {exercise.title}")
        facts = nodes.paragraph(classes=["facts"])
        facts += [nodes.Text(f"{exercise.minutes} minutes, in "), nodes.literal("", exercise.file),
                  nodes.Text(", region "), nodes.literal("", exercise.region)]
        box += facts
        if self.content:
            self.state.nested_parse(self.content, self.content_offset, box)
        commands = f"$ ./course start {name}\n$ ./course check {name}"
        box += nodes.literal_block(commands, commands, language="console")
        for at, hint in enumerate(exercise.hints, 1):
            body = nodes.container()
            self.state.nested_parse(StringList(hint.splitlines(), "exercise.toml"), 0, body)
            box += collapsible(f"Hint {at} of {len(exercise.hints)}", [body])
        self.set_source_info(box)
        return [box]

    def next_number(self, folder: str) -> str:
        """"1.2": the second exercise that the page of chapter 1 shows."""
        counts = self.env.temp_data.setdefault("course_exercises", {})
        counts[folder] = counts.get(folder, 0) + 1
        return f"{int(folder[2:4])}.{counts[folder]}"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("exercise", Exercise)
    app.add_directive("details", Details)
    return {"parallel_read_safe": False}
