"""Blender's process has no second thread of Python: up to 5.0, one that runs beside an operator crashes it."""

from __future__ import annotations

import threading
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import active, add, add_live, part, tick_until


@pytest.fixture
def small(preferences: Any) -> Any:
    """So small a size limit that old frames are removed after each job."""
    preferences.cap = 1e-6
    return part("operators.blender.jobs.live")


def alone() -> bool:
    return threading.enumerate() == [threading.main_thread()]


def test_making_a_strip_starts_no_thread(small: Any) -> None:
    add(length=3)
    assert alone()
    active().latent_seed = 2
    bpy.ops.latent_strips.regenerate()
    assert alone()


def test_following_a_job_starts_no_thread(small: Any) -> None:
    seen = []
    job = add_live(length=6)
    tick_until(lambda: seen.append(alone()) or not job.unfinished)
    assert len(seen) > 2
    assert all(seen)


def test_importing_a_generator_starts_no_thread(small: Any, library: Any, tmp_path: Any) -> None:
    (tmp_path / "no.onnx").write_bytes(b"no network")
    with pytest.raises(RuntimeError):
        bpy.ops.latent_strips.generator_import(filepath=str(tmp_path / "no.onnx"))
    assert alone()
