"""Results on disk: one folder a recipe, one file a frame, and an index that says what each file must be.

    <root>/lava-1-3f2a9c…/0001.png …       what Blender shows
    <root>/lava-1-3f2a9c…/recipe.json      what it was made from
    <root>/lava-1-3f2a9c…/index.jsonl      frame, key, size and SHA-256 of each file, one line each
    <root>/lava-1-3f2a9c…/used-by-1f0c…    a project whose strips use the folder, one file each
    <root>/lava-1-3f2a9c…/BL_proxy         proxies, where the user has built any

A file gets its final name only when it is complete and on the disk, and counts as made only when the index has its
hash. Lines are appended in one write, so several processes may work on one folder: they write the same bytes. A frame
whose key is already in a neighboring folder is linked (or copied), not made again.

While frames are being made, placeholders may have their names (see `placeholders`). The index doesn't know them.

What others wrote into a cache is read with suspicion: an index that is a link or a pipe is not opened, a line that
makes no sense is skipped, and a recipe folder that is a link is left alone.
"""

from __future__ import annotations

from .cleaning import clean, size
from .folder import RECIPE, Folder
from .index import INDEX, Made, hash_key

__all__ = ["INDEX", "RECIPE", "Folder", "Made", "clean", "hash_key", "size"]
