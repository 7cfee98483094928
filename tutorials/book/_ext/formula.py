"""Formulas, set by KaTeX while the book is built: the pages need no script for them, and a formula
that KaTeX cannot read fails the build."""
import json
import re
import shutil
import subprocess
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

log = logging.getLogger(__name__)
katex_folder = Path("/usr/share/javascript/katex")  # Debian's libjs-katex
longest_unbroken = 24  # letters of a formula in a line that may not break: fits a phone of 320 pixels
process: subprocess.Popen[str] | None = None


def katex(tex: str, display: bool, node: nodes.Node) -> str:
    """The HTML of a formula; a warning, which fails the build, if it cannot be read."""
    global process
    if process is None:
        script = Path(__file__).with_name("katex.mjs")
        process = subprocess.Popen(["node", str(script)], text=True, encoding="utf-8",
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise ExtensionError("node ended while it set a formula: is libjs-katex installed?")
    answer = json.loads(line)
    if "error" in answer:
        said = answer["error"].replace("KaTeX parse error: ", "").replace("\u0332", "")  # underlines
        log.warning("formula: %s", " ".join(said.split()), location=node)
        return "<code>?</code>"
    return str(answer["html"])


def width(tex: str) -> int:
    """How many letters a formula has, about: a command is one, or as long as its name."""
    tex = re.sub(r"\\(math\w+|text|operatorname|left|right|big|bar|hat|tilde|quad|qquad)\b|[\s{}^_&]",
                 " ", tex)
    tex = re.sub(r"\\(tanh|log|exp|sin|cos|max|min|lim|det)\b", "fun", tex)
    return len(re.sub(r"\\[a-zA-Z]+|\\.", "x", tex).replace(" ", ""))


def visit_inline(writer, node: nodes.math) -> None:  # type: ignore[no-untyped-def]
    kind = "math short" if width(node.astext()) <= longest_unbroken else "math"
    writer.body.append(f'<span class="{kind}">{katex(node.astext(), False, node)}</span>')
    raise nodes.SkipNode


def visit_block(writer, node: nodes.math_block) -> None:  # type: ignore[no-untyped-def]
    tex = node.astext()
    if ("\\\\" in tex or "&" in tex) and "\\begin" not in tex:
        tex = f"\\begin{{aligned}}{tex}\\end{{aligned}}"
    number = ""
    if node.get("number"):
        number = f'<span class="eqno">({get_node_equation_number(writer, node)})</span>'
    writer.body.append(f'<div class="math">{katex(tex, True, node)}{number}</div>\n')
    raise nodes.SkipNode


def copy_style(app: Sphinx, failed: Exception | None) -> None:
    """KaTeX's style sheet and its fonts, in the one format that every browser reads."""
    if process is not None and process.stdin:
        process.stdin.close()
        process.wait()
    if failed:
        return
    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    style = (katex_folder / "katex.min.css").read_text(encoding="utf-8")
    style = re.sub(r""",url\([^)]*\) format\(["'](woff|truetype)["']\)""", "", style)
    (target / "katex.css").write_text(style, encoding="utf-8")
    for font in re.findall(r"url\((fonts/[^)]+)\)", style):
        shutil.copyfile(katex_folder / font, target / font)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))  # type: ignore
    app.connect("build-finished", copy_style)
    return {"parallel_read_safe": False}
