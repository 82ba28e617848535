"""What scripts and other add-ons call. Every name here is one of the extension's own root, too.

    from bl_ext.user_default import latent_strips

    strip = latent_strips.texture(style="marble", seed=7, length=100)
    strip.style_b = "rust"
    strip.key("mix", {1: 0, 100: 1})
    strip.regenerate()

Functions return when everything is made, unless they are given `wait=False`: then the strip is there at once and its
frames appear while Blender goes on. What is wrong is raised, as an error of the tree in `models.errors`.
"""

from __future__ import annotations

from ..models.errors import LatentStripsError
from .library import doctor, generators, import_generator, presets, styles, texture_from_photo
from .making import TRANSITION, clip, image, mask, matte, music, restyle, sound, texture, transition
from .sounds import Reaction, accents, midi, react, sounds_to_picture, stems
from .strip import Strip
from .texts import Texts, export_subtitles, style_text, subtitles, title
from .timeline import move_frames, regenerate, remove_unused, variations, verify
from .verification import Verification

__all__ = [
    "TRANSITION",
    "LatentStripsError",
    "Reaction",
    "Strip",
    "Texts",
    "Verification",
    "accents",
    "clip",
    "doctor",
    "export_subtitles",
    "generators",
    "image",
    "import_generator",
    "mask",
    "matte",
    "midi",
    "move_frames",
    "music",
    "presets",
    "react",
    "regenerate",
    "remove_unused",
    "restyle",
    "sound",
    "sounds_to_picture",
    "stems",
    "style_text",
    "styles",
    "subtitles",
    "texture",
    "texture_from_photo",
    "title",
    "transition",
    "variations",
    "verify",
]
