"""The files that listings are taken from, each as a page of its own with numbered lines."""
import posixpath
import re
from pathlib import Path
from typing import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import place

languages = {".cpp": "cpp", ".hpp": "cpp", ".py": "python", ".toml": "toml", ".gp": "gnuplot",
             ".sh": "bash"}


def link(env: BuildEnvironment, file: str, text: str, line: int) -> nodes.Node:
    """A link to a line of the file, which gets its page by this."""
    vars(env).setdefault("course_sources", {}).setdefault(env.docname, set()).add(file)
    up = posixpath.relpath("source", posixpath.dirname(env.docname) or ".")
    return nodes.reference("", "", nodes.literal("", text), internal=True,
                           refuri=f"{up}/{file}.html#L{line}")


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    vars(env).setdefault("course_sources", {}).pop(docname, None)


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, object], str]]:
    for file in sorted(set().union(*vars(app.env).get("course_sources", {}).values())):
        text = (place.root / file).read_text(encoding="utf-8")
        code = app.builder.highlighter.highlight_block(  # type: ignore[attr-defined]
            text, languages.get(Path(file).suffix, "none"), linenos="inline", anchorlinenos=True,
            lineanchors="L")  # Sphinx's own way to number lines has no anchors
        code = re.sub(r'<a id="L-(\d+)" name="[^"]*"></a><a href="[^"]*">(.*?)</a>',
                      r'<span id="L\1">\2</span>', code)
        body = (f"<h1>{posixpath.basename(file)}</h1>\n<p><code>{file}</code></p>\n"
                f'<div class="highlight-cpp notranslate source">{code}</div>')
        yield f"source/{file}", {"title": file, "body": body, "toc": "", "furo_hide_toc": True}, "page.html"


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("env-purge-doc", forget)
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": False}
