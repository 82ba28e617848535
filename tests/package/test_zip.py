"""What the zip for this platform and Python holds, what it must never hold, and that building it leaves no trace."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from target import OFFICIAL

MEGABYTES = 90
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
FOLDERS = {"api", "models", "operators", "panels", "wheels"}
NEVER = {"__pycache__", "build", "docs", "shared", "tests", "training"}


@pytest.fixture(scope="module")
def names(built: Path) -> list[PurePosixPath]:
    with zipfile.ZipFile(built) as archive:
        return [PurePosixPath(info.filename) for info in archive.infolist() if not info.is_dir()]


@pytest.fixture(scope="module")
def manifest(built: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(built) as archive:
        return tomllib.loads(archive.read("blender_manifest.toml").decode())


def test_only_what_may_ship(names: list[PurePosixPath]) -> None:
    tops = {name.parts[0] for name in names}
    assert {"__init__.py", "blender_manifest.toml", "LICENSE", "LICENSES", *FOLDERS} <= tops
    assert tops <= {"__init__.py", "blender_manifest.toml", "LICENSE", "LICENSES", "README.md", *FOLDERS}
    assert [name for name in names if NEVER & set(name.parts[:-1])] == []
    languages = {name for name in names if name.match("operators/blender/languages/*.json")}
    assert {name.suffix for name in {*names} - languages if name.parts[0] in {"api", "operators", "panels"}} == {".py"}
    assert {name.suffix for name in names if name.parts[0] == "models"} == {".py", ".onnx", ".json", ".webp"}


def test_a_generator_ships(names: list[PurePosixPath]) -> None:
    assert [name for name in names if name.match("models/shipped/*.onnx")]


def test_wheels_are_those_listed_and_numpy_is_not(names: list[PurePosixPath], manifest: dict[str, list[str]]) -> None:
    wheels = {name.name for name in names if name.parts[0] == "wheels"}
    assert wheels == {PurePosixPath(wheel).name for wheel in manifest["wheels"]}
    names = {wheel.split("-")[0] for wheel in wheels}
    assert names == {
        "av", "brotli", "fonttools", "freetype_py", "mido", "onnxruntime", "packaging", "pysubs2", "python_bidi",
        "uharfbuzz",
    }  # fmt: skip
    for name in ("brotli", "onnxruntime", "python_bidi"):  # of those that serve a single Python, one
        assert [wheel.split("-")[2] for wheel in wheels if wheel.startswith(name)] == ["cp" + PYTHON.replace(".", "")]
    assert len(wheels) == len(names)


def test_the_versions_of_blender_are_those_with_this_python(built: Path, manifest: dict[str, str]) -> None:
    first, end, label = OFFICIAL[PYTHON]
    assert manifest["blender_version_min"] == first
    assert manifest.get("blender_version_max") == end
    assert label in built.name


def test_wheels_are_the_versions_that_the_tests_use(root: Path, manifest: dict[str, list[str]]) -> None:
    pinned = tomllib.loads((root / "pyproject.toml").read_text())["dependency-groups"]["runtime"]
    shipped = {"==".join(PurePosixPath(wheel).name.split("-")[:2]) for wheel in manifest["wheels"]}
    assert shipped == set(pinned)


def test_size(built: Path) -> None:
    assert built.stat().st_size <= MEGABYTES * 1e6


def test_every_python_file_compiles_on_the_oldest_python(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                ast.parse(archive.read(name), name, feature_version=(3, 11))


def test_only_the_files_permission_is_asked_for(manifest: dict[str, dict[str, str]]) -> None:
    assert set(manifest["permissions"]) == {"files"}


def git_status(root: Path) -> str:
    command = ["git", "status", "--porcelain"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout


def test_building_changes_nothing_that_git_sees_and_validates(root: Path, built: Path) -> None:
    before = git_status(root)
    built.with_suffix(".inputs").unlink(missing_ok=True)  # or the zip would be found up to date
    done = subprocess.run(
        [sys.executable, ".ci/package.py", "build", "--here"], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr  # the build ends with Blender's own validation, tags included
    assert git_status(root) == before


def test_a_zip_that_is_up_to_date_is_left_alone(root: Path, built: Path) -> None:
    before = built.stat().st_mtime_ns
    subprocess.run([sys.executable, ".ci/package.py", "build", "--here"], cwd=root, capture_output=True, check=True)
    assert built.stat().st_mtime_ns == before


@pytest.mark.parametrize("arguments", [["--platform", "amiga-m68k"], ["--here", "--platform", "linux-x64"]])
def test_bad_arguments_are_refused(root: Path, arguments: list[str]) -> None:
    command = [sys.executable, ".ci/package.py", "build", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 2
    assert "usage:" in done.stderr
