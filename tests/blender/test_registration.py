"""What the extension adds to Blender, and that it takes all of it away again."""

from __future__ import annotations

import time
from types import ModuleType
from typing import Any

import addon_utils
import bpy
import pytest

from tests.helpers.blender.strips import MODULE, active, add, add_live, part, tick_until
from tests.helpers.processes import is_running

OPERATORS = [
    "texture_add", "image_add", "regenerate", "verify", "cancel", "use_as_material", "cache_clean", "generator_import",
    "generator_edit", "generator_remove", "generator_release", "generator_export_card", "doctor",
]  # fmt: skip


@pytest.mark.one_blender
@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_and_property_has_a_tooltip(extension: ModuleType, name: str) -> None:
    kind = getattr(bpy.ops.latent_strips, name).get_rna_type()
    assert kind.description
    for each in kind.properties:
        if each.identifier != "rna_type":
            assert each.name, each.identifier
            assert each.description, each.identifier
            assert not each.description.endswith(".")


def test_operators_that_change_the_file_can_be_undone(extension: ModuleType) -> None:
    for kind in ("LATENT_STRIPS_OT_texture_add", "LATENT_STRIPS_OT_regenerate", "LATENT_STRIPS_OT_use_as_material"):
        assert getattr(bpy.types, kind).bl_options == {"REGISTER", "UNDO"}


def test_every_parameter_is_a_flat_property_and_those_that_move_can_be_keyframed(scene: Any) -> None:
    strip = add(length=1)
    for parameter in part("models.kinds").kind("texture").parameters:
        name = f"latent_{parameter.name}"
        declared = strip.bl_rna.properties[name]
        assert declared.description == parameter.description
        assert declared.is_animatable == parameter.animatable
        if parameter.animatable:
            assert strip.keyframe_insert(name, frame=1)


def test_names_of_styles_not_their_places_are_stored(scene: Any) -> None:
    # A later generator may have more styles, in another order.
    add(style="rust", length=1)
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.revert_mainfile()
    assert active().latent_style == "rust"
    lava, rust, numbered = ("lava", "", ""), ("rust", "", ""), part("operators.blender.properties").numbered
    assert numbered([lava, rust]) == numbered([rust, lava])[::-1]


def test_disabling_ends_the_worker_and_takes_everything_away(scene: Any) -> None:
    job = add_live(length=2000)
    tick_until(lambda: job.done >= 2)
    worker = part("operators.blender.jobs.live").queue.pid
    bpy.ops.wm.save_mainfile()
    handlers = {name: list(getattr(bpy.app.handlers, name)) for name in ("load_pre", "load_post", "render_init")}
    addon_utils.disable(MODULE, default_set=True)
    try:
        assert not hasattr(bpy.types.Scene, "latent_strips")
        assert not [name for name in dir(active()) if name.startswith("latent_")]
        assert not hasattr(bpy.types, "LATENT_STRIPS_PT_texture")
        for name, before in handlers.items():
            left = [handler for handler in getattr(bpy.app.handlers, name) if "latent_strips" in handler.__module__]
            assert left == [] != before
        end = time.monotonic() + 3
        while is_running(worker) and time.monotonic() < end:
            time.sleep(0.05)
        assert not is_running(worker)
    finally:
        addon_utils.enable(MODULE, default_set=True)
    assert active().latent_style == "slate"  # what a strip was made from outlives the extension
