"""Drawings as text: NAME.pic beside the chapter, in the language pic, drawn by dpic.

    A: box "RNN"                       a box; the next one stands right of it
    arrow right "$h_t$" above
    box "RNN" shaded "#0000a1"         filled with the theme's first colour
    arrow from A.s + (0, -0.4) to A.s
    "$x_t$" at last arrow.start below

What stands between $ is set as a formula: letters slanted, _ and ^ lower and raise a letter or what
braces hold.
"""
import re
from pathlib import Path

style = Path(__file__).resolve().parents[1] / "drawing_style.pic"


def source(path: Path) -> str:
    """A drawing's text, with what all drawings share before it."""
    shared = "".join(line for line in style.read_text().splitlines(keepends=True)
                     if not line.startswith("#"))
    return f".PS\n{shared}{path.read_text()}\n.PE\n"


def finished(svg: str) -> str:
    """dpic's SVG with formulas set, light fills named, and room for its labels."""
    svg = with_room(svg)
    svg = re.sub(r"<text([^>]*)>(.*?)</text>",
                 lambda text: f"<text{text[1]}>{label(text[2])}</text>", svg, flags=re.DOTALL)
    return re.sub(r'fill="#0000a([1-6])"', r'fill="var(--plot-\1)" fill-opacity="0.2"', svg)


def with_room(svg: str) -> str:
    """dpic does not know how wide a label is, and would cut off those at the edges."""
    left = top = 0.0
    right, bottom = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    for look, text in re.findall(r"<text([^>]*)>(.*?)</text>", svg, flags=re.DOTALL):
        x, y = (float(re.search(rf'\b{axis}="([-\d.]+)"', look)[1]) for axis in "xy")
        width = 8 * len(re.sub(r"[$_^{}]", "", text))
        before = {"start": 0.0, "end": 1.0}.get((re.search(r'anchor="(\w+)"', look) or " m")[1], 0.5)
        left, right = min(left, x - before * width), max(right, x + (1 - before) * width)
        top, bottom = min(top, y - 13), max(bottom, y + 6)
    box = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
    return re.sub(r'width="[\d.]+px" height="[\d.]+px"\s+viewBox="[^"]*"',
                  f'width="{right - left:.0f}px" height="{bottom - top:.0f}px" viewBox="{box}"', svg)


def label(text: str) -> str:
    """A label whose every second part, between two $, is a formula."""
    text = re.sub(r"&(?!\w+;|#)", "&amp;", text).replace("<", "&lt;")
    parts = text.split("$")
    return "".join(formula(part) if number % 2 else part for number, part in enumerate(parts))


def formula(text: str) -> str:
    """The tspans of a formula, each moved from the height of the one before to its own."""
    spans, height = [], 0.0
    for mark, braced, single, plain in re.findall(r"([_^])(?:\{([^}]*)\}|(\S))|([^_^]+)", text):
        wanted = {"_": 4.0, "^": -5.0}.get(mark, 0.0)
        for piece in re.findall(r"[^\W\d_]+|[\W\d_]+", braced or single or plain):
            look = f' dy="{wanted - height:g}"' if wanted != height else ""
            look += ' font-size="72%"' if mark else ""
            look += ' font-style="italic"' if piece[0].isalpha() and len(piece) < 3 else ""
            spans.append(f"<tspan{look}>{piece}</tspan>")  # tanh and softmax stand upright
            height = wanted
    if height:  # what follows the formula stands on the line again
        spans.append(f'<tspan dy="{-height:g}">\u200b</tspan>')
    return "".join(spans)
