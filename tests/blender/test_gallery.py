"""The gallery in Blender: it draws, its tiles set generator and style, and what is liked stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import Layout, draw
from tests.helpers.blender.strips import active, add, part, tick_until
from tests.helpers.tiny_network import network


@pytest.fixture(autouse=True)
def liked(scene: Any) -> Iterator[Path]:
    """The file of what is liked, gone before and after."""
    path: Path = part("operators.blender.gallery.liked")._path()
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def state() -> Any:
    return bpy.context.window_manager.latent_strips_gallery


def popup(kind: str = "texture", target: str = "NEXT", **shown: Any) -> Layout:
    """The popup as it is drawn just after it was opened, or with something typed and chosen in it."""
    part("operators.blender.gallery.shown").load(kind, 7, 5)
    state().search, state().category, state().page = "", "all", 1
    for name, value in shown.items():
        setattr(state(), name, value)
    layout = Layout([])
    part("operators.blender.gallery.grid").draw(layout, bpy.context, kind, target)
    return layout


def can_show(tile: Any) -> bool:
    """Whether a tile has a picture. Without a window Blender itself has no icons."""
    thumbnails = part("operators.blender.library.thumbnails")
    return bool(thumbnails.can_show(tile.picture) or thumbnails.can_show(tile.otherwise))


def keys(layout: Layout) -> list[tuple[str, str]]:
    return [(g.generator, g.style) for g in layout.given if g.operator.endswith("gallery_pick")]


def pick(key: tuple[str, str], kind: str = "texture", target: str = "NEXT") -> None:
    bpy.ops.latent_strips.gallery_pick(kind=kind, target=target, generator=key[0], style=key[1])


@pytest.mark.parametrize("kind", ["texture", "matte", "text_effect", "sound", "music", "restyle", "footage_mask"])
def test_every_tile_of_a_kind_is_drawn_and_can_be_picked(scene: Any, kind: str) -> None:
    layout, there = popup(kind), part("operators.blender.gallery.shown").opened().tiles
    assert keys(layout) == [tile.key for tile in there][:35]
    assert all(map(can_show, there))
    key = keys(layout)[-1]
    pick(key, kind)
    settings = getattr(scene.latent_strips, kind)
    chosen_by = part("models.kinds").kind(kind).chosen_by
    assert settings.generator == key[0]
    assert key[1] in ("", getattr(settings, chosen_by))


def test_pages_search_and_categories_reach_every_tile(scene: Any) -> None:
    found = [key for n in (1, 2, 3) for key in keys(popup(page=n))]
    assert len(set(found)) == len(found) == 95
    assert keys(popup(page=99)) == keys(popup(page=3))
    assert {style for _, style in keys(popup(search="black marble"))} == {"black_marble"}
    assert {style for _, style in keys(popup(category="space"))} >= {"nebula", "stars"}
    for shown, says in (
        ({"search": "no such thing"}, "Nothing found"),
        ({"category": "favorites"}, "Click the star"),
        ({"category": "recent"}, "No style was chosen"),
    ):
        assert any(says in text for text in popup(**shown).drawn)
    popup(page=3)
    state().search = "marble"
    assert state().page == 1


def test_picking_changes_generator_and_style_of_the_active_strip(scene: Any) -> None:
    add(style="slate")
    pick(("latent_structures", "bricks"), target="STRIP")
    assert (active().latent_generator, active().latent_style) == ("latent_structures", "bricks")
    assert "latent_strips.gallery" in draw()
    bpy.ops.latent_strips.regenerate()
    assert active().latent_style == "bricks"


def test_picking_what_is_not_there_changes_nothing(scene: Any) -> None:
    before = scene.latent_strips.texture.generator, scene.latent_strips.texture.style
    with pytest.raises(RuntimeError, match=r"'marble' of the generator 'gone' is not installed"):
        pick(("gone", "marble"))
    with pytest.raises(RuntimeError, match="The active strip is not a generated strip"):
        pick(("latent_structures", "bricks"), target="STRIP")
    assert before == (scene.latent_strips.texture.generator, scene.latent_strips.texture.style)


def test_favorites_and_what_was_used_come_first_when_it_opens_again(scene: Any, liked: Path) -> None:
    order = keys(popup())
    bpy.ops.latent_strips.gallery_favorite(kind="texture", generator="latent_skies", style="clouds")
    assert keys(popup()) == [("latent_skies", "clouds"), *(key for key in order if key[1] != "clouds")][:35]
    pick(("latent_structures", "denim"))
    assert keys(popup())[:2] == [("latent_skies", "clouds"), ("latent_structures", "denim")]
    assert keys(popup(category="favorites")) == [("latent_skies", "clouds")]
    assert keys(popup(category="recent")) == [("latent_structures", "denim")]
    bpy.ops.latent_strips.gallery_favorite(kind="texture", generator="latent_skies", style="clouds")
    assert keys(popup(category="favorites")) == []
    assert liked.is_file()
    assert part("operators.blender.preferences").user_folder("gallery") in liked.parents


@pytest.mark.one_blender
@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe", b"[]", b"{", b'{"favorites": 3}', b'{"favorites": {"texture": [["../x", "a"], 3, ["a"], null]}}',
        b"[" * 100_000, b'{"favorites": {"no kind": [["a", "b"]]}}', b" " * 300_000,
    ],
)  # fmt: skip
def test_a_damaged_list_is_an_empty_one(scene: Any, liked: Path, text: bytes) -> None:
    liked.write_bytes(text)
    assert keys(popup(category="favorites")) == []
    pick(("latent_structures", "denim"))
    assert json.loads(liked.read_text())["recent"] == {"texture": [["latent_structures", "denim"]]}


def test_an_imported_generator_is_there_with_pictures_and_without(scene: Any, library: Path, tmp_path: Path) -> None:
    (tmp_path / "faces.onnx").write_bytes(network())
    bpy.ops.latent_strips.generator_import(filepath=str(tmp_path / "faces.onnx"))
    (key,) = keys(popup("image", category="imported"))
    (tile,) = part("operators.blender.gallery.shown").opened().tiles
    assert tile.picture.is_file()
    assert can_show(tile)
    tile.picture.write_bytes(tile.picture.read_bytes()[:-9])
    assert can_show(tile)  # the picture of the whole generator stands in
    tile.otherwise.write_bytes(b"\x89PNG")
    assert not can_show(tile)
    assert keys(popup("image")) == [key]
    pick(key, "image")
    assert scene.latent_strips.image.generator == key[0]


def test_pictures_are_read_by_this_blender(scene: Any) -> None:
    thumbnails = part("operators.blender.library.thumbnails")
    for tile in part("operators.blender.gallery.shown").load("matte").tiles:
        thumbnails.of_tile(tile)
    shown = thumbnails._previews[0]
    assert len(shown) >= 20
    assert all(tuple(preview.image_size) >= (192, 192) for preview in list(shown.values())[:5])
    assert all(max(preview.image_pixels_float[:4000]) > 0 for preview in list(shown.values())[:5])


@pytest.mark.one_blender
def test_a_picked_sound_is_made_to_be_heard(scene: Any) -> None:
    pick(("statistical_sounds", "beep"), "sound")
    live, kind = part("operators.blender.jobs.live"), part("models.kinds").kind("sound")
    part("operators.audition").play_settings(scene, kind, scene.latent_strips.sound, "")
    (job,) = live.queue.unfinished()
    tick_until(lambda: not job.unfinished)
    (path,) = part("operators.blender.jobs.make").files_of(job)
    assert (job.state, path.suffix, path.is_file()) == ("done", ".wav", True)
    assert job.recipe.settings["style"] == "beep"
    assert scene.sequence_editor is None or not scene.sequence_editor.strips
