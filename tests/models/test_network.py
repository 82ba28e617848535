"""No network connection is opened: not by Python, and not by the libraries that it loads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.library.catalog import Entry, Library
from models.worker.client import Client
from tests.models.conftest import raw, small
from tests.models.strangers import dcgan

WATCHED = """
import sys
def watch(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "ssl.")):
        print("OPENED", event, arguments, file=sys.stderr)
        raise RuntimeError(event)
sys.addaudithook(watch)
import models.doctor
list(models.doctor.findings())
from pathlib import Path
from models.importing import importer
from models.inference.guarded import Guarded
from models.inference.limits import Limits
from models.inference.session import Session
library = Path(sys.argv[2])
importer.take(Path(sys.argv[1]), library, lambda p, a: Guarded(p, Session, Limits(), print, a), "cpu")
print("done")
"""


def test_python_is_never_asked_for_a_socket(root: Path, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    command = [sys.executable, "-c", WATCHED, str(dcgan(tmp_path / "d.onnx")), str(tmp_path / "library")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.stdout.endswith("done\n"), done.stderr
    assert "OPENED" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_owns_no_socket(texture: Entry, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    client = Client([library], threads=1, provider="auto")
    seen: list[list[str]] = []

    def look() -> None:
        files = Path(f"/proc/{client.pid}/fd")
        seen.append([link for file in files.iterdir() if (link := _link(file)).startswith("socket:")])

    try:
        client.send("import", "a", path=str(dcgan(tmp_path / "d.onnx")))
        for _ in client.wait("a"):
            look()
        for entry in (texture, *Library((library,)).entries()):
            client.send("make", entry.card.id, recipe=raw(small(entry)), root=str(tmp_path / "cache"))
            for _ in client.wait(entry.card.id):
                look()
    finally:
        client.close()
    assert len(seen) >= 10
    assert not any(seen)


def _link(file: Path) -> str:
    try:
        return os.readlink(file)
    except OSError:  # closed in this moment
        return ""
