"""Files that changed though their time says nothing: ninja compares times alone, and `mv f~ f`,
`cp -p` and an unpacked archive bring older ones."""
import hashlib
import json
import os
from pathlib import Path

folders = ("autograd", "nn", "text", "vision", "tutorials", "tests")
endings = (".cpp", ".hpp", ".c", ".h")


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def notice(root: Path, build: Path) -> None:
    """Gives the present time to every source with other content than at the last call and no newer
    time than then."""
    record = build / "contents.json"
    try:
        known = json.loads(record.read_text())
        assert isinstance(known, dict)
    except (OSError, ValueError, AssertionError):
        known = {}
    now = {}
    for file in (file for name in folders for file in sorted((root / name).rglob("*"))
                 if file.suffix in endings and file.is_file()):
        name, status = str(file.relative_to(root)), file.stat()
        stamp = [status.st_mtime_ns, status.st_ctime_ns, status.st_size]
        before = known.get(name)
        if before and before[:3] == stamp:
            now[name] = before
            continue
        content = digest(file)
        if before and before[3] != content and stamp[0] <= before[0]:
            touch(file)
            stamp[:2] = file.stat().st_mtime_ns, file.stat().st_ctime_ns
        now[name] = [*stamp, content]
    if now != known:
        record.write_text(json.dumps(now))


def touch(file: Path) -> None:
    try:
        os.utime(file)
    except OSError:
        pass  # a source folder that may only be read does not change under our hands
