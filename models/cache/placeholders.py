"""Pictures that stand in for frames that aren't made yet, so that a strip is never shown as missing its files.

A placeholder has the file name of a frame, but the index doesn't know it, and it says what it is in a PNG text chunk:
nothing takes it for a frame, whose size it never has. The frame replaces it by its final rename.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from pathlib import Path

from .folder import RECIPE, Folder
from .index import INDEX
from .mark import is_placeholder


def lay(folder: Folder, placeholder: bytes, frames: Iterable[int]) -> Generator[int]:
    """Let `placeholder` (see `marked`) stand in for each of `frames` that has no file; yields the frame after each.

    Where the disk allows it, it is one file of many names. Raises OSError, such as for a full disk.
    """
    source = folder.temporary("placeholder")
    try:
        for frame in frames:
            path = folder.path / folder.name(frame)
            if not os.path.lexists(path):
                _name(source, path, placeholder)
            yield frame
    finally:
        source.unlink(missing_ok=True)


def replace(folder: Folder, placeholder: bytes, frames: Iterable[int]) -> None:
    """As `lay`, but in the place of other placeholders, too. Raises OSError."""
    source, part = folder.temporary("placeholder"), folder.temporary("stand-in")
    try:
        for frame in frames:
            path = folder.path / folder.name(frame)
            if not os.path.lexists(path) or is_placeholder(path):
                part.unlink(missing_ok=True)
                _name(source, part, placeholder)
                os.replace(part, path)
    finally:
        for path in (source, part):
            path.unlink(missing_ok=True)


def remove(folder: Folder) -> None:
    """Remove the placeholders of a folder, and the folder where nothing was ever made in it. Raises OSError."""
    for path in folder.path.glob(f"*{folder.suffix}"):
        if is_placeholder(path):
            path.unlink(missing_ok=True)
    if not folder.index():
        for path in (folder.path / INDEX, folder.path / RECIPE):
            path.unlink(missing_ok=True)
        if not any(folder.path.iterdir()):
            folder.path.rmdir()


def _name(source: Path, path: Path, placeholder: bytes) -> None:
    """Give `source`, which is written where it isn't there, another name; disks allow only so many."""
    for _ in range(2):
        if not source.exists():
            source.write_bytes(placeholder)
        try:
            os.link(source, path)
        except FileExistsError:  # a frame has just been made
            return
        except OSError:
            source.unlink()  # it may have too many names
        else:
            return
    with path.open("xb") as file:  # a disk without hard links
        file.write(placeholder)
