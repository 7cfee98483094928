"""How Sphinx builds the book from tutorials/; `./course book` calls it."""
import re
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path[:0] = [str(here / "_ext"), str(here.parent / "tools")]

project = "Tapestry"
author = "the Tapestry authors"
numbers = re.search(r"version: '([\d.]+)'", (here.parents[1] / "meson.build").read_text())
version = release = numbers[1] if numbers else ""
html_context = {"book_licence": "BSD-3-Clause",
                "book_description": "A course in C++20: reverse-mode differentiation, recurrent networks, "
                                    "and a captioner of pictures, built from nothing."}
extensions = ["myst_parser", "sphinx_copybutton",
              "snippet", "output", "figure", "exercise", "formula", "chapter", "minutes",
              "coverage", "pages", "sources", "code_style", "furo_repair"]
root_doc = "index"
include_patterns = ["index.md", "coverage.md", "ch*/*.md"]

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist", "smartquotes"]
myst_heading_anchors = 3
smartquotes = False  # MyST's are enough; these would also bend quotes in hints

numfig = True
numfig_format = {"code-block": "Listing %s", "figure": "Figure %s", "table": "Table %s"}
math_numfig = True
math_eqref_format = "({number})"

html_theme = "furo"
html_title = "Tapestry"
html_static_path = ["_static"]
html_css_files = ["katex/katex.css", "book.css"]
html_js_files = ["book.js"]
html_favicon = "_static/favicon.svg"
templates_path = ["_templates"]
html_math_renderer = "katex"
html_theme_options = {"light_css_variables": {"color-brand-primary": "#1f5f8b",
                                              "color-brand-content": "#1f5f8b"},
                      "dark_css_variables": {"color-brand-primary": "#7cb8e0",
                                             "color-brand-content": "#7cb8e0"}}
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_use_index = False
html_domain_indices = False
pygments_style = "code_style.Light"
pygments_dark_style = "code_style.Dark"
copybutton_prompt_text = "$ "
copybutton_selector = "div:not(.output) > div.highlight > pre"
