"""What object files define for others, as the linker sees it."""
import subprocess
from pathlib import Path

from build import program


def defined(*files: Path) -> set[str]:
    """Functions and variables, but for those that every file may define (inline, templates)."""
    output = subprocess.run([program("nm"), "--defined-only", "--extern-only", *files], check=True,
                            stdout=subprocess.PIPE, encoding="utf-8").stdout
    lines = [line.split() for line in output.splitlines()]
    return {words[2] for words in lines if len(words) == 3 and words[1] in "TDBR"}


def readable(symbol: str) -> str:
    return subprocess.run([program("c++filt"), symbol], check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout.strip()
