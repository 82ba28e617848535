"""Which of its files a strip needs: those that its handles show, unless something else may look behind them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from .. import compat
from ..custom_properties import FOOTAGE_ID, stored_text
from . import strips
from .content import Place


def of(strip: Any) -> range:
    """Return the numbers, from 0, of the files that a strip needs as it lies now."""
    if strip.type == "SOUND":
        return range(1)
    return at(strip, Place(compat.content_start(strip), compat.left(strip), compat.right(strip)), len(strip.elements))


def at(strip: Any, place: Place, count: int) -> range:
    """Return the numbers of the files, of `count`, that a strip needs where it is to lie at a place."""
    if strip.type == "SOUND" or _is_out_of_order(strip) or _is_read_whole(strip):
        return range(count)
    first = min(max(place.left - place.start, 0), count - 1)  # before its content a strip holds the first file
    return range(first, max(min(place.right - place.start, count), first + 1))


def _is_out_of_order(strip: Any) -> bool:
    """Whether a strip shows other files than those that lie between its handles."""
    return compat.is_retimed(strip) or bool(strip.use_reverse_frames) or strip.strobe > 1


def _is_read_whole(strip: Any) -> bool:
    """Whether others read a strip's files: what is made from it as footage, speed effects, images of materials."""
    return (
        any(stored_text(each, FOOTAGE_ID) for each in _around(strip))
        or any(other.type == "SPEED" and other.input_1 == strip for other in compat.all_strips(strip.id_data))
        or bool(images(strips.directory(strip)))
    )


def _around(strip: Any) -> Iterator[Any]:
    """Yield a strip and the meta strips that it lies in."""
    while strip is not None:
        yield strip
        strip = strip.parent_meta()


def images(folder: Path) -> list[Any]:
    """Return the images of this file, such as those of materials, that show files of a folder."""
    found = [image for image in bpy.data.images if image.filepath and not image.library]
    return [image for image in found if Path(os.path.normpath(bpy.path.abspath(image.filepath))).parent == folder]
