"""Play the sound that a generator made when it was imported."""

from __future__ import annotations

import bpy

from ..models.errors import GeneratorError
from ..models.library import user
from ..models.plain_files import is_plain
from .blender.preferences import library
from .blender.reporting import report, reporting
from .blender.timeline import sound_strips


class LATENT_STRIPS_OT_generator_play(bpy.types.Operator):
    """Play the sound that the generator made when it was imported"""

    bl_idname = "latent_strips.generator_play"
    bl_label = "Play"
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description="Identifier of the generator")

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Play the file that lies beside it; where nothing can be played its path is told."""
        path = user.heard(user.changeable(library().latest(self.generator)))
        if not is_plain(path):
            raise GeneratorError("There is no sound of this generator. Edit it, or import it again.")
        if not sound_strips.play(path):
            report(self, {"INFO"}, f"Its sound is {path}")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_generator_play,)
