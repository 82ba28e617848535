"""The files that a strip shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy


def files(strip: Any) -> list[Path]:
    """Return the files that a movie or image strip shows."""
    if strip.type == "MOVIE":
        return [Path(bpy.path.abspath(strip.filepath, library=strip.id_data.library))]
    folder = Path(bpy.path.abspath(strip.directory, library=strip.id_data.library))
    return [folder / element.filename for element in strip.elements]
