"""Proxies: small copies of frames, which Blender builds for its preview when a user asks for them.

    <folder>/BL_proxy/images/50/0001.png_proxy.jpg

Blender goes on showing one when the frame has changed, so whoever changes or removes a frame removes its proxies.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

#: The folder that Blender keeps them in, beside the files, unless the user chooses another.
FOLDER = "BL_proxy"
#: Sizes that they are built in, percent.
SIZES = ("25", "50", "75", "100")
_END = "_proxy.jpg"


def remove(where: Path, names: Iterable[str]) -> None:
    """Remove the proxies of files of these names from a folder of proxies. Raises OSError."""
    folders = _folders(where)
    for name in names if folders else ():
        for folder in folders:
            (folder / f"{name}{_END}").unlink(missing_ok=True)


def remove_beside(folder: Path, name: str) -> None:
    """Remove the proxies of one of the files in `folder` that lie beside it. Raises OSError."""
    if not (folder / FOLDER).is_symlink():
        remove(folder / FOLDER, [name])


def beside(folder: Path) -> list[Path]:
    """Return all proxies that lie beside the files in `folder`."""
    where = folder / FOLDER
    sizes = [] if where.is_symlink() else _folders(where)
    return [path for size in sizes for path in size.glob(f"*{_END}") if not path.is_dir()]


def prune(folder: Path) -> None:
    """Remove what is empty of the folder of proxies in `folder`."""
    where = folder / FOLDER
    if where.is_symlink():
        return
    for each in (*_folders(where), where / "images", where):
        with contextlib.suppress(OSError):  # not empty: there is something of somebody else's
            each.rmdir()


def _folders(where: Path) -> list[Path]:
    """Return the folders of all sizes that are there; links are not followed."""
    images = where / "images"
    found = [] if images.is_symlink() else [images / size for size in SIZES]
    return [folder for folder in found if folder.is_dir() and not folder.is_symlink()]
