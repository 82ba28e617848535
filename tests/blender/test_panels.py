"""Panels, menus and preferences, drawn onto a layout that writes down what it is asked for."""

from __future__ import annotations

from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import draw, draw_menu, draw_preferences
from tests.helpers.blender.strips import active, add, add_live, files, part, tick_until


def offered(owner: Any, prefix: str = "") -> set[str]:
    """The parameters that make a difference with the first generator, as it is set."""
    card = part("operators.blender.properties").generator_card("texture", "")
    kind = part("models.kinds").kind("texture")
    shown = {each.name: each for each in kind.parameters if kind.shown(each, card)}
    return {name for name, each in shown.items() if not each.needs or getattr(owner, prefix + each.needs[0]) != "same"}


def texture_parameters() -> set[str]:
    return {parameter.name for parameter in part("models.kinds").kind("texture").parameters}


def test_an_empty_file_says_what_to_do(scene: Any) -> None:
    drawn = draw()
    assert "latent_strips.texture_add" in drawn
    assert any(line.startswith("Select a generated strip") for line in drawn)
    style = {"style"}  # is chosen by its picture
    assert {name for name in texture_parameters() if name in drawn} == offered(scene.latent_strips.texture) - style
    assert "latent_strips.gallery" in drawn
    assert "latent_strips.regenerate" not in drawn  # nor anything else that can't be used


def test_a_strip_shows_its_settings_and_state(scene: Any) -> None:
    strip = add()
    drawn = draw()
    assert "Up to Date" in drawn
    assert {name for name in texture_parameters() if f"latent_{name}" in drawn} == offered(strip, "latent_")
    active().latent_seed = 3
    part("operators.blender.timeline.state").forget()  # on a busy machine the panel looks less often
    assert "Settings have changed" in draw()


def test_a_strip_has_its_settings_in_the_order_in_which_it_was_made(scene: Any) -> None:
    add()
    names, panels = texture_parameters() - {"style"} | {"seed", "generator"}, part("panels")
    halves = [
        [name.removeprefix("latent_") for name in draw(each) if name.removeprefix("latent_") in names]
        for each in (panels.active.CLASSES, panels.create.CLASSES)
    ]
    assert len(halves[0]) > 10
    assert halves[0] == [name for name in halves[1] if name in halves[0]]


def test_the_switch_shows_one_kind_and_the_buttons_that_can_be_pressed(scene: Any) -> None:
    settings = scene.latent_strips
    adds = {f"latent_strips.{kind}_add" for kind in ("texture", "matte", "sound", "music", "mask", "restyle")}
    for making, shown in (("sound", "sound"), ("music", "music"), ("matte", "matte"), ("texture", "texture")):
        settings.making = making
        assert adds & set(draw()) == {f"latent_strips.{shown}_add"}
    for making in ("footage_mask", "restyle", "transition", "text_effect"):
        settings.making = making
        drawn = draw()
        assert not adds & set(drawn)
        assert any(line.startswith("Select") and not line.startswith("Select a generated") for line in drawn), making
    add(channel=1)
    settings.making = "restyle"
    assert "latent_strips.restyle_add" in draw()


def test_what_the_other_settings_switch_off_is_not_shown(scene: Any) -> None:
    settings = scene.latent_strips
    settings.making = "matte"
    assert not {"mix", "angle", "glow"} & set(draw())
    settings.matte.style_b, settings.matte.growth, settings.matte.shown = "frost", "direction", "glow"
    assert {"mix", "angle", "glow"} <= set(draw())
    settings.making = "transition"  # which decides these itself
    assert not {"coverage", "speed", "invert", "shown", "width", "length_from"} & set(draw())


def test_the_panels_keep_their_height_when_the_first_strip_is_made(scene: Any) -> None:
    # Or another button would be under the mouse. A header of settings is a row, too.
    def rows() -> int:
        panels = part("panels").active.CLASSES[:2]
        return len(draw(panels[:1])) + (panels[1].poll(bpy.context) is True)

    before = rows()
    add()
    side_by_side = 4  # regenerate has others beside it, and the style the gallery
    assert rows() - side_by_side == before


def test_jobs_show_progress_and_errors(scene: Any) -> None:
    job = add_live(length=400)
    tick_until(lambda: job.done >= 3)
    assert any("of 400 frames" in text for text in draw())
    scene.sequence_editor.active_strip = None
    drawn = draw()
    assert "Slate" in drawn
    assert any("of 400 frames" in text for text in drawn)
    job._began -= 1000  # as if it were slow
    assert any("min left" in text for text in draw())
    part("operators.blender.jobs.live").queue._clients["main"]._child.kill()
    tick_until(lambda: not job.unfinished)
    assert any("ended" in text for text in draw())
    bpy.ops.latent_strips.cancel(job=job.id)
    assert not any("ended" in text for text in draw())
    scene.sequence_editor.active_strip = None
    idle = draw()
    job = add_live(length=2, seed=5, start=500)
    scene.sequence_editor.active_strip = None
    assert draw() != idle
    tick_until(lambda: job.state == "done")
    assert draw() == idle  # what is done takes no room


def test_jobs_push_no_button_away(scene: Any) -> None:
    others = [each for each in part("panels")._CLASSES if not each.__name__.startswith("LATENT_STRIPS_PT_strip")]

    def above() -> list[str]:
        drawn = draw([each for each in others if issubclass(each, bpy.types.Panel)])
        return drawn[: drawn.index("latent_strips.texture_add")]

    before = above()
    for seed in (1, 2, 3):
        add_live(length=400, seed=seed)
    assert "Cancel All" in draw()
    assert above() == before


def test_drawing_reads_no_frames(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    files(add())[0].unlink()
    strips = part("operators.blender.timeline.strips")
    monkeypatch.setattr(strips, "absent", lambda _strip: pytest.fail("a panel listed a folder"))
    draw()


def test_drawing_looks_at_no_other_strip(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    strip = add(channel=1)
    strip.select = True
    compat = part("operators.blender.compat")
    asked: list[str] = []
    real = compat.all_strips
    monkeypatch.setattr(compat, "all_strips", lambda scene: asked.append("strips") or real(scene))
    for making in part("operators.blender.making").ENTRIES:
        scene.latent_strips.making = making
        draw()
    assert not asked


def test_a_linked_scene_says_so(scene: Any, tmp_path: Any) -> None:
    path = tmp_path / "other.blend"
    bpy.data.libraries.write(str(path), {scene})
    with bpy.data.libraries.load(str(path), link=True) as (there, here):
        here.scenes = there.scenes
    linked = here.scenes[0]
    compat = part("operators.blender.compat")
    with bpy.context.temp_override(scene=linked):
        assert compat.sequencer_scene(bpy.context) == linked
        drawn = draw()
    assert any(line.startswith("This scene is linked") for line in drawn)
    assert not any(text.endswith("_add") for text in drawn)


def test_every_verb_is_in_a_menu_where_a_search_finds_it(scene: Any) -> None:
    found = {*draw_menu("LATENT_STRIPS_MT_add"), *draw_menu("LATENT_STRIPS_MT_strip")}
    missing = {f"latent_strips.{name}" for name in dir(bpy.ops.latent_strips)} - found
    elsewhere = {
        "audition", "audition_stop", "best_seed", "doctor_fix", "generator_edit", "generator_export_card",
        "generator_play", "generator_release", "generator_remove", "accents", "stems", "midi_export", "image_add",
        "clip_add", "gallery_pick", "gallery_favorite", "seeds", "seed_choose", "preset_apply", "preset_remove",
        "preset_rename", "preset_reset", "preset_save",
    }  # fmt: skip
    assert missing == {f"latent_strips.{name}" for name in elsewhere}


def test_the_add_menu_has_every_style(scene: Any) -> None:
    styles = {style.name for card in part("api").generators("texture") for style in card.styles}
    drawn = draw_menu("LATENT_STRIPS_MT_add_texture")
    assert drawn.count("latent_strips.texture_add") == len(styles) > 30


def test_the_preferences_hold_the_generators(scene: Any) -> None:
    drawn = draw_preferences()
    assert {"latent_strips.doctor", "latent_strips.generator_import", "latent_strips_generator"} <= set(drawn)
    assert part("panels.generators").draw in part("operators.blender.preferences").DRAWN
