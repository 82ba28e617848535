"""The worker takes the libraries that this extension ships, whatever other add-ons put on Python's path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from models import processes

SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


def installed(folder: Path, name: str, version: str = "", code: str = "") -> Path:
    """Put a package into a folder, as pip does: with the note of its version, if it has one."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "__init__.py").write_text(code)
    if version:
        (folder / f"{name}-{version}.dist-info").mkdir()
    return folder


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What another add-on has put first on the path."""
    folder = tmp_path / "other_addon" / "dependencies"
    for name in ("onnxruntime", "av", "numpy", "freetype", "pysubs2", "fontTools"):
        installed(folder, name, "0.1", f'raise ImportError("DLL load failed: {name} of another add-on")\n')
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_another_add_ons_libraries_are_left_alone(other: Path, root: Path) -> None:
    code = (
        "import json, onnxruntime, av, numpy, freetype, pysubs2, models.inference.session\n"
        "print(json.dumps([each.__file__ for each in (onnxruntime, av, numpy, freetype, pysubs2)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=processes.environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not any(str(other) in file for file in json.loads(done.stdout))


def test_the_place_where_blender_installs_wheels_comes_first(
    other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "wheels", lambda: {"onnxruntime": "1.2", "av": "3.4"})
    monkeypatch.setattr(processes, "ROOT", tmp_path / "extensions" / "user_default" / "latent_strips")
    elsewhere = installed(tmp_path / "elsewhere", "onnxruntime", "1.2")
    installed(elsewhere, "av", "3.4")
    installed(elsewhere, "freetype")
    monkeypatch.setattr(sys, "path", [str(other), str(elsewhere), *sys.path])
    assert processes.libraries()[0] == elsewhere
    local = installed(tmp_path / "extensions" / ".local" / SITE, "onnxruntime", "1.2")
    assert processes.libraries()[:2] == [local, elsewhere]
    assert other not in processes.libraries()


def test_a_library_that_is_nowhere_in_its_version_is_taken_as_python_finds_it(
    other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "wheels", lambda: {"onnxruntime": "99"})
    monkeypatch.delitem(sys.modules, "onnxruntime", raising=False)  # what is loaded is not looked for
    assert processes.libraries()[0] == other


def test_what_the_user_has_set_for_python_does_not_reach_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("PYTHONHOME", "/somewhere")
    made = processes.environment()
    assert "/somewhere" not in made["PYTHONPATH"].split(os.pathsep)
    assert "PYTHONHOME" not in made


def test_all_that_ships_is_named_with_one_version() -> None:
    assert processes.wheels().keys() >= {"onnxruntime", "av", "freetype_py", "pysubs2", "fonttools"}
    assert "numpy" not in processes.wheels()
