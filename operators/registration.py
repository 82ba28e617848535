"""Everything that is registered in Blender: operators, properties, handlers, keys and the command."""

from __future__ import annotations

import bpy

from . import (
    add,
    audition,
    best_seed,
    cache_clean,
    cancel,
    doctor,
    fit_to_handles,
    footage_add,
    frames_move,
    gallery,
    generator_edit,
    generator_export_card,
    generator_import,
    generator_play,
    generator_release,
    generator_remove,
    matte_add,
    music_add,
    presets,
    react,
    regenerate,
    score,
    sound_to_picture,
    subtitles_export,
    subtitles_import,
    text_style,
    texture_from_photo,
    transition_add,
    use_as_material,
    variations,
    verify,
)
from .blender import handlers, keymap, preferences, properties
from .blender.cli import main
from .blender.gallery import shown
from .blender.jobs import live
from .blender.languages import catalog
from .blender.library import thumbnails
from .blender.look import looks, pictures

_CLASSES = (
    preferences.LatentStripsPreferences,
    *add.CLASSES,
    *matte_add.CLASSES,
    *music_add.CLASSES,
    *transition_add.CLASSES,
    *footage_add.CLASSES,
    *best_seed.CLASSES,
    *regenerate.CLASSES,
    *fit_to_handles.CLASSES,
    *verify.CLASSES,
    *frames_move.CLASSES,
    *cancel.CLASSES,
    *use_as_material.CLASSES,
    *cache_clean.CLASSES,
    *generator_import.CLASSES,
    *texture_from_photo.CLASSES,
    *generator_edit.CLASSES,
    *generator_remove.CLASSES,
    *generator_release.CLASSES,
    *generator_play.CLASSES,
    *generator_export_card.CLASSES,
    *doctor.CLASSES,
    *subtitles_import.CLASSES,
    *subtitles_export.CLASSES,
    *text_style.CLASSES,
    *audition.CLASSES,
    *gallery.CLASSES,
    *presets.CLASSES,
    *variations.CLASSES,
    *sound_to_picture.CLASSES,
    *score.CLASSES,
    *react.CLASSES,
)
#: What is registered beside the classes, in that order.
_PARTS = (catalog, properties, handlers, keymap, main, thumbnails, shown, pictures, looks)


def register() -> None:
    """Add classes, properties, handlers, the Esc key and the command."""
    for each in _CLASSES:
        bpy.utils.register_class(each)
    for part in _PARTS:
        part.register()


def unregister() -> None:
    """End the worker, and take away all that `register` added."""
    live.stop()
    for part in reversed(_PARTS):
        part.unregister()
    for each in reversed(_CLASSES):
        bpy.utils.unregister_class(each)
