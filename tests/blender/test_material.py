"""A strip's frames on an object."""

from __future__ import annotations

from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import active, add, files, part


def test_the_sequence_repeats_on_the_active_objects_material(scene: Any) -> None:
    bpy.ops.mesh.primitive_plane_add()
    strip = add(length=4, frame_start=10)
    assert bpy.ops.latent_strips.use_as_material() == {"FINISHED"}
    material = bpy.context.object.active_material
    texture = material.node_tree.nodes.active
    user = texture.image_user
    assert texture.image.source == "SEQUENCE"
    assert bpy.path.abspath(texture.image.filepath) == str(files(strip)[0])
    assert (user.frame_start, user.frame_duration, user.use_cyclic, user.use_auto_refresh) == (10, 4, True, True)
    assert texture.outputs["Color"].links[0].to_socket.name == "Base Color"


def test_a_material_that_is_there_is_kept(scene: Any) -> None:
    bpy.ops.mesh.primitive_plane_add()
    material = bpy.data.materials.new("Mine")
    bpy.context.object.active_material = material
    add()
    bpy.ops.latent_strips.use_as_material()
    assert bpy.context.object.active_material == material
    assert material.node_tree.nodes.active.type == "TEX_IMAGE"


def test_without_an_object_it_says_what_to_do(scene: Any) -> None:
    add()
    with pytest.raises(RuntimeError, match="Make an object active"):
        bpy.ops.latent_strips.use_as_material()


def test_a_material_follows_its_strip_when_that_is_made_again(scene: Any) -> None:
    bpy.ops.mesh.primitive_plane_add()
    strip = add(length=4)
    bpy.ops.latent_strips.use_as_material()
    node = bpy.context.object.active_material.node_tree.nodes.active
    strip.latent_seed = 5
    bpy.ops.latent_strips.regenerate()
    assert bpy.path.abspath(node.image.filepath) == str(files(active())[0])
    part("operators.blender.compat").set_right(active(), 7)
    bpy.ops.latent_strips.regenerate()
    assert bpy.path.abspath(node.image.filepath) == str(files(active())[0])
    assert node.image_user.frame_duration == 6
    assert bpy.ops.latent_strips.use_as_material() == {"FINISHED"}
    assert bpy.context.object.active_material.node_tree.nodes.active.image == node.image
