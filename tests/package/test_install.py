"""Which zip each Blender gets from `nox -s install`, and which commands it refuses. tests/gui installs for real."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from install import Blender

OLD = "print('Blender 3.6.5'); print('LATENT_STRIPS', '3.6.5', '3.10')"


@pytest.mark.parametrize(
    ("version", "python", "part"),
    [
        ("4.2.13", "3.11", "blender_4.2_to_5.0"),
        ("5.0.9", "3.11", "blender_4.2_to_5.0"),
        ("5.1.0", "3.13", "blender_5.1_and_later"),
        ("5.2.2", "3.14", "python_3.14"),
        ("4.3.2", "3.13", "python_3.13"),  # a distribution's: the official 4.3 has Python 3.11
    ],
)
def test_the_zip_fits_version_and_python(version: str, python: str, part: str) -> None:
    assert f"-{part}-" in Blender(["blender"], version, python).target().zip_name


def test_a_command_that_cannot_serve_is_refused_with_what_to_do(root: Path, tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(OLD)
    for words, said in [
        ([str(tmp_path / "missing")], "is not a program that can be started. Give the path"),
        ([str(tmp_path)], "is not a program that can be started. Give the path"),
        ([sys.executable], "is not a Blender"),
        ([sys.executable, str(tmp_path / "old.py")], "Blender 3.6.5 is too old. Latent Strips needs Blender 4.2.13"),
    ]:
        command = [sys.executable, ".ci/package.py", "install", "--blender", *words]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        assert done.returncode == 1, words
        assert said in done.stderr
        assert "Traceback" not in done.stderr
