"""Where Blender's text strips put their letters, to the pixel, and where letters go that Blender can't shape.

Letters of scripts that need no shaping are set as Blender does: one by one, by whole advances. (Rules of
`vse_effect_text.cc` of 4.4 and later, and of `effects.cc` before, where all lines begin at one edge.) Right-to-left and
combining scripts are ordered by the Unicode bidirectional algorithm and shaped by HarfBuzz instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import TextError
from . import fonts
from .bidirectional import is_rtl, needs_shaping, runs, shaped
from .breaks import pieces
from .faces import Glyph, Setter, load
from .invisible import is_invisible
from .spec import MAX_FRAME, SIDES, Spec


@dataclass(frozen=True)
class Layout:
    """Glyphs, the line height and the rectangle (left, top, right, bottom) of the text, px from the upper left."""

    glyphs: tuple[Glyph, ...]
    line_height: int
    rect: tuple[int, int, int, int]
    missing: int


def lay_out(spec: Spec) -> Layout:
    """Place the glyphs of a text. Raises TextError when a font is missing.

    Blender wraps at blanks alone, so that lines without any leave the picture. Where a text does, they are broken where
    its script is broken, too.
    """
    with fonts.LOCK:
        setter = Setter(spec)
        lines = [line for part in spec.text.split("\n") for line in _wrapped(setter, part)]
        layout = _placed(setter, [_line(setter, line) for line in lines])
        if spec.wrap and not 0 <= layout.rect[0] <= layout.rect[2] <= spec.frame[0]:
            broken = [part for line in lines for part in pieces(line, _advances(setter, line), spec.wrap)]
            if broken != lines:
                setter.missing = 0
                layout = _placed(setter, [_line(setter, line) for line in broken])
        return layout


def _wrapped(setter: Setter, text: str) -> list[str]:
    """Return a paragraph in lines, broken at blanks where the wrap width is passed."""
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
    """Return the advance of every character of a paragraph; in shaped words a cluster counts at its first one."""
    advances = [0] * len(text)
    begin = 0
    for word in text.split(" "):
        if any(map(needs_shaping, word)):
            for _, _, advance, _, _, cluster in setter.shape(word, is_rtl(word)):
                advances[begin + cluster] += round(advance)
        else:
            advances[begin : begin + len(word)] = [setter.advance(c)[2] for c in word]
        if begin + len(word) < len(text):
            advances[begin + len(word)] = setter.advance(" ")[2]
        begin += len(word) + 1
    return advances


def _line(setter: Setter, text: str) -> tuple[list[Glyph], int]:
    """Return the glyphs of a line from x = 0, and its width."""
    if not any(shaped(text, n) for n in range(len(text))):
        simple, width = _simple(setter, text, 0)
        return simple, _leaning(setter, simple, width)
    glyphs: list[Glyph] = []
    x = 0
    for run, rtl in runs(text):
        if any(shaped(run, n) for n in range(len(run))):
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
    """Return a line's width with what letters have beyond their advance."""
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
        if not character.isspace() and not is_invisible(character):
            setter.missing += index == 0
            glyphs.append(Glyph(face, index, x, 0, columns))
        x += advance
    return glyphs, x


def _placed(setter: Setter, rows: Sequence[tuple[list[Glyph], int]]) -> Layout:
    """Move the rows to where the strip shows them."""
    spec, height = setter.spec, setter.line_height
    width = max(row[1] for row in rows)
    frame_w, frame_h = spec.frame
    if spec.rules >= 44:
        center = spec.location[0] * frame_w, spec.location[1] * frame_h
        left = -SIDES[spec.anchor[0]] * width
        top = SIDES[spec.anchor[1]] * len(rows) * height
        starts = [
            (
                _round(center[0] + left + SIDES[spec.align] * (width - row[1])),
                _round(center[1] + top - height - setter.descender),
            )
            for row in rows
        ]
        rect_left, rect_top = math.floor(center[0] + left), math.floor(frame_h - center[1] - top)
    else:
        x = int(spec.location[0] * frame_w) - int(SIDES[spec.anchor[0]] * width)
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
