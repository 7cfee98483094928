"""For the search page: the text of every page in one script, because a page that was opened as a
file may not fetch others."""
import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

texts: dict[str, str] = {}


def collect(app: Sphinx, document: nodes.document, docname: str) -> None:
    kinds = (nodes.paragraph, nodes.title, nodes.caption, nodes.literal_block)
    texts[docname] = "\n".join(node.astext() for node in document.findall(nodes.TextElement)
                               if isinstance(node, kinds) and "minutes" not in node["classes"])


def write(app: Sphinx, failed: Exception | None) -> None:
    if failed:
        return
    script = Path(app.outdir) / "_static" / "pages.js"
    script.write_text(f"const pageTexts = {json.dumps(texts)};\n", encoding="utf-8")


def add_scripts(app: Sphinx, pagename: str, template: str, context: dict, doctree: object) -> None:
    if pagename == "search":
        app.add_js_file("pages.js")
        app.add_js_file("offline_search.js")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-resolved", collect)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write)
    return {"parallel_read_safe": False}
