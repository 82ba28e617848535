"""The quick look: what a panel would like to show is asked for from a timer, the newest wins, and nothing stays."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.helpers.blender.panels import draw
from tests.helpers.blender.pictures import color
from tests.helpers.blender.strips import active, add, add_live, files, part, tick_until


@pytest.fixture
def looks(scene: Any) -> Iterator[Any]:
    """The module of the quick looks, with nothing shown."""
    found = part("operators.blender.look.looks")
    found.forget()
    yield found
    found.forget()


def settled(looks: Any, seconds: float = 20) -> None:
    """Let the timer tick until nothing is awaited."""
    end = time.monotonic() + seconds
    while looks._tick() is not None:
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.01)


def of_settings(kind: str = "texture") -> Callable[[], Any]:
    return lambda: part("operators.blender.look.wanted").of_settings(bpy.context.scene, kind)


def of_active() -> Any:
    return part("operators.blender.look.wanted").of_strip(bpy.context.scene, active())


def picture(look: Any) -> np.ndarray:
    """What a look shows: RGBA 0…255, from the bottom."""
    preview = part("operators.blender.look.pictures")._previews[0][look.picture]
    width, height = preview.image_size
    data = np.empty(width * height, np.int32)
    preview.image_pixels.foreach_get(data)
    square = data.view(np.uint8).reshape(height, width, 4)
    rows = round(height * part("operators.blender.look.pictures").share(look.picture))
    assert not square[: height - rows].any()
    shown = square[height - rows :]
    return shown[:, shown[..., 3].any(axis=0)]


def temporary() -> list[Path]:
    return list(part("operators.blender.look.memory").folder().iterdir())


def test_it_shows_the_frame_that_will_be_made_and_leaves_no_trace_in_the_file(looks: Any, scene: Any) -> None:
    scene.latent_strips.texture.seed, scene.latent_strips.texture.length = 3, 100
    scene.latent_strips.texture.length_from = "frames"
    before = [len(getattr(bpy.data, name)) for name in ("images", "textures", "brushes", "scenes")]
    looks.create.want(of_settings())
    settled(looks)
    assert looks.create.problem == ""
    shown = picture(looks.create)
    add(seed=3, length=100, scale_by="frame")
    image = bpy.data.images.load(str(files(active())[0]))
    made = np.array(image.pixels[:]).reshape(48, 64, 4) * 255
    bpy.data.images.remove(image)
    assert np.abs(shown - made).max() < 2
    assert [len(getattr(bpy.data, name)) for name in ("images", "textures", "brushes", "scenes")] == before
    looks.forget()
    assert temporary() == []


def test_the_newest_wins(looks: Any, scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    queue, asked = part("operators.blender.jobs.live").queue, []
    ask = queue.ask
    monkeypatch.setattr(queue, "ask", lambda *given, **more: asked.append(more) or ask(*given, **more))
    for seed in range(10):
        scene.latent_strips.texture.seed = seed
        looks.create.want(of_settings())
        looks._tick()
    settled(looks)
    assert [more["recipe"]["seed"] for more in asked] == [0, 9]
    looks.create.want(of_settings())  # nothing has changed
    settled(looks)
    assert len(asked) == 2
    assert 1 <= len(temporary()) <= 2  # placeholders: the first gives way as soon as it is seen


@pytest.mark.one_blender
def test_a_strip_is_seen_at_the_playhead_with_its_changed_settings(looks: Any, scene: Any) -> None:
    add(length=4, speed=20.0, loop=False)
    seen = []
    for frame in (1, 4):
        scene.frame_set(frame)
        looks.active.want(of_active)
        settled(looks)
        seen.append(picture(looks.active))
        image = bpy.data.images.load(str(files(active())[frame - 1]))
        assert np.abs(seen[-1] - np.array(image.pixels[:]).reshape(48, 64, 4) * 255).max() < 2
    active().latent_seed = 8
    looks.active.want(of_active)
    settled(looks)
    assert np.abs(seen[-1].astype(int) - picture(looks.active)).mean() > 5


@pytest.mark.one_blender
def test_it_is_made_while_the_worker_is_busy(looks: Any, scene: Any) -> None:
    queue = part("operators.blender.jobs.live").queue
    add(seed=1)
    job = add_live(length=400, seed=2)
    looks.create.want(of_settings())
    settled(looks)
    assert job.unfinished
    assert looks.create.picture
    queue.cancel(job)
    tick_until(lambda: not job.unfinished)
    assert list(queue._clients) == ["main"]


@pytest.mark.one_blender
def test_the_strip_begins_with_the_picture_that_was_looked_at(looks: Any, scene: Any) -> None:
    scene.latent_strips.texture.seed = 5
    looks.create.want(of_settings())
    settled(looks)
    (placeholder,) = temporary()
    seen = placeholder.read_bytes()
    style = scene.latent_strips.texture.style
    add_live(length=12, seed=5, scale_by="frame", style=style)
    assert files(active())[3].read_bytes() == seen
    add_live(length=12, seed=6, scale_by="frame", style=style)  # the next seed, which nobody has looked at yet
    assert files(active())[3].read_bytes() == seen
    add_live(length=12, seed=5, scale_by="frame", style="moss")
    assert files(active())[3].read_bytes() != seen


@pytest.mark.one_blender
def test_a_worker_that_dies_is_told_of_and_the_next_change_is_seen(looks: Any, scene: Any) -> None:
    queue = part("operators.blender.jobs.live").queue
    add()
    while queue._clients["main"].busy:  # it still looks after the size limit
        queue.poll()
    scene.render.resolution_x, scene.render.resolution_y = 1920, 1080
    looks.create.want(of_settings())
    looks._tick()
    os.kill(queue.pid, signal.SIGKILL)
    settled(looks)
    assert "ended unexpectedly" in looks.create.problem
    looks.create.want(of_settings())
    settled(looks)
    assert "ended unexpectedly" in looks.create.problem  # what kills a worker is not tried again and again
    scene.render.resolution_x, scene.render.resolution_y = 64, 48
    looks.create.want(of_settings())
    settled(looks)
    assert looks.create.problem == ""
    assert looks.create.picture


@pytest.mark.one_blender
@pytest.mark.parametrize("damage", [b"", b"x" * 100])
def test_a_damaged_picture_is_told_of(looks: Any, scene: Any, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    pictures = part("operators.blender.look.pictures")
    show = pictures.show
    monkeypatch.setattr(
        pictures, "show", lambda name, file, *size: (file.write_bytes(damage), show(name, file, *size))[1]
    )
    looks.create.want(of_settings())
    settled(looks)
    assert "is damaged" in looks.create.problem


@pytest.mark.one_blender
def test_what_cant_be_made_is_said_once(looks: Any, scene: Any) -> None:
    redrawn: list[int] = []
    looks._redraw, redraw = lambda: redrawn.append(1), looks._redraw
    try:
        for _ in range(3):
            looks.create.want(of_settings("restyle"))
            settled(looks)
    finally:
        looks._redraw = redraw
    assert looks.create.problem == "Select a movie or image strip to see it here."
    assert len(redrawn) == 1


@pytest.mark.one_blender
@pytest.mark.parametrize("kind", ["footage_mask", "restyle", "text_effect"])
def test_what_is_made_from_other_strips_is_seen_too(looks: Any, scene: Any, tmp_path: Path, kind: str) -> None:
    compat = part("operators.blender.compat")
    if kind == "text_effect":
        strip = compat.new_text(scene, "Words", 1, 1, 12)
        strip.text, strip.font_size = "Hi", 20
    else:
        strip = color("film", (0.8, 0.2, 0.1), 1, 1, 12)
    scene.sequence_editor.active_strip = strip
    looks.create.want(of_settings(kind))
    settled(looks)
    assert looks.create.problem == ""
    assert (picture(looks.create)[..., 3] == 255).all()


@pytest.mark.one_blender
def test_seeds_are_shown_to_choose_from_and_the_one_that_is_taken_is_made(looks: Any, scene: Any) -> None:
    add(length=3)
    variations, pictures = part("operators.blender.look.variations"), part("operators.blender.look.pictures")
    variations.offer(variations.Choice(4, strip=active()["latent_id"]))
    icons = [preview for name, preview in pictures._previews[0].items() if name.startswith("seed")]
    settled(looks)
    seen = [picture(look) for look in looks.seeds]
    assert len({shown.tobytes() for shown in seen}) == 9
    assert [preview for name, preview in pictures._previews[0].items() if name.startswith("seed")] == icons
    assert draw().count("latent_strips.seed_choose") == 9
    assert bpy.ops.latent_strips.seed_choose(seed=6, strip=active()["latent_id"]) == {"FINISHED"}
    assert active().latent_seed == 6
    image = bpy.data.images.load(str(files(active())[0]))
    assert np.abs(seen[2] - np.array(image.pixels[:]).reshape(48, 64, 4) * 255).max() < 2
    assert not part("operators.blender.timeline.state").is_stale(scene, active())


@pytest.mark.one_blender
def test_a_seed_for_what_is_to_be_made_is_taken_by_its_settings(looks: Any, scene: Any) -> None:
    assert bpy.ops.latent_strips.seeds(kind="matte") == {"FINISHED"}
    settled(looks)
    assert all(look.picture for look in looks.seeds)
    bpy.ops.latent_strips.seed_choose(seed=5, kind="matte")
    assert scene.latent_strips.matte.seed == 5
    assert not any(look.picture for look in looks.seeds)
    with pytest.raises(RuntimeError, match="was deleted meanwhile"):
        bpy.ops.latent_strips.seed_choose(seed=5, strip="gone")
