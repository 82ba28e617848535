"""Fonts: found by the SHA-256 of their file in folders that the program names, never by a path from a recipe.

Blender ships its fonts as WOFF2, which neither FreeType's nor HarfBuzz's wheel reads: fontTools unpacks them.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import freetype
import uharfbuzz

from ..errors import TextError
from .folders import FONTS, path_of, shipped
from .invisible import visible

#: FreeType's library object is not for several threads at once.
LOCK = threading.RLock()

#: Blender's fallback fonts, by the first and last character that they are for.
SCRIPTS = (
    (0x0530, 0x058F, "Armenian"), (0x0590, 0x05FF, "Hebrew"), (0x0600, 0x06FF, "Arabic"), (0x0750, 0x077F, "Arabic"),
    (0x08A0, 0x08FF, "Arabic"), (0x0900, 0x097F, "Devanagari"), (0x0980, 0x09FF, "Bengali"),
    (0x0A00, 0x0A7F, "Gurmukhi"), (0x0A80, 0x0AFF, "Gujarati"), (0x0B80, 0x0BFF, "Tamil"), (0x0C00, 0x0C7F, "Telugu"),
    (0x0C80, 0x0CFF, "Kannada"), (0x0D00, 0x0D7F, "Malayalam"), (0x0E00, 0x0E7F, "Thai"), (0x1000, 0x109F, "Myanmar"),
    (0x10A0, 0x10FF, "Georgian"), (0x1200, 0x139F, "Ethiopic"), (0x1780, 0x17FF, "Khmer"), (0x2200, 0x22FF, "Math"),
    (0x2600, 0x27BF, "Symbols"), (0x2E80, 0x9FFF, "CJK"), (0xA980, 0xA9DF, "Javanese"), (0xAC00, 0xD7AF, "CJK"),
    (0xF900, 0xFAFF, "CJK"), (0xFB50, 0xFDFF, "Arabic"), (0xFE70, 0xFEFF, "Arabic"), (0xFF00, 0xFFEF, "CJK"),
    (0x1D400, 0x1D7FF, "Math"), (0x1F000, 0x1FAFF, "Emoji"), (0x20000, 0x2FA1F, "CJK"),
)  # fmt: skip
#: What letters are looked for in that no script's font has.
GENERAL = "Inter"


class Face:
    """A font file, ready to be shaped with and drawn from. Raises TextError when it is none."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        with self.guarded():
            if data[:4] == b"wOF2":
                data = _unpacked(data)
            self.ft = freetype.Face(io.BytesIO(data))
            self.hb = uharfbuzz.Face(data)
            self.axes = {axis.tag: axis for axis in self.ft.get_variation_info().axes} if _varies(self.ft) else {}
        if not self.ft.is_scalable:
            raise TextError(f"{name}: is a font of fixed sizes. Choose one with outlines.")

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn what the font libraries raise into TextError. They find what is damaged only as they come to it."""
        try:
            yield
        except TextError:
            raise
        except Exception as error:
            why = str(error)[:100]
            raise TextError(f"{self.name}: can't be used as a font ({why}). Choose another font.") from error

    def has(self, character: str) -> bool:
        """Whether the font has a glyph for a character."""
        return bool(self.ft.get_char_index(character))


def _varies(face: freetype.Face) -> bool:
    return bool(face.face_flags & freetype.FT_FACE_FLAG_MULTIPLE_MASTERS)


def _unpacked(data: bytes) -> bytes:
    from fontTools.ttLib import woff2  # takes a third of a second to import, and most texts need it once

    out = io.BytesIO()
    woff2.decompress(io.BytesIO(data), out)
    return out.getvalue()


@cache
def by_digest(digest: str) -> Face:
    """Return the font whose file has that SHA-256. Raises TextError."""
    path = path_of(digest)
    if path is None:
        raise TextError(f"The font of this text (SHA-256 {digest[:12]}…) is not here. Style the text strip again.")
    try:
        return Face(path.read_bytes(), path.name)
    except OSError as error:
        raise TextError(f"{path.name}: can't be read ({error.strerror}). Choose another font.") from error


def completed(fonts: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return the digests of a text's fonts: those given, then fonts of Blender's that have what they lack.

    Raises TextError when one of those given is not there.
    """
    digests = list(fonts)
    names = sorted(path.name for path in FONTS[0].glob("*.woff2")) if FONTS else []
    for character in sorted(set(visible(text)) - set("\n ")):
        if any(by_digest(digest).has(character) for digest in digests):
            continue
        for name in (fallback(character, names), GENERAL, "Symbols2", "Symbols-"):
            digest = shipped(name) if name else ""
            if digest and digest not in digests and by_digest(digest).has(character):
                digests.append(digest)
                break
    return tuple(digests)


def fallback(character: str, names: Iterable[str]) -> str | None:
    """Return the file name among Blender's fonts that is made for a character, or None for the general one."""
    code = ord(character)
    script = next((name for first, last, name in SCRIPTS if first <= code <= last), None)
    return next((name for name in sorted(names) if script and script in name), None)
