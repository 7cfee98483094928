"""The course's own book, built and read in Chromium as a reader opens it: from its files."""
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

repository = Path(__file__).resolve().parents[2]
build = Path(sys.argv.pop()).resolve()
book = build / "book"

browser_options = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync
    --allow-file-access-from-files=false --window-size=1300,1000""".split()


def setUpModule() -> None:
    begin = time.monotonic()
    result = subprocess.run([repository / "course", "book", "--check"], cwd=repository, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env={**os.environ, "COURSE_BUILD": str(build)})
    assert result.returncode == 0, result.stdout
    print(f"the book was built in {time.monotonic() - begin:.1f} s")


def pages() -> list[str]:
    """All pages; of those that show a source file, which are all alike, two."""
    every = sorted(str(path.relative_to(book)) for path in book.rglob("*.html"))
    sources = [page for page in every if page.startswith("source/")]
    return [page for page in every if page not in sources[2:]]


class Reading(unittest.TestCase):
    dark = False  # what the reader's system prefers

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="chromium-")
        cls.addClassCleanup(folder.cleanup)
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for option in (*browser_options, f"--user-data-dir={folder.name}"):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        cls.browser = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        cls.addClassCleanup(cls.browser.quit)
        cls.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if cls.dark else "light"}]})

    def open(self, page: str, query: str = "") -> None:
        self.browser.get((book / page).as_uri() + query)

    def run_script(self, script: str, *arguments: object):  # type: ignore[no-untyped-def]
        return self.browser.execute_script(script, *arguments)

    def count(self, selector: str) -> int:
        return len(self.browser.find_elements(By.CSS_SELECTOR, selector))

    def click(self, element: WebElement) -> None:
        self.run_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})",
                        element)
        element.click()

    def wait_for(self, script: str) -> None:
        WebDriverWait(self.browser, 10).until(lambda browser: browser.execute_script(script))

    def complaints(self) -> list[str]:
        return [f"{entry['level']}: {entry['message']}" for entry in self.browser.get_log("browser")]

    def background(self) -> int:
        """How bright the page is, 0 to 255."""
        return max(map(int, re.findall(r"\d+", self.run_script(
            "return getComputedStyle(document.body).backgroundColor"))[:3]))


class Pages(Reading):
    def test_no_page_complains_or_needs_the_network(self) -> None:
        self.assertGreater(len(pages()), 5)
        for page in pages():
            with self.subTest(page):
                self.open(page)
                self.run_script("document.querySelectorAll('details').forEach(d => d.open = true)")
                self.assertEqual(self.complaints(), [])
                fetched = self.run_script("return performance.getEntriesByType('resource')"
                                          ".map(entry => entry.name)")
                self.assertEqual([name for name in fetched
                                  if not name.startswith((book.as_uri(), "data:"))], [])
                broken = self.run_script("return [...document.images].filter(image => "
                                         "!image.naturalWidth).map(image => image.src)")
                self.assertEqual(broken, [])

    def test_formulas_are_set(self) -> None:
        for page in pages():
            self.open(page)
            if "ch02" in page:
                self.assertGreater(self.count(".katex-html"), 20)
            if self.count(".katex-html"):
                self.run_script("return document.fonts.ready")
                fonts = self.run_script("return [...document.fonts].filter(font => "
                                        "font.status === 'loaded').map(font => font.family)")
                self.assertIn("KaTeX_Main", " ".join(fonts), page)
            text = self.run_script("return document.querySelector('article').innerText")
            self.assertNotRegex(text, r"\\(frac|sum|bar|mathrm|begin)\b", page)
            self.assertNotRegex(text, r"\$[^ ]", page)

    def test_listings_are_numbered_and_name_their_lines(self) -> None:
        self.open("ch02_the_tape/chapter.html")
        self.run_script("document.querySelectorAll('details').forEach(d => d.open = true)")
        captions = [element.text for element in
                    self.browser.find_elements(By.CSS_SELECTOR, ".snippet .code-block-caption")]
        self.assertGreater(len(captions), 2)
        for number, caption in enumerate(captions, 1):
            self.assertRegex(caption, rf"^Listing 2\.{number}\s+\S+\.[ch]pp, lines? \d+")

    def test_copy_buttons(self) -> None:
        self.open("ch02_the_tape/chapter.html")
        self.browser.execute_cdp_cmd("Browser.grantPermissions", {
            "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
        listing = self.browser.find_element(By.CSS_SELECTOR, ".snippet .highlight")
        button = listing.find_element(By.CSS_SELECTOR, "button.copybtn")
        self.click(button)
        # What was copied is what a paste brings.
        self.run_script("const box = document.body.appendChild(document.createElement('textarea'));"
                        "box.id = 'paste'; box.focus();")
        self.browser.execute_cdp_cmd("Input.dispatchKeyEvent", {
            "type": "keyDown", "key": "v", "code": "KeyV", "modifiers": 2, "commands": ["paste"]})
        self.wait_for("return document.getElementById('paste').value !== ''")
        pasted = self.run_script("return document.getElementById('paste').value")
        self.assertEqual(pasted.strip(), listing.find_element(By.TAG_NAME, "pre").text.strip())

    def test_long_lines_of_output_wrap(self) -> None:
        self.open("ch04_gradient_checking/chapter.html")
        hidden = self.run_script("""return [...document.querySelectorAll(".output.long pre")].map(
            pre => pre.scrollWidth - pre.clientWidth)""")
        self.assertTrue(hidden)
        self.assertEqual(max(hidden), 0)

    def test_what_opens_on_a_click(self) -> None:
        self.open("ch01_tensors/chapter.html")
        details = self.browser.find_element(By.CSS_SELECTOR, "details.closed")
        closed = details.size["height"]
        self.click(details.find_element(By.TAG_NAME, "summary"))
        self.assertGreater(details.size["height"], closed + 20)
        self.click(details.find_element(By.TAG_NAME, "summary"))
        self.assertEqual(details.size["height"], closed)

    def test_the_first_page_lists_all_chapters(self) -> None:
        self.open("index.html")
        self.run_script("document.querySelectorAll('details').forEach(d => d.open = true)")
        numbers = [int(element.text) for element in
                   self.browser.find_elements(By.CSS_SELECTOR, "#chapters .chapter-list .number")]
        self.assertEqual(sorted(numbers), list(range(1, 31)))
        written = [page for page in pages() if page.endswith("/chapter.html")]
        self.assertEqual(self.count("#chapters .chapter-list a"), len(written))
        self.assertEqual(self.count(".way .wide a"), len(written))
        self.click(self.browser.find_element(By.CSS_SELECTOR, "a.button"))
        self.assertIn("1. Tensors", self.browser.title + self.run_script(
            "return document.querySelector('h1').innerText"))

    def test_a_caption_leads_to_the_line(self) -> None:
        self.open("ch02_the_tape/chapter.html")
        self.click(self.browser.find_element(By.CSS_SELECTOR, ".snippet .code-block-caption a"))
        self.wait_for("return /source\\/.*by_hand.cpp.html#L\\d+$/.test(location.href)")
        self.assertTrue(self.run_script("return !!document.querySelector(location.hash)"))

    def test_the_first_stop_of_the_keyboard_is_the_way_to_the_text(self) -> None:
        for page in ("index.html", "search.html", "ch02_the_tape/chapter.html"):
            self.open(page)
            self.assertEqual(self.run_script(
                "return document.querySelector('a[href], button, input:not([type=checkbox])').className"),
                "skip", page)


class Search(Reading):
    def first(self, query: str) -> list[str]:
        self.open("search.html", "?q=" + query.replace(" ", "+"))
        self.wait_for("return /section|Nothing/.test("
                      "document.getElementById('search-summary').innerText)")
        return [result.text for result in
                self.browser.find_elements(By.CSS_SELECTOR, "#search-results li")]

    def test_it_finds_and_quotes_sections(self) -> None:
        self.open("index.html")
        box = self.browser.find_element(By.CSS_SELECTOR, "input.sidebar-search")
        box.send_keys("pull-back\n")
        self.wait_for("return /\\d+ section/.test(document.body.innerText)")
        results = self.browser.find_elements(By.CSS_SELECTOR, "#search-results li")
        self.assertTrue(any(re.match(r"2\.\d", result.text) for result in results[:5]),
                        [result.text for result in results[:5]])
        for result in results:
            self.assertRegex(result.text, r"(?i)pull-?back")
            self.assertNotIn("\\frac", result.text)
        self.assertEqual(self.complaints(), [])
        link = results[0].find_element(By.TAG_NAME, "a")
        address = link.get_attribute("href")
        self.click(link)
        self.wait_for(f"return location.href === '{address}'")

    def test_a_hyphen_does_not_part_a_word(self) -> None:
        self.assertEqual(self.first("pull-back"), self.first("pullback"))

    def test_titles_come_first(self) -> None:
        self.assertRegex(self.first("GRU")[0], "GRU")
        self.assertRegex(self.first("broadcasting")[0], "^1")

    def test_phrases(self) -> None:
        words, phrase = self.first("the way back"), self.first('"the way back"')
        self.assertTrue(phrase)
        for text in phrase:
            self.assertRegex(" ".join(text.lower().split()), "the way back")
        self.assertGreaterEqual(len(words), len(phrase))

    def test_it_says_when_there_is_nothing(self) -> None:
        self.assertEqual(self.first("xylophone"), [])
        self.assertIn("xylophone", self.browser.find_element(By.ID, "search-summary").text)
        self.assertEqual(self.complaints(), [])

    def test_an_empty_search_has_a_heading_and_a_field(self) -> None:
        self.open("search.html")
        self.assertEqual(self.run_script("return document.querySelector('h1').innerText"), "Search")
        self.assertEqual(self.run_script("return document.activeElement.name"), "q")

    def test_a_slash_goes_to_the_search(self) -> None:
        self.open("ch02_the_tape/chapter.html")
        self.browser.find_element(By.TAG_NAME, "body").send_keys("/")
        self.assertEqual(self.run_script("return document.activeElement.name"), "q")


class Theme(Reading):
    def test_the_switch(self) -> None:
        self.open("ch02_the_tape/chapter.html")
        seen = [(self.run_script("return document.body.dataset.theme"), self.background() > 128)]
        for _ in range(3):
            button = next(button for button in self.browser.find_elements(
                By.CSS_SELECTOR, "button.theme-toggle") if button.is_displayed())
            button.click()
            seen.append((self.run_script("return document.body.dataset.theme"),
                         self.background() > 128))
        light, dark, auto = ("light", True), ("dark", False), ("auto", not self.dark)
        self.assertEqual(seen, [auto, light, dark, auto] if self.dark else [auto, dark, light, auto])
        self.assertEqual(self.complaints(), [])

    def test_it_is_kept_from_page_to_page(self) -> None:
        self.open("index.html")
        self.run_script("localStorage.setItem('theme', 'dark')")
        self.open("ch02_the_tape/chapter.html")
        self.assertLess(self.background(), 128)
        self.run_script("localStorage.removeItem('theme')")

    def test_drawings_and_code_can_be_read(self) -> None:
        """Their ink is far from the colour of the page, in either theme."""
        for theme in ("light", "dark"):
            self.open("ch01_tensors/chapter.html")
            self.run_script("document.body.dataset.theme = arguments[0]", theme)
            for selector, ink in ((".drawing text", "fill"), (".highlight pre", "color"),
                                  (".highlight pre .c1", "color"), (".output pre", "color")):
                rgb = self.run_script(
                    "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]",
                    selector, ink)
                bright = max(map(float, re.findall(r"[\d.]+", rgb)[:3]))
                self.assertGreater(abs(bright - self.background()), 90, (theme, selector, rgb))
            # A filled box lets the page through, so that its text has the page behind it.
            self.open("ch02_the_tape/chapter.html")
            self.assertEqual(self.run_script("""
                return [...document.querySelectorAll('.drawing .node [fill]:not(text)')].filter(shape =>
                  !['none', 'currentColor'].includes(shape.getAttribute('fill')) &&
                  getComputedStyle(shape).fillOpacity > .5).map(shape => shape.outerHTML)"""), [])


class DarkSystem(Theme):
    dark = True


class Phone(Reading):
    def narrow(self, width: int) -> None:
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 844, "deviceScaleFactor": 2, "mobile": True})

    def test_no_number_stands_on_its_formula(self) -> None:
        self.narrow(390)
        seen = 0
        for page in pages():
            self.open(page)
            hits = self.run_script("""
                return [...document.querySelectorAll('div.math .eqno')].map(number => {
                  const box = number.getBoundingClientRect();
                  const formula = number.parentElement.querySelector('.katex-html').getBoundingClientRect();
                  return formula.right > box.left + 1 ? number.innerText : ''; })""")
            seen += len(hits)
            self.assertEqual([hit for hit in hits if hit], [], page)
        self.assertGreater(seen, 20)

    def test_a_jump_leaves_the_heading_in_sight(self) -> None:
        self.narrow(390)
        self.open("ch02_the_tape/chapter.html")
        anchor = self.run_script("return document.querySelectorAll('article section section')[3].id")
        self.browser.get("about:blank")
        self.open("ch02_the_tape/chapter.html", "#" + anchor)
        self.wait_for("return scrollY > 500")
        heading, header = self.run_script("""return [
            document.querySelector(':target h2').getBoundingClientRect().top,
            document.querySelector('.mobile-header').getBoundingClientRect().bottom]""")
        self.assertGreaterEqual(heading, header)

    def test_plots_have_a_size_of_their_own(self) -> None:
        for width, shown in ((390, "narrow"), (1280, "wide")):
            self.narrow(width)
            self.open("ch04_gradient_checking/chapter.html")
            seen = self.run_script("""return [...document.querySelectorAll('.drawing.wide, .drawing.narrow')]
                .filter(drawing => drawing.offsetHeight).map(drawing => [drawing.className,
                  Math.min(...[...drawing.querySelectorAll('text')].filter(
                    text => text.textContent.trim()).map(
                    text => text.getScreenCTM().d * parseFloat(getComputedStyle(text).fontSize))
                    .filter(size => size > 0))])""")  # gnuplot sizes its texts in their spans
            self.assertTrue(seen)
            for name, letters in seen:
                self.assertEqual(name, f"drawing {shown}")
                self.assertGreater(letters, 10)

    def test_nothing_is_wider_than_the_screen(self) -> None:
        for width in (390, 320):
            self.narrow(width)
            for page in pages():
                self.open(page)
                self.run_script("document.querySelectorAll('details').forEach(d => d.open = true)")
                with self.subTest(f"{page}, {width} pixels"):
                    self.assertLessEqual(self.run_script(
                        "return document.documentElement.scrollWidth"), width)
                    self.assertEqual(self.run_script("return innerWidth"), width)
                    # Code, formulas, tables and drawings may scroll inside themselves; furo would
                    # let the whole column do it.
                    too_wide = self.run_script("""
                        const own = '.highlight pre, .math-wrapper, .table-wrapper, .drawing, ' +
                                    '.katex-mathml, .katex .hide-tail';  // these two are clipped
                        return [...document.querySelectorAll('article *')].filter(e =>
                          e.getBoundingClientRect().right > innerWidth + 1 &&
                          !e.parentElement.closest(own)).map(e => e.outerHTML.slice(0, 80));""")
                    self.assertEqual(too_wide, [])
                    self.assertTrue(self.run_script(
                        "const column = document.querySelector('.content');"
                        "return column.scrollWidth <= column.clientWidth"))


if __name__ == "__main__":
    unittest.main()
