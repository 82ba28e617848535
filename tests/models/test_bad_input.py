"""Whatever is handed to the importer, the worker answers with a named error, goes on, and touches nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import GeneratorError, LatentStripsError
from models.processes import environment
from models.worker.client import Client
from tests.helpers.bad_files import BAD
from tests.helpers.fuzz import fuzz
from tests.helpers.third_party import dcgan, knobs, latent_map
from tests.helpers.third_party_sound import wave


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    """One worker for all of them, and its library."""
    library = tmp_path_factory.mktemp("library")
    client = Client([library], threads=1, memory=1.0, patience=20.0)
    yield client, library
    client.close()


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_a_named_error(name: str, owner: tuple[Client, Path], tmp_path: Path) -> None:
    client, library = owner
    write, says = BAD[name]
    path = tmp_path / "bad.onnx"
    write(path)
    pid, begin = client.pid, time.monotonic()
    client.send("import", "a", path=str(path))
    with pytest.raises(GeneratorError, match=says) as caught:
        list(client.wait("a"))
    assert len(str(caught.value)) < 600
    assert time.monotonic() - begin < 30
    assert client.pid is not None
    assert pid in (None, client.pid)  # the same one goes on
    assert list(library.iterdir()) == []


SOURCES = [dcgan, knobs, latent_map, wave]


@fuzz(40)
@given(
    which=st.integers(0, len(SOURCES) - 1),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.floats(0, 1) | st.none(),
)
def test_spoiled_files_are_imported_or_refused_by_the_worker(
    which: int, flips: list[tuple[float, int]], cut: float | None, owner: tuple[Client, Path]
) -> None:
    client, library = owner
    data = bytearray(_bytes(which, library))
    for place, value in flips:
        data[int(place * len(data))] = value
    path = library.parent / "spoiled.onnx"
    path.write_bytes(data if cut is None else data[: int(cut * len(data))])
    client.send("import", "a", path=str(path))
    told = ""
    try:
        list(client.wait("a"))
    except LatentStripsError as error:  # WorkerDied among them: the runtime itself broke, and another worker goes on
        told = str(error)
    assert "Unexpected" not in told
    for each in library.iterdir():
        each.unlink()


_written: dict[int, bytes] = {}


def _bytes(which: int, library: Path) -> bytes:
    if which not in _written:
        _written[which] = SOURCES[which](library.parent / "whole.onnx").read_bytes()
    return _written[which]


WATCHED = """
import json, os, sys
from pathlib import Path
allowed = [Path(os.path.abspath(each)) for each in json.loads(sys.argv[2])]
library = Path(sys.argv[3]).resolve()
writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = Path(os.path.abspath(os.fsdecode(arguments[0])))
        writing = (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")) or arguments[2] & writes
        if library in (path, *path.parents):
            return
        if writing or not any(each in (path, *path.parents) for each in allowed):
            print("TOUCHED", event, arguments, file=sys.stderr, flush=True)
    elif event in ("os.remove", "os.rename", "os.mkdir", "os.symlink", "shutil.move"):
        if library not in Path(os.path.abspath(os.fsdecode(arguments[0]))).parents:
            print("TOUCHED", event, arguments, file=sys.stderr, flush=True)
from models.importing import importer
from models.errors import LatentStripsError
from models.inference.guarded import Guarded
from models.inference.limits import Limits
from models.inference.session import Session
import models.kinds; models.kinds.kinds()
def opened(path, allow):
    return Guarded(path, lambda each: Session(each, 1), Limits(2**30, 20), print, allow)
sys.addaudithook(watch)
for path in json.loads(sys.argv[1]):
    try:
        importer.take(Path(path), library, opened, "cpu")
        print("taken")
    except LatentStripsError as error:
        print(type(error).__name__)
"""


def test_no_file_is_read_or_written_outside_the_library_and_what_was_named(tmp_path: Path, root: Path) -> None:
    library, folder = tmp_path / "library", tmp_path / "models"
    library.mkdir()
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    paths = []
    for number, (write, _) in enumerate(BAD.values()):
        paths.append(folder / f"{number}.onnx")
        write(paths[-1])
    paths += [dcgan(folder / "good.onnx"), wave(folder / "sound.onnx")]
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*") if library not in (path, *path.parents)}
    allowed = [*map(str, paths), *(str(path.with_suffix(".json")) for path in paths)]
    allowed += [str(root), sys.prefix, sys.base_prefix, *environment()["PYTHONPATH"].split(os.pathsep)]
    allowed += ["/proc/self/status", "/sys", "/dev/null", "/dev/urandom", str(folder)]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, json.dumps([str(path) for path in paths]), json.dumps(allowed), str(library)],
        cwd=root, env=environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split()[-2:] == ["taken", "taken"], done.stderr
    assert len(done.stdout.split()) == len(paths)
    assert "TOUCHED" not in done.stderr, done.stderr
    after = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*") if library not in (path, *path.parents)}
    assert after == before
    assert {path.suffix for path in library.iterdir()} == {".onnx", ".json", ".png", ".wav", ".webp"}
    assert len([path for path in library.iterdir() if path.suffix != ".webp"]) == 7
