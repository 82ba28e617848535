"""Copies of strips that belong together: a text strip and its overlay, footage and what was made from it.

Blender copies a strip with its identity when it is split, duplicated, pasted or appended, and so tells nobody which
overlay goes with which text. That follows from where they lie: copies that were made together lie together. As soon as
anything is made of them, each gets an identity of its own (`separate`), and may then go anywhere.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import bpy

from . import compat
from .custom_properties import FOOTAGE_ID, FOOTAGE_SOURCE, TEXT_ID, TEXT_SOURCE


def matched(owners: Sequence[Any], made: Sequence[Any], shared: bool = False) -> dict[str, Any]:
    """By name of each strip of `made` the one of `owners` that it goes with: the nearest in time, then by channel.

    Each owner goes with one, as long as there are enough; `shared`, with any number.
    """
    pairs = sorted(
        ((_distance(owner, strip), a, b) for a, owner in enumerate(owners) for b, strip in enumerate(made)),
    )
    found: dict[str, Any] = {}
    used: set[int] = set()
    for _, a, b in pairs:
        if made[b].name not in found and (shared or a not in used):
            found[made[b].name] = owners[a]
            used.add(a)
    for _, a, b in pairs:  # more than there are owners: such as an overlay that was split alone
        found.setdefault(made[b].name, owners[a])
    return found


def _distance(owner: Any, made: Any) -> tuple[int, int, int]:
    """How far a strip is from one that it may be made from; most were laid one channel above it."""
    left, right = max(compat.left(owner), compat.left(made)), min(compat.right(owner), compat.right(made))
    apart = abs(compat.left(owner) - compat.left(made))
    return -max(right - left, 0), apart, abs(made.channel - owner.channel - 1)


def separate(scene: bpy.types.Scene) -> None:
    """Give copies of texts and footage, each with what was made from it, identities of their own."""
    strips = compat.all_strips(scene)
    for own, source, shared in ((TEXT_ID, TEXT_SOURCE, False), (FOOTAGE_ID, FOOTAGE_SOURCE, True)):
        owners, made = _by(strips, own), _by(strips, source)
        for id, sharing in owners.items():
            if len(sharing) < 2 or id not in made:
                continue
            pairs = matched(sharing, made[id], shared)
            fresh: dict[str, str] = {}
            for strip in made[id]:
                owner = pairs[strip.name]
                if owner.name not in fresh:
                    fresh[owner.name] = uuid.uuid4().hex if fresh else id
                    owner[own] = fresh[owner.name]
                strip[source] = fresh[owner.name]


def _by(strips: Sequence[Any], key: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for strip in strips:
        if isinstance(id := strip.get(key), str) and id:
            found[id].append(strip)
    return found
