"""What can be wrong with the finished pages: dead links, anchors, pictures without a description."""
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class Page(HTMLParser):
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)  # href and src
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if name := values.get("id"):
            if name in self.ids:
                self.faults.append(f"the anchor #{name} is there twice")
            self.ids.add(name)
        for attribute in ("href", "src"):
            if values.get(attribute) is not None:
                self.links.append(str(values[attribute]))
        if tag == "img" and not (values.get("alt") or "").strip():
            self.faults.append(f"the picture {values.get('src')} has no alt text")
        if tag == "svg" and values.get("role") == "img" and not values.get("aria-label"):
            self.faults.append("a drawing has no alt text")

    handle_startendtag = handle_starttag


def check(folder: Path) -> list[str]:
    """All faults, as "ch02_the_tape/chapter.html: ..."."""
    folder = folder.resolve()
    pages: dict[Path, Page] = {}
    for file in sorted(folder.rglob("*.html")):
        pages[file] = Page()
        pages[file].feed(file.read_text(encoding="utf-8"))
    faults = []
    for file, page in pages.items():
        problems = page.faults + [problem for link in dict.fromkeys(page.links)
                                  if (problem := follow(file, link, pages, folder))]
        faults += [f"{file.relative_to(folder)}: {problem}" for problem in problems]
    return faults


def follow(file: Path, link: str, pages: dict[Path, Page], folder: Path) -> str | None:
    """What is wrong with a link; None if it leads somewhere."""
    parts = urlsplit(link)
    if parts.scheme in ("https", "mailto", "data"):
        return None
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return f"the link {link} leaves the book"  # a file:// page has no server above it
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    if not target.is_relative_to(folder):
        return f"the link {link} leaves the book"
    if not target.is_file():
        return f"the link {link} leads nowhere"
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].ids and link != "#":
        return f"the link {link} leads to no such place on the page"
    return None
