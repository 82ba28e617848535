"""Blender's proxies of strips: none shows what a strip doesn't show any more, and they go with their frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import active, add, files, move, part


def build(strip: Any) -> list[Path]:
    """Let Blender build the proxies of a strip, and return where each is."""
    for other in part("operators.blender.compat").strips(bpy.context.scene):
        other.select = other == strip
    strip.use_proxy = True
    strip.proxy.build_25, strip.proxy.build_50 = True, True
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    with bpy.context.temp_override(window=window, area=area):
        assert bpy.ops.sequencer.rebuild_proxy() == {"FINISHED"}
    return sorted(Path(bpy.data.filepath).parent.rglob("*_proxy.jpg"))


def test_proxies_go_with_the_frames_that_they_belong_to(scene: Any) -> None:
    strip = add(seed=1)
    old = files(strip)[0].parent
    assert len(build(strip)) == 8
    strip.latent_seed = 2
    bpy.ops.latent_strips.regenerate()
    kept = build(active())
    assert len(kept) == 16
    kept = [path for path in kept if old not in path.parents]
    bpy.ops.latent_strips.cache_clean()
    assert not old.exists()
    assert sorted(Path(bpy.data.filepath).parent.rglob("*_proxy.jpg")) == kept

    note = files(active())[0].parent / "BL_proxy" / "images" / "notes.txt"
    note.write_text("not ours")
    part("operators.blender.compat").strips(scene).remove(active())
    bpy.ops.latent_strips.cache_clean()
    assert [path.name for path in note.parents[2].rglob("*") if path.is_file()] == ["notes.txt"]


def test_a_frame_that_is_made_again_has_no_proxy_of_the_damaged_one(scene: Any) -> None:
    strip = add()
    built = build(strip)
    files(strip)[1].write_bytes(b"damaged")
    bpy.ops.latent_strips.regenerate()
    assert [path.name for path in built if not path.exists()] == ["0002.png_proxy.jpg"] * 2


@pytest.mark.parametrize("where", ["PROJECT", "custom"])
def test_a_regenerated_strip_shows_no_proxy_of_the_old_one_wherever_they_are(where: str, scene: Any) -> None:
    strip = add(seed=1)
    strip.use_proxy = True
    if where == "PROJECT":
        scene.sequence_editor.proxy_storage = where
    else:
        strip.proxy.use_proxy_custom_directory, strip.proxy.directory = True, "//my proxies"
    built = build(strip)
    assert len(built) == 8
    other = built[0].with_name("other.png_proxy.jpg")
    other.touch()
    move(active(), 1, 3)  # cut ends hide proxies, too
    active().latent_seed = 2
    bpy.ops.latent_strips.regenerate()
    assert [path for path in built if path.exists()] == []
    assert other.exists()
