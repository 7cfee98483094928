"""`course test`: builds and runs the tests, and counts test cases rather than programs."""
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from build import Build, program
from errors import CourseError
from process import check, follow
from progress import Bar

shown_lines = 60  # of a failing test's output
# What needs a browser (`course test book` installs it), and what takes minutes.
only_on_request = ("book", "exercises", "portability", "subproject")


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    def plus(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed,
                     self.skipped + other.skipped, self.seconds + other.seconds)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


Own = Callable[[], Count]  # tests that meson knows nothing of


def suite_of(test: dict[str, Any]) -> str:
    """meson writes 'tapestry:autograd', or 'tapestry' alone for a test without a suite."""
    return test["suite"][0].partition(":")[2] or "other"


def run(build: Build, suites: list[str], own: dict[str, Own]) -> int:
    """`own`: what runs before meson's tests of a suite."""
    begin = time.monotonic()
    build.prepare()
    tests = build.info("intro-tests")
    chosen = [test for test in tests
              if suite_of(test) in suites or not suites and suite_of(test) not in only_on_request]
    known = sorted({suite_of(test) for test in tests} | own.keys())
    if unknown := [suite for suite in suites if suite not in known]:
        raise CourseError(f"there is no suite {unknown[0]}; there are: {', '.join(known) or 'none'}")
    counts = {suite: own[suite]() for suite in suites if suite in own}
    before_building = time.monotonic()
    if files := needed_files(build, chosen, everything=not suites):
        build.compile(files)
    building = time.monotonic() - before_building
    if not chosen and not counts:
        raise CourseError("there are no tests yet")
    before_testing = time.monotonic()
    results = meson_test(build, suites) if chosen else []
    testing = time.monotonic() - before_testing

    suites_by_name = {test["name"]: suite_of(test) for test in chosen}
    for result in results:
        suite = suite_in_log(result["name"], suites_by_name)
        counts[suite] = counts.get(suite, Count()).plus(count_cases(result))
    for result in results:
        if count_cases(result).failed:
            print(report(result))
    total = Count()
    for suite, count in sorted(counts.items()):
        print(f"{suite:12} {str(count):32} {count.seconds:7.1f} s")
        total = total.plus(count)
    if missing := len(chosen) - len(results):
        print(f"{missing} of {len(chosen)} test programs did not run")
        total.failed += missing
    if results:
        print(where_the_time_went(results, time.monotonic() - begin, building, testing))
    print(total)
    return 0 if (total.passed or total.skipped) and not total.failed else 1


def where_the_time_went(results: list[dict[str, Any]], all: float, building: float,
                        testing: float) -> str:
    """Tests run beside each other: together they take longer than the clock says."""
    longest = sorted(results, key=lambda result: -result["duration"])[:3]
    names = ", ".join(f"{result['name'].rpartition(' / ')[2]} {result['duration']:.1f} s"
                      for result in longest)
    return (f"{all:.0f} s: {building:.0f} to build, {testing:.0f} for the test programs; "
            f"the longest: {names}")


def needed_files(build: Build, tests: list[dict[str, Any]], everything: bool) -> list[str]:
    """What the tests run, and with `everything` all that is built by default."""
    ids = {id for test in tests for id in test["depends"]}
    files = [file for target in build.info("intro-targets") if target["id"] in ids
             for file in target["filename"]]
    return ["all", *files] if everything else files


def meson_test(build: Build, suites: list[str]) -> list[dict[str, Any]]:
    """Runs meson test; returns what it logged of each test. All of them write one log."""
    with build.alone("test"):
        return meson_test_alone(build, suites)


def meson_test_alone(build: Build, suites: list[str]) -> list[dict[str, Any]]:
    log = build.folder / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    patience = "10" if build.option("b_sanitize") not in (None, "none") else "3"
    command = [program("meson"), "test", "-C", build.folder, "--no-rebuild",
               "--timeout-multiplier", patience]
    for suite in suites:
        command += ["--suite", suite]
    for suite in () if suites else only_on_request:
        command += ["--no-suite", suite]
    lines: list[str] = []
    with Bar("testing") as bar:
        def take(line: str) -> None:
            lines.append(line)
            if match := re.match(r"\s*(\d+)/(\d+) ", line):
                bar.update(int(match[1]), int(match[2]))
        # Boost.Test then says at its end how many cases passed.
        code = follow(command, take, env={**os.environ, "BOOST_TEST_REPORT_LEVEL": "short",
                                          "BOOST_TEST_COLOR_OUTPUT": "no", "PYTHONUNBUFFERED": "1"})
    if not log.is_file():
        check("meson test", code)
        raise CourseError("meson test ran nothing:\n" + "".join(lines[-20:]))
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def suite_in_log(name: str, suites_by_name: dict[str, str]) -> str:
    """meson logs 'tapestry:autograd / tensor', or 'tensor' alone when there is one suite."""
    before, separator, _ = name.rpartition(" / ")
    if separator:
        return before.partition(":")[2].split("+")[0] or "other"
    return suites_by_name.get(name, "other")


def count_cases(result: dict[str, Any]) -> Count:
    """Test cases of Boost.Test or unittest if the output tells, else one for the program."""
    output = result.get("stdout", "") + result.get("stderr", "")
    count = boost_cases(output) or unittest_cases(output) or Count()
    if any(str(word).startswith("--run_test") for word in result.get("command") or ()):
        count.skipped = 0  # what the test did not ask for, Boost.Test calls skipped
    count.seconds = result["duration"]
    if result["result"] in ("SKIP", "IGNORED"):
        count.skipped = max(1, count.skipped)
    elif result["result"] in ("OK", "EXPECTEDFAIL"):
        count.passed = count.passed or int(not count.skipped)
    else:
        count.failed = max(1, count.failed)
    return count


def boost_cases(output: str) -> Count | None:
    """From lines as '3 test cases out of 4 passed'; the aborted ones are among the failed."""
    kinds = {"passed": 0, "passed with warnings": 0, "failed": 0, "timed-out": 0, "skipped": 0}
    found = re.findall(r"(\d+) test cases? out of \d+ (.+?)\s*$", output, re.MULTILINE)
    for number, kind in found:
        kinds[kind] = kinds.get(kind, 0) + int(number)
    if not found:
        return None
    return Count(kinds["passed"] + kinds["passed with warnings"],
                 kinds["failed"] + kinds["timed-out"], kinds["skipped"])


def unittest_cases(output: str) -> Count | None:
    """From 'Ran 9 tests in 0.1s' and 'FAILED (failures=1, errors=2, skipped=1)'."""
    ran = re.search(r"^Ran (\d+) tests? in", output, re.MULTILINE)
    if ran is None:
        return None
    numbers = {kind: int(number) for kind, number in
               re.findall(r"(failures|errors|skipped)=(\d+)", output[ran.end():])}
    failed = numbers.get("failures", 0) + numbers.get("errors", 0)
    skipped = numbers.get("skipped", 0)
    return Count(max(0, int(ran[1]) - failed - skipped), failed, skipped)


def report(result: dict[str, Any]) -> str:
    """The end of a failing test's output."""
    output = (result.get("stdout", "") + result.get("stderr", "")).splitlines()
    cut = [f"[{len(output) - shown_lines} lines before]"] if len(output) > shown_lines else []
    head = f"--- {result['name']}: {result['result']} after {result['duration']:.1f} s, " \
           f"exit code {result.get('returncode')}"
    return "\n".join([head, *cut, *output[-shown_lines:], ""])
