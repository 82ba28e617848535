"""Panels, drawn onto a layout that writes down what it is asked for."""

from __future__ import annotations

from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import draw
from tests.helpers.blender.strips import active, add, add_live, files, part, tick_until


def texture_parameters() -> set[str]:
    return {parameter.name for parameter in part("models.kinds").kind("texture").parameters}


def offered() -> set[str]:
    """The parameters that make a difference with the first generator."""
    card = part("operators.blender.properties").generator_card("texture", "")
    kind = part("models.kinds").kind("texture")
    return {parameter.name for parameter in kind.parameters if kind.shown(parameter, card)}


def test_an_empty_file_says_what_to_do(scene: Any) -> None:
    drawn = draw()
    assert "latent_strips.texture_add" in drawn
    assert "Select a generated strip" in drawn
    assert "Nothing in the queue" in drawn
    assert {name for name in texture_parameters() if name in drawn} == offered()


def test_a_strip_shows_its_settings_and_state(scene: Any) -> None:
    add()
    drawn = draw()
    assert "Up to Date" in drawn
    assert {name for name in texture_parameters() if f"latent_{name}" in drawn} == offered()
    active().latent_seed = 3
    part("operators.blender.timeline.state").forget()  # on a busy machine the panel looks less often
    assert "Settings have changed" in draw()


def test_jobs_show_progress_and_errors(scene: Any) -> None:
    job = add_live(length=400)
    tick_until(lambda: job.done >= 3)
    drawn = draw()
    assert "Generating…" in drawn
    assert any(text.startswith("Slate  ") for text in drawn)
    assert any("of 400 frames" in text for text in drawn)
    part("operators.blender.jobs.live").queue._clients[False]._child.kill()
    tick_until(lambda: not job.unfinished)
    drawn = draw()
    assert "Slate: Failed" in drawn
    assert any("ended" in text for text in drawn)
    bpy.ops.latent_strips.cancel(job=job.id)
    assert "Nothing in the queue" in draw()


def test_drawing_reads_no_frames(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    files(add())[0].unlink()
    strips = part("operators.blender.timeline.strips")
    monkeypatch.setattr(strips, "absent", lambda _strip: pytest.fail("a panel listed a folder"))
    draw()
