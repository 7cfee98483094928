"""Figures from the runs of the chapter's programs, and drawings.

    ```{figure} first_tape.dot        out/first_tape.dot, drawn by graphviz
    ```{figure} vcurve.gp             vcurve.gp of the chapter, drawn by gnuplot from data in out/
    ```{figure} contact_sheet.png     out/contact_sheet.png
    ```{figure} unrolled.pic          unrolled.pic of the chapter, drawn by dpic: see pic.py
    ---
    name: fig-tape
    alt: >
      What a reader who cannot see it must know.
    ---
    The caption.
    ```

Drawings are SVG inside the page and follow its light or dark theme. Every figure needs its alt text.
A plot is drawn twice, 640 wide and 380 wide for phones; in the second `narrow` is 1 (plot_style.gp).
"""
import html
import re
import subprocess
import tempfile
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import pic
import place
import plots
from errors import CourseError

plot_style = Path(__file__).resolve().parents[1] / "plot_style.gp"
dot_style = ["-Gbgcolor=transparent", "-Gfontname=Helvetica", "-Nfontname=Helvetica",
             "-Efontname=Helvetica", "-Nfontsize=11", "-Efontsize=10", "-Gfontsize=11",
             "-Npenwidth=0.9", "-Epenwidth=0.9", "-Earrowsize=0.7"]


class drawing(nodes.General, nodes.Element):
    """An SVG picture inside the page; `narrow` is the one for phones, if it is another one."""


class Figure(SphinxDirective):
    required_arguments = 1
    has_content = True
    option_spec = {"name": directives.unchanged, "alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        self.options["alt"] = " ".join(self.options.get("alt", "").split())
        if not self.options["alt"]:
            raise self.error(f"the figure {name} needs an alt text")
        if self.options["alt"][-1] not in ".?!":  # after `:alt:` only one line is read
            raise self.error(f"the alt text of {name} does not end a sentence; one of several lines "
                             "is written as `alt: >` between lines of ---")
        if not self.content:
            raise self.error(f"the figure {name} needs a caption")
        try:
            picture = self.picture(name)
        except CourseError as error:
            raise self.error(str(error)) from None
        figure = nodes.figure("", picture, align="default")
        caption = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, caption)
        if not isinstance(caption[0], nodes.paragraph):
            raise self.error(f"the caption of {name} must begin with a sentence")
        figure += nodes.caption("", "", *caption[0].children)
        if len(caption) > 1:
            figure += nodes.legend("", *caption.children[1:])
        self.set_source_info(figure)
        if "name" in self.options:
            self.add_name(figure)
        else:  # only what has an anchor gets a number
            figure["ids"].append(nodes.make_id("figure-" + Path(name).stem))
        return [figure]

    def picture(self, name: str) -> nodes.Node:
        if name.endswith((".gp", ".pic")):
            path = place.root / place.source(self.env, name)
        else:
            path = place.output(self.env, name)
        self.env.note_dependency(str(path))
        if not path.is_file():
            raise CourseError(f"there is no {place.shown(path)}")
        match path.suffix:
            case ".dot":
                svg = run(["dot", "-Tsvg", *dot_style, str(path)], path)
                least = 1.0  # from 11 points down to 11 pixels
            case ".gp":
                out = path.parent / "out"
                for data in out.glob("*"):
                    self.env.note_dependency(str(data))
                svg = plot(path, out, narrow=False)
                if plots.is_table(path.read_text(encoding="utf-8")):
                    return drawing(svg=self.themed(svg, path.stem, 0.85))
                return drawing(svg=self.themed(svg, path.stem, least=0),
                               narrow=self.themed(plot(path, out, narrow=True),
                                                  f"{path.stem}-narrow", least=0.75))
            case ".pic":
                self.env.note_dependency(str(pic.style))
                svg = pic.finished(run(["dpic", "-v"], path, text=pic.source(path)))
                least = 0.8
            case ".png" | ".jpg":
                return nodes.image(uri="/" + str(path.relative_to(place.tutorials)),
                                   alt=self.options["alt"])
            case _:
                raise CourseError(f"{name}: a figure is a .dot, .gp, .pic, .png or .jpg")
        return drawing(svg=self.themed(svg, path.stem, least))

    def themed(self, svg: str, prefix: str, least: float) -> str:
        return themed(svg, prefix, self.options["alt"], least)


def plot(path: Path, out: Path, narrow: bool) -> str:
    """What gnuplot draws in the folder `out`."""
    text = plots.source(path.read_text(encoding="utf-8"), narrow)
    with tempfile.NamedTemporaryFile("w", suffix=".gp", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        set_up = f"narrow = {int(narrow)}; narrow_height = {plots.height(text)}"
        return plots.finished(run(["gnuplot", "-e", set_up, str(plot_style), file.name], path, cwd=out))


def run(command: list[str], path: Path, cwd: Path | None = None, text: str = "") -> str:
    """What a drawing program prints; whatever it complains about is an error."""
    try:
        result = subprocess.run(command, cwd=cwd, input=text, capture_output=True, text=True,
                                timeout=60)
    except FileNotFoundError:
        raise CourseError(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise CourseError(f"{place.shown(path)}: {command[0]} takes more than a minute") from None
    if result.returncode != 0 or result.stderr.strip() or "<svg" not in result.stdout:
        said = " ".join(result.stderr.split()) or "it draws nothing"
        raise CourseError(f"{place.shown(path)}: {command[0]}: {said}")
    return result.stdout[result.stdout.index("<svg"):]


def themed(svg: str, prefix: str, alt: str, least: float) -> str:
    """Black becomes the text's colour, white the page's, and the palette of plot_style.gp the
    theme's; anchors get a prefix, because a page may have many drawings. On a phone it shrinks to
    `least` of its size and then scrolls."""
    svg = re.sub(r"<!--.*?-->|<title>.*?</title>|<desc>.*?</desc>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"rgb\(\s*(\d+),\s*(\d+),\s*(\d+)\)",
                 lambda rgb: "#" + "".join(f"{int(part):02x}" for part in rgb.groups()), svg)
    svg = re.sub(r"""(['"])(black|#000000)\1""", '"currentColor"', svg)
    svg = re.sub(r"""(['"])(white|#ffffff)\1""", '"var(--color-background-primary)"', svg)
    svg = re.sub(r"""(['"])#00000([1-9])\1""", r'"var(--plot-\2)"', svg)
    svg = re.sub(r"<text(?![^>]*fill=)", '<text fill="currentColor"', svg)
    for anchor in set(re.findall(r"""\bid=['"]([^'"]+)['"]""", svg)):
        new = f"{prefix}-{anchor}"
        svg = re.sub(rf"""\bid=(['"]){re.escape(anchor)}\1""", f'id="{new}"', svg)
        svg = re.sub(rf"#{re.escape(anchor)}(?=['\")])", f"#{new}", svg)
    width = re.search(r"""viewBox=['"][-\d.]+ [-\d.]+ ([\d.]+)""", svg)
    style = f' style="min-width: {least * float(width[1]):.0f}px"' if width and least else ""
    return svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(alt)}"{style}', 1)


def visit_drawing(writer, node: drawing) -> None:  # type: ignore[no-untyped-def]
    if "narrow" in node:
        writer.body.append(f'<div class="drawing wide">{node["svg"]}</div>\n'
                           f'<div class="drawing narrow">{node["narrow"]}</div>\n')
    else:
        writer.body.append(f'<div class="drawing">{node["svg"]}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(drawing, html=(visit_drawing, None))
    app.add_directive("figure", Figure, override=True)
    return {"parallel_read_safe": False}
