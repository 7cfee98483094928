"""`train` and `translate` of chapters 17 and 18 as their users run them, on sentences of a made-up
language whose adjectives follow the noun. meson passes the four programs."""
import itertools
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

train_17, translate_17, train_18, translate_18 = (str(Path(sys.argv.pop(1)).resolve())
                                                  for _ in range(4))
small = ["--epochs", 1, "--batch", 20, "--embedding", 8, "--hidden", 8, "--maxout", 8,
         "--beam", 2]
subwords = ["--merges", 200]


def pairs() -> list[tuple[str, str]]:
    """(English, the other): "two red dogs run", "dubo hondo rojo kuro"; enough for all three parts."""
    numbers = {"two": "dubo", "three": "tribo", "four": "kvabo"}
    colours = {"red": "rojo", "blue": "blavo", "grey": "grizo", "white": "blanko"}
    animals = {"dogs": "hondo", "cats": "kato", "birds": "avo", "cows": "boro", "fish": "fisho"}
    deeds = {"run": "kuro", "sleep": "dormo", "eat": "mango", "wait": "atendo"}
    return [(f"{n} {c} {a} {d}", f"{numbers[n]} {animals[a]} {colours[c]} {deeds[d]}")
            for n, c, a, d in itertools.product(numbers, colours, animals, deeds)]


def run(program: str, *arguments: object, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([program, *map(str, arguments)], text=True, input=typed, timeout=60,
                          errors="surrogateescape", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={"TAPESTRY_THREADS": "2"})


class Programs(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="ch18 test ")  # a space, as users have
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        cls.data = cls.root / "pairs.tsv"
        cls.data.write_text("".join(f"{english}\t{other}\n" for english, other in pairs()))
        cls.trained = {program: run(program, "--data", cls.data, "--out", cls.root / name, *small,
                                    *subwords)
                       for program, name in ((train_17, "out17"), (train_18, "out18"))}

    def refuses(self, program: str, *arguments: object, says: str, typed: str = "") -> None:
        result = run(program, *arguments, typed=typed)
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith(("train: ", "translate: ")), result.stderr)
        self.assertIn(says, result.stderr)

    def file(self, name: str, content: bytes) -> Path:
        path = self.root / name
        path.write_bytes(content)
        return path

    def copy_of(self, model: str) -> Path:
        return Path(shutil.copytree(self.root / model, Path(tempfile.mkdtemp(dir=self.root)) / model))

    def test_training_ends_in_scores(self) -> None:
        for result in self.trained.values():
            self.assertEqual(result.returncode, 0, result)
            self.assertRegex(result.stdout, r"(?m)^BLEU: \d+\.\d\d \(nrefs:1\|")
            self.assertRegex(result.stdout, r"(?m)^chrF: \d+\.\d\d \(nrefs:1\|")

    def test_done_is_done_and_another_run_is_refused(self) -> None:
        again = run(train_18, "--data", self.data, "--out", self.root / "out18", *small, *subwords)
        scores = [[line for line in result.stdout.splitlines() if line.startswith(("BLEU", "chrF"))]
                  for result in (again, self.trained[train_18])]
        self.assertEqual(scores[0], scores[1])
        self.refuses(train_18, "--data", self.data, "--out", self.root / "out18", *small,
                     *subwords, "--seed", 2, says="comes from another run")

    def test_a_sentence_is_translated_and_its_alignment_drawn(self) -> None:
        picture = self.root / "alignment.svg"
        result = run(translate_18, "--model", self.root / "out18", "--picture", picture,
                     "dubo hondo rojo kuro")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("hondo", result.stdout)
        self.assertIn("hondo", picture.read_text())
        typed = run(translate_17, "--model", self.root / "out17", typed="dubo hondo rojo kuro\n\n")
        self.assertEqual((typed.returncode, typed.stderr), (0, ""))

    def test_bad_pairs(self) -> None:
        def refused(*files: Path, says: str) -> None:
            self.refuses(train_17, "--data", *files, "--out", self.root / "none", *small, *subwords,
                         says=says)

        one = "a b c\n" * 30
        refused(self.root / "nowhere.tsv", says="nowhere.tsv: ")
        refused(self.file("nothing.tsv", b""), says="nothing.tsv: no sentences")
        refused(self.file("three", one.encode()), self.file("two", one[:-6].encode()),
                says="two has only 29 lines; expected as many in both")
        refused(self.file("column.tsv", b"a\tb\nabc\n"), says="column.tsv: line 2: 1 column; expected at least 2")
        refused(self.file("side.tsv", b"a\tb\na\t\n"), says="side.tsv: line 2: column 2 is empty")
        refused(self.file("few.tsv", b"a\tb\n"), says="expected some of each")

    def test_bytes_that_are_no_utf8(self) -> None:
        data = self.file("bytes.tsv", self.data.read_bytes() + b"a \xff\xfe dog\tdubo \xff\n")
        result = run(train_17, "--data", data, "--out", self.root / "bytes", *small, *subwords)
        self.assertEqual(result.returncode, 0, result)
        said = run(translate_17, "--model", self.root / "bytes", typed="dubo \udcff rojo\n")
        self.assertEqual((said.returncode, said.stderr), (0, ""))

    def test_what_is_no_translator(self) -> None:
        def refused(model: Path, says: str, program: str = translate_18) -> None:
            self.refuses(program, "--model", model, "dubo hondo", says=says)

        refused(self.root / "nowhere", says="there is no translator; `train` makes one")
        refused(self.root / "out18", program=translate_17, says="a checkpoint of another model")
        for name in ("translator.safetensors", "source.tokenizer"):
            cut = self.copy_of("out18")
            whole = (cut / name).read_bytes()
            (cut / name).write_bytes(whole[:len(whole) // 2])
            refused(cut, says=f"{name}: ")
        other = self.copy_of("out18")
        shutil.copy(self.file("other.tokenizer", self.other_vocabulary()), other / "target.tokenizer")
        refused(other, says="its tokenizers are those of another run than its translator")

    def other_vocabulary(self) -> bytes:
        """Of a run with fewer subwords."""
        out = self.root / "other"
        result = run(train_18, "--data", self.data, "--out", out, *small, "--merges", 10)
        self.assertEqual(result.returncode, 0, result)
        return (out / "target.tokenizer").read_bytes()

    def test_enormous_sentences_and_beams(self) -> None:
        self.refuses(translate_18, "--model", self.root / "out18", typed="hondo " * 100_000,
                     says="sentence 1 has 100000 tokens, expected at most 500 (--longest)")
        result = run(translate_18, "--model", self.root / "out18", "--beam", 1000, "dubo hondo")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        refused = run(translate_18, "--beam", 0, "dubo hondo")
        self.assertIn("--beam", refused.stderr)
        self.assertNotEqual(refused.returncode, 0)


if __name__ == "__main__":
    unittest.main()
