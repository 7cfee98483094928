"""`meson install` into a folder of the test's own, and a small program built against what lies there
with the flags that pkg-config tells, in float and in double."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

repository = Path(__file__).resolve().parents[2]
build = Path(sys.argv.pop(1))
compiler = sys.argv[1:]
del sys.argv[1:]
modules = ("autograd", "nn", "text", "vision")


def run(*command: str | Path, **options) -> str:
    result = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, **options)
    if result.returncode != 0:
        raise AssertionError(f"{command[0]} failed:\n{result.stdout}")
    return result.stdout


class Install(unittest.TestCase):
    root: Path  # what would be / on a system

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory(prefix="tapestry_install_")
        cls.addClassCleanup(cls.folder.cleanup)
        made, cls.root = Path(cls.folder.name) / "made", Path(cls.folder.name) / "root"
        run("meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", made)
        made.rename(cls.root)  # nothing may remember where it was put first
        cls.headers = next(cls.root.rglob("include/tapestry"))
        cls.descriptions = next(cls.root.rglob("tapestry.pc")).parent
        cls.libraries = cls.descriptions.parent

    def flags(self, *arguments: str) -> list[str]:
        return run("pkg-config", *arguments,
                   env={**os.environ, "PKG_CONFIG_PATH": str(self.descriptions)}).split()

    def link_and_run(self, name: str, libraries: list[str]) -> str:
        """The program, compiled once for each precision."""
        compiled, program = self.root / f"{name}.o", self.root / name
        if not compiled.is_file():
            run(*compiler, "-c", repository / "tests/install/program.cpp", "-o", compiled,
                *self.flags("--cflags", name))
        run(*compiler, compiled, "-o", program, *libraries)
        return run(program, env={**os.environ, "LD_LIBRARY_PATH": str(self.libraries)})

    def test_every_header_and_nothing_else(self) -> None:
        there = {file.relative_to(self.headers).as_posix()
                 for file in self.headers.rglob("*") if file.is_file()}
        ours = {file.relative_to(repository).as_posix() for module in modules
                for file in (repository / module).rglob("*.hpp")}
        self.assertEqual(there, ours | {"autograd/version.hpp"})

    def test_shared_in_float(self) -> None:
        self.assertRegex(self.link_and_run("tapestry", self.flags("--libs", "tapestry")),
                         r"^\d+\.\d+\.\d+, 4 bytes, learns$")

    def test_shared_in_double(self) -> None:
        self.assertRegex(self.link_and_run("tapestry_f64", self.flags("--libs", "tapestry_f64")),
                         r"^\d+\.\d+\.\d+, 8 bytes, learns$")

    def test_static(self) -> None:
        if not (self.libraries / "libtapestry.a").is_file():
            self.skipTest("this build folder was set up with -Ddefault_library=shared")
        # OpenBLAS stays shared and finds its Fortran library itself, which a system without a
        # Fortran compiler has under a name that -l does not find.
        libraries = ["-l:libtapestry.a" if word == "-ltapestry" else word
                     for word in self.flags("--static", "--libs", "tapestry")
                     if word != "-lgfortran"]
        self.assertIn("learns", self.link_and_run("tapestry", libraries))
        self.assertNotIn("libtapestry", run("readelf", "-d", self.root / "tapestry"))

    def test_sonames(self) -> None:
        version = run("pkg-config", "--modversion", "tapestry",
                      env={**os.environ, "PKG_CONFIG_PATH": str(self.descriptions)}).strip()
        for name in ("libtapestry", "libtapestry_f64"):
            library = self.libraries / f"{name}.so"
            self.assertTrue(library.resolve().name.endswith(f".so.{version}"))
            soname = re.search(r"SONAME.*\[(.*)\]", run("readelf", "-d", library))[1]
            self.assertRegex(soname, rf"^{name}\.so\.\d+(\.\d+)?$")
            self.assertTrue((self.libraries / soname).is_file())

    def test_the_flags_that_choose_the_layout(self) -> None:
        for name, double in (("tapestry", False), ("tapestry_f64", True)):
            flags = self.flags("--cflags", name)
            self.assertIn("-DXTENSOR_USE_XSIMD", flags)
            self.assertIn("-std=c++20", flags)
            self.assertEqual("-DTAPESTRY_DOUBLE" in flags, double)
            self.assertTrue([word for word in flags if word.startswith(("-march=", "-mcpu="))]
                            or os.uname().machine not in ("x86_64", "aarch64"))

    def test_the_other_precision_does_not_link(self) -> None:
        with self.assertRaisesRegex(AssertionError, "undefined reference"):
            self.link_and_run("tapestry_f64", self.flags("--libs", "tapestry"))


if __name__ == "__main__":
    for name in ("pkg-config", "readelf"):
        if shutil.which(name) is None:
            raise SystemExit(f"{name} is not installed")
    unittest.main()
