"""Four repairs that Debian 12's furo needs (2022.12.07+dfsg-1); later ones need none of them.

Debian ships furo's sources and not the bundle that its authors publish. So its script begins with
an `import` that a browser refuses, its style sheet imports /javascript/..., which is nowhere, the
rules for readers whose system is dark were lost, and so was the room that a jump leaves for the header
of narrow pages."""
import re
from pathlib import Path

from sphinx.application import Sphinx

normalize = Path("/usr/share/javascript/normalize.css/normalize.css")


def repair(app: Sphinx, failed: Exception | None) -> None:
    if failed:
        return
    static = Path(app.outdir) / "_static"
    script, style = static / "scripts" / "furo.js", static / "styles" / "furo.css"
    text = script.read_text(encoding="utf-8")
    if text.startswith("import Gumshoe"):
        scroll_spy = static / "scripts" / "gumshoe-patched.js"
        body = text.partition("\n")[2].replace("  console.log(`Changed to ${mode} mode.`);\n", "")
        script.write_text(scroll_spy.read_text(encoding="utf-8") + body, encoding="utf-8")
    text = style.read_text(encoding="utf-8")
    if text.startswith("@import url(/javascript"):
        text = normalize.read_text(encoding="utf-8") + text.partition("\n")[2]
        dark = re.search(r'body\[data-theme="dark"\] \{(.*?)\}', text, re.DOTALL)
        if dark and "prefers-color-scheme: dark" not in text:
            text += ("\n@media not print { @media (prefers-color-scheme: dark) {\n"
                     f'body:not([data-theme="light"]) {{{dark[1]}}}\n'
                     'html body:not([data-theme="light"]) .only-light '
                     '{ display: none !important; }\n'
                     'body:not([data-theme="light"]) .only-dark { display: block !important; }\n'
                     "} }\n")
        text = re.sub(r"^( *)target-scroll-margin-top: (.*?);", r"\1:target { scroll-margin-top: \2; }",
                      text, flags=re.MULTILINE)
        style.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", repair)
    return {"parallel_read_safe": False}
