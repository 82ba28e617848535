"""Images that show the frames of a strip on materials. They follow the strip when it is made again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from .custom_properties import IMAGE_OF, STRIP_ID, stored_text


def image_of(strip: Any, id: str) -> Any:
    """Return the image that shows a strip of that identity: the one that is there, or a new one.

    Its files need not be there yet, which `images.load` would refuse.
    """
    found = next(_images(id), None)
    image = found or bpy.data.images.new(strip.name, 1, 1)
    image[IMAGE_OF] = id
    _point(image, strip)
    return image


def refresh(strip: Any) -> None:
    """Let images that show a strip read its files again, which may be others now."""
    for image in _images(stored_text(strip, STRIP_ID)) if strip.type == "IMAGE" else ():
        _point(image, strip)
        for user in _users(image):
            user.frame_duration = len(strip.elements)


def _images(id: str) -> Iterator[Any]:
    return (image for image in bpy.data.images if id and not image.library and stored_text(image, IMAGE_OF) == id)


def _point(image: Any, strip: Any) -> None:
    image.source = "SEQUENCE"
    image.filepath = strip.directory + strip.elements[0].filename  # reads it again, too


def _users(image: Any) -> Iterator[Any]:
    """Yield what says how long the sequence is, of each node that shows an image."""
    for owner in (*bpy.data.materials, *bpy.data.node_groups):
        tree = owner if isinstance(owner, bpy.types.NodeTree) else owner.node_tree
        for node in tree.nodes if tree and not owner.library else ():
            if node.type == "TEX_IMAGE" and node.image == image:
                yield node.image_user
