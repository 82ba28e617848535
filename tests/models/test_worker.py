"""The worker process: what it is asked, what it answers, and what is left when it, or its owner, dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import models.worker.client
from models.errors import CacheError, Canceled, GeneratorError, GeneratorMissing, RecipeError, WorkerError
from models.job import Generation
from models.library.catalog import Entry, Library
from models.processes import ROOT, environment
from models.worker.client import Client
from tests.helpers.making import contents, make, pngs
from tests.helpers.processes import ended
from tests.helpers.recipes import FIRSTS, Build, raw, small

posix = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
LONG = {"width": 256, "height": 256, "frames": 60}


@pytest.fixture(scope="module")
def entry() -> Entry:
    """The first generator of textures: how a worker is asked, stopped and lost depends on none."""
    return FIRSTS[0]


def until_done(client: Client, job: str, frames: int) -> None:
    for event in client.wait(job):
        if event["say"] == "frame" and event["done"] >= frames:
            return


def test_a_job_is_told_from_begin_to_done(client: Client, recipe: Build, tmp_path: Path) -> None:
    client.send("make", "a", recipe=raw(recipe()), root=str(tmp_path))
    assert client.busy
    begin, *frames, done = client.wait("a")
    assert begin["say"] == "begin"
    assert (begin["provider"], begin["total"]) == ("cpu", 4)
    assert [(event["say"], event["done"], event["total"]) for event in frames] == [
        ("frame", n, 4) for n in (1, 2, 3, 4)
    ]
    assert sorted(event["frame"] for event in frames) == [0, 1, 2, 3]
    assert (done["say"], done["made"]) == ("done", 4)
    assert len(pngs(Path(done["folder"]))) == 4
    assert not client.busy


@pytest.mark.parametrize("maker", FIRSTS, ids=lambda maker: maker.card.id)
def test_the_worker_makes_what_this_process_makes(client: Client, maker: Entry, tmp_path: Path) -> None:
    client.send("make", "a", recipe=raw(small(maker)), root=str(tmp_path / "worker"))
    *_, done = client.wait("a")
    assert pngs(Path(done["folder"])) == pngs(make(small(maker), tmp_path / "here").path)


def test_verify_tells_missing_and_changed_frames(client: Client, recipe: Build, tmp_path: Path) -> None:
    folder = make(recipe(), tmp_path)
    (folder.path / "0002.png").unlink()
    (folder.path / "0004.png").write_bytes(b"x")
    client.send("verify", "a", recipe=raw(recipe()), root=str(tmp_path))
    *_, told = client.wait("a")
    assert (told["missing"], told["changed"], told["folder"]) == ([1], [3], str(folder.path))


def test_jobs_queue_and_may_be_waited_for_in_any_order(client: Client, recipe: Build, tmp_path: Path) -> None:
    for seed in range(3):
        client.send("make", str(seed), recipe=raw(recipe(seed=seed)), root=str(tmp_path))
    for seed in (2, 0, 1):
        *_, done = client.wait(str(seed))
        assert done["made"] == 4
    with pytest.raises(WorkerError, match="no job '7'"):
        next(client.wait("7"))


def test_a_worker_stays_for_the_next_job(client: Client, recipe: Build, tmp_path: Path) -> None:
    pids = set()
    for seed in range(2):
        client.send("make", str(seed), recipe=raw(recipe(seed=seed)), root=str(tmp_path))
        list(client.wait(str(seed)))
        pids.add(client.pid)
    assert len(pids) == 1
    (pid,) = pids
    assert pid
    client.close()
    assert ended(pid, 0)
    assert client.pid is None


def test_two_workers_on_one_cache_make_one_result(recipe: Build, tmp_path: Path) -> None:
    asked = recipe(**LONG)
    clients = [Client(threads=1) for _ in range(2)]
    try:
        for client in clients:
            client.send("make", "a", recipe=raw(asked), root=str(tmp_path / "two"))
        folders = {list(client.wait("a"))[-1]["folder"] for client in clients}
    finally:
        for client in clients:
            client.close()
    (folder,) = folders
    assert pngs(Path(folder)) == pngs(make(asked, tmp_path / "one", threads=1).path)
    assert not list(Path(folder).glob(".*"))


def test_two_workers_divide_a_strip(recipe: Build, tmp_path: Path) -> None:
    asked = recipe(frames=8)
    clients = [Client(threads=1) for _ in range(2)]
    try:
        for n, client in enumerate(clients):
            client.send("make", "a", recipe=raw(asked), root=str(tmp_path / "two"), only=list(range(n, 8, 2)))
        done = [list(client.wait("a"))[-1] for client in clients]
    finally:
        for client in clients:
            client.close()
    assert [event["made"] for event in done] == [4, 4]
    assert pngs(Path(done[0]["folder"])) == pngs(make(asked, tmp_path / "one", threads=1).path)


def unknown_generator(value: dict[str, object]) -> None:
    value["digest"] = "f" * 64


def unknown_style(value: dict[str, object]) -> None:
    value["settings"] = {"style": "chocolate"}


def no_number(value: dict[str, object]) -> None:
    value["tracks"] = {"mix": [float("nan")]}


def no_frames(value: dict[str, object]) -> None:
    value["frames"] = 0


def too_large(value: dict[str, object]) -> None:
    value.update(width=16384, height=16384)


@pytest.mark.parametrize(
    ("spoil", "error", "says"),
    [
        (unknown_generator, GeneratorMissing, "is not installed"),
        (unknown_style, GeneratorError, "no style 'chocolate'"),
        (no_number, RecipeError, "not finite"),
        (no_frames, RecipeError, "Length 0"),
        (too_large, RecipeError, "Make the frame smaller"),
    ],
)
def test_what_is_wrong_with_a_recipe_arrives_as_the_same_error(
    client: Client, recipe: Build, tmp_path: Path, spoil: object, error: type[Exception], says: str
) -> None:
    value = raw(recipe())
    spoil(value)  # type: ignore[operator]
    client.send("make", "a", recipe=value, root=str(tmp_path))
    with pytest.raises(error, match=says):
        list(client.wait("a"))
    assert not list(tmp_path.iterdir())
    client.send("make", "b", recipe=raw(recipe()), root=str(tmp_path))
    assert list(client.wait("b"))[-1]["made"] == 4


def test_a_folder_that_cannot_be_written_arrives_as_a_cache_error(
    client: Client, recipe: Build, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    client.send("make", "a", recipe=raw(recipe()), root=str(tmp_path / "file" / "cache"))
    with pytest.raises(CacheError, match="Choose another frames folder"):
        list(client.wait("a"))


def test_garbage_is_answered_and_survived(recipe: Build, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "models.worker"]
    root = ROOT
    garbage = [
        b"",
        b"hello",
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b"null",
        b"[1]",
        b"{}",
        b'{"do": "cancel"}',
        b'{"do": "fly"}',
    ]
    garbage += [b'{"do": "make", "job": "x"}', b'{"do": ["make"], "job": {}, "recipe": 3, "root": []}']
    worker = subprocess.run(
        command, input=b"\n".join([*garbage, b'{"do": "quit"}', b""]), cwd=root, env=environment(),
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert worker.returncode == 0
    lines = worker.stdout.decode().splitlines()
    assert lines[0].startswith('{"say": "ready"')
    assert len([line for line in lines if '"say": "error"' in line]) == len(garbage)


@posix
def test_a_killed_worker_loses_nothing_and_shows_nothing_half_made(
    client: Client, recipe: Build, entry: Entry, tmp_path: Path
) -> None:
    asked = recipe(**LONG)
    client.send("make", "a", recipe=raw(asked), root=str(tmp_path / "killed"))
    until_done(client, "a", 5)
    assert client.pid
    os.kill(client.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match=r"ended unexpectedly \(exit code -9\).*regenerate to make the rest"):
        list(client.wait("a"))

    job = Generation.of(asked, entry.card, tmp_path / "killed")
    kept = pngs(job.folder.path)
    _, changed = job.check(lambda: None)
    assert 5 <= len(kept) < 60
    assert len(changed) <= 2  # whole, but the worker died before it could say so

    client.send("make", "b", recipe=raw(asked), root=str(tmp_path / "killed"))
    *_, done = client.wait("b")
    assert done["made"] == 60 - len(kept) + len(changed)
    made = pngs(make(asked, tmp_path / "whole").path)
    assert kept.items() <= made.items()
    assert pngs(job.folder.path) == made


@posix
def test_a_dead_worker_fails_the_job_at_hand_alone(client: Client, recipe: Build, tmp_path: Path) -> None:
    for seed, job in enumerate("abcdefghij"):
        long = LONG if job == "c" else {}
        client.send("make", job, recipe=raw(recipe(seed=seed, **long)), root=str(tmp_path))
    until_done(client, "c", 2)
    assert client.pid
    os.kill(client.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match="ended unexpectedly"):
        list(client.wait("c"))
    for job in "defghij":
        assert list(client.wait(job))[-1]["made"] == 4


@posix
def test_jobs_that_were_canceled_are_not_done_by_the_next_worker(client: Client, recipe: Build, tmp_path: Path) -> None:
    client.send("make", "a", recipe=raw(recipe(**LONG)), root=str(tmp_path))
    for seed, job in enumerate("bc", 1):
        client.send("make", job, recipe=raw(recipe(seed=seed)), root=str(tmp_path))
    until_done(client, "a", 1)
    assert client.pid
    os.kill(client.pid, signal.SIGSTOP)
    client.send("cancel", "b")
    os.kill(client.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match="ended unexpectedly"):
        list(client.wait("a"))
    with pytest.raises(Canceled):
        list(client.wait("b"))
    assert list(client.wait("c"))[-1]["made"] == 4


@posix
def test_no_job_is_forgotten_when_a_worker_dies(client: Client, recipe: Build, tmp_path: Path) -> None:
    client.send("make", "a", recipe=raw(recipe()), root=str(tmp_path))
    list(client.wait("a"))
    for seed, job in enumerate(("b", "c"), 1):
        client.send("make", job, recipe=raw(recipe(seed=seed, **LONG)), root=str(tmp_path))
    assert client.pid
    os.kill(client.pid, signal.SIGKILL)
    while client.pid is not None:
        time.sleep(0.01)
    client.send("make", "d", recipe=raw(recipe(seed=9)), root=str(tmp_path))  # starts another worker
    with pytest.raises(WorkerError, match="ended unexpectedly"):
        list(client.wait("b"))
    assert list(client.wait("c"))[-1]["made"] == 60
    assert list(client.wait("d"))[-1]["made"] == 4


@posix
def test_a_hung_worker_is_stopped_and_said_so(
    client: Client, recipe: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.send("make", "a", recipe=raw(recipe(**LONG)), root=str(tmp_path))
    until_done(client, "a", 1)
    pid = client.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr(models.worker.client, "SILENCE", 0.5)
    before = time.monotonic()
    client.send("cancel", "a", padding="x" * 1_000_000)  # more than a pipe holds: nobody may wait for it
    assert time.monotonic() - before < 0.2
    with pytest.raises(WorkerError, match=r"said nothing for .* and was stopped.*kept"):
        list(client.wait("a"))
    assert ended(pid, 0)
    monkeypatch.undo()
    client.send("make", "b", recipe=raw(recipe()), root=str(tmp_path))
    assert list(client.wait("b"))[-1]["made"] == 4


OWNER = """
import sys, json
from models.worker.client import Client
if __name__ == "__main__":
    client = Client()
    client.send("make", "a", recipe=json.loads(sys.argv[1]), root=sys.argv[2])
    for event in client.wait("a"):
        if event["say"] == "frame":
            print(client.pid, flush=True)
"""


@pytest.fixture
def owner(recipe: Build, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that owns a worker in mid-run, and the worker's number."""
    command = [sys.executable, "-c", OWNER, recipe(**LONG).canonical(), str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield process, int(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()


@posix
def test_no_worker_outlives_its_owner(owner: tuple[subprocess.Popen[str], int]) -> None:
    process, worker = owner
    assert not ended(worker, 0.1)
    process.kill()
    process.wait()
    assert ended(worker, 3)


def test_canceling_keeps_what_is_made(client: Client, recipe: Build, entry: Entry, tmp_path: Path) -> None:
    client.send("make", "a", recipe=raw(recipe(**LONG)), root=str(tmp_path))
    until_done(client, "a", 3)
    client.send("cancel", "a")
    with pytest.raises(Canceled, match="kept"):
        list(client.wait("a"))
    job = Generation.of(recipe(**LONG), entry.card, tmp_path)
    missing, changed = job.check(lambda: None)
    assert changed == []
    assert 0 < len(missing) <= 57
    assert not list(job.folder.path.glob(".*"))
    client.send("make", "b", recipe=raw(recipe(**LONG)), root=str(tmp_path))
    assert list(client.wait("b"))[-1]["made"] == len(missing)


@pytest.mark.one_python  # it is the runtime that is stopped
@pytest.mark.parametrize("after", [0.05, 0.3, 1.0])
def test_canceling_does_not_wait_for_a_large_frame(client: Client, recipe: Build, tmp_path: Path, after: float) -> None:
    def large(seed: int, frames: int = 1) -> dict[str, object]:
        return raw(recipe(width=2560, height=1440, seed=seed, frames=frames))

    client.send("make", "warm", recipe=large(1), root=str(tmp_path))
    list(client.wait("warm"))
    before = time.monotonic()
    client.send("make", "one", recipe=large(2), root=str(tmp_path))
    list(client.wait("one"))
    frame = time.monotonic() - before
    client.send("make", "a", recipe=large(3, frames=24), root=str(tmp_path))
    next(client.wait("a"))
    time.sleep(after)
    client.send("cancel", "a")
    before = time.monotonic()
    with pytest.raises(Canceled):
        list(client.wait("a"))
    # Half a second, or where this machine is slow, what a single frame takes here: of 24, several were to come.
    assert time.monotonic() - before < max(0.5, frame)


def test_a_job_is_canceled_before_its_turn(client: Client, recipe: Build, tmp_path: Path) -> None:
    client.send("make", "a", recipe=raw(recipe(frames=20)), root=str(tmp_path))
    client.send("make", "b", recipe=raw(recipe(seed=2)), root=str(tmp_path))
    client.send("cancel", "b")
    with pytest.raises(Canceled):
        list(client.wait("b"))
    assert list(client.wait("a"))[-1]["made"] == 20
    assert len(list(tmp_path.iterdir())) == 1


def test_nothing_is_started_to_cancel_nothing(client: Client) -> None:
    client.send("cancel", "a")
    assert client.pid is None
    assert client.poll() == []
    client.close()


def test_a_provider_that_is_not_there_gives_way_to_the_processor(recipe: Build, tmp_path: Path) -> None:
    client = Client(provider="abacus")
    client.send("make", "a", recipe=raw(recipe()), root=str(tmp_path))
    begin, *_, done = client.wait("a")
    assert (begin["provider"], begin["reason"]) == ("cpu", "abacus, chosen in the preferences, is not there")
    assert done["made"] == 4
    client.close()


def test_a_worker_that_cannot_start_tells_its_last_words(recipe: Build, tmp_path: Path) -> None:
    broken = Client()
    broken._arguments = ["--no-such-option"]
    broken.send("make", "a", recipe=raw(recipe()), root=str(tmp_path))
    with pytest.raises(WorkerError, match=r"ended unexpectedly .* last words: .*no-such-option"):
        list(broken.wait("a"))
    broken.close()


def test_the_users_own_generators_are_found(entry: Entry, tmp_path: Path) -> None:
    # The same network under another card: other bytes, so another digest.
    mine = tmp_path / "library" / "mine.onnx"
    mine.parent.mkdir()
    data = bytearray(entry.path.read_bytes())
    data[data.index(b'"label":"') + len(b'"label":"')] ^= 1
    mine.write_bytes(data)
    (found,) = Library((mine.parent,)).entries()
    assert found.card.label != entry.card.label
    client = Client(library=[mine.parent])
    client.send("make", "a", recipe=raw(small(found)), root=str(tmp_path / "cache"))
    assert list(client.wait("a"))[-1]["made"] == 4
    client.close()


def test_paths_with_spaces_and_umlauts_are_fine(client: Client, recipe: Build, tmp_path: Path) -> None:
    root = tmp_path / "Künstliche Texturen ✨"
    client.send("make", "a", recipe=raw(recipe()), root=str(root))
    *_, done = client.wait("a")
    assert Path(done["folder"]).parent == root
    assert len(contents(Path(done["folder"]))) == 6
