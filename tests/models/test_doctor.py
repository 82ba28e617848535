"""The doctor tells what is broken and what to do."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models import doctor
from models.errors import GeneratorError
from models.library import checksums, parts, user
from models.library.catalog import SHIPPED, Entry, Library
from models.onnx import metadata


def states(found: list[doctor.Finding]) -> dict[str, str]:
    return {finding.name: finding.state for finding in found}


def test_nothing_is_broken_here(tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-m", "models.doctor", f"--library={tmp_path}", f"--frames={tmp_path / 'a' / 'b'}"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    found = [doctor.Finding(**json.loads(line)) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout
    assert {
        "Python", "onnxruntime", "av", "Runtime", "Trial", "Provider", "Models", "Frames folder",
    } <= states(found).keys()  # fmt: skip
    assert "error" not in states(found).values()
    assert not (tmp_path / "a").exists()


def test_the_digests_are_those_of_what_ships() -> None:
    # After a generator was added or changed: python -m models.library.checksums
    assert {path.name: metadata.digest(path) for path in SHIPPED.glob("*.onnx")} == checksums.SHIPS


def test_another_version_of_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "wheels", lambda: {"numpy": "0.1", "unicorn": "1.0"})
    other, missing = doctor._wheels()
    assert (other.state, missing.state) == ("warning", "error")
    assert f"numpy {importlib.metadata.version('numpy')} in " in other.text
    assert "Another add-on" in other.fix
    assert missing.fix == "Reinstall the extension."
    assert (other.action, missing.action) == ("addons", "extensions")


def test_a_damaged_generator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for path in SHIPPED.glob("*.onnx"):
        shutil.copy(path, tmp_path)
        with (tmp_path / path.name).open("ab") as file:
            file.write(b"\x00")
    monkeypatch.setattr(doctor, "SHIPPED", tmp_path)
    found = [finding for finding in doctor._models(None) if "not what shipped" in finding.text]
    assert len(found) == len(checksums.SHIPS)


def test_a_folder_that_cant_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    (finding,) = doctor._folder("Frames folder", tmp_path / "file")
    assert (finding.state, finding.fix) == ("error", "Choose another in the preferences.")
    assert finding.action == "folder"
    (own,) = doctor._folder("Generators folder", tmp_path / "file")  # nowhere else to go
    assert (own.state, own.action) == ("error", "copy")


def test_little_space(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "LITTLE", 10**18)
    (finding,) = doctor._folder("Frames folder", tmp_path)
    assert finding.state == "warning"
    assert "Free some space" in finding.fix
    assert finding.action == "clean"


def test_a_check_that_breaks_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ImportError("DLL load failed")

    monkeypatch.setattr(doctor, "_runtime", broken)
    assert [f.text for f in doctor.findings() if f.name == "Runtime"] == ["ImportError: DLL load failed"]


def test_a_provider_that_is_not_there() -> None:
    (finding,) = doctor._provider(None, "coreml")
    assert (finding.state, finding.action) == ("error", "provider")
    assert "There are: " in finding.text
    for wanted in ("auto", "cpu"):
        (finding,) = doctor._provider(None, wanted)
        assert finding.state == "fine"


def test_what_is_wrong_in_the_library_and_what_to_do_about_it(tmp_path: Path, texture: Entry) -> None:
    (tmp_path / "junk.onnx").write_text("no network")
    whole = tmp_path / f"{texture.card.digest}.onnx"
    shutil.copy(texture.path, whole)
    user.store(whole, texture.card, user.ImportNotes())
    user.quarantine([tmp_path], Library((tmp_path,)).entries()[0].card.digest, "exit code -11")
    old, young = tmp_path / ".import.12-0123abcd.part", tmp_path / ".import.13-0123abcd.part"
    for path in (old, young):
        path.write_bytes(b"x" * 1000)
    os.utime(old, (0, 0))
    found = {finding.action: finding for finding in doctor._models(tmp_path) if finding.state != "fine"}
    assert found.keys() == {"discard", "release", "tidy"}
    assert found["discard"].target == "junk.onnx"
    assert "exit code -11" in found["release"].text
    assert found["tidy"].text.startswith("1 parts")
    assert parts.leftovers(tmp_path) == [old]
    for name in ("../junk.onnx", whole.name, "nothing.onnx", ""):
        with pytest.raises(GeneratorError, match="not a broken file"):
            user.discard(tmp_path, name)
    user.discard(tmp_path, "junk.onnx")
    assert not (tmp_path / "junk.onnx").exists()
    assert whole.exists()


def test_every_finding_that_is_not_fine_says_what_to_do_and_has_a_button() -> None:
    import ast
    import inspect

    made = [
        node for node in ast.walk(ast.parse(inspect.getsource(doctor)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding"
    ]  # fmt: skip
    plain = [node for node in made if isinstance(node.args[1], ast.Constant) and node.args[1].value != "fine"]
    assert len(plain) >= 10
    assert [ast.unparse(node) for node in plain if len(node.args) < 4] == []
    for fix, action in ((doctor.REINSTALL, "extensions"), ("Do something.", "copy"), ("", "")):
        assert doctor.Finding("A", "error", "b", fix).action == action
