"""Includes go one way, between the floors of the house and between the rooms of a floor; rooms stay
small enough to be seen at a glance; and xtensor's expressions come in by one door."""
import re
import sys
import unittest
from collections import defaultdict
from pathlib import Path

repository = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(repository / "tutorials" / "tools"))
import regions  # noqa: E402
from errors import CourseError  # noqa: E402

most_pairs = 20  # of .hpp and .cpp in a room

# A room may include from what its lists name, which is all that may lie below it on its floor; and
# from every room of the floors before. A floor's umbrella header includes everything of its floor.
floors: dict[str, dict[str, list[str]]] = {
    "autograd": {
        "autograd/base": [],
        "autograd": ["autograd/base"],
        "autograd/batching": ["autograd", "autograd/base"],
        "autograd/operators": ["autograd", "autograd/base", "autograd/batching"],
        "autograd/check": ["autograd", "autograd/base", "autograd/operators",
                           "autograd/check/diagnosis"],
        # finite_difference.hpp <- diagnosis <- gradcheck.cpp: one room and its back room
        "autograd/check/diagnosis": ["autograd", "autograd/base", "autograd/operators",
                                     "autograd/check"],
    },
    "nn": {
        "nn/sequences": [],
        "nn/pictures": [],
        "nn": ["nn/sequences", "nn/pictures"],
        "nn/recurrent": ["nn", "nn/sequences"],
        "nn/attention": ["nn", "nn/sequences", "nn/recurrent"],
        "nn/training": ["nn", "nn/sequences"],
    },
    "text": {
        "text/tokens": [],
        "text/subwords": ["text/tokens"],
        "text/counting": ["text/tokens"],
        "text/embeddings": ["text/tokens", "text/counting"],
        "text/corpora": ["text/tokens"],
        "text/scenes": ["text/tokens", "text/corpora"],
        "text/decoding": ["text/tokens"],
        "text/metrics": ["text/tokens"],
        "text/models": ["text/tokens", "text/corpora", "text/decoding", "text/metrics"],
    },
    "vision": {
        "vision/images": [],
        "vision/datasets": ["vision/images"],
        "vision/scenes": ["vision/images"],
        "vision/networks": ["vision/images"],
        "vision/captioning": ["vision/images", "vision/scenes", "vision/networks"],
    },
}
umbrellas = ("autograd/autograd.hpp", "nn/nn.hpp")
generated = ("autograd/version.hpp",)


def room(file: str) -> str:
    return file.rpartition("/")[0]


def floor(file: str) -> str:
    return file.partition("/")[0]


def included(text: str) -> list[str]:
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.MULTILINE)


def xtensor_headers(text: str) -> list[str]:
    return re.findall(r"^\s*#\s*include\s+<(xtensor/[^>]+)>", text, re.MULTILINE)


# At a line's begin, and not below a `template <...>`: Var Tape::backward(const Var& y) {
definition = re.compile(r"(?<!>\n)^\w[\w:<>,&*\[\] ]*?(?<!\w)(~?\w+)(?:::~?\w+)*\([^;]*?\{",
                        re.MULTILINE)


def defined_for_others(text: str) -> list[str]:
    """The functions that a source defines outside unnamed namespaces, and the classes whose members
    it defines."""
    text = re.sub(r"^namespace \{$.*?^\} // namespace$", "", text, flags=re.MULTILINE | re.DOTALL)
    return [match[1] for match in definition.finditer(text)
            if not match[0].startswith(("struct", "class", "static"))]


def classes(text: str) -> set[str]:
    """The classes that a file defines, with their namespaces, but for those in an unnamed one."""
    names, inside = set(), []
    for line in text.replace("inline TAPESTRY_PRECISION", "f32").splitlines():
        if match := re.match(r"(?:inline )?namespace\b *([\w:]*) *\{$", line):
            inside.append(match[1].replace("::f32", ""))
        elif line.startswith("} // namespace"):
            inside.pop()
        elif (match := re.match(r"(?:struct|class) (\w+)[^;(]*\{", line)) and "" not in inside:
            names.add("::".join([*(n for n in inside if n != "TAPESTRY_PRECISION"), match[1]]))
    return names


class Layout(unittest.TestCase):
    files: dict[str, str]  # the text by name
    reach: dict[str, set[str]] = {}  # what `reached` has found

    @classmethod
    def setUpClass(cls) -> None:
        cls.files = {path.relative_to(repository).as_posix(): path.read_text(encoding="utf-8")
                     for name in floors for path in sorted((repository / name).rglob("*.[ch]pp"))}

    def expect_none(self, faults: list[str]) -> None:
        self.assertEqual(faults, [], "\n  " + "\n  ".join(faults))

    def reached(self, file: str) -> set[str]:
        """The headers that a file includes, if only through others."""
        if file not in self.reach:
            own = included(self.files.get(file, ""))
            self.reach[file] = set(own).union(*map(self.reached, own))
        return self.reach[file]

    def test_every_room_is_known(self) -> None:
        rooms = {name for own in floors.values() for name in own}
        self.expect_none(sorted(f"{file} lies in a room that layout_test.py does not know"
                                for file in self.files if room(file) not in rooms))

    def test_the_rooms_can_be_put_in_a_row(self) -> None:
        """Else 'one way' would mean nothing; only check/ and its back room see each other."""
        for own in floors.values():
            done: set[str] = set()
            left = {name: set(below) for name, below in own.items()}
            if "autograd/check" in left:
                left["autograd/check"].discard("autograd/check/diagnosis")
            while left:
                ready = [name for name, below in left.items() if below <= done]
                self.assertTrue(ready, f"in a circle: {', '.join(left)}")
                for name in ready:
                    done.add(name)
                    del left[name]

    def test_floors(self) -> None:
        order = list(floors)
        self.expect_none([f"{file} includes {header}, from a floor above"
                          for file, text in self.files.items() for header in included(text)
                          if floor(header) in order
                          and order.index(floor(header)) > order.index(floor(file))])

    def test_rooms(self) -> None:
        faults = []
        for file, text in self.files.items():
            below = floors[floor(file)].get(room(file), [])
            for header in included(text):
                if (floor(header) == floor(file) and file not in umbrellas
                        and room(header) not in (room(file), *below)):
                    faults.append(f"{file} includes {header}, but {room(file)} may include from "
                                  f"{', '.join(below) or 'its own room'} alone")
        self.expect_none(faults)

    def test_umbrellas_are_for_those_outside(self) -> None:
        self.expect_none([f"{file} includes {header}, which is for programs"
                          for file, text in self.files.items() for header in included(text)
                          if header in umbrellas and floor(header) == floor(file)])

    def test_what_is_included_is_there(self) -> None:
        self.expect_none([f"{file} includes {header}, which is not there; from the root, please"
                          for file, text in self.files.items() for header in included(text)
                          if header not in self.files and header not in generated])

    def test_no_circle_of_headers(self) -> None:
        below = {file: [header for header in included(text) if header.endswith(".hpp")]
                 for file, text in self.files.items() if file.endswith(".hpp")}
        done: set[str] = set()

        def visit(file: str, way: list[str]) -> None:
            self.assertNotIn(file, way, "in a circle: " + " -> ".join([*way, file]))
            if file not in done:
                for header in below.get(file, []):
                    visit(header, [*way, file])
                done.add(file)

        for file in below:
            visit(file, [])

    def test_programs_have_names_of_their_own(self) -> None:
        """Two classes of one name in one namespace have the same symbols, and which of them a program
        runs depends on what else its linker takes from the library."""
        library = {name for text in self.files.values() for name in classes(text)}
        self.assertIn("tapestry::Var", library)
        programs = [path for chapter in (repository / "tutorials").glob("ch*")
                    for pattern in ("*.hpp", "*.cpp") for path in chapter.glob(pattern)]
        self.expect_none([f"{path.relative_to(repository)}: {name} is the library's too"
                          for path in programs
                          for name in classes(path.read_text(encoding="utf-8")) if name in library])

    def test_rooms_are_small(self) -> None:
        pairs = defaultdict(set)
        for file in self.files:
            pairs[room(file)].add(file.rpartition(".")[0])
        self.expect_none([f"{name}/ has {len(own)} pairs, more than {most_pairs}: make a room of some"
                          for name, own in pairs.items() if len(own) > most_pairs])

    def test_xtensor_comes_in_by_one_door(self) -> None:
        """tensor.hpp has the array alone, for headers; expressions are xt.hpp's."""
        array = {"xtensor/containers/xarray.hpp", "xtensor/xarray.hpp"}
        self.expect_none([f"{file} includes <{header}>; include autograd/xt.hpp instead"
                          for file, text in self.files.items() for header in xtensor_headers(text)
                          if file != "autograd/xt.hpp"
                          and not (file == "autograd/tensor.hpp" and header in array)])

    def test_what_is_compiled_once_knows_no_precision(self) -> None:
        """meson's list `plain`: what reaches real.hpp differs between the float and the double
        library, what does not is the same in both."""
        def reaches(file: str) -> bool:
            return "autograd/base/real.hpp" in self.reached(file)

        once = set()
        for floor in floors:
            text = (repository / floor / "meson.build").read_text(encoding="utf-8")
            [own] = re.findall(r"^plain \+= files\(\n(.*?)^\)", text, re.MULTILINE | re.DOTALL)
            once |= {f"{floor}/{name}" for name in re.findall(r"'([^']+)'", own)}
        self.assertTrue(once)
        sources = [file for file in self.files if file.endswith(".cpp")]
        self.expect_none(
            [f"{file} includes real.hpp, if only through others: `sources` in meson.build"
             for file in sources if file in once and reaches(file)]
            + [f"{file} never includes real.hpp: `plain` in meson.build, so that it is compiled once"
               for file in sources if file not in once and not reaches(file)])

    def test_a_header_and_what_implements_it_share_a_room(self) -> None:
        """A proof's digest (tutorials/tools/reach.py) follows a header to the sources of its room
        that include it. So what a source defines for others, its room's headers must declare."""
        self.expect_none([f"{file} defines {name}, which no header of {room(file)}/ declares that "
                          "it includes"
                          for file, text in self.files.items() if file.endswith(".cpp")
                          for name in defined_for_others(text)
                          if not any(room(header) == room(file)
                                     and re.search(rf"(?<!\w){name}\b", self.files.get(header, ""))
                                     for header in self.reached(file))])

    def test_the_first_layers_know_no_packed_sequences(self) -> None:
        """They are taught before: their headers name the type and no more."""
        for name in ("dropout", "embedding", "linear"):
            self.assertNotIn("nn/sequences/packed_sequence.hpp", self.reached(f"nn/{name}.hpp"))

    def test_the_book_can_read_every_region(self) -> None:
        faults = []
        for file, text in self.files.items():
            try:
                regions.parse(text, file)
            except CourseError as error:
                faults.append(str(error))
        self.expect_none(faults)

    def test_headers_are_light(self) -> None:
        self.expect_none([f"{file} includes autograd/xt.hpp: expressions live in the .cpp"
                          for file, text in self.files.items()
                          if file.endswith(".hpp") and "autograd/xt.hpp" in included(text)])


if __name__ == "__main__":
    unittest.main()
