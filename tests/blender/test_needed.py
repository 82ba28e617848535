"""Of a strip that was cut or trimmed, the frames that it shows are made; others when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender import editing
from tests.helpers.blender.strips import active, add, digests, files, part, run, tick_until

FIRST, LENGTH, SEED = 11, 12, 7


def there(strip: Any) -> list[int]:
    """The numbers of the frames that are there."""
    return [n for n, path in enumerate(files(strip)) if path.exists()]


def right_half(scene: Any, hard: bool = True) -> Any:
    """A strip of twelve frames, cut in the middle: the piece that shows the last six, with another seed."""
    compat, strips = part("operators.blender.compat"), part("operators.blender.timeline.strips")
    strip = add(length=LENGTH, frame_start=FIRST, style_b="rust", loop=False)
    for frame, value in ((FIRST, 0.0), (FIRST + LENGTH - 1, 1.0)):
        strip.latent_mix = value
        strip.keyframe_insert("latent_mix", frame=frame)
    (editing.split_hard if hard else editing.split_soft)(scene)
    piece = max(strips.latent(scene), key=compat.left)
    assert compat.left(piece) == FIRST + 6
    piece.latent_seed = SEED
    scene.sequence_editor.active_strip = piece
    return piece


@pytest.mark.parametrize("hard", [True, False], ids=["hard", "soft"])
def test_a_cut_piece_makes_the_frames_that_it_shows(scene: Any, hard: bool, capsys: Any) -> None:
    right_half(scene, hard)
    assert part("api").Strip.of(active()).regenerate() == 6
    assert there(active()) == [6, 7, 8, 9, 10, 11]
    state = part("operators.blender.timeline.state")
    assert state.problem(scene, active()) == ""
    assert part("operators.blender.jobs.pending").of(scene.name) == (
        [(scene, s) for s in part("operators.blender.timeline.strips").latent(scene) if s.name != active().name], []
    )  # fmt: skip
    assert run(["verify", "--select", active().name]) == 0
    some = digests(active())[6:]
    job = part("operators.blender.jobs.completing").complete(scene, active(), whole=True)
    assert (job.total, there(active())) == (6, list(range(LENGTH)))
    assert digests(active())[6:] == some  # the same recipe, and the same keys of frames
    files(active())[8].unlink()
    files(active())[2].unlink()
    assert part("api").Strip.of(active()).verify().missing == (8,)
    assert state.problem(scene, active()) == "1 of 6 frames are missing"


def test_what_is_trimmed_out_is_made_before_a_render(scene: Any) -> None:
    right_half(scene, hard=False)
    bpy.ops.latent_strips.regenerate()
    compat, state = part("operators.blender.compat"), part("operators.blender.timeline.state")
    made = digests(active())
    editing.lift(scene)
    active().channel = 100
    compat.set_left(active(), FIRST + 3)
    assert state.problem(scene, active()) == "3 of 9 frames are missing"
    editing.render(scene, FIRST + 4)
    assert there(active()) == list(range(3, LENGTH))
    assert digests(active())[6:] == made[6:]
    assert state.problem(scene, active()) == ""
    compat.set_left(active(), FIRST)
    bpy.ops.latent_strips.regenerate()
    alone = digests(active())
    assert all(alone)


def test_what_is_trimmed_out_in_a_window_is_made_soon(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    right_half(scene, hard=False)
    bpy.ops.latent_strips.regenerate()
    compat, handlers = part("operators.blender.compat"), part("operators.blender.handlers")
    live, state = part("operators.blender.jobs.live"), part("operators.blender.timeline.state")
    active().channel = 100
    assert not state.has_uncovered(scene)
    compat.set_left(active(), FIRST + 3)
    assert state.has_uncovered(scene)
    active().latent_seed = 99  # nothing but what is missing is made, of what the strip shows
    shows = active().directory
    handlers._make_uncovered()
    assert not state.has_uncovered(scene)
    tick_until(lambda: not live.queue.unfinished())
    assert (active().directory, there(active())) == (shows, list(range(3, LENGTH)))
    compat.set_left(active(), FIRST + 1)
    assert state.has_uncovered(scene)
    job = part("operators.blender.jobs.completing").complete(scene, active(), is_live=True)
    live.queue.cancel(job)  # who stops it doesn't want it
    tick_until(lambda: not job.unfinished)
    state.take_uncovered(scene)
    assert not state.has_uncovered(scene)


def reverse(strip: Any) -> None:
    strip.use_reverse_frames = True


def strobe(strip: Any) -> None:
    strip.strobe = 4.0


def speed(strip: Any) -> None:
    new = part("operators.blender.compat").strips(bpy.context.scene).new_effect
    end = {"length": 6} if bpy.app.version >= (5, 0, 0) else {"frame_end": FIRST + LENGTH}
    key = "input1" if bpy.app.version >= (4, 5, 0) else "seq1"
    new(name="Speed", type="SPEED", channel=20, frame_start=FIRST + 6, **end, **{key: strip})


def material(strip: Any) -> None:
    bpy.ops.mesh.primitive_plane_add()
    assert bpy.ops.latent_strips.use_as_material() == {"FINISHED"}


def footage(strip: Any) -> None:
    part("api").restyle(strip, style="ink")
    bpy.context.scene.sequence_editor.active_strip = part("operators.blender.compat").named(
        bpy.context.scene, strip.name
    )


@pytest.mark.parametrize("use", [reverse, strobe, speed, material, footage], ids=lambda use: use.__name__)
def test_all_is_made_where_something_looks_behind_the_handles(scene: Any, use: Callable[[Any], None]) -> None:
    use(right_half(scene, hard=False))
    bpy.ops.latent_strips.regenerate()
    assert there(active()) == list(range(LENGTH))
    assert active().latent_seed == SEED


@pytest.mark.parametrize("use", [material, footage], ids=lambda use: use.__name__)
def test_the_rest_is_made_when_others_want_to_read_it(scene: Any, use: Callable[[Any], None]) -> None:
    right_half(scene, hard=False)
    bpy.ops.latent_strips.regenerate()
    assert there(active()) == list(range(6, LENGTH))
    use(active())
    assert there(active()) == list(range(LENGTH))


def test_live_footage_waits_for_the_rest(scene: Any) -> None:
    strip = right_half(scene, hard=False)
    bpy.ops.latent_strips.regenerate()
    with pytest.raises(part("models.errors").MediaError, match=r"6 frames of .* are still being made. Try again"):
        part("api").restyle(strip, style="ink", wait=False)
    live = part("operators.blender.jobs.live")
    tick_until(lambda: not live.queue.unfinished())
    assert there(active()) == list(range(LENGTH))
    part("api").restyle(active(), style="ink", wait=False)
    tick_until(lambda: not live.queue.unfinished())
    assert all(digests(active()))


def test_a_damaged_frame_behind_the_handles_stops_no_render(scene: Any) -> None:
    add(length=LENGTH, frame_start=FIRST)
    part("operators.blender.compat").set_left(active(), FIRST + 3)
    Path(files(active())[1]).write_bytes(b"")
    assert part("operators.blender.jobs.pending").of(scene.name) == ([], [])
    assert run(["verify"]) == 0
    part("operators.blender.compat").set_left(active(), FIRST)
    assert run(["verify"]) == 1
    assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
    assert run(["verify"]) == 0
