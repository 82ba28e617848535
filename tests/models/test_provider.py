"""The provider is chosen by a trial; one that fails or draws something else gives way to the processor."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from models.worker import provider
from models.worker.provider import CPU, ChosenProvider, chosen, remembered, sample

PICTURE = np.full((3, 4, 4), 0.5, np.float32)


def measures(**made: tuple[float, float]) -> provider.Measure:
    """Seconds, and how far off the picture is, by provider; an absent one fails."""

    def measure(name: str) -> tuple[float, np.ndarray]:
        if name not in made:
            raise RuntimeError("no driver")
        seconds, off = made[name]
        return seconds, PICTURE + np.float32(off)

    return measure


@pytest.mark.parametrize(
    ("made", "best", "says"),
    [
        ({"cpu": (0.2, 0), "cuda": (0.02, 0.001)}, "cuda", "10.0 times as fast as the processor"),
        ({"cpu": (0.2, 0), "cuda": (0.19, 0)}, "cpu", r"cuda is no faster \(190 ms, processor 200 ms\)"),
        ({"cpu": (0.2, 0), "cuda": (0.02, 0.2)}, "cpu", "cuda draws another picture"),
        ({"cpu": (0.2, 0), "cuda": (0.02, float("nan"))}, "cpu", "cuda draws another picture"),
        ({"cpu": (0.2, 0)}, "cpu", r"cuda failed \(no driver\)"),
    ],
)
def test_chosen_with_a_reason(made: dict[str, tuple[float, float]], best: str, says: str) -> None:
    choice = chosen([CPU, "cuda"], measures(**made))
    assert choice.provider == best
    assert re.search(says, choice.reason)


def test_the_only_provider_needs_no_trial() -> None:
    assert chosen([CPU], measures()).provider == CPU


def test_the_trial_runs_on_the_processor() -> None:
    seconds, picture = sample(CPU, 1)
    assert seconds > 0
    assert picture.shape == (3, 256, 256)


def test_a_choice_is_made_once_for_each_runtime(tmp_path: Path) -> None:
    made: list[int] = []

    def choose() -> ChosenProvider:
        made.append(1)
        return ChosenProvider("cuda", "fast", {"cpu": 1.0, "cuda": 0.1})

    file = tmp_path / "provider.json"
    for runtime, providers, count in (("1", ["cpu", "cuda"], 1), ("1", ["cpu", "cuda"], 1), ("2", ["cpu", "cuda"], 2)):
        assert remembered(file, runtime, providers, choose).provider == "cuda"
        assert len(made) == count
    remembered(file, "2", ["cpu", "coreml"], choose)
    file.write_text(json.dumps({"about": 3}))
    remembered(file, "2", ["cpu", "coreml"], choose)
    assert len(made) == 4
    remembered(tmp_path / "no" / "such.json", "2", ["cpu", "cuda"], choose)  # measured again next time
    assert len(made) == 5
