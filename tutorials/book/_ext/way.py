"""The way through the chapters as a picture: a row a part, the written chapters as links, the others in
pale boxes. Drawn by graphviz from course.toml, once across and once downwards for phones."""
import html
import re
from itertools import groupby
from typing import Callable

import chapters
import figure
import place

Page = Callable[[chapters.Chapter], str | None]


def picture(every: list[chapters.Chapter], page: Page) -> str:
    if not any(map(page, every)):
        return ""
    alt = "The written chapters in their order, each leading to the next: " + ", ".join(
        f"{chapter.number} {chapter.title}" for chapter in every if page(chapter)) + "."
    drawn = []
    for kind, across in (("wide", True), ("narrow", False)):
        path = place.tutorials / "course.toml"
        svg = figure.run(["dot", "-Tsvg", *figure.dot_style], path, text=graph(every, page, across))
        svg = figure.themed(svg, f"way-{kind}", alt, least=0)
        svg = re.sub(r' xlink:title="[^"]*"', "", svg).replace("xlink:href", "href")
        # Its boxes are links, so it is a group of them and not one picture.
        svg = svg.replace('role="img"', 'role="group"', 1)
        drawn.append(f'<div class="drawing {kind}">{svg}</div>')
    return '<div class="way">' + "".join(drawn).replace("\n", " ") + "</div>"


def graph(every: list[chapters.Chapter], page: Page, across: bool) -> str:
    lines = ["digraph {", f"rankdir=TB; nodesep=0.18; ranksep={0.3 if across else 0.16}; newrank=true",
             'node [shape=box, style="rounded,filled", height=0.42, margin="0.1,0.04"]']
    title_before, way = "", []
    for number, (part, group) in enumerate(groupby(every, key=lambda chapter: chapter.part), 1):
        row = []
        for is_written, members in groupby(group, key=lambda chapter: bool(page(chapter))):
            if not is_written and not across:
                continue
            for boxes in ([[chapter] for chapter in members] if is_written else [list(members)]):
                lines.append(box(boxes, page(boxes[0]), (number - 1) % 6 + 1))
                row.append(boxes[0].id)
                if is_written:
                    way.append(boxes[0].id)
        if across:
            title = f"part{number}"
            lines.append(f'{title} [shape=plaintext, style="", label="{broken(part)}", fontsize=12]')
            lines.append(f"{{ rank=same; {title}; {'; '.join(row)} }}")
            lines += [f"{one} -> {two} [style=invis, weight=20]" for one, two in zip([title, *row], row)
                      if one not in way or two not in way]
            if title_before:
                lines.append(f"{title_before} -> {title} [style=invis, weight=50]")
            title_before = title
    lines += [f"{one} -> {two} [weight=9]" for one, two in zip(way, way[1:])]
    return "\n".join([*lines, "}"])


def box(members: list[chapters.Chapter], name: str | None, colour: int) -> str:
    first, last = members[0], members[-1]
    if name:
        label = html.escape(first.title.split(":")[0])
        return (f'{first.id} [label="{first.number}  {broken(label)}", URL="{name}.html", target="_self", '
                f'color="#00000{colour}", fillcolor="#00000{colour}"]')
    numbers = str(first.number) if first is last else f"{first.number}\u2013{last.number}"
    return (f'{first.id} [label="{numbers} planned", style="rounded,dashed", color="#000006", '
            'fontcolor="#000006", fontsize=10]')


def broken(title: str) -> str:
    """In two lines if it is long."""
    words = title.split()
    if len(title) < 15 or len(words) < 2:
        return title
    half = min(range(1, len(words)), key=lambda at: abs(len(" ".join(words[:at])) - len(title) / 2))
    return " ".join(words[:half]) + "\\n" + " ".join(words[half:])
