"""A worker imports, tells why it refuses, and goes on after generators that bring it down or never end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from models.cards.card import Card
from models.cards.port import Port
from models.errors import GeneratorMissing, GeneratorOverrun, GeneratorQuarantined, GeneratorRefused, WorkerDied
from models.library import user
from models.library.catalog import Library
from models.onnx import metadata
from models.worker.client import Client
from tests.helpers.importing import Take
from tests.helpers.net import FLOAT, Net
from tests.helpers.recipes import raw, small
from tests.helpers.third_party import dcgan, latent_map


@pytest.fixture
def owner(library: Path) -> Iterator[Client]:
    client = Client([library], threads=1)
    yield client
    client.close()


def test_a_worker_imports_and_makes(owner: Client, library: Path, tmp_path: Path) -> None:
    owner.send("import", "a", path=str(dcgan(tmp_path / "faces.onnx")), label="")
    (told,) = owner.wait("a")
    assert (told["say"], told["label"], told["kind"], told["size"], told["fresh"]) == (
        "imported",
        "Faces",
        "image",
        "16×16",
        True,
    )
    entry = Library((library,)).latest(told["id"])
    owner.send("make", "b", recipe=raw(small(entry)), root=str(tmp_path / "cache"))
    assert list(owner.wait("b"))[-1]["made"] == 4
    owner.send("try", "c", id=told["id"])
    assert next(owner.wait("c"))["id"] == told["id"]


def test_a_worker_tells_why_it_refuses(owner: Client, tmp_path: Path) -> None:
    (tmp_path / "cat.onnx").write_bytes(b"GIF89a")
    owner.send("import", "a", path=str(tmp_path / "cat.onnx"))
    with pytest.raises(GeneratorRefused, match=r"cat\.onnx: is not an ONNX"):
        list(owner.wait("a"))
    assert owner.pid  # and goes on


def test_a_missing_generator_is_named_by_its_digest(owner: Client, take: Take, tmp_path: Path) -> None:
    entry = take(dcgan).entry
    recipe = small(entry)
    user.remove(entry)
    owner.send("make", "a", recipe=raw(recipe), root=str(tmp_path))
    with pytest.raises(GeneratorMissing, match=f"SHA-256 {recipe.digest[:12]}"):
        list(owner.wait("a"))


def test_a_generator_that_brings_the_worker_down_is_not_run_again(owner: Client, take: Take, tmp_path: Path) -> None:
    import os
    import signal

    entry = take(dcgan).entry
    asked = raw(small(entry, frames=3000, width=512, height=512))
    owner.send("make", "a", recipe=asked, root=str(tmp_path / "cache"))
    events = owner.wait("a")
    assert next(events)["say"] == "begin"
    assert owner.pid
    os.kill(owner.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    with pytest.raises(WorkerDied, match="ended unexpectedly"):
        list(events)
    assert "ended unexpectedly" in user.quarantined(entry)
    owner.send("make", "b", recipe=asked, root=str(tmp_path / "cache"))
    with pytest.raises(GeneratorQuarantined, match=r"Dcgan is in quarantine.*Release it"):
        list(owner.wait("b"))
    user.release(entry)
    owner.send("make", "c", recipe=raw(small(entry)), root=str(tmp_path / "cache"))
    assert list(owner.wait("c"))[-1]["made"] == 4


def test_one_that_does_not_stop_is_ended_and_quarantined(library: Path, tmp_path: Path) -> None:
    net = Net()
    z = net.input("z", FLOAT, [1, 1])
    large = net.node("Expand", z, net.weight(values=np.array([12_000, 12_000], np.int64)))
    one = net.node("ReduceMean", net.node("MatMul", large, large), keepdims=1)  # one operation of three teraflops
    net.node("Expand", one, net.weight(values=np.array([1, 3, 4, 4], np.int64)), name="image")
    net.output("image", FLOAT, [1, 3, 4, 4])
    path = net.save(tmp_path / "stuck.onnx")
    path = path.rename(library / f"{metadata.digest(path)}.onnx")
    inputs, outputs = (Port("z", "latent", 1, shape=(1, 1)),), (Port("image", "image", 3, shape=(1, 3, 4, 4)),)
    user.store(path, Card("stuck", "image", "Stuck", "", "", inputs, outputs, ()), user.ImportNotes())
    (entry,) = Library((library,)).entries()
    client = Client([library], threads=1, patience=2.0)
    try:
        client.send("make", "a", recipe=raw(small(entry)), root=str(tmp_path))
        with pytest.raises(GeneratorOverrun, match="more than 2 s"):
            list(client.wait("a"))
        assert "more than 2 s" in user.quarantined(entry)
        client.send("make", "b", recipe=raw(small(Library().of_kind("texture")[0])), root=str(tmp_path))
        assert list(client.wait("b"))[-1]["made"] == 4  # in a new process
    finally:
        client.close()


def test_the_owners_limit_reaches_the_network(library: Path, take: Take, tmp_path: Path) -> None:
    from models.errors import TooLarge

    entry = take(latent_map).entry
    client = Client([library], threads=1, memory=0.05)
    try:
        client.send("make", "a", recipe=raw(small(entry, width=2000, height=2000)), root=str(tmp_path))
        with pytest.raises(TooLarge, match="GB are allowed"):
            list(client.wait("a"))
    finally:
        client.close()
