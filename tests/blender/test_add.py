"""Making strips from a script: what comes out, and what is refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import add, files, frames_folders, part


def test_a_script_gets_a_strip_with_all_its_frames(scene: Any) -> None:
    scene.frame_current = 7
    strip = add(style="lava", length=4)
    assert strip.name == "Lava"
    assert len(files(strip)) == 4
    assert all(path.is_file() for path in files(strip))
    compat = part("operators.blender.compat")
    assert (compat.left(strip), compat.length(strip), strip.channel) == (7, 4, 1)
    assert strip.select
    assert strip.colorspace_settings.name == "sRGB"


def test_frames_lie_beside_the_file_and_paths_are_relative(scene: Any, tmp_path: Path) -> None:
    strip = add()
    assert strip.directory.startswith("//latent_strips/film/slate-0-")
    assert files(strip)[0].parent.parent == tmp_path / "latent_strips" / "film"


def test_an_unsaved_file_uses_the_users_folder(scene: Any) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.context.scene.render.resolution_x = bpy.context.scene.render.resolution_y = 32
    strip = add(length=1, seed=77)
    assert files(strip)[0].is_file()
    assert part("operators.blender.preferences").user_folder("frames") in files(strip)[0].parents


def test_the_preferred_folder_comes_first(scene: Any, tmp_path: Path, preferences: Any) -> None:
    preferences.folder = str(tmp_path / "elsewhere")
    assert files(add(length=1))[0].parent.parent == tmp_path / "elsewhere"


def test_the_strip_carries_its_settings_and_its_recipe(scene: Any) -> None:
    strip = add(style="rust", style_b="ice", mix=0.25, seed=3, width=48, height=32, loop=False, alpha="luminance")
    assert (strip.latent_style, strip.latent_style_b, strip.latent_seed) == ("rust", "ice", 3)
    assert (strip.latent_width, strip.latent_height, strip.latent_loop) == (48, 32, False)
    assert strip.latent_mix == 0.25
    recipe = part("models.recipe").Recipe.from_json(strip["latent_recipe"])
    assert (recipe.width, recipe.settings["style_b"], recipe.tracks["mix"]) == (48, "ice", (0.25,))


def test_a_second_strip_goes_above_the_first(scene: Any) -> None:
    assert [add().channel, add(seed=1).channel, add(frame_start=100).channel, add(channel=9).channel] == [1, 2, 1, 9]


def test_light_is_added_to_what_is_below_and_stands_alone_over_nothing(scene: Any) -> None:
    assert [add(style="fire", length=1).blend_type for _ in range(2)] == ["ALPHA_OVER", "SCREEN"]
    assert add(style="rust", length=1).blend_type == "ALPHA_OVER"


@pytest.mark.one_blender
@pytest.mark.parametrize("size", [(1, 1), (63, 47), (1, 200)])
def test_any_size(scene: Any, size: tuple[int, int]) -> None:
    strip = add(length=1, width=size[0], height=size[1])
    image = bpy.data.images.load(str(files(strip)[0]))
    assert tuple(image.size) == size


@pytest.mark.one_blender
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"generator": "nobody"}, "no generator 'nobody'. Installed: .*latent_materials"),
        ({"style": "cheese"}, r"no style 'cheese'. Did you mean 'chequers' \(Latent structures\)"),
        ({"style_b": "cheese"}, "no style 'cheese'"),
        ({"seed": -1}, "Seed -1 is not"),
        ({"length": 0}, "Length 0 is not"),
        ({"length": 1_000_000}, "Length 1000000 is not"),
        ({"width": -5}, "Width -5 is not"),
        ({"width": 20_000}, "Width 20000 is not"),
        ({"width": 16_384, "height": 16_384}, "too large for one frame"),
        ({"mix": 7.0}, "Mix: 7 is outside 0 to 1"),
        ({"channel": 500}, "Channel 500 is not"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(scene: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        bpy.ops.latent_strips.texture_add(**{"length": 2, **settings})
    assert scene.sequence_editor is None or not part("operators.blender.compat").all_strips(scene)
    assert frames_folders() == []


@pytest.mark.one_blender
def test_a_folder_that_cant_be_written(scene: Any, tmp_path: Path, preferences: Any) -> None:
    (tmp_path / "file").write_text("a file, no folder")
    preferences.folder = str(tmp_path / "file" / "frames")
    with pytest.raises(RuntimeError, match=r"Choose another .*folder"):
        bpy.ops.latent_strips.texture_add(length=2)


def test_a_strip_on_the_topmost_channel_leaves_the_others_free(scene: Any) -> None:
    add(channel=128)
    assert add().channel < 128


def test_missing_frames_can_be_drawn(scene: Any) -> None:
    # Elements that `elements.append` makes have sizes of random memory, in which Blender draws missing files.
    assert {(element.orig_width, element.orig_height) for element in add(length=60).elements} == {(0, 0)}


def test_frames_are_put_on_the_timeline_in_time_that_grows_as_they_do(scene: Any, tmp_path: Path) -> None:
    """One by one, it would grow as their square."""
    strip, set_files = add(), part("operators.blender.compat").set_files

    def seconds(count: int) -> float:
        names = [f"{n:05d}.png" for n in range(count)]
        begin = time.process_time()
        set_files(scene, strip, str(tmp_path), names)
        assert len(strip.elements) == count
        return time.process_time() - begin

    few, many = (min(seconds(count) for _ in range(3)) for count in (2000, 8000))
    assert many < 8 * few


def test_a_frames_folder_whose_path_blender_cant_hold_is_refused(scene: Any, tmp_path: Path, preferences: Any) -> None:
    deep = tmp_path
    while len(str(deep)) < 780:
        deep = deep / ("d" * 40)
    preferences.folder = str(deep)
    with pytest.raises(RuntimeError, match="Choose a frames folder with a shorter path"):
        add()
    assert not (tmp_path / ("d" * 40)).exists()
