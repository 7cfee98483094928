"""A small course of its own, in a temporary folder, for the tests that change it."""
import html
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

repository = Path(__file__).resolve().parents[2]

files = {
    "README.md": "# Tapestry\n\nA small one.\n\n## Ten lines of it\n",
    "meson.build": """
project('tiny', 'cpp', default_options: ['cpp_std=c++20'])
keep = declare_dependency(link_with: static_library('keep', 'tutorials/tools/keep.cpp'),
                          include_directories: ['.', 'tutorials/tools'])
foreach chapter, stems : {'ch01_one': ['hello'], 'ch02_two': ['again', 'prepare', 'train']}
  foreach stem : stems
    executable(chapter.split('_')[0] + '_' + stem, 'tutorials' / chapter / stem + '.cpp',
               dependencies: keep, build_by_default: false)
  endforeach
endforeach
""",
    # The course's own keep.cpp writes with the library, which is not here.
    "tutorials/tools/keep.cpp": """#include "keep.hpp"
#include <cstdlib>
#include <fstream>
void tapestry::keep(const std::string& name, std::string_view content) {
  if (const char* folder = std::getenv("TAPESTRY_KEEP"))
    std::ofstream(std::string(folder) + "/" + name) << content;
}
""",
    "autograd/one.hpp": "#pragma once\ninline int one() { return 1; }\n",
    "autograd/two.hpp": """#pragma once
#include "autograd/one.hpp"
//> two
inline int two() { return one() + one(); }
//< two
//> three
inline int three() { return 3; }
//< three
""",
    "tutorials/course.toml": """
[[chapter]]
id = "ch01"
title = "One"
module = "autograd"
part = "Start"
introduces = ["autograd/one.hpp"]

[[chapter]]
id = "ch02"
title = "Two"
module = "autograd"
part = "Start"
introduces = ["autograd/t*.hpp"]
prepare = ["prepare"]
runs = ["again", "train"]
slow = ["train"]

[[chapter]]
id = "ch03"
title = "Three"
module = "autograd"
part = "End"
""",
    "tutorials/ch01_one/hello.cpp": """// Says hello.
#include <cstdio>
#include "autograd/one.hpp"
#include "keep.hpp"
int main() {
  //> hello
  std::printf("one is %d, a third is %.4f\\n", one(), 1.0 / 3);
  //< hello
  std::printf("\\nthe end\\n");
  tapestry::keep("hello.json", "{\\"third\\": 0.3333, \\"of\\": [1, 20000]}\\n");
  tapestry::keep("hello.dot", "digraph { a -> b; }\\n");
  tapestry::keep("hello.tsv", "0\\t1\\n1\\t3\\n");
}
""",
    "tutorials/ch01_one/line.gp": 'plot "hello.tsv" with lines title "a line"\n',
    "tutorials/ch01_one/chapter.md": r"""(ch-one)=
# One

What is one? {ref}`ch-one`, {chapter}`ch02`, {chapter}`ch03`.

## Hello

minutes: 3

```{snippet} hello.cpp#hello
:name: lst-hello
```

```{output} hello.txt
:block: one
```

{numref}`lst-hello` says {value}`hello.json#third` and {value}`hello.json#of.1:,d` and {value}`hello.json#third:.1e`. With `one()`:

$$
x = 1
$$ (eq-one)

{eq}`eq-one` and {numref}`fig-dot`.

```{figure} hello.dot
---
name: fig-dot
alt: >
  An arrow
  from a to b.
---
The arrow.
```

```{figure} line.gp
:alt: A line that rises.

The line.
```

```{exercise} one
```

```{exercises}
```

:::{details} Why
Because of $x$.
:::

## Further reading

- Nothing.
""",
    "tutorials/ch01_one/exercises/one/exercise.toml": """
title = "One more"
minutes = 5
file = "autograd/two.hpp"
region = "three"
todo = "Return 3."
hints = ["Think of `one()`.", "A vector<int> * 3."]
""",
    "tutorials/ch01_one/exercises/six/exercise.toml": """
title = "Six"
minutes = 6
file = "autograd/two.hpp"
region = "two"
hints = []
""",
    "tutorials/ch02_two/again.cpp": """// Again.
#include <cstdio>
#include "autograd/two.hpp"
int main() { std::printf("two is %d\\n", two()); }
""",
    "tutorials/ch02_two/prepare.cpp": """// Writes what train reads.
#include <cstdlib>
int main() { return std::system("echo 7 > \\"$TAPESTRY_ROOT/prepared\\""); }
""",
    "tutorials/ch02_two/train.cpp": """// Trains for a long time.
#include <cstdio>
#include <cstdlib>
#include <string>
int main() {
  const std::string file = std::string(std::getenv("TAPESTRY_ROOT")) + "/prepared";
  std::FILE* in = std::fopen(file.c_str(), "r");
  if (!in) return 4;
  std::printf("trained to %c\\n", std::fgetc(in));
}
""",
    "tutorials/ch02_two/out/train.txt": "trained to 5\n",
    "tutorials/ch02_two/chapter.md": """(ch-two)=
# Two

{ref}`ch-one` was before.

## More

minutes: 1

```{snippet} autograd/two.hpp#two
```

```{snippet} autograd/two.hpp#three
```

```{output} again.txt
```

```{output} train.txt
```
""",
}


class Course(unittest.TestCase):
    root: Path

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="book test ")  # a space, as users have
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name).resolve()
        shutil.copy(repository / "course", cls.root)
        for name in ("book", "tools", "index.md", "coverage.md"):
            source, target = repository / "tutorials" / name, cls.root / "tutorials" / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        for name, text in files.items():
            cls.write(name, text)
        for module in ("nn", "text", "vision"):
            (cls.root / module).mkdir()
        result = cls.course("regen")
        assert result.returncode == 0, result.stderr

    @classmethod
    def write(cls, name: str, text: str) -> None:
        path = cls.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    @classmethod
    def course(cls, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items()
                if name not in ("COURSE_BUILD", "TAPESTRY_KEEP") and not name.startswith("MESON_")}
        return subprocess.run([cls.root / "course", *arguments], cwd=cls.root, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**kept, "PYTHONDONTWRITEBYTECODE": "1"},
                              timeout=100)

    def setUp(self) -> None:
        """Each test changes files; afterwards all are as before."""
        kept = {path: path.read_bytes() for path in self.sources()}

        def restore() -> None:
            for path in self.sources():
                if path not in kept:
                    path.unlink()
            for path, content in kept.items():
                if not path.is_file() or path.read_bytes() != content:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
        self.addCleanup(restore)

    def sources(self) -> list[Path]:
        return [path for path in self.root.rglob("*")
                if path.is_file() and not path.is_relative_to(self.root / "build")]

    def change(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text()
        self.assertEqual(text.count(old), 1, f"{name}: {old}")
        path.write_text(text.replace(old, new))

    def add(self, text: str, name: str = "ch01_one") -> None:
        """More prose for a chapter, before its further reading."""
        path = self.root / "tutorials" / name / "chapter.md"
        path.write_text(path.read_text() + "\n## More of it\n\nminutes: 1\n\n" + text + "\n")

    def builds(self, *options: str) -> str:
        """Builds the book; returns the words of chapter 1's page."""
        result = self.course("book", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.splitlines()[-1], "build/book/index.html")
        return self.words("ch01_one/chapter.html")

    def page(self, name: str) -> str:
        text = (self.root / "build" / "book" / name).read_text()
        return text[text.index('<article role="main">'):text.index("</article>")]

    def words(self, name: str) -> str:
        return " ".join(html.unescape(re.sub(r"<[^>]*>", "", self.page(name))).split())

    def shows(self, text: str, *expected: str) -> None:
        for words in expected:
            self.assertTrue(words in text, f"{words} is not in {text}")  # assertIn shows too much

    def drifted(self, *says: str, site: str = "build/book/index.html\n") -> None:
        """With --check it says all of that, each in one line, and still leaves the site."""
        result = self.course("book", "--check")
        self.assertEqual(result.returncode, 1, result)
        self.assertNotIn("Traceback", result.stderr)
        self.assertEqual(result.stdout, site)
        lines = result.stderr.splitlines()
        for words in says:
            self.assertTrue(any(words in line for line in lines), f"{words}\n---\n{result.stderr}")

    def refuses(self, *says: str) -> None:
        """Says all of that, each in one line, and leaves the finished book as it was."""
        before = (self.root / "build" / "book" / "index.html")
        stamp = before.stat().st_mtime_ns if before.is_file() else None
        result = self.course("book")
        self.assertEqual(result.returncode, 1, result)
        self.assertNotIn("Traceback", result.stderr)
        lines = result.stderr.splitlines()
        for words in says:
            self.assertTrue(any(words in line for line in lines), f"{words}\n---\n{result.stderr}")
        self.assertEqual(before.stat().st_mtime_ns if before.is_file() else None, stamp)
