"""A strip that was changed is made anew, as little of it as will do."""

from __future__ import annotations

from typing import Any

import bpy
import pytest

from tests.helpers.blender import editing
from tests.helpers.blender.panels import draw
from tests.helpers.blender.strips import active, add, digests, files, part, run


def is_stale(scene: Any) -> bool:
    return bool(part("operators.blender.timeline.state").is_stale(scene, active()))


def set_handles(strip: Any, left: int, right: int) -> None:
    """Drag the strip's handles to these frames."""
    new = hasattr(strip, "left_handle")
    setattr(strip, "left_handle" if new else "frame_final_start", left)
    setattr(strip, "right_handle" if new else "frame_final_end", right)


def test_a_changed_setting_makes_the_strip_stale_until_it_is_regenerated(scene: Any) -> None:
    before = digests(add())
    assert not is_stale(scene)
    active().latent_seed = 5
    assert is_stale(scene)
    bpy.ops.latent_strips.regenerate()
    assert not is_stale(scene)
    assert all(digests(active()))
    assert digests(active()) != before


def test_going_back_finds_the_old_frames(scene: Any) -> None:
    before = [path.stat().st_mtime_ns for path in files(add())]
    for seed in (5, 0):
        active().latent_seed = seed
        bpy.ops.latent_strips.regenerate()
    assert [path.stat().st_mtime_ns for path in files(active())] == before


def test_a_keyframe_changes_only_the_frames_it_touches(scene: Any) -> None:
    strip = add(length=6, style_b="ice", frame_start=11)
    before = digests(strip)
    for frame, value in ((11, 0.0), (14, 0.0), (16, 1.0)):
        strip.latent_mix = value
        assert strip.keyframe_insert("latent_mix", frame=frame)
    assert is_stale(scene)
    bpy.ops.latent_strips.regenerate()
    after = digests(active())
    assert after[:4] == before[:4]
    assert after[4] != before[4]
    assert after[5] != before[5]
    assert not is_stale(scene)
    # The four that are the same were not made again: they are links to the old ones.
    assert [path.stat().st_nlink for path in files(active())] == [2, 2, 2, 2, 1, 1]


def test_keyframes_follow_a_strip_that_moves_or_gets_another_name(scene: Any) -> None:
    strip = add(length=4, frame_start=1)
    for frame, value in ((1, 0.5), (4, 1.5)):
        strip.latent_intensity = value
        strip.keyframe_insert("latent_intensity", frame=frame)
    strip.name = 'A "quoted" name'
    bpy.ops.latent_strips.regenerate()
    recipe = part("models.recipe").Recipe.from_json(active()["latent_recipe"])
    assert recipe.tracks["intensity"][0] == 0.5
    assert len(set(recipe.tracks["intensity"])) == 4


def test_curves_beyond_the_limits_are_kept_within(scene: Any) -> None:
    strip = add(style_b="ice")
    for frame, value in ((1, 0.0), (2, 1.0)):
        strip.latent_mix = value
        strip.keyframe_insert("latent_mix", frame=frame)
    curve = next(iter(part("operators.blender.compat").fcurves(scene).values()))
    curve.extrapolation = "LINEAR"
    for point in curve.keyframe_points:
        point.interpolation = "LINEAR"
    bpy.ops.latent_strips.regenerate()
    recipe = part("models.recipe").Recipe.from_json(active()["latent_recipe"])
    assert recipe.tracks["mix"] == (0.0, 1.0, 1.0, 1.0)


def test_a_longer_strip_gets_more_frames_where_it_stands(scene: Any) -> None:
    compat = part("operators.blender.compat")
    strip = add(length=4, frame_start=10)
    set_handles(strip, 10, 18)
    assert compat.length(strip) == 8
    assert not is_stale(scene)  # holding the last picture is a choice, not a fault
    bpy.ops.latent_strips.regenerate()
    strip = active()
    assert (len(strip.elements), compat.left(strip), compat.length(strip)) == (8, 10, 8)
    assert all(digests(strip))


def test_a_strip_cut_at_its_head_goes_on_where_it_was(scene: Any) -> None:
    compat = part("operators.blender.compat")
    strip = add(length=6, frame_start=10)
    set_handles(strip, 13, 16)
    before = digests(strip)
    bpy.ops.latent_strips.regenerate()
    strip = active()
    assert (compat.left(strip), compat.length(strip), compat.content_start(strip)) == (13, 3, 10)
    assert digests(strip) == before


def test_without_fit_a_cut_strip_keeps_its_frames_and_handles(scene: Any) -> None:
    compat = part("operators.blender.compat")
    strip = add(length=6, frame_start=10)
    set_handles(strip, 12, 15)
    strip.latent_seed = 9
    bpy.ops.latent_strips.regenerate(fit=False)
    strip = active()
    assert (len(strip.elements), compat.left(strip), compat.length(strip)) == (6, 12, 3)
    assert compat.content_start(strip) == 10


def test_a_copy_becomes_a_strip_of_its_own(scene: Any) -> None:
    strip = add()
    strips = part("operators.blender.timeline.strips")
    copy = strip.split(frame=3, split_method="SOFT")
    assert copy["latent_id"] == strip["latent_id"]
    name, original = copy.name, strip["latent_id"]
    copy.latent_seed = 4
    scene.sequence_editor.active_strip = copy
    bpy.ops.latent_strips.regenerate()
    copy = next(other for other in strips.latent(scene) if other.name == name)
    assert copy["latent_id"] != original
    assert len({strip.directory for strip in strips.latent(scene)}) == 2


def test_scopes(scene: Any) -> None:
    for seed in range(3):
        add(seed=seed, length=1)
    strips = part("operators.blender.timeline.strips")
    for strip in strips.latent(scene):
        strip.latent_style = "rust"
        strip.select = strip.latent_seed < 2

    def stale() -> int:
        return sum(part("operators.blender.timeline.state").is_stale(scene, strip) for strip in strips.latent(scene))

    left = []
    for scope in ("ACTIVE", "SELECTED", "ALL"):
        bpy.ops.latent_strips.regenerate(scope=scope)
        left.append(stale())
    assert left == [2, 0, 0]


def test_a_strip_of_another_kind_is_no_concern(scene: Any) -> None:
    add()
    compat = part("operators.blender.compat")
    plain = compat.strips(scene).new_image("Plain", "/nowhere.png", 5, 1)
    scene.sequence_editor.active_strip = plain
    with pytest.raises(RuntimeError, match=r"Select .*Latent Strips made"):
        bpy.ops.latent_strips.regenerate()


def test_without_any_strip_the_tooltip_says_what_to_do(scene: Any) -> None:
    assert not bpy.ops.latent_strips.regenerate.poll()
    with pytest.raises(RuntimeError, match="Add one first"):
        bpy.ops.latent_strips.regenerate()


@pytest.mark.one_blender
def test_a_recipe_that_was_tampered_with_is_refused(scene: Any) -> None:
    strip = add()
    strip["latent_recipe"] = strip["latent_recipe"].replace('"texture"', '"../../etc"')
    with pytest.raises(RuntimeError, match="not a valid name"):
        bpy.ops.latent_strips.regenerate()


@pytest.mark.one_blender
def test_frames_are_never_written_where_a_strange_file_points(scene: Any, tmp_path: Any) -> None:
    strip = add()
    outside = tmp_path / "outside" / strip.directory.rstrip("/").split("/")[-1]
    strip.directory = f"{outside}/"
    bpy.ops.latent_strips.regenerate()
    assert not outside.exists()
    assert all(digests(active()))


@pytest.mark.one_blender
def test_a_generator_that_is_gone_leaves_the_strip_as_it_is(scene: Any) -> None:
    import json

    strip = add()
    recipe = json.loads(strip["latent_recipe"]) | {"digest": "0" * 64}
    strip["latent_recipe"] = json.dumps(recipe)
    assert not is_stale(scene)  # a render leaves it alone
    bpy.ops.latent_strips.regenerate()  # but who asks for it gets the generator of that name
    assert json.loads(active()["latent_recipe"])["digest"] != "0" * 64


@pytest.mark.parametrize("how", ["operator", "command", "api"])
def test_a_trimmed_loop_closes_again_where_its_handles_are(scene: Any, how: str) -> None:
    compat, content = part("operators.blender.compat"), part("operators.blender.timeline.content")
    strip = add(generator="latent_materials", length=12, frame_start=11, loop=True, style_b="rust")
    for frame, value in ((11, 0.0), (22, 1.0)):
        strip.latent_mix = value
        strip.keyframe_insert("latent_mix", frame=frame)
    bpy.ops.latent_strips.regenerate()
    keys = [tuple(point.co) for curve in compat.all_fcurves(scene) for point in curve.keyframe_points]
    assert content.is_fitted(active())
    set_handles(active(), 14, 20)
    assert "latent_strips.fit_to_handles" in draw()
    before, lie = digests(active()), (14, 6, active().channel)
    bpy.ops.latent_strips.regenerate()
    assert digests(active()) == before
    if how == "operator":
        assert bpy.ops.latent_strips.fit_to_handles() == {"FINISHED"}
    elif how == "command":
        assert run(["fit-to-handles", "--save"]) == 0
    else:
        assert part("api").Strip.of(active()).fit_to_handles() == 6
    strip = active()
    assert (compat.left(strip), compat.length(strip), strip.channel) == lie
    assert (compat.content_start(strip), len(strip.elements)) == (14, 6)
    assert [tuple(p.co) for curve in compat.all_fcurves(scene) for p in curve.keyframe_points] == keys
    assert not is_stale(scene)
    strip.keyframe_delete("latent_mix", frame=11)
    strip.keyframe_delete("latent_mix", frame=22)
    strip.latent_mix = 0.0
    bpy.ops.latent_strips.regenerate()
    fresh = digests(active())
    fitted = add(generator="latent_materials", length=6, frame_start=14, loop=True, style_b="rust", channel=9)
    assert digests(fitted) == fresh
    assert "latent_strips.fit_to_handles" not in draw()


def test_what_was_retimed_is_not_fitted(scene: Any) -> None:
    add(length=12)
    editing.retime(scene)
    scene.sequence_editor.active_strip = part("operators.blender.timeline.strips").latent(scene)[0]
    with pytest.raises(RuntimeError, match="was retimed"):
        bpy.ops.latent_strips.fit_to_handles()
