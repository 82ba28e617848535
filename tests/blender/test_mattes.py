"""Mattes over strips and transitions between them, checked by what Blender renders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import bpy
import numpy as np
import pytest

from tests.helpers.blender.pictures import color, named, rendered, select
from tests.helpers.blender.strips import active, files, part

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def transition(**settings: Any) -> set[str]:
    """Small frames need small shapes."""
    return bpy.ops.latent_strips.transition_add(**{"scale": 0.5, **settings})


def matte_add(**settings: Any) -> set[str]:
    return bpy.ops.latent_strips.matte_add(**{"scale": 0.5, **settings})


def share(frame: int) -> float:
    """How much of the frame is blue; the rest must be red."""
    pixels = rendered(frame)
    assert np.abs(pixels[..., 0] + pixels[..., 2] - 1).max() < 0.02
    assert pixels[..., 1].max() < 0.02
    return float(pixels[..., 2].mean())


def check(first: int, length: int) -> None:
    """A alone, both, B alone: at its first, middle and last frame, and beside them."""
    end = first + length - 1
    assert [share(frame) for frame in (first - 1, first, end, end + 1)] == [0, 0, 1, 1]
    assert 0.2 < share(first + length // 2) < 0.8


def test_a_matte_is_a_strip_of_its_own(scene: Any) -> None:
    assert matte_add(style="smoke", length=3, coverage=0.3) == {"FINISHED"}
    strip = active()
    assert (strip.name, strip.latent_style, len(files(strip)), strip.mute) == ("Smoke matte", "smoke", 3, False)
    assert 0.2 < rendered(1).mean() < 0.4


def test_a_matte_looks_the_same_in_every_form_of_its_files(scene: Any) -> None:
    """White with alpha is so over any ground; with none, see the next test."""
    scene.render.image_settings.color_mode = "RGB"
    color("ground", (0.0, 0.0, 0.0), 1, 1, 5)
    seen = []
    for shown, depth in (("luma", "8"), ("luma", "16"), ("alpha", "8"), ("alpha", "16")):
        form = {"shown": shown, "depth": depth}
        assert matte_add(style="smoke", coverage=0.5, softness=0.5, length=1, channel=2, **form) == {"FINISHED"}
        active().blend_type = "ALPHA_OVER"
        seen.append(rendered(1))
        active().mute = True
    assert seen[0].std() > 0.1
    assert max(np.abs(each - seen[0]).max() for each in seen) < 0.012  # three steps of 8 bits


def test_white_with_alpha_over_nothing_keeps_its_alpha_in_16_bits_as_in_8(scene: Any) -> None:
    """Rendered without an alpha channel, 16 bits are laid on black in light, 8 bits in sRGB: with one, alike."""
    path, seen = Path(bpy.data.filepath).with_name("rendered.png"), []
    scene.render.image_settings.color_mode = "RGBA"
    for depth in ("8", "16"):
        matte_add(style="smoke", coverage=0.5, softness=0.5, length=1, channel=1, shown="alpha", depth=depth)
        active().blend_type = "ALPHA_OVER"
        rendered(1)
        with av.open(str(path)) as file:
            seen.append(next(file.decode(video=0)).to_ndarray(format="rgba")[..., 3].astype(int))
        active().mute = True
    assert seen[0].std() > 25
    assert np.abs(seen[0] - seen[1]).max() <= 2


def test_a_strip_is_seen_through_a_matte_that_is_not_shown_itself(scene: Any) -> None:
    color("below", RED, 1, 1, 20)
    above = color("above", BLUE, 2, 5, 10)
    above.blend_type = "REPLACE"
    select(above)
    assert matte_add(onto="ACTIVE", coverage=0.4, style="ink") == {"FINISHED"}
    matte, above = active(), named("above")
    compat = part("operators.blender.compat")
    assert (compat.left(matte), compat.length(matte), matte.mute) == (5, 10, True)
    assert (above.modifiers[0].type, above.modifiers[0].input_mask_strip.name) == ("MASK", matte.name)
    assert 0.3 < share(8) < 0.5
    assert share(3) == 0


def test_a_muted_matte_that_is_in_use_is_made_before_a_render(scene: Any) -> None:
    color("below", RED, 1, 1, 20)
    select(color("above", BLUE, 2, 1, 3))
    matte_add(onto="ACTIVE")
    paths = files(active())
    for path in paths:
        path.unlink()
    rendered(2)
    assert all(path.is_file() for path in paths)


@pytest.mark.parametrize("channels", [(1, 2), (3, 2)], ids=["above", "below"])
def test_a_transition_over_an_overlap(scene: Any, channels: tuple[int, int]) -> None:
    a, b = color("a", RED, channels[0], 1, 20), color("b", BLUE, channels[1], 11, 20)
    select(a, b)
    assert transition(style="clouds", seed=3) == {"FINISHED"}
    check(11, 10)
    compat = part("operators.blender.compat")
    assert (compat.left(active()), compat.length(active())) == (11, 10)
    assert compat.fcurve_of(compat.fcurves(scene), active(), "latent_coverage")
    assert not part("operators.blender.jobs.make").needs_making(scene, active())


def test_a_transition_of_a_chosen_length(scene: Any) -> None:
    select(color("a", RED, 1, 1, 30), color("b", BLUE, 2, 11, 30))
    assert transition(length=6, growth="direction") == {"FINISHED"}
    check(11, 6)


def test_strips_that_meet_overlap_by_their_hidden_frames(scene: Any) -> None:
    a, b = color("a", RED, 1, 1, 10, frames=20), color("b", BLUE, 1, 31, 10, frames=10)
    compat = part("operators.blender.compat")
    compat.set_left(named("b"), 36)
    compat.set_right(named("b"), 41)
    setattr(named("b"), "content_start" if hasattr(b, "content_start") else "frame_start", 6)
    assert (compat.right(named("a")), compat.left(named("b"))) == (11, 11)
    select(named("a"), named("b"))
    assert transition(length=6) == {"FINISHED"}
    check(8, 6)
    assert named("b").channel > named("a").channel
    assert a


def test_missing_frames_are_told_or_held(scene: Any) -> None:
    select(color("a", RED, 1, 1, 10, frames=10), color("b", BLUE, 1, 11, 10, frames=10))
    with pytest.raises(RuntimeError, match=r"a has 0 after its end but needs 4, b has 0 before.*Hold"):
        transition(length=8)
    compat = part("operators.blender.compat")
    assert (compat.right(named("a")), compat.left(named("b"))) == (11, 11)
    assert transition(length=8, hold=True) == {"FINISHED"}
    check(7, 8)


def test_one_strip_leads_across_the_gap_to_the_next(scene: Any) -> None:
    for name, rgb, channel, start in (("a", RED, 2, 1), ("far", RED, 1, 60), ("b", BLUE, 2, 15)):
        color(name, rgb, channel, start, 10, frames=10)
    select(named("a"))
    with pytest.raises(RuntimeError, match=r"a has 0 after its end but needs 4, b has 0 before its start but needs 4"):
        transition(side="NEXT", length=4)
    compat = part("operators.blender.compat")
    assert (compat.right(named("a")), compat.left(named("b"))) == (11, 15)
    assert transition(side="NEXT", length=4, hold=True) == {"FINISHED"}
    check(11, 4)
    assert compat.left(named("far")) == 60
    select(named("far"))
    with pytest.raises(RuntimeError, match="No strip comes after far"):
        transition(side="NEXT")


@pytest.mark.parametrize("side", ["IN", "OUT"])
def test_a_single_strip_appears_or_vanishes(scene: Any, side: str) -> None:
    color("below", RED, 1, 1, 40)
    select(color("b", BLUE, 2, 11, 20))
    assert transition(length=5, side=side, style="paper") == {"FINISHED"}
    shares = [share(frame) for frame in ((10, 11, 15, 16) if side == "IN" else (31, 30, 26, 25))]
    assert shares == [0, 0, 1, 1]
    assert 0.2 < share(13 if side == "IN" else 28) < 0.8


def test_a_burn_glows_along_its_edge_and_not_at_its_ends(scene: Any) -> None:
    select(color("a", RED, 1, 1, 20), color("b", BLUE, 2, 11, 20))
    assert transition(with_glow=True, style="paper", glow="ember") == {"FINISHED"}
    assert (share(11), share(20)) == (0, 1)
    assert rendered(15)[..., 1].max() > 0.5  # yellow light, where red and blue have no green
    assert active().blend_type == "ADD"


def test_bad_selections_are_refused_and_move_nothing(scene: Any) -> None:
    strips = [color(name, RED, n + 1, 1 + 5 * n, 20) for n, name in enumerate("abc")]
    select(*strips)
    assert not bpy.ops.latent_strips.transition_add.poll()
    select(strips[0], strips[1])
    with pytest.raises(RuntimeError, match="no style 'cheese'"):
        transition(style="cheese")
    with pytest.raises(RuntimeError, match="at least 2 frames"):
        transition(length=1)
    part("operators.blender.compat").set_right(named("b"), 15)
    select(named("a"), named("b"))
    with pytest.raises(RuntimeError, match="b ends before a does"):
        transition()
    select(named("c"))
    with pytest.raises(RuntimeError, match="c is 20 frames long, and the transition 50"):
        transition(length=50)
    assert len(part("operators.blender.compat").all_strips(scene)) == 3


def test_strips_in_a_meta_strip_are_refused(scene: Any) -> None:
    meta = part("operators.blender.compat").strips(scene).new_meta("meta", 1, 1)
    inside = meta.strips if hasattr(meta, "strips") else meta.sequences
    one = inside.new_effect(name="one", type="COLOR", channel=1, frame_start=1, **(
        {"length": 20} if bpy.app.version >= (5, 0) else {"frame_end": 21}
    ))  # fmt: skip
    select(one)
    says = "one lies inside a meta strip|Select two strips"  # before 5.0 it is not selected in the sequencer
    with pytest.raises(RuntimeError, match=says):
        transition(length=5)


@pytest.mark.one_blender
def test_the_command_line_makes_transitions_and_masks(scene: Any) -> None:
    run = part("operators.blender.cli.main").main
    color("a", RED, 1, 1, 20)
    color("b", BLUE, 2, 11, 20)
    assert run(["transition", "--select", "a", "b", "--length", "6", "--style", "ink", "--scale", "0.5"]) == 0
    check(11, 6)
    assert run(["mask", "--select", "a", "--style", "bright", "--onto", "NONE"]) == 0
    assert run(["transition", "--select", "a", "nobody"]) == 2
    assert run(["restyle", "--select", "a", "--style", "cel", "--knob-3", "0.5"]) == 0
