"""Nothing leaves: not by Python, not by the libraries that it loads, not by the files that are opened."""

from __future__ import annotations

import json
import os
import platform
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from models.audio_analysis.mix import decoded
from models.errors import MediaError
from models.footage.movie import Movie
from models.footage.still import read_image
from models.imaging import png
from models.kinds import kind
from models.library.catalog import Library
from models.processes import environment
from models.recipe import Recipe
from models.worker.client import Client
from tests.helpers import squares, watcher
from tests.helpers.footage import recipe_for
from tests.helpers.movies import write
from tests.helpers.recipes import raw, small
from tests.helpers.third_party import dcgan

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


#: Where these are set onnxruntime takes the machine for one that builds and tests, and sends nothing.
UNWATCHED = ("CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILD_ID", "TEAMCITY_VERSION", "TRAVIS")
#: Seconds that onnxruntime has for its telemetry, which begins after ten.
LONG = 30.0
STAYS = f"""
import runpy, time
try:
    runpy.run_module("models.doctor", run_name="__main__", alter_sys=True)
finally:
    time.sleep({LONG})
"""
# What it asks for is refused, so that nothing leaves, but seen.
ALONE = f"""
import os, time
from pathlib import Path
from models.offline import close_network
close_network()
os.environ.pop("ORT_DISABLE_TELEMETRY", None)
import onnxruntime
session = onnxruntime.InferenceSession(next(Path("models/shipped").glob("*.onnx")))
time.sleep({LONG})
"""


@dataclass
class Watched:
    """A process that is watched, in a home of its own."""

    folder: Path

    def __post_init__(self) -> None:
        for name in ("home", "library", "frames"):
            (self.folder / name).mkdir(parents=True)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @contextmanager
    def around(self) -> Iterator[list[str]]:
        """The beginning of a command that is watched, and all others that this Python starts as itself meanwhile."""
        command = [sys.executable, watcher.__file__, str(self.folder / "log"), sys.executable]
        script = self.folder / "python"
        script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        script.chmod(0o700)
        with pytest.MonkeyPatch.context() as patch:
            for name in (
                "ORT_DISABLE_TELEMETRY",
                *UNWATCHED,
                *(name for name in os.environ if name.startswith("XDG_")),
            ):
                patch.delenv(name, raising=False)
            patch.setenv("HOME", str(self.home))
            patch.setattr(sys, "executable", str(script))
            yield command

    @property
    def calls(self) -> list[tuple[str, int | str]]:
        return [tuple(json.loads(line)) for line in (self.folder / "log").read_text().splitlines()]

    @property
    def domains(self) -> set[int | str]:
        """Of the sockets that it asked for."""
        return {what for _, what in self.calls if isinstance(what, int)}

    @property
    def files(self) -> list[Path]:
        """Files that it made or wrote."""
        return [Path(os.path.normpath(what)) for _, what in self.calls if isinstance(what, str)]


def everything(folder: Path, fonts: Path) -> Iterator[tuple[Recipe, list[str]]]:
    """A small recipe of every generator that ships, and its footage."""
    film = write(folder / "film.mkv")
    for entry in Library().entries():
        made_from = kind(entry.card.kind).made_from
        if made_from == "footage":
            yield recipe_for(entry, [film], 2), [str(film)]
        elif made_from == "text":
            yield squares.recipe(squares.square_font(fonts / "squares.ttf")), []
        else:
            yield small(entry, frames=16), []  # two seconds: a score needs them


def work(worker: Watched) -> None:
    """Let a worker make all that there is, and stay."""
    fonts = worker.folder / "fonts"
    fonts.mkdir()
    client = Client([worker.folder / "library"], threads=1, provider="auto", fonts=[fonts])
    try:
        client.send("import", "import", path=str(dcgan(worker.folder / "d.onnx")))
        list(client.wait("import"))
        for number, (recipe, files) in enumerate(everything(worker.folder, fonts)):
            for do in ("make", "midi") if recipe.kind == "music" else ("make",):
                job = f"{do} {number}"
                client.send(do, job, recipe=raw(recipe), root=str(worker.folder / "frames"), files=files)
                list(client.wait(job))
        time.sleep(LONG)
        assert client.pid, "the worker has ended"
    finally:
        client.close()


@pytest.fixture(scope="module")
def watched(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Watched]:
    """A worker and a doctor, half a minute after all that they do, and onnxruntime alone for as long."""
    found = {name: Watched(tmp_path_factory.mktemp(name)) for name in ("worker", "doctor", "alone")}
    started = []
    for name, code in (("doctor", STAYS), ("alone", ALONE)):
        folder = found[name].folder
        with found[name].around() as begin:
            command = [*begin, "-c", code, f"--library={folder / 'library'}", f"--frames={folder / 'frames'}"]
            started.append(subprocess.Popen(command, cwd=root, env=environment(), stdout=subprocess.DEVNULL))
    with found["worker"].around():
        work(found["worker"])
    assert [process.wait(4 * LONG) for process in started] == [0, 0]
    return found


watchable = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="watched by Linux on x86-64"
)


@watchable
@pytest.mark.one_python
@pytest.mark.slow  # half a minute
@pytest.mark.parametrize("name", ["worker", "doctor"])
def test_for_half_a_minute_nothing_asks_for_a_socket_or_writes_elsewhere(
    watched: Mapping[str, Watched], name: str
) -> None:
    process = watched[name]
    assert process.domains <= {socket.AF_UNIX}
    allowed = [process.folder / "library", process.folder / "frames"]
    assert [path for path in process.files if not any(path.is_relative_to(folder) for folder in allowed)] == []
    assert list(process.home.iterdir()) == []
    assert any(path.is_relative_to(process.folder / "library") for path in process.files)


@watchable
@pytest.mark.one_python
@pytest.mark.slow  # half a minute
def test_what_watches_sees_the_telemetry_that_is_on_by_default(watched: Mapping[str, Watched]) -> None:
    alone = watched["alone"]
    assert alone.domains - {socket.AF_UNIX}
    assert any(path.is_relative_to(alone.home) for path in alone.files)
    assert list(alone.home.rglob("deviceid"))


OPEN = [Movie, lambda path: read_image(str(path)), lambda path: next(decoded(path))]
SDP = "v=0\no=- 0 0 IN IP4 {host}\ns=x\nc=IN IP4 {host}\nt=0 0\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"


@pytest.mark.parametrize("read", OPEN, ids=["movie", "picture", "sound"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\nhttp://{host}:{port}/a.ts\n#EXT-X-ENDLIST\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\nfilm.ts\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile http://{host}:{port}/a.ts\n"),
        ("list.mp4", "ffconcat version 1.0\nfile film.ts\n"),
        ("list.sdp", SDP),
        ("list.idx", "# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:00:000, filepos: 000000000\n"),
        ("http:/{host}:{port}/a.ts", ""),
        ("tcp:/{host}:{port}", ""),
    ],
    ids=["HLS, URL", "HLS, file", "concat, URL", "concat, file", "SDP", "VobSub", "http", "tcp"],
)
def test_no_file_makes_another_be_opened(
    read: Callable[[Path], object], name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "film.ts", codec="libx264", pixels="yuv420p")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        host, port = server.getsockname()
        path = Path(name.format(host=host, port=port))
        if text:
            path.write_text(text.format(host=host, port=port))
            (tmp_path / "list.sub").write_bytes(b"x")
        with pytest.raises(MediaError, match="playlist" if text else "can't be read|file not found"):
            read(path)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_name_with_a_number_in_it_is_one_picture(tmp_path: Path) -> None:
    for name, level in (("a%02d.png", 1.0), ("a01.png", 0.0)):
        (tmp_path / name).write_bytes(png.png(np.full((4, 8, 6), level, np.float32)))
    assert read_image(str(tmp_path / "a%02d.png")).min() == 255
