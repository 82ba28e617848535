"""Overlays that are made while Blender goes on: the worker sets their text, and says where they lie."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import digests, part, tick_until
from tests.helpers.blender.texts import overlays, style, text_strip, texts

#: Two scripts, of which one is in no font that text strips are set in by default, and a character without a glyph.
WORDS = "ok مرحبا \ue123"
PLACE = ("offset_x", "offset_y", "scale_x", "scale_y", "rotation")


@pytest.fixture
def film(scene: Any) -> Any:
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.render.resolution_x, scene.render.resolution_y = 320, 180
    part("operators.blender.timeline.layouts")._known.clear()
    return scene


def style_live(scene: Any, **chosen: Any) -> Any:
    """Style the first text as a click does, and return the job."""
    made = part("operators.blender.text.overlays")
    values = {p.name: p.default for p in made.text_kind().parameters if p.type != "text"}
    values |= {"seed": 0, "generator": "", "style": "gold", "period": 0.2, **chosen}
    return made.style(scene, texts()[0], values, is_live=True)


def finish(job: Any) -> Any:
    tick_until(lambda: not job.unfinished)
    assert job.state == "done", job.error
    return overlays()[0]


def shown(overlay: Any) -> tuple[Any, ...]:
    """All that an overlay shows, and where."""
    place = [round(getattr(overlay.transform, name), 4) for name in PLACE]
    return overlay["latent_recipe"], overlay.directory, digests(overlay), place, tuple(overlay["latent_place"])


def test_live_and_complete_give_the_same_overlay(film: Any, capsys: Any) -> None:
    text_strip(film, WORDS, location=(0.3, 0.7)).transform.rotation = 0.2
    complete = shown(style(style="gold"))
    assert "1 characters are in none of the fonts" in capsys.readouterr().out
    bpy.ops.sequencer.select_all(action="DESELECT")
    compat = part("operators.blender.compat")
    compat.strips(film).remove(overlays()[0])
    part("operators.blender.timeline.layouts")._known.clear()
    job = style_live(film)
    assert texts()[0].mute
    assert job.is_draft
    assert shown(finish(job)) == complete
    assert "1 characters are in none of the fonts" in capsys.readouterr().out
    assert not part("operators.blender.timeline.state").is_stale(film, overlays()[0])


@pytest.mark.one_blender
def test_blenders_process_opens_no_font(film: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    for module, name in (("models.text.fonts", "Face"), ("models.text.layout", "lay_out")):
        monkeypatch.setattr(part(module), name, lambda *_, name=name: opened.append(name))
    text_strip(film, WORDS)
    overlay = style(style="gold")
    texts()[0].text = f"{WORDS} again"
    state = part("operators.blender.timeline.state")
    assert state.is_stale(film, overlay)
    bpy.ops.latent_strips.regenerate(scope="ALL")
    assert not state.is_stale(film, overlays()[0])
    job = style_live(film, style="neon")
    assert not job.is_draft  # its text is as it was
    finish(job)
    assert opened == []


def test_an_undo_brings_no_draft_back(film: Any) -> None:
    text_strip(film)
    bpy.ops.ed.undo_push(message="Before")
    job = style_live(film)
    assert job.is_draft
    bpy.ops.ed.undo_push(message="Style Text")
    complete = shown(finish(job))
    bpy.context.scene.frame_end = 77
    bpy.ops.ed.undo_push(message="Something Else")
    bpy.ops.ed.undo()
    assert shown(overlays()[0]) == complete
    bpy.ops.ed.undo()
    assert overlays() == []
    bpy.ops.ed.redo()
    assert shown(overlays()[0]) == complete


def test_an_undo_while_the_text_is_set(film: Any) -> None:
    text_strip(film)
    bpy.ops.ed.undo_push(message="Before")
    job = style_live(film)
    bpy.ops.ed.undo_push(message="Style Text")
    bpy.ops.ed.undo()
    tick_until(lambda: not job.unfinished)
    assert overlays() == []
    assert not texts()[0].mute


@pytest.mark.one_blender
@pytest.mark.skipif(sys.platform == "win32", reason="stops a process by a signal")
def test_a_worker_that_dies_before_a_frame_leaves_the_old_picture_where_it_was(film: Any) -> None:
    text_strip(film)
    before = shown(style(style="gold"))
    text = texts()[0]
    text.text, text.transform.offset_x = "Another text", 40.0
    queue = part("operators.blender.jobs.live").queue
    while queue._clients["main"].busy:  # it still looks after the size limit, and would fail that
        queue.poll()
    os.kill(queue.pid, signal.SIGSTOP)
    job = style_live(film)
    os.kill(queue.pid, signal.SIGKILL)
    tick_until(lambda: not job.unfinished)
    assert job.state == "failed"
    assert shown(overlays()[0]) == before
    assert part("operators.blender.timeline.state").is_stale(film, overlays()[0])


@pytest.mark.one_blender
def test_text_that_is_too_large_leaves_the_old_picture_where_it_was(film: Any) -> None:
    film.render.resolution_x, film.render.resolution_y = 8192, 4096
    text_strip(film)
    before = shown(style(style="gold"))
    texts()[0].font_size, texts()[0].text = 2000.0, "WWWWW\nWWWWW"
    job = style_live(film)
    tick_until(lambda: not job.unfinished)
    assert "too large" in str(job.error)
    assert shown(overlays()[0]) == before


def test_variations_of_an_overlay_lie_where_it_lies(film: Any) -> None:
    text_strip(film, location=(0.3, 0.7))
    overlay = style(style="fire")
    place, strip = shown(overlay)[3], part("api.strip").Strip(overlay["latent_id"])
    part("operators.blender.timeline.layouts")._known.clear()  # as in a file that was just opened
    (other,) = part("api").variations(strip, 1, wait=False)
    live = part("operators.blender.jobs.live")
    tick_until(lambda: not live.queue.unfinished())
    assert [round(getattr(other.blender.transform, name), 4) for name in PLACE] == place
    assert all(digests(other.blender))
    assert other.blender.mute


def test_a_text_that_waits_is_found_as_quickly_among_many(film: Any) -> None:
    compat, texts = part("operators.blender.compat"), part("operators.blender.timeline.text_strips")

    def seconds() -> float:
        """The least time of three in which the last hundred texts are found."""
        best = 1e9
        for _ in range(3):
            begin = time.process_time()
            assert all(texts.find(film, name, f"id {name}") for name in names[-100:])
            best = min(best, time.process_time() - begin)
        return best

    took, names = [], []
    for count in (200, 400, 800):
        while len(names) < count:
            name = f"n{len(names)}"
            compat.new_text(film, name, 1, 1 + 10 * len(names), 8)["latent_text_id"] = f"id {name}"
            names.append(name)
        took.append(seconds())
    assert took[2] < max(2 * took[0], 0.005), took

    compat.named(film, "n3").name = "renamed"
    assert texts.find(film, "n3", "id n3").name == "renamed"
    compat.strips(film).remove(compat.named(film, "n5"))
    assert texts.find(film, "n5", "id n5") is None
