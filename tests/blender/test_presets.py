"""Presets in Blender: menus, saving, files of others, and the same through the api and the operators."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import Layout, draw
from tests.helpers.blender.strips import active, add, part


@pytest.fixture(autouse=True)
def folder(scene: Any) -> Iterator[Path]:
    """Blender's folder of presets, without ours before and after."""
    found: Path = part("operators.blender.presets.folder").folder()
    shutil.rmtree(found / "latent_strips", ignore_errors=True)
    yield found
    shutil.rmtree(found / "latent_strips", ignore_errors=True)


def apply(name: str, kind: str = "texture", target: str = "NEXT") -> None:
    bpy.ops.latent_strips.preset_apply(kind=kind, target=target, preset=name)


def save(name: str, target: str = "NEXT") -> None:
    assert bpy.ops.latent_strips.preset_save(kind="texture", target=target, preset=name) == {"FINISHED"}


def everything(owner: Any) -> dict[str, Any]:
    kind = part("models.kinds").kind("texture")
    return part("operators.blender.properties").values_of(owner, kind)


def test_every_preset_that_ships_is_applied(scene: Any) -> None:
    store = part("models.presets.store")
    for one in store.shipped():
        settings = getattr(scene.latent_strips, one.kind)
        settings.seed = 5
        apply(one.name, one.kind)
        assert settings.generator == one.generator
        for parameter in part("models.presets.preset").saved(part("models.kinds").kind(one.kind)):
            value = one.settings.get(parameter.name, part("operators.blender.properties").for_next(parameter).default)
            if parameter.type != "style" or value:
                expected = pytest.approx(value) if isinstance(value, float) else value
                assert getattr(settings, parameter.name) == expected, (one.name, parameter.name)
        assert settings.seed == 5  # each strip has its own


def test_a_preset_is_saved_and_comes_back_for_a_strip(scene: Any, folder: Path) -> None:
    settings = scene.latent_strips.texture
    settings.generator, settings.style, settings.scale, settings.drift_x = "latent_structures", "bricks", 0.7, 0.1
    save("Old Wall")
    assert [path.parent for path in folder.rglob("*.json")] == [folder / "latent_strips" / "texture"]
    (stored,) = json.loads(next(folder.rglob("*.json")).read_bytes())["presets"]
    assert stored["settings"] == {"style": "bricks", "scale": 0.7, "drift_x": 0.1}
    bpy.ops.latent_strips.preset_reset(kind="texture", target="NEXT")
    assert settings.scale == 1
    assert settings.generator == "latent_structures"
    add(style="slate", speed=2.0)
    apply("Old Wall", target="STRIP")
    strip = active()
    assert (strip.latent_generator, strip.latent_style, strip.latent_style_b) == ("latent_structures", "bricks", "same")
    assert strip.latent_scale == pytest.approx(0.7)
    assert strip.latent_speed == 1
    bpy.ops.latent_strips.regenerate()


def test_features_are_parts_of_the_frame_unless_a_preset_says_pixels(scene: Any, folder: Path) -> None:
    settings = scene.latent_strips.texture
    one = part("models.presets.preset").Preset("texture", "Old", "latent_materials", {"style": "rust"})
    part("models.presets.store").save(folder, one)
    apply("Old")
    assert settings.scale_by == "frame"
    settings.scale_by = "pixels"
    save("By Pixels")
    apply("Wall of Fire")
    assert settings.scale_by == "frame"
    apply("By Pixels")
    assert settings.scale_by == "pixels"


def test_menus_list_what_can_be_used_and_changed(scene: Any, folder: Path) -> None:
    assert "LATENT_STRIPS_MT_presets_texture_NEXT" in draw()
    save("Mine")
    bpy.ops.latent_strips.preset_rename(kind="texture", target="NEXT", preset="Mine", new="Still Mine")
    for name, expected in (("presets", {"Still Mine", "Wall of Fire"}), ("preset_more", {"Still Mine"})):
        layout = Layout([])
        menu = getattr(bpy.types, f"LATENT_STRIPS_MT_{name}_texture_NEXT")
        menu.draw(SimpleNamespace(layout=layout), bpy.context)
        assert expected <= set(layout.drawn)
        assert "Mine" not in layout.drawn
    bpy.ops.latent_strips.preset_remove(kind="texture", target="NEXT", preset="Still Mine")
    assert list(folder.rglob("*.json")) == []
    with pytest.raises(RuntimeError, match="ships with the extension"):
        bpy.ops.latent_strips.preset_remove(kind="texture", target="NEXT", preset="Wall of Fire")


def test_presets_are_in_the_gallery(scene: Any) -> None:
    save("Wall of Mine")
    shown = part("operators.blender.gallery.shown")
    shown.load("texture", 7, 5)
    state = bpy.context.window_manager.latent_strips_gallery
    state.category, state.search, state.page = "presets", "wall", 1
    layout = Layout([])
    part("operators.blender.gallery.grid").draw(layout, bpy.context, "texture", "NEXT")
    assert [g.preset for g in layout.given] == ["Wall of Mine", "Wall of Fire"]
    thumbnails, found = part("operators.blender.library.thumbnails"), part("operators.blender.presets.folder")
    assert all(thumbnails.can_show(found.pictures(one)[0]) for one in found.of_kind("texture"))


@pytest.mark.parametrize(
    ("generator", "style", "says"),
    [
        (
            "gone",
            "marble",
            "needs the generator 'gone', which is not installed. Photo Textures has the style 'marble'",
        ),
        ("gone", "unheard-of", "not installed. Choose another preset"),
        ("latent_materials", "marbles", "lacks. The nearest one is 'marble'"),
        ("latent_mattes", "ink", "needs the generator 'latent_mattes'"),
    ],
)
def test_what_a_preset_lacks_is_named_and_nothing_changes(
    scene: Any, folder: Path, generator: str, style: str, says: str
) -> None:
    one = part("models.presets.preset").Preset("texture", "Lost", generator, {"style": style, "scale": 3.0})
    part("models.presets.store").save(folder, one)
    before = everything(scene.latent_strips.texture)
    with pytest.raises(RuntimeError, match=says):
        apply("Lost")
    assert everything(scene.latent_strips.texture) == before


def test_a_file_of_presets_goes_from_one_user_to_another(scene: Any, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Save one first"):
        bpy.ops.latent_strips.preset_export(filepath=str(tmp_path / "all.json"))
    scene.latent_strips.texture.scale = 2
    save("One")
    save("Two")
    bpy.ops.latent_strips.preset_export(filepath=str(tmp_path / "all"))
    for name in ("One", "Two"):
        bpy.ops.latent_strips.preset_remove(kind="texture", target="NEXT", preset=name)
    bpy.ops.latent_strips.preset_import(filepath=str(tmp_path / "all.json"))
    apply("Two")
    assert scene.latent_strips.texture.scale == 2
    (tmp_path / "bad.json").write_bytes((tmp_path / "all.json").read_bytes().replace(b'"One"', b'"../../One"', 1)[:-9])
    shutil.rmtree(folder / "latent_strips")
    with pytest.raises(RuntimeError, match="not a file of presets"):
        bpy.ops.latent_strips.preset_import(filepath=str(tmp_path / "bad.json"))
    assert list(folder.rglob("*.json")) == []


def test_scripts_and_operators_take_presets(extension: ModuleType, scene: Any) -> None:
    assert "Wall of Fire" in extension.presets("texture")
    made = extension.texture(preset="Paper Under a Title", length=2)
    assert (made.generator, made.style, made.scale) == ("instant_textures", "paper", 4)
    other = extension.texture(preset="Paper Under a Title", style="marble", scale=3.0, length=2)
    assert (other.generator, other.style, other.scale) == ("photo_textures", "marble", 3)
    bpy.ops.latent_strips.texture_add(preset="Paper Under a Title", length=2)
    assert active().latent_style == "paper"
    assert (active().latent_scale, active().latent_speed) == (4, 0)
    with pytest.raises(extension.LatentStripsError, match="There is no preset 'Nothing'"):
        extension.texture(preset="Nothing")
    with pytest.raises(RuntimeError, match="There is no preset 'Nothing'"):
        bpy.ops.latent_strips.texture_add(preset="Nothing")


def test_a_transition_takes_a_preset_and_decides_the_rest_itself(extension: ModuleType, scene: Any) -> None:
    a = extension.texture(style="slate", length=6, start=1)
    b = extension.texture(style="rust", length=6, start=4)
    made = extension.transition(a, b, preset="Soft Vignette of Smoke")
    assert (made.style, made.growth) == ("smoke", "edges")
    assert made.blender.latent_softness == pytest.approx(0.7)
    assert (made.blender.latent_invert, made.blender.latent_shown) == (False, "luma")


@pytest.mark.one_blender
def test_the_command_line_lists_and_takes_presets(scene: Any, tmp_path: Path, capsys: Any) -> None:
    def run(*words: str) -> int:
        return int(part("operators.blender.cli.main").main(list(words)))

    save("Mine")
    assert run("texture", "--preset", "Paper Under a Title", "--length", "2", "--seed", "4") == 0
    assert (active().latent_style, active().latent_seed) == ("paper", 4)
    assert run("texture", "--preset", "Nothing") == 2
    assert run("preset-export", str(tmp_path / "all.json")) == 0
    assert run("preset-import", str(tmp_path / "all.json")) == 0
    assert run("preset-import", str(tmp_path / "absent.json")) == 2
    assert run("presets") == 0
    printed = capsys.readouterr().out.splitlines()
    assert {"texture: Mine (saved here)", "music: Tense Pulse"} <= set(printed)
