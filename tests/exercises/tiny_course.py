"""A tiny course for the tests: a library of a few functions, whose exercises are checked in a
second."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from terminal import Terminal, environment

repository = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(repository / "tutorials" / "tools"))
sys.dont_write_bytecode = True

meson_build = """
project('tiny', 'cpp', default_options: ['cpp_std=c++20', 'werror=true'])
fs = import('fs')
sources = files('autograd/numbers.cpp', 'autograd/volumes.cpp')
if fs.is_dir('nn')
  sources += files('nn/later.cpp')
endif
root = include_directories('.')
library = static_library('tapestry_f64', sources, include_directories: root)
subdir('tutorials')
"""

tutorials_meson = """
executable('check_frame', 'tools/checks/main.cpp', 'tools/checks/steps.cpp', link_with: library,
           include_directories: root, link_args: '-Wl,-z,muldefs', build_by_default: false)
"""

course_toml = """
[[chapter]]
id = "ch01"
title = "Numbers"
module = "autograd"
part = "One"

[[chapter]]
id = "ch02"
title = "Volumes"
module = "autograd"
part = "One"

[[chapter]]
id = "ch03"
title = "Later"
module = "nn"
part = "Two"
"""

numbers_cpp = """#include "autograd/numbers.hpp"

//> square
double square(double x) {
  if (x == 0) return 0; // batching
  const double result_of_the_square = x * x;
  return result_of_the_square;
}
//< square

//> half
double half(double x) { return x / 2; }
//< half
"""

volumes_cpp = """#include "autograd/volumes.hpp"

#include "autograd/numbers.hpp"

double cube(double x) {
  double result = x;
  //> cube
  result = square(result) * x;
  //< cube
  return result;
}
"""

check = """#include "autograd/numbers.hpp"
#include "autograd/volumes.hpp"
#include "steps.hpp"
using tapestry::steps::fail;
static void expect(const char* what, double got, double wanted) {
  if (got != wanted) fail(what, "it is " + std::to_string(got), {got});
}
"""

# name: chapter, file, region, steps, {mutant: text}
exercises = {
    "square": ("ch01_numbers", "autograd/numbers.cpp", "square",
               'STEP("small numbers") { expect("2 squared", square(2), 4); }\n'
               'STEP("larger numbers") { expect("5 squared", square(5), 25); }\n',
               {"doubles": "// That is twice the number, not its square.\n"
                           "double square(double x) { return 2 * x; }\n",
                "negative": "// The square of a number is not negative.\n"
                            "double square(double x) { return -x * x; }\n"}),
    "half": ("ch01_numbers", "autograd/numbers.cpp", "half",
             'STEP("a half") { expect("half of 3", half(3), 1.5); }\n',
             {"whole": "// Whole numbers lose the fraction.\n"
                       "double half(double x) { return static_cast<int>(x) / 2; }\n",
              "doubled": "// Half, not twice.\ndouble half(double x) { return x * 2; }\n"}),
    "cube": ("ch02_volumes", "autograd/volumes.cpp", "cube",
             'STEP("one") { expect("1 cubed", cube(1), 1); }\n'
             'STEP("a use: a volume") { expect("3 cubed", cube(3), 27); }\n',
             {"fourth": "// One factor too many.\n  result = square(result) * square(x);\n",
              "second": "// One factor is missing.\n  result = result * x;\n"}),
    "later": ("ch03_later", "nn/later.cpp", "later",
              'double later(double);\nSTEP("later") { expect("later(1)", later(1), 43); }\n',
              {"earlier": "// Too early.\ndouble later(double x) { return x + 41; }\n",
               "never": "// Too late.\ndouble later(double x) { return x + 43; }\n"}),
}


def exercise_toml(name: str, file: str, region: str) -> str:
    return (f'title = "About {name}"\nminutes = 5\nfile = "{file}"\nregion = "{region}"\n'
            f'todo = "Write {name}."\n'
            f'hints = ["Think of {name}.", "Look at {name}.", "It is {name}."]\n')


def make_tree(root: Path) -> None:
    shutil.copy(repository / "course", root)
    tools = root / "tutorials" / "tools"
    shutil.copytree(repository / "tutorials" / "tools", tools,
                    ignore=shutil.ignore_patterns("__pycache__", "expect.*"))
    texts = {
        "meson.build": meson_build, "tutorials/meson.build": tutorials_meson,
        "tutorials/course.toml": course_toml, ".gitignore": "/build/\n/work/\n",
        "LICENSE": "free\n", "CONTRIBUTING.md": "for teachers\n", "README.md": "tiny\n",
        "tests/secret.txt": "result_of_the_square\n",
        "autograd/numbers.hpp": "double square(double x);\ndouble half(double x);\n",
        "autograd/volumes.hpp": "double cube(double x);\n",
        "autograd/numbers.cpp": numbers_cpp, "autograd/volumes.cpp": volumes_cpp,
        "nn/later.cpp": "double later(double);\n//> later\ndouble later(double x) "
                        "{ return x + 40 + 2; }\n//< later\n",
        "tutorials/tools/checks/precompiled.hpp": "#include <stdexcept>\n#include <string>\n",
        "tutorials/ch01_numbers/chapter.md": "# Numbers\n",
        "tutorials/ch03_later/chapter.md": "# Later\n",
    }
    for name, (chapter, file, region, steps, mutants) in exercises.items():
        folder = f"tutorials/{chapter}/exercises/{name}"
        texts[f"{folder}/exercise.toml"] = exercise_toml(name, file, region)
        texts[f"{folder}/check.cpp"] = check + steps
        for mutant, text in mutants.items():
            texts[f"{folder}/mutants/{mutant}.cpp"] = text
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=root, check=True)


class TinyCourse(unittest.TestCase):
    """Every class of tests has a course of its own, whose mistakes are recorded; every test has an
    empty work/."""
    root: Path

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="tiny course ")  # a space, as users have
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name).resolve()
        make_tree(cls.root)
        result = cls.course("test", "exercises", "--record")
        assert result.returncode == 0, result.stdout + result.stderr
        subprocess.run(["git", "add", "-A"], cwd=cls.root, check=True)

    def setUp(self) -> None:
        shutil.rmtree(self.root / "work", ignore_errors=True)

    @classmethod
    def course(cls, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        cwd = cwd or cls.root
        return subprocess.run([cwd / "course", *arguments], cwd=cwd, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={**environment(), "TERM": "dumb"}, timeout=600)

    def terminal(self) -> Terminal:
        terminal = Terminal(self.root)
        self.addCleanup(terminal.close)
        return terminal

    def file(self, name: str) -> Path:
        chapter, file, *_ = exercises[name]
        return self.root / "work" / chapter[:4] / name / Path(file).name

    def write(self, name: str, body: str) -> None:
        """Fills in the piece of an exercise that is started."""
        region = exercises[name][2]
        text = self.file(name).read_text()
        begin = text.index(f"//> {region}\n") + len(f"//> {region}\n")
        end = text.rindex("\n", 0, text.index(f"//< {region}")) + 1
        self.file(name).write_text(text[:begin] + body + "\n" + text[end:])
