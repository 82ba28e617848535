"""The faces of a text at its size: advances, shaping by HarfBuzz, and glyphs as Blender draws them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import freetype
import freetype.raw as ft
import uharfbuzz

from . import fonts
from .invisible import is_invisible, visible
from .spec import Spec

#: Hangul's fillers are the only characters that are never drawn and that HarfBuzz would draw.
_FILLERS = dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0), "\u2060")


@dataclass(frozen=True)
class Glyph:
    """A glyph of face number `face`; `x`, `y` is its origin in the frame, px from the upper left corner.

    `columns` is the width in px that a glyph is fitted into beside fixed-width ones; 0 leaves it as it is.
    """

    face: int
    index: int
    x: int
    y: int
    columns: int = 0


class Setter:
    """The faces of a spec at its size, and the advances in them."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.faces = [fonts.by_digest(digest) for digest in spec.fonts]
        self.points = int(spec.size) * 64 if spec.rules >= 44 else round(spec.size * 64)
        for face in self.faces:
            with face.guarded():
                face.ft.set_char_size(self.points, self.points, 72, 72)
                style(face, spec)
        size = self.faces[0].ft.size
        self.line_height = max(size.height >> 6, 1)
        self.descender = size.descender >> 6
        self.fixed = self._column() if self.faces[0].ft.is_fixed_width else 0
        self.missing = 0

    def _column(self) -> int:
        """Whole px of a fixed-width font's unhinted advance, into which other fonts' glyphs are fitted."""
        face = self.faces[0]
        with face.guarded():
            face.ft.load_char("0", freetype.FT_LOAD_NO_BITMAP | freetype.FT_LOAD_TARGET_LIGHT)
        return int(face.ft.glyph.linearHoriAdvance >> 16)

    def face_for(self, character: str) -> int:
        """Return the first face that has a character; 0, whose empty box is shown, when none has."""
        return next((n for n, face in enumerate(self.faces) if face.has(character)), 0)

    def advance(self, character: str) -> tuple[int, int, int, int]:
        """(face, glyph, advance px, width px to fit it into) of a character that needs no shaping."""
        if character == "\n" or ord(character) < 32 or is_invisible(character):
            return 0, 0, 0, 0
        number = self.face_for(character)
        index = self.faces[number].ft.get_char_index(character)
        if self.fixed and number:
            wide = unicodedata.east_asian_width(character) in "WF"
            return number, index, self.fixed * (2 if wide else 1), self.fixed * (2 if wide else 1)
        return number, index, self._advance_of(number, index), 0

    def _advance_of(self, number: int, index: int) -> int:
        face = self.faces[number]
        with face.guarded():
            face.ft.load_glyph(index, freetype.FT_LOAD_NO_BITMAP | freetype.FT_LOAD_TARGET_LIGHT)
        advance = face.ft.glyph.advance.x
        if self.spec.bold and "wght" not in face.axes and not face.ft.is_fixed_width:
            advance += embolding(face) // 2
        return int(advance >> 6)

    def shape(self, text: str, rtl: bool) -> list[tuple[int, int, float, float, float, int]]:
        """HarfBuzz's (face, glyph, advance, x offset, y offset, cluster), px, in visual order."""
        letters = visible(text).replace(" ", "")
        number = next((n for n, face in enumerate(self.faces) if all(map(face.has, letters))), None)
        number = self.face_for(next((c for c in letters if not c.isspace()), " ")) if number is None else number
        with self.faces[number].guarded():
            found = self._shaped(number, text, rtl)
        return [(number, i.codepoint, p.x_advance / 64, p.x_offset / 64, p.y_offset / 64, i.cluster) for i, p in found]

    def _shaped(self, number: int, text: str, rtl: bool) -> list[tuple[Any, Any]]:
        font = uharfbuzz.Font(self.faces[number].hb)
        font.scale = (self.points, self.points)
        if self.spec.bold and "wght" in self.faces[number].axes:
            font.set_variations({"wght": 700})
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text.translate(_FILLERS))
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        uharfbuzz.shape(font, buffer)
        return list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))


def style(face: fonts.Face, spec: Spec) -> None:
    """Set a variable font's weight."""
    if "wght" in face.axes:
        coordinates = [
            700.0 if axis.tag == "wght" and spec.bold else axis.default for axis in face.ft.get_variation_info().axes
        ]
        face.ft.set_var_design_coords(coordinates)


def embolding(face: fonts.Face) -> int:
    """By how much an outline is made bolder, 26.6 px."""
    return int(face.ft.size.height * 300 * 0.000225)


def load(face: fonts.Face, glyph: Glyph, spec: Spec, draw: bool = True) -> Any:
    """FreeType's slot with a glyph as Blender draws it: hinted lightly, bold and slanted as asked."""
    with face.guarded():
        face.ft.load_glyph(glyph.index, freetype.FT_LOAD_NO_BITMAP | freetype.FT_LOAD_TARGET_LIGHT)
    slot = face.ft.glyph
    outline = ft.byref(slot._FT_GlyphSlot.contents.outline)
    if glyph.columns:
        _fit(slot, outline, glyph.columns)
    if spec.bold and "wght" not in face.axes:
        ft.FT_Outline_EmboldenXY(outline, embolding(face), 0)
        if face.ft.is_fixed_width:
            ft.FT_Outline_Translate(outline, -(embolding(face) // 2), 0)
    if spec.italic:
        ft.FT_Outline_Transform(outline, ft.byref(ft.FT_Matrix(0x10000, int(8 * 0.0225 * 0x10000), 0, 0x10000)))
    if draw:
        ft.FT_Render_Glyph(slot._FT_GlyphSlot, freetype.FT_RENDER_MODE_NORMAL)
    return slot


def _fit(slot: Any, outline: Any, columns: int) -> None:
    """Fit a glyph of another font between fixed-width ones: narrowed with bolder stems, or in the middle."""
    current, target = slot.linearHoriAdvance, columns << 16
    if target < current:
        bolder = (current - target) >> 13
        ft.FT_Outline_EmboldenXY(outline, bolder, 0)
        scale = (target - (bolder << 9)) / current
        ft.FT_Outline_Transform(outline, ft.byref(ft.FT_Matrix(int(scale * 0x10000), 0, 0, 0x10000)))
    else:
        ft.FT_Outline_Translate(outline, (target - current) >> 11, 0)
