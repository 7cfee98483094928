"""What the book shows of the library: how many of each file's lines, and which public functions no
chapter explains. A function is explained where its name stands as `code` in the prose, or where a
listing shows its definition."""
import html
import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

import chapter
import horizon
import place
import regions

modules = {"autograd": "Tensors, the tape and its operators", "nn": "Layers and training",
           "text": "Text", "vision": "Pictures"}


@dataclass(frozen=True)
class Function:
    name: str   # "matmul", "Rng::uniform"
    file: str
    line: int   # of its declaration

    @property
    def short(self) -> str:
        return self.name.rpartition("::")[2]


class coverage_tables(nodes.General, nodes.Element):
    """Stands for the tables until all chapters are read."""


class Coverage(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [coverage_tables()]


# --- what there is ---

def public_functions(headers: list[Path]) -> list[Function]:
    """From ctags: functions of a namespace and public members; no constructors, no operators."""
    with tempfile.TemporaryDirectory() as folder:
        for header in headers:
            copy = Path(folder) / header.relative_to(place.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            # ctags does not know that this is one namespace.
            copy.write_text(header.read_text(encoding="utf-8")
                            .replace("tapestry::inline TAPESTRY_PRECISION", "tapestry"))
        try:
            text = subprocess.run(["ctags", "-R", "--language-force=C++", "--kinds-C++=pfcs",
                                   "--fields=+anKS", "--output-format=json", "-f", "-", "."],
                                  cwd=folder, check=True, capture_output=True, text=True).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            raise ExtensionError(f"ctags, from universal-ctags: {error}") from None
    tags = [json.loads(line) for line in text.splitlines()]
    hidden = {f"{tag.get('scope', '')}::{tag['name']}" for tag in tags
              if tag["kind"] in ("class", "struct") and tag.get("access", "public") != "public"}
    found: dict[tuple[str, str], Function] = {}
    for tag in tags:
        scope, name = tag.get("scope", ""), tag["name"]
        is_lambda = "__anon" in name + scope
        is_constructor = name == scope.rpartition("::")[2] or not re.fullmatch(r"\w+", name)
        if tag["kind"] in ("class", "struct") or tag.get("access", "public") != "public" \
                or scope in hidden or is_lambda or is_constructor:
            continue
        full = f"{scope}::{name}".removeprefix("::").removeprefix("tapestry::")
        file = tag["path"].removeprefix("./")
        found.setdefault((file, full), Function(full, file, tag["line"]))
    return sorted(found.values(), key=lambda function: (function.file, function.line))


def defining_lines(function: Function) -> set[tuple[str, int]]:
    """Where the function is declared, and where its .cpp file defines it."""
    lines = {(function.file, function.line)}
    source = Path(function.file).with_suffix(".cpp")
    if (place.root / source).is_file():
        owner, _, short = function.name.rpartition("::")
        owner = owner.rpartition("::")[2]
        wanted = re.compile(rf"^[\w:<>,&*\s\[\]]*\b{owner + '::' if owner else ''}{short}\(")
        text = (place.root / source).read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            if wanted.match(line) and not line.startswith((" ", "return")):
                lines.add((str(source), number))
    return lines


# --- what the chapters say ---

def collect_words(app: Sphinx, document: nodes.document) -> None:
    words = {word for node in document.findall(nodes.literal)
             for word in re.findall(r"\w+", node.astext())}
    vars(app.env).setdefault("course_code_words", {})[app.env.docname] = words


def fill(app: Sphinx, document: nodes.document, docname: str) -> None:
    for node in list(document.findall(coverage_tables)):
        tables = "".join(table(app, docname, module) for module in modules)
        node.replace_self(nodes.raw("", tables, format="html"))


def table(app: Sphinx, docname: str, module: str) -> str:
    env = app.env
    lines: set[tuple[str, int]] = set().union(*vars(env).get("course_shown_lines", {}).values())
    words: set[str] = set().union(*vars(env).get("course_code_words", {}).values())
    patterns = horizon.introduced(chapter.all_chapters)
    headers = sorted((place.root / module).rglob("*.hpp"))
    silent: dict[str, list[str]] = {}
    for function in public_functions(headers):
        if function.short not in words and not defining_lines(function) & lines:
            silent.setdefault(function.file, []).append(function.name)
    rows: list[str] = []
    folder = place.root / module
    for stem in sorted({str(file.relative_to(folder).with_suffix("")) for suffix in ("hpp", "cpp")
                        for file in folder.rglob(f"*.{suffix}")}):
        header = f"{module}/{stem}.hpp"
        by = horizon.introducer(header, patterns)
        names = ", ".join(f"<code>{html.escape(name)}</code>" for name in silent.get(header, []))
        rows.append(f"<tr><td><code>{stem}</code></td><td>{link(app, docname, by)}</td>"
                    f"<td>{percent(header, lines)}</td>"
                    f"<td>{percent(f'{module}/{stem}.cpp', lines)}</td><td>{names}</td></tr>")
    if not rows:  # a handout may be without the module
        return ""
    return (f'<h2>{modules[module]}: <code>{module}/</code></h2>\n'
            '<div class="table-wrapper"><table class="coverage"><thead><tr><th>file</th>'
            "<th>chapter</th><th>.hpp</th><th>.cpp</th><th>no chapter explains</th></tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table></div>\n")


def percent(name: str, lines: set[tuple[str, int]]) -> str:
    """The share of a file's lines, without empty ones and markers, that the book shows."""
    path = place.root / name
    if not path.is_file():
        return ""
    numbers = [number for number, line in regions.plain_lines(path.read_text(encoding="utf-8"))
               if line.strip()]
    shown = sum((name, number) in lines for number in numbers)
    return f"{100 * shown // max(len(numbers), 1)} %"


def link(app: Sphinx, docname: str, by: object) -> str:
    if by is None:
        return ""
    assert isinstance(by, chapter.chapters.Chapter)
    name = chapter.page(by)
    if name is None:
        return str(by.number)
    return f'<a href="{app.builder.get_relative_uri(docname, name)}">{by.number}</a>'


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(coverage_tables)
    app.add_directive("coverage", Coverage)
    app.connect("doctree-read", collect_words)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": False}
