"""Files from others inside Blender: properties that make no sense, names that act, which generator is meant."""

from __future__ import annotations

import os
from itertools import cycle
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import draw
from tests.helpers.blender.strips import active, part
from tests.helpers.tiny_network import network

KEYS = [
    "latent_id", "latent_recipe", "latent_footage_id", "latent_footage", "latent_footage_made", "latent_text_id",
    "latent_source", "latent_cue", "latent_cue_header", "latent_place", "latent_warning",
]  # fmt: skip
ODD = [5, float("nan"), [1, 2, 3], [0.5] * 8, {"a": 1}, "", "[[[[", '{"version": 1}', "\u202e\x1b"]


def try_everything() -> None:
    """What a person may do with the strip. A report is what may come of it, and no traceback."""
    draw()
    for operator in (bpy.ops.latent_strips.verify, bpy.ops.latent_strips.regenerate, bpy.ops.latent_strips.cache_clean):
        told = ""
        try:
            if operator.poll():
                operator()
        except RuntimeError as error:
            told = str(error)
        assert "Traceback" not in told
    part("operators.blender.timeline.state").look_everywhere()
    part("operators.blender.jobs.live")._refresh()
    draw()


def try_with(scene: Any, key: str, value: Any) -> None:
    """Try everything while a property of the one strip holds `value`, and put it back."""
    (strip,) = part("operators.blender.compat").all_strips(scene)
    kept = strip.get(key)
    strip[key] = value
    try_everything()
    (strip,) = part("operators.blender.compat").all_strips(scene)
    if kept is None:
        strip.pop(key, None)
    else:
        strip[key] = kept


@pytest.mark.one_blender
@pytest.mark.parametrize("key", KEYS)
def test_a_property_that_makes_no_sense_is_ignored_or_a_named_error(scene: Any, key: str) -> None:
    assert bpy.ops.latent_strips.texture_add(style="marble", length=1) == {"FINISHED"}
    for value in ODD:
        try_with(scene, key, value)


def test_odd_values_of_every_type_come_back_from_blender_as_what_they_are(scene: Any) -> None:
    """How Blender stores properties has changed; what is done with them has not: a value for each key will do."""
    assert bpy.ops.latent_strips.texture_add(style="marble", length=1) == {"FINISHED"}
    for key, value in zip(KEYS, cycle(ODD)):
        try_with(scene, key, value)


@pytest.mark.one_blender
def test_a_recipe_of_a_newer_version_or_kind_is_said_in_the_panel(scene: Any) -> None:
    assert bpy.ops.latent_strips.texture_add(style="marble", length=1) == {"FINISHED"}
    text = active()["latent_recipe"]
    for odd, says in (
        (text.replace('"version":1', '"version":2'), "update the extension"),
        (text.replace('"kind":"texture"', '"kind":"hologram"'), "not a kind of strip"),
        (text.replace('"fps":24.0', '"fps":NaN'), "not JSON"),
    ):
        assert odd != text
        active()["latent_recipe"] = odd
        assert says in " ".join(draw())


def test_each_file_dialog_opens_anew() -> None:
    """An operator keeps its settings for the session; the file of the last time is none of them."""
    paths = []
    for name in dir(bpy.ops.latent_strips):
        properties = getattr(bpy.ops.latent_strips, name).get_rna_type().properties
        for prop in properties:
            if prop.identifier == "files" or getattr(prop, "subtype", "") in ("FILE_PATH", "DIR_PATH"):
                paths.append(f"{name}.{prop.identifier}")
                assert prop.is_skip_save, paths[-1]
    assert len(paths) >= 7


@pytest.mark.one_blender
def test_the_generator_that_was_imported_last_is_meant_by_a_script_that_names_none(
    library: Path, tmp_path: Path, scene: Any
) -> None:
    for seed in (1, 2):
        (tmp_path / f"net{seed}.onnx").write_bytes(network(seed))
    made = []
    for name in ("net1", "net2", "net1"):
        assert bpy.ops.latent_strips.generator_import(filepath=str(tmp_path / f"{name}.onnx")) == {"FINISHED"}
        assert bpy.ops.latent_strips.image_add(length=1) == {"FINISHED"}
        made.append(active().latent_generator)
        assert scene.latent_strips.image.generator == made[-1]
    assert [each.rsplit("-", 1)[0] for each in made] == ["net1", "net2", "net1"]


@pytest.mark.one_blender
@pytest.mark.skipif(os.name == "nt", reason="such names can't be given there")
def test_a_file_name_acts_nowhere(library: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a\u202e\x1b[2Jb.onnx"
    path.write_bytes(network(domain="com.evil"))
    imports = part("operators.blender.library.imports")
    with pytest.raises(RuntimeError, match=r"a  \[2Jb\.onnx"):
        bpy.ops.latent_strips.generator_import(filepath=str(path))
    assert imports.failure(path.name, ValueError("no")).isprintable()
    path.write_bytes(network())
    assert bpy.ops.latent_strips.generator_import(filepath=str(path)) == {"FINISHED"}
    assert all(text.isprintable() for text in draw())
    told = capfd.readouterr()
    assert "\u202e" not in told.out + told.err
    assert "\x1b" not in told.out + told.err
