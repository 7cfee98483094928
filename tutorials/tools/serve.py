"""`course book --serve`: shows the book on this machine, and builds it again when a file changes."""
import functools
import http.server
import threading
import time
from pathlib import Path
from typing import Callable

from errors import CourseError
from process import note

watched = (".md", ".cpp", ".hpp", ".toml", ".py", ".css", ".js", ".gp", ".txt", ".json", ".tsv")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


def sources(root: Path) -> dict[Path, float]:
    """What the book is made of, and when each file was last changed."""
    folders = ("autograd", "nn", "text", "vision", "tutorials")
    return {file: file.stat().st_mtime for name in folders for file in (root / name).rglob("*")
            if file.suffix in watched and file.is_file()}


def run(root: Path, site: Path, build: Callable[[], int], port: int = 8000) -> int:
    for number in range(port, port + 20):
        try:
            server = http.server.ThreadingHTTPServer(
                ("127.0.0.1", number), functools.partial(Quiet, directory=str(site)))
            break
        except OSError:  # somebody else has this port
            continue
    else:
        raise CourseError(f"no free port from {port} to {port + 19}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    note(f"http://127.0.0.1:{server.server_port}/ until Ctrl-C; a changed file builds it again")
    built = sources(root)
    try:
        while True:
            time.sleep(1)
            if (now := sources(root)) != built:
                built = now
                try:
                    build()
                except CourseError as error:
                    note(str(error))
    finally:
        server.shutdown()
