"""Show a strip's frames on an object."""

from __future__ import annotations

import bpy

from .blender import compat, materials
from .blender.jobs import completing
from .blender.reporting import is_live, report, reporting
from .blender.timeline import strips


class LATENT_STRIPS_OT_use_as_material(bpy.types.Operator):
    """Put the active strip's frames on the active object's material, as an image sequence that repeats"""

    bl_idname = "latent_strips.use_as_material"
    bl_label = "Use as Material"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There is a generated strip and an object that takes materials."""
        target = context.view_layer.objects.active
        strip = compat.active_strip(compat.sequencer_scene(context))
        if not strips.is_latent(strip) or strip.type != "IMAGE":
            cls.poll_message_set("Select a strip of pictures that was made by Latent Strips")
        elif target is None or not hasattr(target.data, "materials"):
            cls.poll_message_set("Make an object active that can have a material, such as a mesh")
        else:
            return True
        return False

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add an Image Texture node, and link it to the base color. It shows what the strip's handles hide, too."""
        scene = compat.sequencer_scene(context)
        strip = compat.active_strip(scene)
        target = context.view_layer.objects.active
        material = target.active_material
        if material is None:
            material = bpy.data.materials.new(strip.name)
            target.active_material = material
        if material.node_tree is None:
            material.use_nodes = True
        nodes = material.node_tree.nodes
        shader = next((node for node in nodes if node.type == "BSDF_PRINCIPLED"), None)
        texture = nodes.new("ShaderNodeTexImage")
        texture.label = strip.name
        texture.image = materials.image_of(strip, strips.owned_id(strip))
        user = texture.image_user
        user.frame_duration, user.frame_start, user.frame_offset = len(strip.elements), compat.content_start(strip), 0
        user.use_cyclic = user.use_auto_refresh = True
        if shader:
            texture.location = shader.location.x - 300, shader.location.y
            material.node_tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])
        nodes.active = texture
        if strips.absent(strip):
            completing.complete(scene, strip, whole=True, is_live=is_live(self))
        report(self, {"INFO"}, f"{material.name} shows {strip.name}")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_use_as_material,)
