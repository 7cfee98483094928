"""The course command as its user meets it, in a tiny project of its own that builds in seconds."""
import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

repository = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(repository / "tutorials" / "tools"))
sys.dont_write_bytecode = True

from progress import Bar, clock  # noqa: E402

meson_build = """
project('tiny', 'c')
foreach name : ['ch02_hello', 'ch24_scenes', 'ch24_train', 'ch24_evaluate', 'ch24_caption']
  executable(name, 'tutorials/programs.c', c_args: '-DPROGRAM="' + name + '"')
endforeach
executable('ch03_wrong', 'tutorials/ch03_operators/wrong.c', build_by_default: false)
executable('bench_matmul', 'tutorials/programs.c', c_args: '-DPROGRAM="bench_matmul"')
python = find_program('python3')
test('good', python, args: ['-c', 'print("3 test cases out of 4 passed"); print("1 test case out of 4 skipped")'],
     suite: 'alpha')
test('plain', python, args: ['-c', 'pass'], suite: 'alpha')
test('bad', python, args: ['-c', 'print("why it failed"); print("2 test cases out of 3 passed"); print("1 test case out of 3 failed"); print("1 test case out of 3 aborted"); exit(1)'],
     suite: 'beta')
test('page', python, args: ['-c', 'raise SystemExit("only on request")'], suite: 'book')
option = get_option('greeting')
"""

# One source for all programs: PROGRAM says which it is.
programs_c = r"""
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_file(const char* path, const char* text) {
  FILE* file = fopen(path, "w");
  if (!file) exit(9);
  fputs(text, file);
  fclose(file);
}

int main(int count, char** arguments) {
  if (!strcmp(PROGRAM, "ch24_scenes")) return system("mkdir -p data/scenes data/captioner") != 0;
  if (!strcmp(PROGRAM, "ch24_train")) {
    if (getenv("SLOW")) { puts("training"); fflush(stdout); sleep(20); }
    write_file("data/captioner/loss.tsv", "step\ttrain_loss\tvalidation_loss\n0\t4\t4.1\n9\t1\t1.2\n");
    return 0;
  }
  if (!strcmp(PROGRAM, "ch24_evaluate")) {
    printf("half way\rall of it\ntrue captions: 97.5 %%\nexact match: 61.0 %%\n");
    return 0;
  }
  char folder[4096];
  printf("%s in %s of %s\n", PROGRAM, getcwd(folder, sizeof folder),
         getenv("TAPESTRY_ROOT") ? getenv("TAPESTRY_ROOT") : "nothing");
  for (int i = 1; i < count; ++i) printf("<%s>\n", arguments[i]);
  return 7 * (count > 1 && arguments[1][0] == 's');
}
"""


def make_project(root: Path) -> None:
    shutil.copy(repository / "course", root)
    shutil.copytree(repository / "tutorials" / "tools", root / "tutorials" / "tools",
                    ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repository / "tutorials" / "course.toml", root / "tutorials")
    texts = {
        "meson.build": meson_build,
        "meson_options.txt": "option('greeting', type: 'string', value: 'hello')\n",
        "tutorials/programs.c": programs_c,
        "tutorials/ch02_the_tape/hello.cpp": "// Says hello.\n",
        "tutorials/ch03_operators/wrong.cpp": "// Does not compile.\n",
        "tutorials/ch03_operators/other.cpp": "\n// The other one.\n",
        "tutorials/ch03_operators/wrong.c": "int main(void) { return undeclared; }\n",
        "tutorials/ch24_show_and_tell/caption.cpp": "// Captions files.\n",
    }
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(repository / "tutorials" / "ch24_show_and_tell" / "loss.gp",
                root / "tutorials" / "ch24_show_and_tell")


class CommandTest(unittest.TestCase):
    root: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory(prefix="course test ")  # a space, as users have
        cls.addClassCleanup(cls.folder.cleanup)
        cls.root = Path(cls.folder.name).resolve()
        make_project(cls.root)

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items()
                if name not in ("COURSE_BUILD", "NO_COLOR") and not name.startswith("MESON_")}
        return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **changes}

    def course(self, *arguments: str, cwd: Path | None = None,
               **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.root / "course", *arguments], cwd=cwd or self.root, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.environment(**changes), timeout=60)

    def refuses(self, *arguments: str, says: str, **changes: str) -> None:
        """One line on standard error, exit code 1."""
        result = self.course(*arguments, **changes)
        self.assertEqual(result.returncode, 1, result)
        last = result.stderr.splitlines()[-1]
        self.assertTrue(last.startswith("course: "), result.stderr)
        self.assertIn(says, last)
        self.assertNotIn("Traceback", result.stderr)


class Words(CommandTest):
    """What needs no build."""

    def test_help(self) -> None:
        for arguments in ((), ("--help",), ("-h",), ("help",)):
            result = self.course(*arguments)
            self.assertEqual(result.returncode, 0, result)
            for command in ("demo", "test", "list", "run", "book", "regen", "bench", "start", "check",
                            "--yes"):
                self.assertIn(command, result.stdout)

    def test_help_of_one_command(self) -> None:
        for arguments in (("check", "--help"), ("help", "check"), ("check", "-h")):
            lines = self.course(*arguments).stdout.splitlines()
            self.assertTrue(lines[0].startswith("usage: ./course check [EXERCISE"), lines)
            self.assertIn("is it right, and if not, what is wrong?", lines[2])
            self.assertLess(len(lines), 8)

    def test_what_was_probably_meant(self) -> None:
        self.refuses("chek", says="there is no command chek; did you mean check?")
        self.refuses("help", "chek", says="did you mean check?")
        self.refuses("run", "ch03", "othr", says="did you mean other?")
        for name in ("ch3", "CH03", "3", "tutorials/ch03_operators/"):
            self.assertEqual(self.course("run", name).returncode, 0, name)

    def test_a_link_to_the_command(self) -> None:
        folder = Path(tempfile.mkdtemp(dir=self.root))
        (folder / "first").symlink_to(self.root / "course")
        (folder / "second").symlink_to("first")
        result = subprocess.run([folder / "second", "list"], text=True, stdout=subprocess.PIPE,
                                env=self.environment(), stdin=subprocess.DEVNULL)
        self.assertEqual(result.returncode, 0)
        self.assertIn("ch02", result.stdout)

    def test_unknown_names(self) -> None:
        self.refuses("frobnicate", says="there are: demo, test, list, run, book, regen, bench")
        self.refuses("run", "ch77", says="ch01 to ch30")
        self.refuses("run", "ch10", says="has no programs yet")
        self.refuses("run", "ch03", "third", says="it has: other, wrong")
        self.refuses("run", says="chapter")
        self.refuses("list", "--loud", says="--loud")

    def test_list(self) -> None:
        result = self.course("list")
        self.assertEqual(result.returncode, 0, result)
        chapters = [line for line in result.stdout.splitlines() if line[2:4] == "ch"]
        self.assertEqual(len(chapters), 30)
        self.assertRegex(result.stdout, r"(?m)^\* ch02  The tape +autograd +hello$")
        self.assertRegex(result.stdout, r"(?m)^  ch10  LSTM +nn$")

    def test_a_chapter_with_programs_lists_them(self) -> None:
        result = self.course("run", "ch03")
        self.assertEqual(result.returncode, 0, result)
        self.assertRegex(result.stdout, r"(?m)^\./course run ch03 other +The other one\.$")


class Packages(CommandTest):
    """On a system that has only the programs named."""

    def bare(self, *programs: str, **scripts: str) -> str:
        """A PATH with those programs of this system, and scripts made up for the test."""
        folder = Path(tempfile.mkdtemp(dir=self.root))
        for name in ("sh", "dirname", "date", "tail", "mkdir", "env", *programs):
            found = shutil.which(name)
            assert found, name
            (folder / name).symlink_to(found)
        for name, text in scripts.items():
            (folder / name.replace("_", "-")).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name.replace("_", "-")).chmod(0o755)
        return str(folder)

    def test_no_apt(self) -> None:
        self.refuses("test", PATH=self.bare(), says="no apt-get here")
        self.refuses("test", "--yes", PATH=self.bare(), says="g++ meson ninja-build pkg-config python3")

    def test_the_book_needs_more(self) -> None:
        for arguments, furo, browser in ((("test",), False, False), (("book",), True, False),
                                         (("book", "--check"), True, False),
                                         (("regen",), False, False),
                                         (("test", "alpha", "book"), True, True)):
            last = self.course(*arguments, PATH=self.bare()).stderr.splitlines()[-1].split()
            self.assertEqual("meson" in last, arguments != ("book",), arguments)
            self.assertEqual(("furo" in last, "chromium-driver" in last), (furo, browser), arguments)

    def test_no_sudo(self) -> None:
        path = self.bare(apt_get="exit 1", id="echo 1000")
        self.refuses("test", "--yes", PATH=path, says="as root: apt-get install")

    def test_without_a_terminal_it_asks_for_yes(self) -> None:
        path = self.bare(apt_get="echo called > called; exit 1", id="echo 1000", sudo='exec "$@"')
        self.refuses("demo", PATH=path, says="sudo apt-get install --no-install-recommends g++")
        self.assertFalse((self.root / "called").exists())

    def test_apt_fails(self) -> None:
        path = self.bare(apt_get='echo "E: no such luck: $*"; exit 100', id="echo 0")
        result = self.course("test", "--yes", PATH=path, COURSE_BUILD=str(self.root / "build-apt"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("E: no such luck", result.stderr)
        self.assertIn("E: no such luck", (self.root / "build-apt" / "apt.log").read_text())

    def answer(self, text: str) -> tuple[int, str, str]:
        """Types at the question; returns the exit code, what was said and what apt was asked."""
        path = self.bare("cat", id="echo 1000", sudo='echo sudo >> calls; exec "$@"',
                         apt_get='echo "$*" >> calls')
        calls = self.root / "calls"
        calls.write_text("")
        main, side = pty.openpty()
        os.write(main, text.encode())
        result = subprocess.run([self.root / "course", "test"], cwd=self.root, stdin=side,
                                stderr=subprocess.PIPE, text=True, timeout=20,
                                env=self.environment(PATH=path, COURSE_BUILD="build-asked"))
        os.close(main)
        os.close(side)
        return result.returncode, result.stderr, calls.read_text()

    def test_it_asks_before_sudo(self) -> None:
        code, said, calls = self.answer("n\n")
        self.assertEqual((code, calls), (1, ""))
        self.assertIn("Install these with sudo? [Y/n]", said)
        code, said, calls = self.answer("\n")
        self.assertEqual(calls.count("sudo"), calls.count("\n") // 2)
        self.assertIn("install --yes --no-install-recommends g++ meson", calls)
        self.assertIn("still missing", said)  # this apt-get only pretends

    def test_python_alone_is_enough_to_list(self) -> None:
        path = self.bare(python3=f'exec "{sys.executable}" "$@"')
        self.assertEqual(self.course("list", PATH=path).returncode, 0)
        self.refuses("frobnicate", PATH=path, says="there is no command")


class Building(CommandTest):
    def test_run(self) -> None:
        result = self.course("run", "ch02", "--", "one two", "--yes", cwd=Path("/"))
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stdout,
                         f"ch02_hello in / of {self.root}\n<one two>\n<--yes>\n")
        self.assertEqual(self.course("run", "2", "hello", "--yes", "--", "seven").returncode, 7)

    def test_a_compile_error_is_shown(self) -> None:
        result = self.course("run", "ch03", "wrong")
        self.assertEqual(result.returncode, 1)
        self.assertIn("undeclared", result.stderr)
        self.assertNotIn("-fdiagnostics-color", result.stderr)  # not the command
        self.refuses("run", "ch03", "other", says="meson knows no program ch03_other")

    def test_broken_folders_are_repaired(self) -> None:
        build = self.root / "build broken"
        run = lambda: self.course("run", "ch02", COURSE_BUILD=str(build))  # noqa: E731
        subprocess.run(["meson", "setup", "-Dgreeting=moin", build, self.root], check=True,
                       stdout=subprocess.DEVNULL)
        (build / "mine.txt").write_text("kept")
        damages = [lambda: (build / "build.ninja").unlink(),
                   lambda: (build / "build.ninja").write_text("rule broken\n  comm"),
                   lambda: (build / "meson-private" / "coredata.dat").write_bytes(b"half"),
                   lambda: shutil.rmtree(build / "meson-info")]
        for number, damage in enumerate(damages):
            with self.subTest(number):
                damage()
                result = run()
                self.assertEqual(result.returncode, 0, result)
        self.assertEqual((build / "mine.txt").read_text(), "kept")
        options = (build / "meson-info" / "intro-buildoptions.json").read_text()
        self.assertIn("moin", options)

    def test_another_processor_builds_again(self) -> None:
        """A home that two machines share: -march=native of one is not that of the other."""
        build = self.root / "build two machines"
        machines = {"old": "sse2 avx2", "new": "sse2 avx2 avx512f"}
        for name, flags in machines.items():
            (self.root / name).write_text(f"processor\t: 0\nflags\t\t: {flags}\n")

        def run(machine: str) -> str:
            result = self.course("run", "ch02", COURSE_BUILD=str(build),
                                 TAPESTRY_CPUINFO=str(self.root / machine))
            self.assertEqual(result.returncode, 0, result)
            return result.stderr

        self.assertNotIn("processor", run("new"))
        program = build / "ch02_hello"
        first = program.stat().st_mtime_ns
        self.assertNotIn("processor", run("new"))
        self.assertEqual(program.stat().st_mtime_ns, first)
        self.assertIn("another processor (without avx512f here); building again", run("old"))
        second = program.stat().st_mtime_ns
        self.assertNotEqual(second, first)
        self.assertNotIn("processor", run("old"))
        self.assertEqual(program.stat().st_mtime_ns, second)
        self.assertIn("this one has avx512f as well", run("new"))

    def test_a_copied_build_folder_is_set_up_again(self) -> None:
        self.assertEqual(self.course("run", "ch02").returncode, 0)
        copy = self.root / "build copy"
        shutil.copytree(self.root / "build", copy)
        result = self.course("run", "ch02", COURSE_BUILD=str(copy))
        self.assertEqual(result.returncode, 0, result)

    def test_a_folder_that_cannot_be_written(self) -> None:
        self.refuses("run", "ch02", COURSE_BUILD="/proc/build",
                     says="the build folder /proc/build cannot be written: ")

    def test_a_mistake_in_meson_build_is_named(self) -> None:
        file = self.root / "meson.build"
        self.course("run", "ch02")
        file.write_text(meson_build + "mistake here\n")
        try:
            self.refuses("run", "ch02", says="meson.build:")
        finally:
            file.write_text(meson_build)
        self.assertEqual(self.course("run", "ch02").returncode, 0)

    def test_tests_are_counted(self) -> None:
        result = self.course("test", "alpha")
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stdout.splitlines()[-1], "4 passed, 0 failed, 1 skipped")
        result = self.course("test")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout.splitlines()[-1], "6 passed, 1 failed, 1 skipped")
        self.assertRegex(result.stdout.splitlines()[-2],
                         r"^\d+ s: \d+ to build, \d+ for the test programs; the longest: \w+ \d")
        self.assertIn("why it failed", result.stdout)
        self.assertRegex(result.stdout, r"(?m)^beta +2 passed, 1 failed +\d+\.\d s$")
        self.assertNotIn("only on request", result.stdout)  # the suite `book`
        self.refuses("test", "gamma", says="there are: alpha, beta, book")

    def test_bench(self) -> None:
        self.assertEqual(self.course("bench").stdout, "./course bench matmul\n")
        result = self.course("bench", "matmul", "--json", "o.json", "--peer", "other")
        self.assertIn("<--peer>\n<other>\n<--json>\n<o.json>", result.stdout)
        self.refuses("bench", "conv", says="there are: matmul")

    def test_demo(self) -> None:
        result = self.course("demo")
        self.assertEqual(result.returncode, 0, result)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[-2:], ["true captions: 97.5 %", "exact match: 61.0 %"])
        self.assertIn("  data/captioner/loss.tsv", lines)
        self.assertEqual(result.stdout.count("exact match"), 1)
        if shutil.which("gnuplot"):
            picture = (self.root / "data" / "captioner" / "loss.svg").read_text()
            self.assertIn("<svg", picture)

    def test_an_interrupted_demo_says_that_it_resumes(self) -> None:
        process = subprocess.Popen([self.root / "course", "demo"], cwd=self.root, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.environment(SLOW="1"),
                                   start_new_session=True)
        assert process.stdout is not None
        self.assertEqual(process.stdout.readline(), "training\n")
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(errors.splitlines()[-1],
                         "course: interrupted; the same command goes on from here")
        self.assertNotIn("Traceback", errors)


class Progress(unittest.TestCase):
    def on_terminal(self, environment: dict[str, str], columns: int = 60) -> str:
        """What a bar of 40 steps writes to a terminal."""
        code = ("import sys; sys.path.insert(0, sys.argv[1])\n"
                "from progress import Bar\n"
                "Bar.redraw_every = 0\n"
                "with Bar('building') as bar:\n"
                "    for step in range(41): bar.update(step, 40)\n")
        main, side = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", code, repository / "tutorials" / "tools"], stderr=side,
            env={"TERM": "xterm", "COLUMNS": str(columns), **environment})
        os.close(side)
        text = b""
        try:
            while block := os.read(main, 4096):
                text += block
        except OSError:
            pass  # the terminal is gone
        os.close(main)
        self.assertEqual(process.wait(), 0)
        return text.decode()

    def test_a_terminal_gets_one_line_that_is_redrawn(self) -> None:
        text = self.on_terminal({"NO_COLOR": "1"})
        self.assertNotIn("\n", text)
        self.assertNotIn("\033[3", text)
        lines = [line.removesuffix("\033[K") for line in text.split("\r")[1:]]
        self.assertEqual(len(lines), 42)
        self.assertTrue(all(len(line) < 60 and line.isascii() for line in lines))
        self.assertRegex(lines[20], r"^building \[#+-+\] 20/40")
        self.assertEqual(lines[20].count("#"), lines[20].count("-"))
        self.assertEqual(lines[-1], "")

    def test_color_and_a_narrow_terminal(self) -> None:
        self.assertIn("\033[32m#", self.on_terminal({}))
        narrow = self.on_terminal({"NO_COLOR": "1"}, columns=12)
        self.assertTrue(all(len(line.removesuffix("\033[K")) < 12 for line in narrow.split("\r")))

    def test_elsewhere_it_writes_ten_lines(self) -> None:
        with tempfile.TemporaryFile("w+") as file:
            bar = Bar("building", file)
            for step in range(201):
                bar.update(step, 200)
            bar.close()
            file.seek(0)
            lines = file.read().splitlines()
        self.assertEqual(len(lines), 10)
        self.assertTrue(lines[0].startswith("building: 10 % ( 20/200"), lines[0])

    def test_rate_and_time_left(self) -> None:
        bar = Bar("x", sys.stderr)
        bar.begin = time.monotonic() - 10
        bar.done, bar.total = 20, 80
        self.assertEqual(bar.figures(), "20/80  2.0/s  0:30 left")
        self.assertEqual(clock(7265), "2:01:05")


if __name__ == "__main__":
    unittest.main()
