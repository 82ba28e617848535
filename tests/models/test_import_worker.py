"""A worker imports, tells why it refuses, and goes on after generators that bring it down or never end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from models.cards.card import Card
from models.cards.port import Port
from models.errors import (
    GeneratorMissing,
    GeneratorOverrun,
    GeneratorQuarantined,
    GeneratorRefused,
    LatentStripsError,
    WorkerDied,
)
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


def stuck(path: Path) -> Path:
    """A vector that becomes a picture by one operation of many seconds, in the middle of which nothing stops it.

    What comes before it is quick: between two operations a network is stopped, however busy the machine is.
    """
    net = Net()
    one = net.node("ReduceMean", net.input("z", FLOAT, [1, 8]), keepdims=1)
    sizes = ((30_000, 1, 1), (1, 2048, 1), (1, 2048, 2048))
    large = [net.node("Expand", one, net.weight(values=np.array(size, np.int64))) for size in sizes]
    net.nodes.append(helper.make_node("RNN", large, ["", "last"], hidden_size=2048))
    shape = net.weight(values=np.array([1, 3, 8, 8], np.int64))
    net.node("Expand", net.node("ReduceMean", "last", axes=[0, 1, 2], keepdims=0), shape, name="image")
    net.output("image", FLOAT, [1, 3, 8, 8])
    return net.save(path)


def test_one_that_does_not_stop_is_ended_and_quarantined(library: Path, tmp_path: Path) -> None:
    path = stuck(tmp_path / "stuck.onnx")
    path = path.rename(library / f"{metadata.digest(path)}.onnx")
    inputs, outputs = (Port("z", "latent", 8, shape=(1, 8)),), (Port("image", "image", 3, shape=(1, 3, 8, 8)),)
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


def parts(library: Path) -> list[Path]:
    return list(library.glob(".import.*.part"))


@pytest.mark.parametrize("both", [False, True], ids=["worker", "worker and owner"])
def test_an_import_that_is_killed_leaves_no_part(both: bool, library: Path, tmp_path: Path) -> None:
    client = Client([library], threads=1)
    client.send("import", "a", path=str(stuck(tmp_path / "stuck.onnx")))
    begin = time.monotonic()
    while not parts(library) and time.monotonic() - begin < 60:
        client.poll()
        time.sleep(0.01)
    (part,) = parts(library)
    assert client.pid
    os.kill(client.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    if both:  # nobody is left who could tidy up, until another worker starts
        assert client._child
        client._child.kill()
        assert part.exists()
        client = Client([library], threads=1)
        client.send("verify", "b", recipe={}, root=str(tmp_path))  # whatever it is asked for
        with pytest.raises(LatentStripsError):
            list(client.wait("b"))
    else:
        with pytest.raises(WorkerDied, match="ended unexpectedly"):
            list(client.wait("a"))
    assert parts(library) == []
    client.close()


def endless(path: Path) -> Path:
    """A file of which six million numbers are to be passed over before it is refused for an operation."""
    field = b"\x78\x01"  # number 15, which no weight has
    weight = numpy_helper.from_array(np.zeros(1, np.float32), "w0").SerializeToString() + field * 100_000
    model = onnx.load(dcgan(path))
    model.graph.node.add(op_type="Shell", domain="com.evil")
    graph = model.graph.SerializeToString()
    for number in range(60):
        each = weight.replace(b"w0", b"%02x" % number)
        graph += b"\x2a" + varint(len(each)) + each
    model.ClearField("graph")
    path.write_bytes(model.SerializeToString() + b"\x3a" + varint(len(graph)) + graph)
    return path


def varint(value: int) -> bytes:
    return bytes([value & 127 | 128]) + varint(value >> 7) if value > 127 else bytes([value])


@pytest.mark.parametrize("build", [endless, stuck])
def test_what_takes_for_ever_ends_with_its_limit_and_the_next_import_goes_on(
    build: Callable[[Path], Path], library: Path, tmp_path: Path
) -> None:
    client = Client([library], threads=1, patience=2.0)
    client.send("import", "a", path=str(build(tmp_path / "first.onnx")))
    client.send("import", "b", path=str(dcgan(tmp_path / "good.onnx")))
    what = "Reading the file" if build is endless else "The network"
    with pytest.raises(GeneratorOverrun, match=f"{what} took more than 2 s and was stopped"):
        list(client.wait("a"))
    assert next(iter(client.wait("b")))["say"] == "imported"
    assert parts(library) == []
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
