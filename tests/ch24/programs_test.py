"""Chapter 24's programs as their user runs them, on pictures of 32 pixels and a model that trains
in a second. meson passes the four programs: scenes, train, evaluate, caption."""
import json
import math
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib
from pathlib import Path

scenes, train, evaluate, caption = (str(Path(p).resolve()) for p in sys.argv[-4:])

# 15 steps an epoch, so that there is something to interrupt.
tiny = ["--look-epochs", "1", "--tell-epochs", "1", "--batch", "4", "--embedding", "16",
        "--hidden", "16", "--side", "32"]


def png(width: int, height: int, rows: bytes | None = None) -> bytes:
    """A grey PNG, or, without rows, only the promise of one."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = zlib.compress(rows if rows is not None else b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def checked(checkpoint: bytes) -> bytes:
    """With the checksum that belongs to its bytes, so that only what a test changed is wrong."""
    key = b'"tapestry.crc32":"'
    at = checkpoint.index(key) + len(key)
    zeros = checkpoint[:at] + b"0" * 8 + checkpoint[at + 8:]
    return checkpoint[:at] + b"%08x" % zlib.crc32(zeros) + checkpoint[at + 8:]


def with_note(checkpoint: bytes, key: str, text: str | None) -> bytes:
    """Another text, or none, for a note of the header."""
    (length,) = struct.unpack("<Q", checkpoint[:8])
    header = json.loads(checkpoint[8:8 + length])
    header["__metadata__"].pop(key)
    if text is not None:
        header["__metadata__"][key] = text
    header = json.dumps(header, separators=(",", ":")).encode()
    return checked(struct.pack("<Q", len(header)) + header + checkpoint[8 + length:])


def squeezenet() -> bytes:
    """SqueezeNet 1.1 with weights that nothing taught, as a safetensors file."""
    shapes = {"features.0": (64, 3, 3, 3), "classifier.1": (2, 512, 1, 1)}
    inputs = 64
    for layer, squeezed, each in ((3, 16, 64), (4, 16, 64), (6, 32, 128), (7, 32, 128),
                                  (9, 48, 192), (10, 48, 192), (11, 64, 256), (12, 64, 256)):
        shapes |= {f"features.{layer}.squeeze": (squeezed, inputs, 1, 1),
                   f"features.{layer}.expand1x1": (each, squeezed, 1, 1),
                   f"features.{layer}.expand3x3": (each, squeezed, 3, 3)}
        inputs = 2 * each
    rng = random.Random(1)
    numbers = struct.pack("<1000f", *(rng.gauss(0, 0.05) for _ in range(1000)))
    header, data = {}, b""
    for name, shape in shapes.items():
        for key, sizes in (("weight", shape), ("bias", shape[:1])):
            size = 4 * math.prod(sizes)
            header[f"{name}.{key}"] = {"dtype": "F32", "shape": sizes,
                                       "data_offsets": (len(data), len(data) + size)}
            data += (numbers * (size // len(numbers) + 1))[:size]
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def run(program: str, *arguments: object, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program, *map(str, arguments)], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, **more)


class ProgramTest(unittest.TestCase):
    root: Path   # of everything
    data: Path   # 60 training, 10 validation, 10 test pictures
    out: Path    # a trained captioner
    model: Path  # its checkpoint

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="ch24 test ")  # a space, as users have
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name).resolve()
        cls.data, cls.out = cls.root / "scenes", cls.root / "out"
        cls.model = cls.out / "captioner.safetensors"
        cls.drawn = run(scenes, "--out", cls.data, "--train", 60, "--dev", 10, "--test", 10,
                        "--side", 32)
        cls.trained = run(train, "--data", cls.data, "--out", cls.out, *tiny)

    def setUp(self) -> None:
        self.here = Path(tempfile.mkdtemp(dir=self.root))

    def copy_of_data(self) -> Path:
        return Path(shutil.copytree(self.data, self.here / "scenes"))

    def refuses(self, program: str, *arguments: object, says: str, **more) -> None:
        """One line on standard error besides the progress, which says what is wrong."""
        result = run(program, *arguments, **more)
        self.assertEqual(result.returncode, 1, result)
        lines = [line for line in result.stderr.splitlines()
                 if not re.match(r"(drawing|training|captioning): \d+ %", line)]
        self.assertEqual(len(lines), 1, result.stderr)
        name = {scenes: "scenes", train: "train", evaluate: "evaluate", caption: "caption"}[program]
        self.assertTrue(lines[0].startswith(name + ": "), lines[0])
        self.assertIn(says, lines[0])


class Runs(ProgramTest):
    def test_it_runs_through(self) -> None:
        self.assertEqual(self.drawn.returncode, 0, self.drawn)
        self.assertEqual(self.trained.returncode, 0, self.trained)
        self.assertRegex(self.trained.stdout,
                         r"^60 training pictures, 10 validation pictures, \d+ words\n$")
        self.assertIn("training: 100 % (30/30", self.trained.stderr)
        self.assertEqual(sorted(contents(self.out)), ["captioner.safetensors", "loss.tsv"])
        lines = (self.out / "loss.tsv").read_text().splitlines()
        self.assertEqual(lines[0], "step\ttrain_loss\tvalidation_loss")
        self.assertEqual([line.split("\t")[0] for line in lines[1:]], ["7", "14", "21", "28", "30"])

        sheet = self.here / "sheet.png"
        result = run(evaluate, "--data", self.data, "--model", self.model, "--sheet", sheet)
        self.assertEqual(result.returncode, 0, result)
        self.assertRegex(result.stdout, r"(?m)^10 test pictures, beam of 3$")
        for score in (r"BLEU-4: \d+\.\d", r"true captions: \d+\.\d %", r"exact match: \d+\.\d %"):
            self.assertRegex(result.stdout, f"(?m)^{score}$")
        for what in ("combinations that training pictures show",
                     "a combination that no training picture shows"):
            self.assertIn(f"  5 pictures, {what}:\n    true ", result.stdout)
        self.assertTrue(sheet.read_bytes().startswith(b"\x89PNG"))
        self.assertEqual((self.here / "captions.html").read_text().count("<article"), 10)

        pictures = sorted((self.data / "Flicker8k_Dataset").iterdir())[:2]
        result = run(caption, "--model", self.model, *pictures)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stderr, "")
        lines = result.stdout.splitlines()
        for line, picture in zip(lines, pictures, strict=True):
            self.assertTrue(line.startswith(f"{picture}: "), line)

    def test_done_is_done(self) -> None:
        before = contents(self.root)
        result = run(train, "--data", self.data, "--out", self.out, *tiny)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("is trained: 30 steps", result.stdout)
        result = run(scenes, "--out", self.data, "--train", 60, "--dev", 10, "--test", 10,
                     "--side", 32)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("is complete", result.stdout)
        self.assertEqual(contents(self.root), before)

    def test_without_layouts_there_is_no_truth_to_compare(self) -> None:
        data = self.copy_of_data()
        (data / "layouts.json").unlink()
        result = run(evaluate, "--data", data, "--model", self.model,
                     "--sheet", self.here / "s.png")
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("BLEU-4: ", result.stdout)
        self.assertNotIn("true captions", result.stdout)

    def test_output_that_cannot_be_written(self) -> None:
        picture = next((self.data / "Flicker8k_Dataset").iterdir())
        for program, *arguments in (
                [caption, "--model", self.model, picture],
                [caption, "--model", self.model, *[picture] * 100],  # more than a buffer holds
                [scenes, "--out", self.data, "--train", 60, "--dev", 10, "--test", 10,
                 "--side", 32],
                [train, "--help"]):
            with open("/dev/full", "w") as full:
                result = subprocess.run([program, *map(str, arguments)], text=True, timeout=60,
                                        stdout=full, stderr=subprocess.PIPE)
            self.assertEqual(result.returncode, 1, result)
            self.assertRegex(result.stderr, r"^\w+: cannot write .*No space left on device\n$")

    def test_the_same_seed_gives_the_same_bytes(self) -> None:
        for threads in ("1", "3"):
            out = self.here / threads
            result = run(train, "--data", self.data, "--out", out, *tiny,
                         env={**os.environ, "TAPESTRY_THREADS": threads})
            self.assertEqual(result.returncode, 0, result)
            self.assertEqual(contents(out), contents(self.out))
        other = self.here / "other"
        run(train, "--data", self.data, "--out", other, *tiny, "--seed", 2)
        self.assertNotEqual(contents(other), contents(self.out))

    def test_a_killed_run_ends_as_an_undisturbed_one(self) -> None:
        chance = random.Random(5)
        out = self.here / "out"
        checkpoint = out / "captioner.safetensors"
        command = [train, "--data", self.data, "--out", out, *tiny, "--save-every", "0"]
        kills = 0
        for _ in range(8):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            saved, last = 0, None  # wait for a few checkpoints, and then a moment more
            until = chance.randint(1, 4)
            while process.poll() is None and saved < until:
                now = checkpoint.stat().st_mtime_ns if checkpoint.exists() else None
                saved += now != last
                last = now
                time.sleep(0.0005)
            time.sleep(chance.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
        self.assertGreater(kills, 2)
        result = run(*command)
        self.assertEqual(result.returncode, 0, result)
        after = contents(out)
        for name, expected in contents(self.out).items():
            self.assertEqual(after[name], expected, name)

    def test_a_curve_lost_between_two_files_comes_back(self) -> None:
        out = Path(shutil.copytree(self.out, self.here / "out"))
        (out / "loss.tsv").unlink()
        self.assertEqual(run(train, "--data", self.data, "--out", out, *tiny).returncode, 0)
        self.assertEqual(contents(out), contents(self.out))

    def test_a_layout_that_is_missing(self) -> None:
        data = self.copy_of_data()
        name = (data / "Flickr_8k.testImages.txt").read_text().split()[3]
        layouts = json.loads((data / "layouts.json").read_text())
        del layouts[name]
        (data / "layouts.json").write_text(json.dumps(layouts))
        sheet = self.here / "s.png"
        self.refuses(evaluate, "--data", data, "--model", self.model, "--sheet", sheet,
                     says=f"{data}/layouts.json: no layout of the picture {name}")
        self.assertFalse(sheet.exists())


class BadPictures(ProgramTest):
    def test_pictures_that_cannot_be_captioned(self) -> None:
        good = sorted((self.data / "Flicker8k_Dataset").iterdir())[0]
        cases = {
            "cut.png": (good.read_bytes()[:-20], "cut off"),
            "cut.jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "cut off"),
            "text.png": (b"not a picture at all\n", "no PNG, JPEG"),
            "empty.png": (b"", "the file is empty"),
            "dot.png": (png(1, 1, b"\0\x80"), "is 1x1 pixels, expected at least 8x8"),
            "huge.png": (png(20000, 20000), "20000 x 20000 pixels are too many"),
            "lies.png": (png(64, 64), "lies.png: "),
        }
        for name, (data, says) in cases.items():
            with self.subTest(name):
                path = self.here / name
                path.write_bytes(data)
                self.refuses(caption, "--model", self.model, path, says=f"{path}: ")
                self.refuses(caption, "--model", self.model, path, says=says)
        self.refuses(caption, "--model", self.model, self.here / "none.png", says="no such file")
        self.refuses(caption, "--model", self.model, self.here, says="is a folder")
        pipe = self.here / "pipe"
        os.mkfifo(pipe)
        self.refuses(caption, "--model", self.model, pipe, says="is a pipe; expected a file")
        self.refuses(caption, "--model", pipe, self.model, says="is a pipe; expected a file")
        lines = self.here / "two\nlines.png"
        lines.write_bytes(b"text")
        self.refuses(caption, "--model", self.model, lines, says="two\\nlines.png: no PNG")

    def test_one_bad_picture_does_not_lose_the_others(self) -> None:
        good = sorted((self.data / "Flicker8k_Dataset").iterdir())[0]
        bad = self.here / "bad.png"
        bad.write_text("text")
        result = run(caption, "--model", self.model, bad, good, bad)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stdout.splitlines()), 1)
        self.assertEqual(len(result.stderr.splitlines()), 3)
        self.assertIn("2 of 3 pictures could not be read", result.stderr)

    def test_a_data_set_with_a_damaged_picture(self) -> None:
        data = self.copy_of_data()
        name = (data / "Flickr_8k.trainImages.txt").read_text().split()[7]
        path = data / "Flicker8k_Dataset" / name
        path.write_bytes(path.read_bytes()[:100])
        out = self.here / "out"
        self.refuses(train, "--data", data, "--out", out, *tiny, says=f"{name}: cut off")
        path.write_bytes(png(5, 5, b"\0\0\0\0\0\0" * 5))
        self.refuses(train, "--data", data, "--out", out, *tiny, says="is 5x5 pixels")
        self.assertFalse((out / "captioner.safetensors").exists())


class BadData(ProgramTest):
    def test_folders_that_are_no_data_sets(self) -> None:
        empty = self.here / "empty"
        empty.mkdir()
        for program in (train, evaluate):
            for folder in (empty, self.here / "none"):
                more = ["--out", self.here / "out"] if program == train else ["--model", self.model]
                self.refuses(program, "--data", folder, *more, says=str(folder))
        data = self.copy_of_data()
        with open(data / "Flickr8k.token.txt", "a") as captions:
            captions.write("missing.png#0\ta red circle\n")
        with open(data / "Flickr_8k.trainImages.txt", "a") as names:
            names.write("missing.png\n")
        self.refuses(train, "--data", data, "--out", self.here / "out", *tiny, says="missing.png")
        shutil.rmtree(data / "Flicker8k_Dataset")
        self.refuses(train, "--data", data, "--out", self.here / "out", *tiny, says=str(data))

    def test_parts_without_pictures(self) -> None:
        data = self.copy_of_data()
        (data / "Flickr_8k.devImages.txt").write_text("")
        result = run(train, "--data", data, "--out", self.here / "out", *tiny)
        self.assertEqual(result.returncode, 0, result)  # no validation, but no reason to stop
        (data / "Flickr_8k.testImages.txt").write_text("")
        self.refuses(evaluate, "--data", data, "--model", self.model, says="no test pictures")
        (data / "Flickr_8k.trainImages.txt").write_text("")
        self.refuses(train, "--data", data, "--out", self.here / "o", says="no training pictures, expected at least 2")

    def test_a_last_picture_is_never_alone(self) -> None:
        data = self.copy_of_data()
        names = data / "Flickr_8k.trainImages.txt"
        names.write_text("".join(names.read_text().splitlines(keepends=True)[:9]))
        result = run(train, "--data", data, "--out", self.here / "out", *tiny)
        self.assertEqual(result.returncode, 0, result)  # 4 + 5 pictures
        self.assertIn("(4/4", result.stderr)
        names.write_text(names.read_text().splitlines()[0] + "\n")
        self.refuses(train, "--data", data, "--out", self.here / "o", *tiny,
                     says="1 training pictures, expected at least 2")

    def test_folders_that_cannot_be_written(self) -> None:
        self.refuses(train, "--data", self.data, "--out", "/proc/none", *tiny, says="/proc/none")
        self.refuses(train, "--data", self.data, "--out", self.model, *tiny, says=str(self.model))
        self.refuses(evaluate, "--data", self.data, "--model", self.model,
                     "--sheet", self.here / "none/s.png", says="none/s.png: cannot write")
        self.refuses(scenes, "--out", "/proc/none", "--train", 1, says="/proc/none")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_read_only_folder(self) -> None:
        self.here.chmod(0o500)
        self.refuses(train, "--data", self.data, "--out", self.here, *tiny, says="cannot write")
        self.here.chmod(0o700)


class BadCheckpoints(ProgramTest):
    def refuses_checkpoint(self, bytes_: bytes, says: str, *programs: str) -> None:
        """evaluate, caption and train refuse it, and train leaves it as it is."""
        path = self.here / "captioner.safetensors"
        path.write_bytes(bytes_)
        picture = sorted((self.data / "Flicker8k_Dataset").iterdir())[0]
        if caption in programs:
            self.refuses(caption, "--model", path, picture, says=says)
            self.refuses(evaluate, "--data", self.data, "--model", path,
                         "--sheet", self.here / "s.png", says=says)
        if train in programs:
            self.refuses(train, "--data", self.data, "--out", self.here, *tiny, says=says)
        self.assertEqual(contents(self.here), {"captioner.safetensors": bytes_})

    def test_damage(self) -> None:
        whole = self.model.read_bytes()
        (length,) = struct.unpack("<Q", whole[:8])
        for size, says in ((0, "byte 0: "), (7, "byte 7: "), (8, "cut short"), (1000, "cut short"),
                           (8 + length, f"byte {8 + length}: the file ends here"),
                           (len(whole) - 1, f"byte {len(whole) - 1}: the file ends here")):
            with self.subTest(size):
                self.refuses_checkpoint(whole[:size], says, caption, train)
        self.refuses_checkpoint(b"text" * 1000, "not safetensors", caption, train)
        self.refuses_checkpoint(whole + b"\0", "1 bytes that belong to no tensor", caption, train)

    def test_other_models(self) -> None:
        header = b'{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
        other = struct.pack("<Q", len(header)) + header + b"\0" * 8
        self.refuses_checkpoint(other, "no captioner", caption)
        self.refuses_checkpoint(other, "another run (unknown)", train)
        # The header's options and the tensors disagree.
        whole = self.model.read_bytes()
        lies = whole.replace(rb"\"hidden\":16", rb"\"hidden\":18")
        self.assertNotEqual(lies, whole)
        self.refuses_checkpoint(lies, "damaged: its checksum is ", caption, train)
        self.refuses_checkpoint(checked(lies), "another model", caption)

    def test_notes_that_say_nonsense(self) -> None:
        whole = self.model.read_bytes()
        for key, text in (("step", None), ("step", ""), ("step", "abc"), ("step", "-1"),
                          ("step", "8x"), ("step", "0"), ("step", "31"), ("curve_sum", "x"),
                          ("curve_sum", "nan"), ("curve_count", "31")):
            with self.subTest(key=key, text=text):
                self.refuses_checkpoint(
                    with_note(whole, key, text),
                    f'captioner.safetensors: its note "{key}" is "{text or ""}", expected a number',
                    train)
        zeros = " ".join(["0" * 16] * 4)
        self.refuses_checkpoint(with_note(whole, "rng", zeros), "random state is all zero", train)
        options = json.loads(self.header()["__metadata__"]["captioner"])
        for key, value in (("channels", [0]), ("channels", []), ("channels", "x"),
                           ("embedding", -1), ("hidden", -1), ("hidden", 2**61), ("side", 0),
                           ("side", 2**40), ("hidden", 10**11), ("colour_channels", [10**9])):
            with self.subTest(key=key, value=value):
                bad = json.dumps({**options, key: value})
                self.refuses_checkpoint(with_note(whole, "captioner", bad),
                                        "its captioner's options", caption)

    def header(self) -> dict:
        whole = self.model.read_bytes()
        (length,) = struct.unpack("<Q", whole[:8])
        return json.loads(whole[8:8 + length])

    def test_two_runs_in_one_folder(self) -> None:
        out = self.here / "out"
        long = ["2000" if before == "--look-epochs" else word
                for before, word in zip(["", *tiny], tiny)]
        first = subprocess.Popen([train, "--data", self.data, "--out", out, *long],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(first.kill)
        first.stdout.readline()  # it has begun
        self.refuses(train, "--data", self.data, "--out", out, *tiny,
                     says=f"another run (process {first.pid}) trains here")
        first.send_signal(signal.SIGINT)  # finishes its step, saves, and ends as if not caught
        self.assertEqual(first.wait(60), -signal.SIGINT)
        first.stdout.close()
        self.assertTrue((out / "captioner.safetensors").exists())
        result = run(train, "--data", self.data, "--out", self.here / "free", *tiny)
        self.assertEqual(result.returncode, 0, result)

    def test_a_trained_folder_that_cannot_be_written(self) -> None:
        out = Path(shutil.copytree(self.out, self.here / "out"))
        before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
        result = run(train, "--data", self.data, "--out", out, *tiny)
        self.assertIn("is trained: 30 steps", result.stdout)
        self.assertEqual({path: path.stat().st_mtime_ns for path in out.iterdir()}, before)

    def test_a_run_with_other_sizes_does_not_touch_the_checkpoint(self) -> None:
        before = contents(self.out)
        for option, value in (("--hidden", "20"), ("--seed", "7"), ("--look-epochs", "3")):
            arguments = list(tiny)
            if option in arguments:
                arguments[arguments.index(option) + 1] = value
            else:
                arguments += [option, value]
            self.refuses(train, "--data", self.data, "--out", self.out, *arguments,
                         says="comes from another run")
        self.assertEqual(contents(self.out), before)

    def test_a_full_disk_keeps_the_last_checkpoint(self) -> None:
        """No file may grow beyond 20 kB: to write, that looks like a disk with no room."""
        def little_room() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        out = self.here / "out"
        self.refuses(train, "--data", self.data, "--out", out, *tiny, says="cannot write",
                     preexec_fn=little_room)
        self.assertEqual(contents(out), {})  # not even a half
        process = subprocess.Popen([train, "--data", self.data, "--out", out, *tiny,
                                    "--save-every", "0"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        checkpoint = out / "captioner.safetensors"
        while not checkpoint.exists() and process.poll() is None:
            time.sleep(0.005)
        process.kill()
        process.wait()
        half = checkpoint.read_bytes()
        self.refuses(train, "--data", self.data, "--out", out, *tiny, says="cannot write",
                     preexec_fn=little_room)
        self.assertEqual(checkpoint.read_bytes(), half)
        self.assertEqual(run(train, "--data", self.data, "--out", out, *tiny).returncode, 0)
        self.assertEqual(checkpoint.read_bytes(), self.model.read_bytes())


class BadOptions(ProgramTest):
    def photographs(self, name: str) -> Path:
        """The scenes' captions without the pictures, and made-up vectors of four numbers."""
        folder = self.root / name
        folder.mkdir()
        for file in self.data.glob("Flickr*.txt"):
            shutil.copy(file, folder)
        names = []
        for part in ("train", "dev", "test"):
            names += (folder / f"Flickr_8k.{part}Images.txt").read_text().split()
        (folder / "features_ids.txt").write_text("".join(n + "\n" for n in names))
        self.write_vectors(folder, len(names), 1)
        return folder

    def write_vectors(self, folder: Path, n: int, seed: int) -> None:
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({n}, 4), }}".encode()
        header += b" " * (-(len(header) + 11) % 64) + b"\n"
        rng = random.Random(seed)
        numbers = [rng.gauss(0, 1) for _ in range(4 * n)]
        (folder / "features_made_up.npy").write_bytes(
            b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header +
            struct.pack(f"<{4 * n}f", *numbers))

    def test_photographs_as_vectors(self) -> None:
        data, small = self.photographs("photographs"), ["--epochs", 2, "--embedding", 8, "--hidden",
                                                        8, "--batch", 20, "--min-count", 1]
        out, again = self.root / "seen", self.root / "seen again"
        done = run(train, "--data", data, "--out", out, *small)
        self.assertEqual(done.returncode, 0, done.stderr)
        scores = [f"BLEU-{n}" for n in range(1, 5)] + ["ROUGE-L", "METEOR (exact words and stems)",
                                                       "CIDEr"]
        self.assertEqual([line.split(":")[0] for line in done.stdout.splitlines()[-7:]], scores)
        self.assertEqual(len((out / "captions.tsv").read_text().splitlines()), 10)
        self.assertEqual((out / "captions.html").read_text().count("<article"), 10)

        killed = subprocess.Popen([train, f"--data={data}", "--out", str(again),
                                   *map(str, small), "--save-every", "0"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (again / "training.safetensors").exists() and killed.poll() is None:
            time.sleep(0.001)
        killed.kill()
        killed.wait()
        self.assertEqual(run(train, "--data", data, "--out", again, *small).returncode, 0)
        self.assertEqual((again / "captioner.safetensors").read_bytes(),
                         (out / "captioner.safetensors").read_bytes())

        # It has no eyes, and its training does not go on with other vectors.
        blind = run(caption, "--model", out / "captioner.safetensors", "x.png")
        self.assertEqual(blind.returncode, 1)
        self.assertIn("captions vectors of features_made_up: give the weights", blind.stderr)
        fine = run(train, "--data", data, "--out", out, *small, "--fine-tune", 1)
        self.assertEqual(fine.stderr, "train: --fine-tune: expected --network, whose weights learn "
                                      "along\n")
        self.write_vectors(data, 80, 2)
        other = run(train, "--data", data, "--out", out, *small)
        self.assertEqual(other.returncode, 1)
        self.assertIn("another run", other.stderr)
        (data / "Flickr_8k.devImages.txt").write_text("")
        empty = run(train, "--data", data, "--out", self.root / "none", *small)
        self.assertEqual(empty.stderr, f"train: {data}: expected captions in both train and dev\n")

    def test_photographs_seen_by_a_network(self) -> None:
        network, broken = self.here / "squeezenet.safetensors", self.copy_of_data()
        network.write_bytes(squeezenet())
        pictures = sorted((broken / "Flicker8k_Dataset").iterdir())
        pictures[0].write_bytes(pictures[0].read_bytes()[:100])
        out, small = self.here / "out", ["--epochs", 1, "--embedding", 8, "--hidden", 8,
                                         "--batch", 20, "--min-count", 1]
        done = run(train, "--data", broken, "--network", network, "--out", out, *small)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("train: 1 pictures cannot be read and are left out\n  " + str(pictures[0]),
                      done.stderr)
        self.assertIn("vectors of 512 numbers", done.stdout)
        again = run(train, "--data", broken, "--network", network, "--out", out, *small)
        self.assertIn("looking: 100 % (1/1)\n", again.stderr)  # the others are kept
        self.assertEqual(again.stdout.splitlines()[-7:], done.stdout.splitlines()[-7:])

        model = out / "captioner.safetensors"
        said = run(caption, "--model", model, "--network", network, pictures[1])
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertTrue(said.stdout.startswith(f"{pictures[1]}: "), said.stdout)
        self.refuses(caption, "--model", model, pictures[1],
                     says="it captions vectors of SqueezeNet 1: give the weights of that network "
                          "with --network")
        self.refuses(caption, "--model", self.model, "--network", network, pictures[1],
                     says="has a CNN of its own, expected no --network")
        self.refuses(train, "--data", broken, "--network", model, "--out", out,
                     says=f"{model}: ")

        # Fine-tuned, the network is part of the captioner, and a killed run goes on bit for bit.
        fine = [*small, "--fine-tune", 1, "--fine-rate", 1e-3, "--network", network]
        frozen = model.read_bytes()
        tuned = run(train, "--data", broken, "--out", out, *fine)
        self.assertEqual(tuned.returncode, 0, tuned.stderr)
        self.assertNotEqual(model.read_bytes(), frozen)
        self.assertIn(b'"network.features.0.weight"', model.read_bytes())
        said = run(caption, "--model", model, pictures[1])
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertTrue(said.stdout.startswith(f"{pictures[1]}: "), said.stdout)
        self.refuses(caption, "--model", model, "--network", network, pictures[1],
                     says="has a CNN of its own, expected no --network")

        killed_out = self.here / "killed"
        killed = subprocess.Popen([train, "--data", broken, "--out", str(killed_out),
                                   *map(str, fine), "--save-every", "0"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (killed_out / "fine_tuning.safetensors").exists() and killed.poll() is None:
            time.sleep(0.001)
        killed.kill()
        killed.wait()
        self.assertEqual(run(train, "--data", broken, "--out", killed_out, *fine).returncode, 0)
        self.assertEqual((killed_out / "captioner.safetensors").read_bytes(), model.read_bytes())

    def test_numbers_out_of_range(self) -> None:
        for program, option, value in (
                *((train, "--" + name, value)
                  for name in ("embedding", "look-epochs", "hidden", "batch", "seed", "min-count")
                  for value in ("-1", "1e3", "", "18446744073709551616", "x")),
                *((train, "--" + name, value)
                  for name in ("look-rate", "smoothing", "clip", "tell-decay", "save-every")
                  for value in ("nan", "-1", "inf", "1x")),
                (train, "--embedding", "18446744073709551615"), (scenes, "--train", "-1"),
                (train, "--look-epochs", "18446744073709551615"), (scenes, "--side", "0"),
                (caption, "--beam", "0"), (evaluate, "--beam", "-3")):
            with self.subTest(option=option, value=value):
                result = run(program, f"{option}={value}")
                self.assertNotIn(result.returncode, (0, -signal.SIGSEGV, -signal.SIGABRT))
                self.assertIn(option, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:-4])
