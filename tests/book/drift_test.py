"""What must not drift: each test puts one fault into a small course, and `./course book` must refuse
it with a line that says what is wrong and where."""
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest
import urllib.request

sys.dont_write_bytecode = True

from small_course import Course, repository  # noqa: E402


class Whole(Course):
    def test_the_small_course_builds(self) -> None:
        text = self.builds()
        self.shows(text, "Listing 1.1 hello.cpp, line 7 ./course run ch01 hello", "Figure 1.1 The arrow.",
                   "Figure 1.2 The line.", "(1.1)", "says 0.3333 and 20,000 and 3.3 \u00b7 10\u22121", "3 minutes to read",
                   "one is 1, a third is 0.3333", "Exercise 1.1: One more", "5 minutes, in autograd",
                   "Return 3. $ ./course start one $ ./course check one", "Hint 2 of 2",
                   "A vector<int> * 3.", "Exercise 1.2: Six 6 minutes", "chapter 3")
        self.assertNotIn("the end", text)  # another block of the output
        self.assertNotIn("//>", text)
        self.shows(self.page("ch01_one/chapter.html"), "<summary>Why</summary>",
                   'aria-label="An arrow from a to b."', 'aria-label="A line that rises."',
                   'href="../ch02_two/chapter.html">chapter 2</a>')
        self.shows(self.words("index.html"), "Start with chapter 1 2 chapters, 4 minutes to read",
                   "1 One 3 minutes", "2 Two 1 minute", "1 more planned 3 Three")
        # Of two.hpp two of four lines, without the markers; `one()` stands in the prose.
        self.shows(self.page("coverage.html"),
                   "<td><code>one</code></td><td><a href=\"ch01_one/chapter.html\">1</a></td>"
                   "<td>0 %</td><td></td><td></td>",
                   "<td><code>two</code></td><td><a href=\"ch02_two/chapter.html\">2</a></td>"
                   "<td>50 %</td><td></td><td></td>")
        self.write("autograd/three.hpp",
                   "#pragma once\nstruct Odd { int odd(); Odd(); };\nint even();\n")
        self.builds()
        self.shows(self.page("coverage.html"), "<code>Odd::odd</code>, <code>even</code></td>")

    def test_a_chapter_of_two_pages(self) -> None:
        self.change("tutorials/ch01_one/chapter.md", "```{exercises}\n```", "")
        self.add("```{toctree}\n:hidden:\n\nmore\n```")
        self.write("tutorials/ch01_one/more.md", "(ch-more)=\n# More\n\n## Further\n\nminutes: 7\n\n"
                   "```{exercises}\n```\n")
        self.builds()
        self.shows(self.words("ch01_one/more.html"), "7 minutes to read", "Exercise 1.2: Six")
        self.shows(self.words("index.html"), "2 chapters, 12 minutes to read", "1 One 11 minutes")
        self.change("tutorials/ch01_one/more.md", "minutes: 7\n", "")
        self.refuses("the section 'Further' does not say how long it takes")

    def test_nothing_is_compiled_to_read(self) -> None:
        shutil.rmtree(self.root / "build", ignore_errors=True)
        self.change("tutorials/ch01_one/hello.cpp", "int main() {", "int main() { nonsense")
        self.builds()
        self.assertFalse((self.root / "build" / "build.ninja").exists())

    def test_a_fault_is_still_one_at_the_second_try(self) -> None:
        self.add("[dead](nowhere.md)")
        self.refuses("nowhere.md")
        self.refuses("nowhere.md")


class Serving(Course):
    def test_it_shows_the_book_and_builds_it_again(self) -> None:
        process = subprocess.Popen([self.root / "course", "book", "--serve"], cwd=self.root,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, text=True,
                                   stderr=subprocess.PIPE, start_new_session=True,
                                   env={**os.environ, "COURSE_BUILD": str(self.root / "build")})
        assert process.stderr is not None
        try:
            address = next(match[0] for line in process.stderr
                           if (match := re.search(r"http://127\.0\.0\.1:\d+/", line)))

            def page() -> str:
                with urllib.request.urlopen(address + "ch01_one/chapter.html") as answer:
                    return str(answer.read(), "utf-8")
            self.assertIn("What is one?", page())
            self.change("tutorials/ch01_one/chapter.md", "What is one?", "What is $x \\nonsense$?")
            next(line for line in process.stderr if "Undefined control sequence" in line)
            self.assertIn("What is one?", page())  # the last book that was right
            self.change("tutorials/ch01_one/chapter.md", "What is $x \\nonsense$?", "What is two?")
            next(line for line in process.stderr if "the book is complete" in line)
            self.assertIn("What is two?", page())
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)


class Outputs(Course):
    program = "tutorials/ch01_one/hello.cpp"

    def test_what_a_program_prints(self) -> None:
        self.change(self.program, "a third is", "1/3 is")
        self.drifted("ch01_one/out/hello.txt: line 1: the book has 'one is 1, a third is 0.3333', "
                     "the program prints 'one is 1, 1/3 is 0.3333'", "./course regen ch01")
        result = self.course("regen", "ch01")
        self.assertEqual(result.stdout, "rewrote tutorials/ch01_one/out/hello.txt\n", result)
        self.shows(self.builds("--check"), "1/3 is 0.3333")

    def test_what_was_compared_is_believed_until_it_changes(self) -> None:
        note = "the programs of 2 chapters are as in tutorials/proved.txt"
        self.course("book", "--check")
        self.assertIn(note, self.course("book", "--check").stderr)
        self.assertNotIn(note, self.course("book", "--check", "--all").stderr)
        self.change("autograd/one.hpp", "return 1", "return 2")
        self.drifted("the book has 'one is 1, a third is 0.3333', the program prints 'one is 2, ")
        self.drifted("the program prints 'one is 2, ")

    def test_rounding_is_no_drift_and_more_is(self) -> None:
        self.change("tutorials/ch01_one/out/hello.txt", "0.3333", "0.3332")
        self.builds("--check")
        self.change("tutorials/ch01_one/out/hello.txt", "0.3332", "0.3331")
        self.drifted("the book has 'one is 1, a third is 0.3331'")

    def test_numbers_and_figures(self) -> None:
        self.change("tutorials/ch01_one/out/hello.json", "20000", "20001")
        self.change("tutorials/ch01_one/out/hello.dot", "a -> b", "b -> a")
        self.change("tutorials/ch01_one/out/hello.tsv", "1\t3", "1\t4")
        self.drifted("ch01_one/out/hello.json: line 1", "ch01_one/out/hello.dot: line 1",
                     "ch01_one/out/hello.tsv: line 2")

    def test_files_that_came_and_went(self) -> None:
        self.write("tutorials/ch01_one/out/old.txt", "old\n")
        (self.root / "tutorials/ch01_one/out/hello.tsv").unlink()
        self.drifted("ch01_one/out/old.txt: no program makes it any more",
                     "ch01_one/out/hello.tsv: is new", site="")  # a plot of the page needs it
        result = self.course("regen", "1")
        self.assertIn("removed tutorials/ch01_one/out/old.txt", result.stdout)
        self.assertIn("rewrote tutorials/ch01_one/out/hello.tsv", result.stdout)
        self.assertEqual(self.course("regen", "1").stdout, "")

    def test_a_program_that_fails(self) -> None:
        self.change(self.program, "int main() {", "int main() {\n  if (one() == 1) return 3;")
        self.drifted("ch01 hello ended with exit code 3")
        self.change(self.program, "return 3;", "__builtin_trap();")
        self.drifted("ch01 hello was ended by SIG")

    def test_a_program_that_does_not_end(self) -> None:
        self.change("tutorials/tools/outputs.py", "patience = 60.0", "patience = 0.5")
        self.change(self.program, "int main() {",
                    "int main() {\n  while (one() == 1) std::puts(\"\");")
        self.drifted("ch01 hello takes more than 0 s; name it under `slow` in course.toml")

    def test_a_slow_program_runs_on_request_only(self) -> None:
        result = self.course("book", "--check")
        self.assertIn("not run again, because it is slow: ch02 train "
                      "(./course regen ch02 renews what it wrote)", result.stderr)
        self.assertEqual(self.course("regen").stdout, "")
        result = self.course("regen", "ch02")
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stdout, "rewrote tutorials/ch02_two/out/train.txt\n")
        self.assertEqual((self.root / "tutorials/ch02_two/out/train.txt").read_text(),
                         "trained to 7\n")

    def test_regen_knows_its_chapters(self) -> None:
        for name, says in (("ch03", "ch03 (Three) is not written yet"), ("ch9", "no chapter ch9")):
            result = self.course("regen", name)
            self.assertEqual(result.returncode, 1)
            self.assertIn(says, result.stderr)


class Horizon(Course):
    def test_a_header_of_a_later_chapter(self) -> None:
        self.change("tutorials/ch01_one/hello.cpp", "autograd/one.hpp", "autograd/two.hpp")
        self.drifted("ch01_hello includes autograd/two.hpp, which only ch02 introduces")

    def test_a_header_of_no_chapter(self) -> None:
        self.write("autograd/zero.hpp", "#pragma once\n")
        self.change("autograd/two.hpp", "#pragma once", '#pragma once\n#include "autograd/zero.hpp"')
        self.drifted("ch02_again includes autograd/zero.hpp, which no chapter introduces")


class Snippets(Course):
    def test_missing_regions_and_files(self) -> None:
        self.add("```{snippet} autograd/two.hpp#four\n```\n\n```{snippet} autograd/six.hpp#a\n```")
        self.refuses("chapter.md:60: autograd/two.hpp has no region 'four'; it has: three, two",
                     "there is no file autograd/six.hpp")

    def test_markers(self) -> None:
        self.change("autograd/two.hpp", "//< three\n", "")
        self.refuses("autograd/two.hpp:6: region 'three' is never closed")
        self.write("autograd/six.hpp", "//> a\nint x;\n//< a\n//> a\nint y;\n//< a\n")
        self.write("autograd/ten.hpp", "int x;\n//< a\n")
        self.refuses("autograd/six.hpp:4: region 'a' is there twice, first at line 1",
                     "autograd/ten.hpp:2: '//< a' closes nothing; no region is open")


class Pages(Course):
    def test_values_and_outputs(self) -> None:
        self.add("{value}`hello.json#half`, {value}`none.json#x`, {value}`hello.json#third:q`\n\n"
                 "```{output} none.txt\n```\n\n```{output} hello.txt\n:block: two\n```")
        self.refuses("there is no 'half' in half; there are: third, of",
                     "there is no tutorials/ch01_one/out/none.json", "Unknown format code 'q'",
                     "there is no output tutorials/ch01_one/out/none.txt",
                     "hello.txt has 0 blocks that begin with 'two'; its blocks begin with: "
                     "one is 1, a third is 0.3333; the end")

    def test_formulas(self) -> None:
        self.add("So $x \\nonsense y$.\n\n$$\n\\frac{1}{2\n$$")
        self.refuses("chapter.md:60: formula: Undefined control sequence: \\nonsense",
                     "chapter.md:62: formula: Unexpected end of input")

    def test_links(self) -> None:
        self.add("[a](nowhere.md), {ref}`ch-nowhere`, {numref}`lst-nowhere`, {eq}`eq-nowhere`, "
                 "{chapter}`ch77`")
        self.refuses("nowhere.md", "ch-nowhere", "lst-nowhere", "eq-nowhere",
                     "there is no chapter ch77")

    def test_links_that_only_the_finished_page_shows(self) -> None:
        self.add('<a href="other.html">a</a> <a href="#there">b</a> <img src="x.png">')
        self.refuses("ch01_one/chapter.html: the link other.html leads nowhere",
                     "ch01_one/chapter.html: the link #there leads to no such place on the page",
                     "ch01_one/chapter.html: the picture x.png has no alt text")

    def test_links_to_later_chapters(self) -> None:
        self.add("{ref}`ch-two`")
        self.refuses("a link to the later ch02_two/chapter: write {chapter}`ch02`")

    def test_figures(self) -> None:
        self.write("tutorials/ch01_one/gone.gp", 'plot "gone.tsv" with lines\n')
        self.write("tutorials/ch01_one/out/bad.dot", "digraph { a -> \n")
        self.add("```{figure} hello.dot\nCaption.\n```\n\n"
                 "```{figure} hello.dot\n:alt: Two lines\n  of text.\n```\n\n"
                 "```{figure} hello.dot\n:alt: An arrow.\n```\n\n"
                 "```{figure} gone.gp\n:alt: A line.\n\nCaption.\n```\n\n"
                 "```{figure} bad.dot\n:alt: A line.\n\nCaption.\n```\n\n"
                 "```{figure} none.png\n:alt: A line.\n\nCaption.\n```\n\n![](out/hello.dot)")
        self.refuses("the figure hello.dot needs an alt text",
                     "the alt text of hello.dot does not end a sentence",
                     "the figure hello.dot needs a caption",
                     "tutorials/ch01_one/gone.gp: gnuplot:",
                     "tutorials/ch01_one/out/bad.dot: dot:",
                     "there is no tutorials/ch01_one/out/none.png")

    def test_a_picture(self) -> None:
        shutil.copy(repository / "tutorials/ch24_show_and_tell/out/contact_sheet.png",
                    self.root / "tutorials/ch02_two/out/train.png")
        self.add("```{figure} train.png\n:alt: Many pictures.\n\nThe sheet.\n```", "ch02_two")
        self.builds()
        self.shows(self.page("ch02_two/chapter.html"), 'alt="Many pictures."', "Figure 2.1 ")

    def test_a_picture_without_words(self) -> None:
        self.add("![](exercises/dot.png)")
        shutil.copy(repository / "tutorials/ch24_show_and_tell/out/contact_sheet.png",
                    self.root / "tutorials/ch01_one/exercises/dot.png")
        self.refuses("has no alt text")

    def test_minutes(self) -> None:
        self.change("tutorials/ch01_one/chapter.md", "minutes: 3\n", "")
        self.refuses("the section 'Hello' does not say how long it takes")

    def test_exercises(self) -> None:
        self.add("```{exercise} ten\n```")
        self.add("```{exercise} one\n```", "ch02_two")
        self.refuses("there is no exercise ten; there are: one, six",
                     "exercise one belongs to ch01_one")

    def test_an_exercise_without_a_title(self) -> None:
        self.change("tutorials/ch01_one/exercises/one/exercise.toml", 'title = "One more"\n', "")
        self.refuses("tutorials/ch01_one/exercises/one/exercise.toml: there is no `title`")


class Handout(Course):
    """What `course publish` leaves: no later chapters, and holes where exercises are."""

    def setUp(self) -> None:
        super().setUp()
        self.change("tutorials/course.toml", '\n[[chapter]]\nid = "ch01"',
                    'published_through = "ch02"\n\n[[chapter]]\nid = "ch01"')
        self.add("```{snippet} autograd/two.hpp#three\n```")

    def test_a_region_that_was_cut_to_a_starter(self) -> None:
        self.change("autograd/two.hpp", "inline int three() { return 3; }",
                    'inline int three() { throw "TODO: three"; }')
        # A program that would now fail is not run.
        self.change("tutorials/ch01_one/hello.cpp", "int main() {", "int main() {\n  return 3;")
        page = self.builds()
        self.shows(page, "TODO: three", "one is 1, a third is 0.3333")

    def test_a_region_that_is_gone(self) -> None:
        self.change("autograd/two.hpp",
                    "//> three\ninline int three() { return 3; }\n//< three\n", "")
        page = self.builds()
        self.shows(page, "Your turn: this part of autograd/two.hpp is exercise one: "
                   "./course start one.")
        self.add("```{snippet} autograd/two.hpp#four\n```")
        self.refuses("autograd/two.hpp has no region 'four'")

    def test_later_chapters_are_gone(self) -> None:
        shutil.rmtree(self.root / "tutorials" / "ch02_two")
        shutil.rmtree(self.root / "vision")
        self.addCleanup((self.root / "vision").mkdir)
        self.write("README.md", "# A handout\n\nIts words.\n\nThe [licence](LICENSE).\n")
        self.shows(self.builds(), "chapter 2")
        self.assertNotIn("ch02_two", self.page("ch01_one/chapter.html"))
        self.shows(self.words("index.html"), "Its words.", "2 more to come 2 Two 3 Three")
        # A handout may also not know them at all.
        file = self.root / "tutorials" / "course.toml"
        file.write_text(file.read_text().partition('[[chapter]]\nid = "ch02"')[0])
        self.shows(self.builds(), "chapter 2, chapter 3")


if __name__ == "__main__":
    unittest.main()
