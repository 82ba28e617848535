"""What a strip is when nobody says more: where it lies, how long it is, its name and color, and the seed after it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import Layout
from tests.helpers.blender.strips import active, add, part

pytestmark = pytest.mark.one_blender


def color(scene: Any, channel: int, start: int, length: int, select: bool = False) -> Any:
    """A plain strip."""
    compat = part("operators.blender.compat")
    end = {"length": length} if bpy.app.version >= (5, 0, 0) else {"frame_end": start + length}
    strip = compat.strips(scene).new_effect(name="plain", type="COLOR", channel=channel, frame_start=start, **end)
    strip.select = select
    return strip


def automatic(scene: Any, kind: str = "texture") -> tuple[int, int]:
    found: tuple[int, int] = part("operators.blender.timeline.spans").automatic(scene, part("models.kinds").kind(kind))
    return found


def test_a_strip_covers_the_selection_else_what_is_below_else_the_scene(scene: Any) -> None:
    scene.frame_start, scene.frame_end = 1, 250
    assert automatic(scene) == (1, 250)
    scene.frame_current = 101
    assert automatic(scene) == (101, 150)
    scene.frame_current = 300  # beyond the end, as long as the scene all the same
    assert automatic(scene) == (300, 250)
    scene.frame_current = 60
    color(scene, 1, 50, 30)
    color(scene, 2, 55, 10)
    assert automatic(scene) == (55, 10)  # what is seen
    color(scene, 3, 40, 100).mute = True
    assert automatic(scene) == (55, 10)
    color(scene, 4, 58, 20, select=True)
    color(scene, 5, 70, 30, select=True)
    assert automatic(scene) == (58, 42)
    scene.frame_current = 10
    assert automatic(scene) == (10, 42)
    assert automatic(scene, "music") == (1, 250)


def test_scripts_get_the_same_seed_and_length_as_ever(scene: Any) -> None:
    settings = scene.latent_strips.texture
    strips = [bpy.ops.latent_strips.texture_add(width=16, height=16) and active() for _ in range(2)]
    assert {(strip.latent_seed, part("operators.blender.compat").length(strip)) for strip in strips} == {(0, 100)}
    assert settings.seed == 0


def test_the_panels_seed_is_another_one_each_time_unless_it_is_locked(scene: Any) -> None:
    properties, texture = part("operators.blender.properties"), part("models.kinds").kind("texture")
    settings = scene.latent_strips.texture
    seen = []
    for _ in range(8):
        properties.renew_seed(scene, texture)
        seen.append(settings.seed)
    assert len(set(seen)) == 8
    assert min(seen) > 0
    settings.seed_locked = True
    properties.renew_seed(scene, texture)
    assert settings.seed == seen[-1]


def test_a_strip_goes_by_its_style_until_it_is_renamed(scene: Any) -> None:
    made = {"generator": "latent_materials", "style": "marble"}
    strip, again = add(**made), add(**made, seed=2)
    assert [strip.name, again.name] == ["Marble", "Marble.001"]
    scene.sequence_editor.active_strip = again
    again.latent_style = "rust"
    bpy.ops.latent_strips.regenerate()
    assert active().name == "Rust"
    active().name = "Floor"
    active().latent_style = "oak"
    bpy.ops.latent_strips.regenerate()
    assert active().name == "Floor"


def test_keyframes_stay_with_a_strip_that_is_renamed(scene: Any) -> None:
    strip = add(style="marble")
    strip.latent_scale = 2.0
    strip.keyframe_insert("latent_scale", frame=1)
    strip.latent_style = "rust"
    bpy.ops.latent_strips.regenerate()
    compat = part("operators.blender.compat")
    assert active().name == "Rust"
    assert compat.fcurve_of(compat.fcurves(scene), active(), "latent_scale") is not None


def test_colors_tell_kinds_apart(scene: Any) -> None:
    texture = add(channel=1)
    scene.sequence_editor.active_strip = texture
    bpy.ops.latent_strips.restyle_add(style="ink")
    tags = {strip.color_tag for strip in part("operators.blender.compat").all_strips(scene)}
    assert len(tags) == 2
    assert "NONE" not in tags


def test_new_strips_take_the_lowest_channel_above_what_is_seen(scene: Any) -> None:
    color(scene, 1, 1, 50)
    color(scene, 7, 1, 50).mute = True
    assert add(frame_start=1).channel == 2
    scene.sequence_editor.channels[3].lock = scene.sequence_editor.channels[4].mute = True
    assert add(frame_start=1, seed=1).channel == 5


def test_a_matte_lies_directly_below_what_it_serves(scene: Any) -> None:
    compat = part("operators.blender.compat")
    for below, logo in ((0, 0), (1, 0), (1, 1)):
        for strip in list(compat.all_strips(scene)):
            compat.strips(scene).remove(strip)
        served = color(scene, 2, 1, 20)
        if below:
            color(scene, 1, 1, 20).name = "below"
        if logo:
            color(scene, 3, 1, 20).name = "logo"
        scene.sequence_editor.active_strip, served.select = served, True
        bpy.ops.latent_strips.matte_add(onto="ACTIVE", width=32, height=32, scale=8.0)
        matte = active()
        served = compat.named(scene, "plain")
        assert [served.select, matte.select] == [True, False]  # the same button does the same again
        if logo:  # nothing can move: the matte is elsewhere, and all is seen as before
            assert (served.channel, compat.named(scene, "logo").channel) == (2, 3)
        else:
            assert matte.channel == served.channel - 1
            assert not below or compat.named(scene, "below").channel == 1


@pytest.mark.parametrize("name", ["texture_add", "transition_add", "text_style", "mask_add", "sound_add", "music_add"])
def test_dialogs_show_menus_with_labels(scene: Any, name: str) -> None:
    operator = getattr(bpy.types, f"LATENT_STRIPS_OT_{name}")
    drawn: list[str] = []
    card = part("operators.blender.properties").generator_card("texture", "")
    owner = SimpleNamespace(
        layout=Layout(drawn), bl_rna=getattr(bpy.ops.latent_strips, name).get_rna_type(), generator=card.id
    )
    for attribute in ("kind", "encoding", "offset", "channel"):
        if hasattr(operator, attribute):
            setattr(owner, attribute, getattr(operator, attribute))
    operator.draw(owner, bpy.context)
    assert len(drawn) > 5
    assert not {"generator", "style", "style_b", "layout"} & set(drawn)


def test_a_menu_of_a_dialog_sets_what_scripts_set(scene: Any) -> None:
    given = bpy.context.window_manager.operator_properties_last("latent_strips.texture_add")
    given.style_menu = "marble"
    assert (given.style, given.style_menu) == ("marble", "marble")
    given.style_b_menu = "rust"
    given.style_b_menu = "same"
    assert (given.style_b, given.style_b_menu) == ("", "same")
    given.generator_menu = "instant_space"
    assert (given.generator, given.generator_menu) == ("instant_space", "instant_space")
    assert (given.style, given.style_menu) == ("", "nebula")  # of a generator that lacks the other


def test_subtitle_files_are_dropped_on_the_sequencer_alone(scene: Any) -> None:
    handler = part("operators.subtitles_import").LATENT_STRIPS_FH_subtitles
    assert ".srt" in handler.bl_file_extensions.split(";")
    assert "*" not in handler.bl_file_extensions
    for kind, taken in (("SEQUENCE_EDITOR", True), ("VIEW_3D", False)):
        assert handler.poll_drop(SimpleNamespace(area=SimpleNamespace(type=kind))) == taken


def test_menus_of_a_dialog_are_for_settings_that_it_has(scene: Any) -> None:
    for name in ("transition_add", "text_style", "matte_add"):
        given = bpy.context.window_manager.operator_properties_last(f"latent_strips.{name}").bl_rna.properties
        menus = {each.removesuffix("_menu") for each in given.keys() if each.endswith("_menu")}  # noqa: SIM118
        assert {"generator", "style"} <= menus <= set(given.keys()), name


def test_seeds_of_no_kind_are_an_error_that_says_so(scene: Any) -> None:
    for operator in (bpy.ops.latent_strips.seeds, bpy.ops.latent_strips.seed_choose):
        with pytest.raises(RuntimeError, match="'no' is not a kind of strip"):
            operator(kind="no")
