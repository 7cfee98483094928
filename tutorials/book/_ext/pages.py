"""For the search page: the text of every section in one script, because a page that was opened as a
file may not fetch others. Formulas are left out; prose, code and the terms that are set in italics
where they are introduced stay apart (search.js rates them differently)."""
import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

sections: dict[str, list[dict[str, str]]] = {}
kinds = (nodes.paragraph, nodes.caption, nodes.title, nodes.term)


def collect(app: Sphinx, document: nodes.document, docname: str) -> None:
    sections[docname] = []
    if "orphan" in app.env.metadata.get(docname, {}):
        return
    numbers = app.env.toc_secnumbers.get(docname, {})
    chapter = app.env.titles[docname].astext()
    page = app.builder.get_target_uri(docname)
    for section in document.findall(nodes.section):
        top = isinstance(section.parent, nodes.document)
        anchor = "" if top else f"#{section['ids'][0]}"
        number = ".".join(map(str, numbers.get(anchor) or ()))
        if top and (first := numbers.get("")):
            chapter = f"{first[0]}. {chapter}"
            number = str(first[0])
        prose: list[str] = []
        code: list[str] = []
        terms: list[str] = []
        gather(section, prose, code, terms)
        sections[docname].append({
            "at": page + anchor, "number": number, "title": section[0].astext(),
            "chapter": "" if top else chapter, "prose": " ".join(prose), "code": "\n".join(code),
            "terms": ", ".join(terms)})


def gather(node: nodes.Element, prose: list[str], code: list[str], terms: list[str]) -> None:
    """What stands in a section and not in one of its own sections."""
    for child in node.children:
        if isinstance(child, nodes.section) or isinstance(node, nodes.section) and child is node[0] \
                or not isinstance(child, nodes.Element) or "minutes" in child.get("classes", []):
            continue
        if isinstance(child, nodes.literal_block):
            code.append(child.astext())
        elif isinstance(child, kinds):
            prose.append(" ".join(words(child).split()))
            terms += [part.astext() for part in child.findall(nodes.emphasis)]
        else:
            gather(child, prose, code, terms)


def words(node: nodes.Node) -> str:
    if isinstance(node, (nodes.math, nodes.image, nodes.raw)):
        return "\u2026" if isinstance(node, nodes.math) else ""
    if isinstance(node, nodes.Text):
        return str(node)
    return "".join(words(child) for child in node.children)


def write(app: Sphinx, failed: Exception | None) -> None:
    if failed:
        return
    every = [section for docname in sorted(sections, key=lambda name: (name != "index", name))
             for section in sections[docname]]
    script = Path(app.outdir) / "_static" / "pages.js"
    script.write_text(f"const bookSections = {json.dumps(every, ensure_ascii=False)};\n", encoding="utf-8")
    for unused in ("searchindex.js", "_static/searchtools.js", "_static/language_data.js"):
        (Path(app.outdir) / unused).unlink(missing_ok=True)


def add_scripts(app: Sphinx, pagename: str, template: str, context: dict, doctree: object) -> None:
    if pagename == "search":
        app.add_js_file("pages.js")
        app.add_js_file("search.js")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-resolved", collect)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write)
    return {"parallel_read_safe": False}
