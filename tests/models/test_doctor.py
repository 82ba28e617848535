"""The doctor tells what is broken and what to do."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models import digests, doctor, onnx_file
from models.library import SHIPPED


def states(found: list[doctor.Finding]) -> dict[str, str]:
    return {finding.name: finding.state for finding in found}


def test_nothing_is_broken_here(tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-m", "models.doctor", f"--library={tmp_path}", f"--frames={tmp_path / 'a' / 'b'}"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    found = [doctor.Finding(**json.loads(line)) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout
    assert {"Python", "onnxruntime", "av", "Runtime", "Trial", "Models", "Frames folder"} <= states(found).keys()
    assert "error" not in states(found).values()
    assert not (tmp_path / "a").exists()


def test_the_digests_are_those_of_what_ships() -> None:
    # After a generator was added or changed: python -m models.digests
    assert {path.name: onnx_file.digest(path) for path in SHIPPED.glob("*.onnx")} == digests.SHIPS


def test_another_version_of_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "wheels", lambda: {"numpy": "0.1", "unicorn": "1.0"})
    other, missing = doctor._wheels()
    assert (other.state, missing.state) == ("warning", "error")
    assert f"numpy {importlib.metadata.version('numpy')} in " in other.text
    assert "Another add-on" in other.fix
    assert missing.fix == "Reinstall the extension."


def test_a_damaged_generator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for path in SHIPPED.glob("*.onnx"):
        shutil.copy(path, tmp_path)
        with (tmp_path / path.name).open("ab") as file:
            file.write(b"\x00")
    monkeypatch.setattr(doctor, "SHIPPED", tmp_path)
    found = [finding for finding in doctor._models(None) if "not what shipped" in finding.text]
    assert len(found) == len(digests.SHIPS)


def test_a_folder_that_cant_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    (finding,) = doctor._folder("Frames folder", tmp_path / "file")
    assert (finding.state, finding.fix) == ("error", "Choose another in the preferences.")


def test_little_space(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "LITTLE", 10**18)
    (finding,) = doctor._folder("Frames folder", tmp_path)
    assert finding.state == "warning"
    assert "Free some space" in finding.fix


def test_a_check_that_breaks_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ImportError("DLL load failed")

    monkeypatch.setattr(doctor, "_runtime", broken)
    assert [f.text for f in doctor.findings() if f.name == "Runtime"] == ["ImportError: DLL load failed"]
