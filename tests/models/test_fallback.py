"""A provider that can't load a network, or fails in the middle, gives way to the processor: with a word, and with the
same picture.

The runtime's wheel has a second provider that is really there, Azure's: it takes no operation and leaves all of them to
the processor. What is made to fail below is its run; all else is real.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.errors import Canceled, GeneratorError
from models.inference import session as sessions
from models.inference.fallback import Steady
from models.inference.session import Session
from models.processes import environment
from models.worker import provider
from tests.helpers.making import decode, make
from tests.helpers.net import FLOAT, INT64, Net
from tests.helpers.recipes import FIRSTS, raw, small
from tests.helpers.third_party import dcgan

AZURE = "AzureExecutionProvider"
there = pytest.mark.skipif(
    AZURE not in sessions.onnxruntime.get_available_providers(), reason="this runtime has no second provider"
)
Z = {"input": np.linspace(-1, 1, 12, dtype=np.float32).reshape(1, 12, 1, 1)}


@pytest.fixture(autouse=True)
def azure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sessions.PROVIDERS, "azure", AZURE)


class Failing(Session):
    """Its provider is taken away after two runs."""

    left = 2

    def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:  # type: ignore[override]
        if self.provider == "azure":
            if not self.left:
                raise GeneratorError("The network failed (887A0005: the device was removed).")
            self.left -= 1
        return super().run(inputs)


@there
def test_another_provider_draws_the_same_picture() -> None:
    choice = provider.chosen(["cpu", "azure"], lambda name: provider.sample(name, 1))
    assert choice.seconds.keys() == {"cpu", "azure"}
    assert "another picture" not in choice.reason
    pictures = [provider.sample(name, 1)[1] for name in ("cpu", "azure")]
    assert np.abs(pictures[0] - pictures[1]).max() <= provider.TOLERANCE


def test_one_that_is_not_there_gives_way_as_the_network_is_loaded(tmp_path: Path) -> None:
    (missing, *_) = (name for name in sessions.PROVIDERS if name not in sessions.available())
    told: list[str] = []
    session = Steady(dcgan(tmp_path / "d.onnx"), lambda path, name: Session(path, 1, name), missing, told.append)
    assert session.provider == "cpu"
    assert session.run(Z)["out"].shape == (1, 3, 16, 16)
    (word,) = told
    assert word.startswith(f"{missing} can't load this network; the processor goes on. ")
    assert "not available here" in word


@there
def test_one_that_fails_in_the_middle_gives_way_and_the_picture_is_the_same(tmp_path: Path) -> None:
    path, told = dcgan(tmp_path / "d.onnx"), []
    session = Steady(path, lambda each, name: Failing(each, 1, name), "azure", told.append)
    made = [session.run(Z)["out"] for _ in range(4)]
    assert session.provider == "cpu"
    assert told == [
        "azure failed in the middle; the processor goes on. The network failed (887A0005: the device was removed)."
    ]
    for each in made[1:]:
        assert np.abs(each - made[0]).max() / 2 <= provider.TOLERANCE  # −1…1


@there
def test_what_fails_on_both_is_the_error_of_the_network(tmp_path: Path) -> None:
    net = Net()
    place = net.input("i", INT64, [1])
    net.node("Gather", net.weight(4, 2), place, name="y")
    net.output("y", FLOAT, [1, 2])
    told: list[str] = []
    session = Steady(net.save(tmp_path / "g.onnx"), lambda path, name: Session(path, 1, name), "azure", told.append)
    with pytest.raises(GeneratorError, match="network failed"):
        session.run({"i": np.array([99])})
    assert len(told) == 1
    assert session.run({"i": np.array([1])})["y"].shape == (1, 2)


@there
def test_a_stop_that_comes_while_the_processor_takes_over(tmp_path: Path) -> None:
    path = dcgan(tmp_path / "d.onnx")
    session = Steady(path, lambda each, name: Failing(each, 1, name), "azure", lambda _: session.stop())
    for _ in range(2):
        session.run(Z)
    with pytest.raises(Canceled):
        session.run(Z)
    session.restart()
    assert session.run(Z)["out"].shape == (1, 3, 16, 16)


def test_a_file_that_no_provider_can_load(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"\x08\x0a" * 8)
    for name in ("cpu", "azure"):
        with pytest.raises(GeneratorError, match="can't load it"):
            Steady(tmp_path / "x.onnx", lambda path, name: Session(path, 1, name), name, lambda _: None)


WORKER = f"""
import sys
from models.errors import GeneratorError
from models.inference import session
from models.worker.process import main
session.PROVIDERS["azure"] = "{AZURE}"
whole, runs = session.Session.run, []
def run(self, inputs):
    if self.provider == "azure":
        runs.append(1)
        if len(runs) > 2:
            raise GeneratorError("The network failed (887A0005: the device was removed).")
    return whole(self, inputs)
session.Session.run = run
main()
"""


@there
def test_a_strip_is_made_whole_by_a_worker_whose_provider_fails(tmp_path: Path, root: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "provider.json").write_text("{}")
    recipe = small(FIRSTS[0], frames=5)  # how a provider fails depends on no generator
    asked = {"do": "make", "job": "a", "recipe": raw(recipe), "root": str(tmp_path / "cache")}
    command = [sys.executable, "-c", WORKER, "--provider=azure", "--threads=1", f"--library={library}"]
    with subprocess.Popen(
        command, cwd=root, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin
        assert worker.stdout
        worker.stdin.write(json.dumps(asked) + "\n")
        worker.stdin.flush()
        events = []
        for line in worker.stdout:
            events.append(json.loads(line))
            if events[-1]["say"] in ("done", "error"):
                break
        worker.stdin.close()
    assert [event["say"] for event in events if event["say"] != "frame"] == ["ready", "begin", "note", "done"]
    (note,) = (event for event in events if event["say"] == "note")
    assert (note["job"], note["text"].split(".")[0]) == ("a", "azure failed in the middle; the processor goes on")
    assert (events[1]["provider"], events[-1]["made"]) == ("azure", 5)
    assert not (library / "provider.json").exists()  # measured anew before it is trusted again
    wanted = make(recipe, tmp_path / "processor")
    for name in wanted.names():
        mine, theirs = (decode((folder / name).read_bytes()) for folder in (Path(events[-1]["folder"]), wanted.path))
        assert np.abs(mine.astype(int) - theirs).max() <= 2
