"""Chapter 22's `digits` as its user runs it, on sixty made-up pictures. meson passes the program."""
import gzip
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

digits = str(Path(sys.argv.pop()).resolve())
small = ["--epochs", 2, "--batch", 10, "--keep", 20]


def idx(sizes: list[int], data: bytes) -> bytes:
    """An IDX file of bytes."""
    return struct.pack(f">BBBB{len(sizes)}I", 0, 0, 8, len(sizes), *sizes) + data


def write_part(folder: Path, name: str, n: int, side: int = 28) -> None:
    """n noisy pictures with a bright row that lies where the label says."""
    chance = random.Random(n)
    labels = bytes(i % 10 for i in range(n))
    pixels = bytes(255 if y == 2 * label + 4 else chance.randrange(60)
                   for label in labels for y in range(side) for _ in range(side))
    (folder / f"{name}-images-idx3-ubyte.gz").write_bytes(
        gzip.compress(idx([n, side, side], pixels)))
    (folder / f"{name}-labels-idx1-ubyte").write_bytes(idx([n], labels))


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([digits, *map(str, arguments)], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                          env={"TAPESTRY_THREADS": "2"})


class Digits(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="ch22 test ")  # a space, as users have
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        cls.data = cls.root / "mnist"
        cls.data.mkdir()
        write_part(cls.data, "train", 60)
        write_part(cls.data, "t10k", 30)
        cls.trained = run("--data", cls.data, "--out", cls.root / "out", *small)

    def refuses(self, *arguments: object, says: str) -> None:
        result = run("--out", self.root / "none", *arguments)
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("digits: "), result.stderr)
        self.assertIn(says, result.stderr)

    def copy_of_data(self) -> Path:
        return Path(shutil.copytree(self.data, Path(tempfile.mkdtemp(dir=self.root)) / "mnist"))

    def test_it_runs_through(self) -> None:
        self.assertEqual(self.trained.returncode, 0, self.trained)
        text = self.trained.stdout
        self.assertIn("40 pictures to learn from, 20 kept for choosing, 30 to test on", text)
        self.assertRegex(text, r"(?m)^ +2 +\d\.\d{4} +\d+\.\d\d$")
        self.assertRegex(text, r"the most frequent class +10\.00 %")
        self.assertRegex(text, r"the nearest mean picture +100\.00 %")
        self.assertRegex(text, r"the network, seed 1 +\d+\.\d\d %")
        self.assertTrue((self.root / "out" / "digits.safetensors").is_file())

    def test_done_is_done_and_a_seed_is_a_seed(self) -> None:
        again = run("--data", self.data, "--out", self.root / "out", *small)
        other = run("--data", self.data, "--out", self.root / "other", *small)
        lines = self.trained.stdout.splitlines()[:-1]  # the last one has seconds
        self.assertEqual(again.stdout.splitlines()[:-1], lines)
        self.assertEqual(other.stdout.splitlines()[:-1], lines)
        result = run("--data", self.data, "--out", self.root / "out", *small, "--seed", 2)
        self.assertEqual(result.returncode, 1)
        self.assertIn("comes from another run", result.stderr)

    def test_no_data(self) -> None:
        result = run("--out", self.root / "none")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, "skipped: the variable TAPESTRY_DATA names no folder\n")

    def test_bad_data(self) -> None:
        self.refuses("--data", self.root / "nowhere", says="nowhere: no train-images-idx3-ubyte")
        self.refuses("--data", self.data, "--keep", 55, "--batch", 10,
                     says="60 training pictures, expected at least 65")
        cut = self.copy_of_data()
        labels = cut / "train-labels-idx1-ubyte"
        labels.write_bytes(labels.read_bytes()[:-5])
        self.refuses("--data", cut, says="train-labels-idx1-ubyte: byte ")
        other = self.copy_of_data()
        write_part(other, "t10k", 30, side=32)
        self.refuses("--data", other, *small, says="test pictures of 1 x 32 x 32, expected 1 x 28 x 28")


if __name__ == "__main__":
    unittest.main()
