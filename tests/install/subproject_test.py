"""Tapestry among another project's subprojects, which asks for it with dependency('tapestry')."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

repository = Path(__file__).resolve().parents[2]
meson_build = """
project('other', 'cpp')
foreach name : ['tapestry', 'tapestry_f64']
  executable('with_' + name, 'program.cpp', build_by_default: false,
             dependencies: dependency(name, fallback: 'tapestry'))
endforeach
"""


def run(*command: str | Path) -> str:
    result = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env={**os.environ, "PKG_CONFIG_PATH": ""})
    if result.returncode != 0:
        raise AssertionError(f"{command[0]} failed:\n{result.stdout[-4000:]}")
    return result.stdout


class Subproject(unittest.TestCase):
    def test_both_precisions(self) -> None:
        with tempfile.TemporaryDirectory(prefix="tapestry_subproject_") as name:
            folder = Path(name)
            (folder / "subprojects").mkdir()
            (folder / "subprojects/tapestry").symlink_to(repository)
            (folder / "meson.build").write_text(meson_build)
            text = (repository / "tests/install/program.cpp").read_text()
            (folder / "program.cpp").write_text(text)
            # Its own optimisation: the subproject is compiled as the project that has it.
            run("meson", "setup", "-Dbuildtype=plain", "-Doptimization=1",
                "-Dforce_fallback_for=tapestry", folder / "build", folder)
            for program, size in (("with_tapestry", 4), ("with_tapestry_f64", 8)):
                run("ninja", "-C", folder / "build", program)
                self.assertRegex(run(folder / "build" / program), rf", {size} bytes, learns\n")


if __name__ == "__main__":
    unittest.main()
