"""`course bench`: builds and runs the programs bench_SUITE of tests/bench, and what measures the
course command itself."""
from typing import Callable

from build import Build
from errors import CourseError
from process import check, start, wait

Own = Callable[[str | None], int]  # takes --json


def run(build: Build, suite: str | None, peer: str | None, json: str | None,
        own: dict[str, Own]) -> int:
    build.prepare()
    programs = {name.removeprefix("bench_"): path for name, path in build.executables().items()
                if name.startswith("bench_")}
    known = sorted({*programs, *own})
    if suite is None:
        print("\n".join(f"./course bench {name}" for name in known)
              or "There are no benchmarks yet.")
        return 0
    if suite in own:
        return own[suite](json)
    if suite not in programs:
        raise CourseError(f"there is no benchmark {suite}; there are: "
                          f"{', '.join(known) or 'none yet'}")
    build.compile([programs[suite]])
    command = [programs[suite]]
    if peer:
        command += ["--peer", peer]
    if json:
        command += ["--json", json]
    check(f"bench_{suite}", wait(start(command)))
    return 0
