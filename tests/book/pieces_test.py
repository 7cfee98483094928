"""The parts of the book's tools that need neither a compiler nor Sphinx."""
import sys
import tempfile
import unittest
from pathlib import Path

repository = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(repository / "tutorials" / folder) for folder in ("tools", "book/_ext")]
sys.dont_write_bytecode = True

import chapters  # noqa: E402
import compare  # noqa: E402
import exercises_shown  # noqa: E402
import horizon  # noqa: E402
import links  # noqa: E402
import pic  # noqa: E402
import plots  # noqa: E402
import regions  # noqa: E402
from errors import CourseError  # noqa: E402


class Regions(unittest.TestCase):
    def test_regions_may_lie_inside_each_other(self) -> None:
        found = regions.parse("a\n//> outer\nb\n  //> inner-2\n  c\n  //< inner-2\n//< outer\n", "f")
        self.assertEqual(found["outer"].lines, [(3, "b"), (5, "  c")])
        self.assertEqual((found["inner-2"].first, found["inner-2"].last), (5, 5))

    def test_comments_of_other_kinds_are_no_markers(self) -> None:
        self.assertEqual(regions.parse("///< a member\n/// text\n// > b\nint x; //> c\n", "f"), {})

    def test_lines_of_automatic_batching_are_left_out(self) -> None:
        text = "//> a\nVar f() {\n  if (g()) return *y; // batching\n  // batching\n}\n//< a\n"
        lines = [(2, "Var f() {"), (4, "  // batching"), (5, "}")]  # a comment alone stays
        self.assertEqual(regions.parse(text, "f")["a"].lines, lines)

    def refuses(self, text: str, says: str) -> None:
        with self.assertRaises(CourseError) as caught:
            regions.parse(text, "nn/f.cpp")
        self.assertEqual(str(caught.exception), says)

    def test_wrong_markers(self) -> None:
        self.refuses("//> a\nx\n", "nn/f.cpp:1: region 'a' is never closed")
        self.refuses("//> a\nx\n//< a\n//> a\ny\n//< a\n",
                     "nn/f.cpp:4: region 'a' is there twice, first at line 1")
        self.refuses("//> a\nx\n//< b\n",
                     "nn/f.cpp:3: '//< b' closes nothing; the open region is 'a'")
        self.refuses("x\n//< b\n", "nn/f.cpp:2: '//< b' closes nothing; no region is open")
        self.refuses("//> a\n//< a\n", "nn/f.cpp:2: region 'a' is empty")
        self.refuses("//> Not_so\nx\n", "nn/f.cpp:1: 'Not_so' is no name of a region "
                                        "(small letters, digits, hyphens)")

    def test_every_region_of_the_library_is_sound(self) -> None:
        files = [file for folder in horizon.library for file in (repository / folder).rglob("*.?pp")]
        self.assertGreater(len(files), 50)
        found = sum(len(regions.read(repository, str(file.relative_to(repository))))
                    for file in files)
        self.assertGreater(found, 10)


class Drawings(unittest.TestCase):
    def test_formulas_in_labels(self) -> None:
        self.assertEqual(pic.label("a < b & c"), "a &lt; b &amp; c")
        self.assertEqual(pic.label("to $h_{t-1}^T$ here"),
                         'to <tspan font-style="italic">h</tspan>'
                         '<tspan dy="4" font-size="72%" font-style="italic">t</tspan>'
                         '<tspan font-size="72%">-1</tspan>'
                         '<tspan dy="-9" font-size="72%" font-style="italic">T</tspan>'
                         '<tspan dy="5">\u200b</tspan> here')
        self.assertIn("<tspan>softmax</tspan><tspan>(</tspan>", pic.label("$softmax(x)$"))

    def test_labels_at_the_edge_have_room(self) -> None:
        svg = pic.finished('<svg width="10px" height="10px" viewBox="0 0 10 10">'
                           '<text fill="black" x="10" y="5">ten wide: 10</text></svg>')
        self.assertIn('width="96px" height="19px" viewBox="-38 -8 96 19"', svg)


class Plots(unittest.TestCase):
    def test_a_legend_stands_where_it_hides_nothing(self) -> None:
        for old, wide, narrow in (
                ("top left reverse Left", "above left reverse Left", "above left reverse Left"),
                ("inside bottom right", "vertical samplen 2 inside bottom right",
                 "vertical samplen 1 inside bottom right"),
                ("outside right center", "vertical samplen 2 outside right center", "above right"),
                ("at screen 0.99,0.95 top right", "vertical samplen 2 at screen 0.99,0.95 top right", "above right")):
            for expected, is_narrow in ((wide, False), (narrow, True)):
                text = plots.source(f"set key {old}\n", is_narrow)
                self.assertEqual(text, f"set key {expected}\n")

    def test_a_phone_has_other_sizes(self) -> None:
        text = 'set terminal svg size 640,260 font "Helvetica,13"\nset rmargin 20\nplot x title "a"\n'
        self.assertEqual(plots.source(text, narrow=False), text)
        self.assertEqual(plots.source(text, narrow=True),
                         'set terminal svg size 380,208 font "Helvetica,12"\n\nplot x title "a"\n')
        panels = 'set terminal svg size 640,500\nset multiplot margins 0.1,0.98,0.06,0.9\nset xlabel "x"\n'
        self.assertIn("margins 0.1,0.98,0.124,0.9", plots.source(panels, narrow=False))  # the label's 62
        self.assertTrue(plots.is_table("unset border; unset tics\n"))
        self.assertFalse(plots.is_table("# unset tics\nplot x\n"))

    def test_minus_signs(self) -> None:
        self.assertEqual(plots.finished('<g x="-1"><text>-1.5 e-3 bias -2 2-3</text></g>'),
                         '<g x="-1"><text>\u22121.5 e-3 bias \u22122 2-3</text></g>')


class Tasks(unittest.TestCase):
    def test_what_can_only_be_code_is_set_as_code(self) -> None:
        self.assertEqual(
            [part for is_code, part in exercises_shown.parts(
                "h w_hh^T: affine(x, w) of `c`, xt::sum(x.value()), next = f c (see (B, H)), at.load(dc).")
             if is_code], ["w_hh^T", "affine(x, w)", "c", "xt::sum(x.value())", "at.load(dc)"])

    def test_quotes(self) -> None:
        self.assertEqual(exercises_shown.parts("the gates' row isn't \"here\", h' is; `\"x\"`"),
                         [(False, "the gates\u2019 row isn\u2019t \u201chere\u201d, h' is; "), (True, '"x"')])


class Compare(unittest.TestCase):
    def test_one_unit_of_the_last_digit(self) -> None:
        same = [("0.5707", "0.5708"), ("0.95", "0.949999"), ("1", "0.999999"),
                ("1.2e-05", "1.3e-05"), ("-0.0000", "0.0000"), ("a  9.99 b", "a 10.00 b"), ("2 of 0.95", "2 of 0.94")]
        for old, new in same:
            self.assertEqual(compare.differences(old, new), [], (old, new))
        other = [("0.5707", "0.5709"), ("24 of 24", "23 of 24"), ("1.2e-05", "1.2e-04"),
                 ("2", "2.5"), ("x = 1.0", "y = 1.0"), ("-0.5", "0.5"), ("1.0", "nan"), ("1.0", "")]
        for old, new in other:
            self.assertNotEqual(compare.differences(old, new), [], (old, new))
        self.assertEqual(compare.differences("a\nx 0.5707", "a\nx 0.5709"),
                         ["line 2: the book has 'x 0.5707', the program prints 'x 0.5709'"])

    def test_lines_that_came_or_went(self) -> None:
        self.assertEqual(compare.differences("a\nb\n", "a\n"),
                         ["the book has 2 lines, the program prints 1"])


class Links(unittest.TestCase):
    def faults(self, **pages: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in pages.items():
                (Path(folder) / f"{name}.html").write_text(text)
            return links.check(Path(folder))

    def test_sound_pages(self) -> None:
        self.assertEqual(self.faults(a='<p id="x"><a href="b.html#y">b</a> <a href="#x">up</a>'
                                       '<a href="https://doi.org/1">doi</a> <img src="b.html" alt="B">',
                                     b='<p id="y"><a href="#">top</a>'), [])

    def test_faults(self) -> None:
        self.assertEqual(self.faults(a='<a href="c.html">c</a>'),
                         ["a.html: the link c.html leads nowhere"])
        self.assertEqual(self.faults(a='<a href="#z">z</a>'),
                         ["a.html: the link #z leads to no such place on the page"])
        self.assertEqual(self.faults(a='<script src="/x.js"></script>'),
                         ["a.html: the link /x.js leaves the book"])
        self.assertEqual(self.faults(a='<a href="../../../etc/hostname">x</a>'),
                         ["a.html: the link ../../../etc/hostname leaves the book"])
        self.assertEqual(self.faults(a='<a href="http://example.org/">x</a>'),
                         ["a.html: the link http://example.org/ leaves the book"])
        self.assertEqual(self.faults(a='<p id="x"></p><p id="x"></p>'),
                         ["a.html: the anchor #x is there twice"])
        self.assertEqual(self.faults(a='<img src="a.html" alt=" ">'),
                         ["a.html: the picture a.html has no alt text"])


class Horizon(unittest.TestCase):
    def test_every_header_of_a_finished_chapter_is_introduced_once(self) -> None:
        every = chapters.all_chapters(repository / "tutorials")
        patterns = horizon.introduced(every)
        self.assertEqual(horizon.introducer("autograd/tape.hpp", patterns).id, "ch02")
        self.assertEqual(horizon.introducer("text/scenes/scene_truth.hpp", patterns).id, "ch17")
        self.assertIsNone(horizon.introducer("autograd/nowhere.hpp", patterns))

    def test_no_pattern_is_out_of_date(self) -> None:
        for pattern in horizon.introduced(chapters.all_chapters(repository / "tutorials")):
            self.assertTrue(list(repository.glob(pattern)), f"course.toml: no file is {pattern}")

    def test_a_chapter_may_not_introduce_what_another_one_does(self) -> None:
        one, two = (chapters.Chapter(id, "", "", "", None, introduces=("nn/a.hpp",))
                    for id in ("ch01", "ch02"))
        with self.assertRaisesRegex(CourseError, "ch01 and ch02 both introduce nn/a.hpp"):
            horizon.introduced([one, two])


if __name__ == "__main__":
    unittest.main()
