"""Where Blender's text strips put their letters, to the pixel, and where letters go that Blender can't shape.

Letters of scripts that need no shaping are set as Blender does: one by one, by whole advances. (Rules of
`vse_effect_text.cc` of 4.4 and later, and of `effects.cc` before, where all lines begin at one edge.) Right-to-left and
combining scripts are ordered by the Unicode bidirectional algorithm and shaped by HarfBuzz instead.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import freetype
import freetype.raw as ft
import uharfbuzz
from bidi import algorithm as bidi

from ..errors import RecipeError, TextError
from . import fonts

#: The longest text, in characters; the largest font and frame, px.
MAX_TEXT, MAX_SIZE, MAX_FRAME = 3000, 2000, 16_384
#: Versions that set text in different ways. 4.4: each line is aligned, sizes are whole. A letter that leans over its
#: advance widens the line: any before 4.4, the last one from 5.0 on, unless the font is of fixed width. 5.2: a letter
#: must end before the wrap width, not only begin there.
RULES = (42, 44, 50, 52)
_COMPLEX = ((0x0590, 0x08FF), (0x0900, 0x109F), (0x1780, 0x17FF), (0xA980, 0xA9DF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFF))
_SIDES = {"LEFT": 0.0, "CENTER": 0.5, "RIGHT": 1.0, "TOP": 0.0, "BOTTOM": 1.0}


@dataclass(frozen=True)
class Spec:
    """A text and how its strip sets it: all that decides where its letters are.

    `fonts` are SHA-256 digests, the chosen font first. Lengths in px of the frame; `wrap` 0 is no wrapping; `location`
    is in parts of the frame from its lower left corner. `rules` is one of `RULES`. `outline` (0: none) and `box` (-1:
    none) are widths in px, with RGBA sRGB colours. `shadow` is nothing, or (angle in radians below the right, how far
    in line heights, blur in half line heights).
    """

    text: str
    fonts: tuple[str, ...]
    size: float
    frame: tuple[int, int]
    location: tuple[float, float] = (0.5, 0.5)
    anchor: tuple[str, str] = ("CENTER", "CENTER")
    align: str = "CENTER"
    wrap: int = 0
    bold: bool = False
    italic: bool = False
    rules: int = RULES[-1]
    colour: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    outline: float = 0.0
    outline_colour: tuple[float, ...] = (0.0, 0.0, 0.0, 0.7)
    box: int = -1
    box_colour: tuple[float, ...] = (0.2, 0.2, 0.2, 0.7)
    shadow: tuple[float, ...] = ()
    shadow_colour: tuple[float, ...] = (0.0, 0.0, 0.0, 0.7)

    def json(self) -> str:
        """As text: equal specs give equal text."""
        said = asdict(self)
        if not self.shadow:  # so texts without one are named as they were before there were shadows
            del said["shadow"], said["shadow_colour"]
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Spec:
        """Read what `json` wrote. Raises RecipeError for anything else."""
        try:
            raw = json.loads(text)
            raw = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
            spec = cls(**raw)
            colours = (spec.colour, spec.outline_colour, spec.box_colour, spec.shadow_colour)
            numbers = (spec.size, *spec.location, *(part for c in colours for part in c), spec.outline, *spec.shadow)
            sound = (
                isinstance(spec.text, str)
                and len(spec.text) <= MAX_TEXT
                and 0 < len(spec.fonts) <= 32
                and all(isinstance(digest, str) for digest in spec.fonts)
                and all(math.isfinite(float(number)) for number in numbers)
                and 1 <= spec.size <= MAX_SIZE
                and all(1 <= int(side) <= MAX_FRAME for side in spec.frame)
                and all(side in _SIDES for side in (*spec.anchor, spec.align))
                and all(len(colour) == 4 for colour in colours)
                and len(spec.shadow) in (0, 3)
                and all(abs(part) <= 100 for part in spec.shadow)
                and abs(spec.location[0]) + abs(spec.location[1]) < 100
                and 0 <= spec.outline <= MAX_SIZE
                and isinstance(spec.wrap, int)
                and spec.rules in RULES
                and isinstance(spec.box, int)
                and spec.box <= MAX_FRAME
            )
        except (ValueError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise RecipeError(f"The text's layout is malformed ({str(error)[:80]}).") from error
        if not sound:
            raise RecipeError(f"The text's layout has values out of range, or over {MAX_TEXT} characters.")
        return spec


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


@dataclass(frozen=True)
class Layout:
    """Glyphs, the line height and the rectangle (left, top, right, bottom) of the text, px from the upper left."""

    glyphs: tuple[Glyph, ...]
    line_height: int
    rect: tuple[int, int, int, int]
    missing: int


class Setter:
    """The faces of a spec at its size, and the advances in them."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.faces = [fonts.by_digest(digest) for digest in spec.fonts]
        self.points = int(spec.size) * 64 if spec.rules >= 44 else round(spec.size * 64)
        for face in self.faces:
            face.ft.set_char_size(self.points, self.points, 72, 72)
            style(face, spec)
        size = self.faces[0].ft.size
        self.line_height = max(size.height >> 6, 1)
        self.descender = size.descender >> 6
        self.fixed = self._column() if self.faces[0].ft.is_fixed_width else 0
        self.missing = 0

    def _column(self) -> int:
        """Whole px of a fixed-width font's unhinted advance, into which other fonts' glyphs are fitted."""
        face = self.faces[0].ft
        face.load_char("0", freetype.FT_LOAD_NO_BITMAP | freetype.FT_LOAD_TARGET_LIGHT)
        return int(face.glyph.linearHoriAdvance >> 16)

    def face_for(self, character: str) -> int:
        """The first face that has a character; 0, whose empty box is shown, when none has."""
        return next((n for n, face in enumerate(self.faces) if face.has(character)), 0)

    def advance(self, character: str) -> tuple[int, int, int, int]:
        """(face, glyph, advance px, width px to fit it into) of a character that needs no shaping."""
        if character == "\n" or ord(character) < 32:
            return 0, 0, 0, 0
        number = self.face_for(character)
        index = self.faces[number].ft.get_char_index(character)
        if self.fixed and number:
            wide = unicodedata.east_asian_width(character) in "WF"
            return number, index, self.fixed * (2 if wide else 1), self.fixed * (2 if wide else 1)
        return number, index, self._advance_of(number, index), 0

    def _advance_of(self, number: int, index: int) -> int:
        face = self.faces[number]
        face.ft.load_glyph(index, freetype.FT_LOAD_NO_BITMAP | freetype.FT_LOAD_TARGET_LIGHT)
        advance = face.ft.glyph.advance.x
        if self.spec.bold and "wght" not in face.axes and not face.ft.is_fixed_width:
            advance += embolding(face) // 2
        return int(advance >> 6)

    def shape(self, text: str, rtl: bool) -> list[tuple[int, int, float, float, float, int]]:
        """HarfBuzz's (face, glyph, advance, x offset, y offset, cluster), px, in visual order."""
        number = next((n for n, face in enumerate(self.faces) if all(map(face.has, text.replace(" ", "")))), None)
        number = self.face_for(next((c for c in text if not c.isspace()), " ")) if number is None else number
        font = uharfbuzz.Font(self.faces[number].hb)
        font.scale = (self.points, self.points)
        if self.spec.bold and "wght" in self.faces[number].axes:
            font.set_variations({"wght": 700})
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        uharfbuzz.shape(font, buffer)
        found = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        return [(number, i.codepoint, p.x_advance / 64, p.x_offset / 64, p.y_offset / 64, i.cluster) for i, p in found]


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


def lay_out(spec: Spec) -> Layout:
    """Place the glyphs of a text. Raises TextError when a font is missing."""
    with fonts.LOCK:
        setter = Setter(spec)
        lines = [line for part in spec.text.split("\n") for line in _wrapped(setter, part)]
        rows = [_line(setter, line) for line in lines]
        return _placed(setter, rows)


def _complex(character: str) -> bool:
    code = ord(character)
    return any(a <= code <= b for a, b in _COMPLEX) or unicodedata.combining(character) != 0 or code == 0x200D


def _wrapped(setter: Setter, text: str) -> list[str]:
    """A paragraph in lines, broken at blanks where the wrap width is passed."""
    wrap = setter.spec.wrap
    if not wrap:
        return [text]
    rules = setter.spec.rules
    lines, begin, blank, x, at_blank = [], 0, -1, 0, 0
    advances = _advances(setter, text)
    for n, character in enumerate(text):
        if character == " " and rules >= 44:
            blank, at_blank = n, x
        end = x if rules in (44, 50) else x + advances[n]
        passed = end > wrap if rules >= 44 else end >= wrap
        if passed and blank >= begin:
            lines.append(text[begin:blank])
            x -= at_blank + advances[blank]
            begin, blank = blank + 1, -1
        if rules < 44 and character != " " and text[n - 1 : n] == " ":
            blank, at_blank = n - 1, x - advances[n - 1]
        x += advances[n]
    return [*lines, text[begin:]]


def _advances(setter: Setter, text: str) -> list[int]:
    """The advance of every character of a paragraph; in shaped words that of a cluster counts at its first one."""
    advances = [0] * len(text)
    begin = 0
    for word in text.split(" "):
        if any(map(_complex, word)):
            for _, _, advance, _, _, cluster in setter.shape(word, is_rtl(word)):
                advances[begin + cluster] += round(advance)
        else:
            advances[begin : begin + len(word)] = [setter.advance(c)[2] for c in word]
        if begin + len(word) < len(text):
            advances[begin + len(word)] = setter.advance(" ")[2]
        begin += len(word) + 1
    return advances


def is_rtl(text: str) -> bool:
    """Whether a text has letters that are written from right to left."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def _line(setter: Setter, text: str) -> tuple[list[Glyph], int]:
    """The glyphs of a line from x = 0, and its width."""
    if not any(_shaped(text, n) for n in range(len(text))):
        simple, width = _simple(setter, text, 0)
        return simple, _leaning(setter, simple, width)
    glyphs: list[Glyph] = []
    x = 0
    for run, rtl in _runs(text):
        if any(_shaped(run, n) for n in range(len(run))):
            pen = float(x)
            for face, index, advance, dx, dy, _ in setter.shape(run, rtl):
                setter.missing += index == 0
                glyphs.append(Glyph(face, index, round(pen + dx), -round(dy)))
                pen += advance
            x = round(pen)
        else:
            more, x = _simple(setter, run, x)
            glyphs += more
    return glyphs, x


def _leaning(setter: Setter, glyphs: list[Glyph], width: int) -> int:
    """A line's width with what letters have beyond their advance."""
    rules = setter.spec.rules
    if not glyphs or rules == 44 or (rules > 44 and setter.fixed):
        return width
    for glyph in glyphs if rules == 42 else glyphs[-1:]:
        slot = load(setter.faces[glyph.face], glyph, setter.spec, draw=False)
        width = max(width, glyph.x + math.ceil(int(slot.outline.get_cbox().xMax) / 64))
    return width


def _simple(setter: Setter, text: str, x: int) -> tuple[list[Glyph], int]:
    glyphs = []
    for character in text:
        face, index, advance, columns = setter.advance(character)
        if not character.isspace():
            setter.missing += index == 0
            glyphs.append(Glyph(face, index, x, 0, columns))
        x += advance
    return glyphs, x


def _runs(text: str) -> list[tuple[str, bool]]:
    """A line in the order that it is seen in: pieces of one direction (characters as they are spoken, right to left).

    Pieces also end where shaping begins or ends, so that the other letters keep Blender's own places.
    """
    runs: list[tuple[list[int], bool, bool]] = []
    shown: dict[int, str] = {}
    for place, level, character in _visual(text):
        rtl, shaped = level % 2 == 1, _shaped(text, place)
        shown[place] = character
        if runs and runs[-1][1:] == (rtl, shaped) and place - runs[-1][0][-1] == (-1 if rtl else 1):
            runs[-1][0].append(place)
        else:
            runs.append(([place], rtl, shaped))
    # HarfBuzz mirrors brackets itself; those that it doesn't shape are shown as the algorithm says.
    return [
        ("".join((text[n] if shaped else shown[n]) for n in (sorted(places) if shaped else places)), rtl)
        for places, rtl, shaped in runs
    ]


def _shaped(text: str, place: int) -> bool:
    """Whether a character needs shaping, as the base of a combining one does."""
    return _complex(text[place]) or any(unicodedata.combining(c) for c in text[place + 1 : place + 2])


def _visual(text: str) -> list[tuple[int, int, str]]:
    """(place, level, character to show) of a line's characters, from left to right as they are seen (UAX 9)."""
    level = bidi.get_base_level(text)
    storage: dict[str, Any] = {"base_level": level, "base_dir": "LR"[level], "chars": [], "runs": deque()}
    bidi.get_embedding_levels(text, storage, False, False)
    for place, character in enumerate(storage["chars"]):
        character["place"] = place
    for step in (
        bidi.explicit_embed_and_overrides,
        bidi.resolve_weak_types,
        bidi.resolve_neutral_types,
        bidi.resolve_implicit_levels,
        bidi.reorder_resolved_levels,
        bidi.apply_mirroring,
    ):
        step(storage, False)
    return [(character["place"], character["level"], character["ch"]) for character in storage["chars"]]


def _placed(setter: Setter, rows: Sequence[tuple[list[Glyph], int]]) -> Layout:
    """Move the rows to where the strip shows them."""
    spec, height = setter.spec, setter.line_height
    width = max(row[1] for row in rows)
    frame_w, frame_h = spec.frame
    if spec.rules >= 44:
        centre = spec.location[0] * frame_w, spec.location[1] * frame_h
        left = -_SIDES[spec.anchor[0]] * width
        top = _SIDES[spec.anchor[1]] * len(rows) * height
        starts = [
            (
                _round(centre[0] + left + _SIDES[spec.align] * (width - row[1])),
                _round(centre[1] + top - height - setter.descender),
            )
            for row in rows
        ]
        rect_left, rect_top = math.floor(centre[0] + left), math.floor(frame_h - centre[1] - top)
    else:
        x = int(spec.location[0] * frame_w) - int(_SIDES[spec.anchor[0]] * width)
        up = {"TOP": -height, "BOTTOM": (len(rows) - 1) * height, "CENTER": (len(rows) - 1) // 2 * height - height // 2}
        y = int(spec.location[1] * frame_h) - setter.descender + up[spec.anchor[1]]
        starts = [(x, y)] * len(rows)
        rect_left, rect_top = x, frame_h - y - height - setter.descender
    glyphs = [
        Glyph(glyph.face, glyph.index, x + glyph.x, frame_h - y + n * height + glyph.y, glyph.columns)
        for n, ((x, y), (row, _)) in enumerate(zip(starts, rows, strict=True))
        for glyph in row
    ]
    rect = (rect_left, rect_top, rect_left + width, rect_top + len(rows) * height)
    if not all(abs(side) < 4 * MAX_FRAME for side in rect):
        raise TextError("The text is far larger than the frame. Make its font smaller, or let it wrap.")
    return Layout(tuple(glyphs), height, rect, setter.missing)


def _round(value: float) -> int:
    """As C's `round`: halves go away from zero."""
    return math.floor(value + 0.5) if value >= 0 else math.ceil(value - 0.5)


def load(face: fonts.Face, glyph: Glyph, spec: Spec, draw: bool = True) -> Any:
    """FreeType's slot with a glyph as Blender draws it: hinted lightly, bold and slanted as asked."""
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
