"""Where the book finds the files that a chapter names."""
from pathlib import Path

from sphinx.environment import BuildEnvironment

root = Path(__file__).resolve().parents[3]
tutorials = root / "tutorials"


def chapter_folder(env: BuildEnvironment) -> Path:
    """The folder of the page that is being read."""
    return Path(env.doc2path(env.docname)).parent


def source(env: BuildEnvironment, name: str) -> str:
    """A source file's path from the root; a name without a folder is the chapter's own."""
    return name if "/" in name else str((chapter_folder(env) / name).relative_to(root))


def output(env: BuildEnvironment, name: str) -> Path:
    """A file that a program made; a name without a folder lies in the chapter's out/."""
    return root / name if "/" in name else chapter_folder(env) / "out" / name


def shown(path: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
