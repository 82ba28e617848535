"""A font of boxes, whose text has known places, and recipes of text in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from models.library.catalog import Library
from models.recipe import Recipe
from models.text.folders import digest_of
from models.text.spec import Spec

#: Letters of the font, and how wide each is, in parts of the em.
LETTERS = {" ": 0.25, "a": 0.5, "b": 0.5, "i": 0.25, "W": 1.0, "א": 0.5, "ב": 0.5, "(": 0.25, ")": 0.25, "!": 0.25}


def square_font(path: Path, letters: dict[str, float] = LETTERS) -> str:
    """Write a font whose letters are filled boxes, half an em high; returns its digest."""
    names = [".notdef", *(f"g{ord(c):04x}" for c in letters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(c): f"g{ord(c):04x}" for c in letters})
    glyphs, widths = {}, {}
    for name, width in zip(names, (0.5, *letters.values()), strict=True):
        pen = TTGlyphPen(None)
        if name != f"g{ord(' '):04x}":
            right = round(1000 * width) - 50
            for step, point in enumerate(((50, 0), (50, 500), (right, 500), (right, 0))):
                (pen.lineTo if step else pen.moveTo)(point)
            pen.closePath()
        glyphs[name], widths[name] = pen.glyph(), (round(1000 * width), 50)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    builder.setupPost()
    builder.save(path)
    return digest_of(path, path.stat().st_mtime_ns)


def spec(font: str, text: str, **more: Any) -> Spec:
    return Spec(text, (font,), **{"size": 40.0, "frame": (400, 200), **more})


entry = Library().of_kind("text_effect")[0]


def recipe(font: str, frames: int = 4, tracks: Any = None, more: Any = None, **settings: Any) -> Recipe:
    layout = spec(font, "ab", **(more or {})).json()
    base = {"kind": "text_effect", "generator": entry.card.id, "digest": entry.card.digest}
    return Recipe(
        **base, width=1, height=1, frames=frames, fps=8.0, settings={"layout": layout, "outline": 0.0, **settings},
        tracks=tracks or {},
    )  # fmt: skip
