"""Draw a text: the coverage of its letters, in a box that holds them and what an effect adds around them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import fonts, shadow
from .faces import Setter, load
from .layout import Layout, lay_out
from .spec import Spec

Array = npt.NDArray[np.float32]

#: Blender's tone curve for letters' edges: gamma 1.43, in whole steps (`blf_glyph_gamma`).
TONES = np.array([int((c / 256) ** (1 / 1.43) * 256) for c in range(256)], np.uint8)
#: Room for effects around the text's rectangle, in ems: above (flames rise), and elsewhere.
ABOVE, AROUND = 0.75, 0.5
#: The largest side of a box, px.
MAX_SIDE = 8192


@dataclass(frozen=True)
class Box:
    """A rectangle in the frame, px from its upper left corner. It may reach beyond the frame."""

    left: int
    top: int
    width: int
    height: int


def box_of(spec: Spec, layout: Layout) -> Box:
    """Return the box that a text and its effect need; its middle lies on whole pixels from the frame's middle."""
    em = spec.size
    extra = max(spec.box, 0) + math.ceil(spec.outline)
    left, top, right, bottom = layout.rect
    left -= math.ceil(AROUND * em) + extra
    right += math.ceil(AROUND * em) + extra
    top -= math.ceil(ABOVE * em) + extra
    bottom += math.ceil(AROUND * em) + extra
    if spec.shadow:
        x, y, blur = shadow.reach(spec, layout.line_height)
        more = math.ceil(blur + spec.outline) + 2
        sides = layout.rect
        left, top = min(left, sides[0] + x - more), min(top, sides[1] + y - more)
        right, bottom = max(right, sides[2] + x + more), max(bottom, sides[3] + y + more)
    # Nothing is seen that is more than an effect's reach outside of the frame.
    reach = math.ceil(em)
    left, right = max(left, -reach), min(right, spec.frame[0] + reach)
    top, bottom = max(top, -reach), min(bottom, spec.frame[1] + reach)
    width, height = max(right - left, 2), max(bottom - top, 2)
    width += (width - spec.frame[0]) % 2
    height += (height - spec.frame[1]) % 2
    return Box(left, top, min(width, MAX_SIDE), min(height, MAX_SIDE))


def coverage(spec: Spec, layout: Layout, box: Box) -> Array:
    """How much of each pixel of `box` the letters cover, `float32 [H,W]` in 0…1. Raises TextError."""
    out = np.zeros((box.height, box.width), np.float32)
    with fonts.LOCK:
        faces = Setter(spec).faces
        for glyph in layout.glyphs:
            slot = load(faces[glyph.face], glyph, spec)
            bitmap = slot.bitmap
            if not bitmap.width or not bitmap.rows:
                continue
            pixels = np.frombuffer(bytes(bitmap.buffer), np.uint8).reshape(bitmap.rows, bitmap.pitch)[:, : bitmap.width]
            _blend(out, TONES[pixels], glyph.x + slot.bitmap_left - box.left, glyph.y - slot.bitmap_top - box.top)
    return out


def _blend(out: Array, pixels: npt.NDArray[np.uint8], x: int, y: int) -> None:
    """Lay a glyph over what is there, as far as it is inside."""
    rows, columns = pixels.shape
    top, left = max(y, 0), max(x, 0)
    bottom, right = min(y + rows, out.shape[0]), min(x + columns, out.shape[1])
    if bottom <= top or right <= left:
        return
    part = pixels[top - y : bottom - y, left - x : right - x] * np.float32(1 / 255)
    under = out[top:bottom, left:right]
    under += part * (1 - under)


def draw(spec: Spec) -> tuple[Box, Array, Layout]:
    """Return the box, the coverage in it, and the layout of a text."""
    layout = lay_out(spec)
    box = box_of(spec, layout)
    return box, coverage(spec, layout, box), layout
