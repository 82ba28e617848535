"""Where fonts are looked for: folders that the program names, never a recipe."""

from __future__ import annotations

from pathlib import Path

#: Changed in place; all files of a font's suffix in them can be used.
FONTS: list[Path] = []
