"""Proxies of strips where the user has chosen to keep them: Blender would go on showing them for other frames.

Those that lie beside the frames go with these, in the cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import bpy

from ....models.cache import proxies


def forget(strip: Any, names: Iterable[str]) -> None:
    """Remove the proxies of these files of a strip from the folder that the user has chosen, if any."""
    folder = _chosen(strip)
    if folder is not None:
        with suppress(OSError):  # a disk that is not there, or can't be written: nothing was built there either
            proxies.remove(folder, names)


def _chosen(strip: Any) -> Path | None:
    scene = strip.id_data
    if not strip.use_proxy or strip.proxy is None:
        return None
    if scene.sequence_editor.proxy_storage == "PROJECT":
        folder = scene.sequence_editor.proxy_dir or f"//{proxies.FOLDER}"
    else:
        folder = strip.proxy.directory if strip.proxy.use_proxy_custom_directory else ""
    path = Path(bpy.path.abspath(folder, library=scene.library)) if folder else Path()
    return path if path.is_absolute() else None
