"""Rank seeds by the network that judged a generator in training: so that a first strip is one of the better ones.

A critic is a file `<id>.critic.onnx` beside `<id>.onnx`. Its metadata names, under the key `latent_strips_critic`, the
SHA-256 of the generator that it belongs to and the side of the crops it judges, as JSON. Inputs: `image`
`[N,C,side,side]` in 0…1, `style [N]` (the style's number, int64). Output: one logit a crop; higher is more real.

Seeds are compared before a strip is made. The best one goes into the recipe: its frames know nothing of the critic.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .errors import GeneratorError, RecipeError
from .kinds import Array, kind
from .library.catalog import Entry
from .onnx import metadata
from .recipe import MAX_SEED, Recipe

if TYPE_CHECKING:
    from .inference.session import Session

KEY = "latent_strips_critic"
SUFFIX = ".critic.onnx"
#: Crops of each seed's first frame that are judged; the most seeds that are compared.
CROPS, MOST = 16, 64


def beside(entry: Entry) -> Path | None:
    """Return the critic of a generator; None when it has none, or one that belongs to another file."""
    path = entry.path.with_name(entry.path.stem + SUFFIX)
    try:
        found = path.stat()
    except OSError:
        return None
    return path if _owner(path, found.st_mtime_ns, found.st_size) == entry.card.digest else None


def candidates(recipe: Recipe, count: int) -> list[int]:
    """Return the recipe's seed and those after it. Raises RecipeError for a count that is not from 1 to `MOST`."""
    if not 1 <= count <= MOST:
        raise RecipeError(f"{count} seeds can't be compared. Choose a number from 1 to {MOST}.")
    return [(recipe.seed + n) % (MAX_SEED + 1) for n in range(count)]


def rank(
    recipe: Recipe, entry: Entry, count: int, open_session: Callable[[Path], Session], tick: Callable[[], None]
) -> list[int]:
    """Return the `candidates` of a recipe, best first. Raises GeneratorError when its generator has no critic.

    Each is judged by its first frame, in the recipe's own size. `tick` is called after each and may raise to stop.
    """
    path = beside(entry)
    if path is None:
        raise GeneratorError(f"{entry.card.label} has no critic that could rank seeds. Try some seeds yourself.")
    side = int(_said(path)["side"])
    network, judge = open_session(entry.path), open_session(path)
    number = [style.name for style in entry.card.styles].index(str(recipe.settings["style"]))
    scores = {}
    for seed in candidates(recipe, count):
        one = replace(recipe, seed=seed)
        (image,) = kind(recipe.kind).take(one, entry.card).run(network, 0).values()
        crops = _crops(image[0], side)
        feeds = {"image": crops, "style": np.full(len(crops), number, np.int64)}
        (logits,) = judge.run(feeds).values()  # type: ignore[arg-type]
        scores[seed] = float(logits.mean())
        tick()
    return sorted(scores, key=lambda seed: -scores[seed])  # of equals, the first


@cache
def _owner(path: Path, changed: int, size: int) -> str:
    """Return the generator that a critic belongs to, read once for each state of its file; "" if it is not a critic."""
    try:
        return str(_said(path)["generator"])
    except GeneratorError:
        return ""


def _said(path: Path) -> dict[str, str | int]:
    """Return what the critic says of itself. Raises GeneratorError."""
    try:
        said = json.loads(metadata.metadata(path)[KEY])
        return {"generator": str(said["generator"]), "side": int(said["side"])}
    except (KeyError, TypeError, ValueError) as error:
        raise GeneratorError(f"{path.name}: is not a critic network ({str(error)[:80]}).") from error


def _crops(image: Array, side: int) -> Array:
    """Up to `CROPS` crops of `image [C,H,W]`, which wraps, spread evenly over it: `[N,C,side,side]`."""
    _, height, width = image.shape
    places: Sequence[tuple[int, int]] = [
        (y, x) for y in range(0, max(height - side, 0) + 1, side) for x in range(0, max(width - side, 0) + 1, side)
    ]
    chosen = [places[n] for n in np.linspace(0, len(places) - 1, min(CROPS, len(places))).astype(int)]
    rows, columns = (np.arange(side) for _ in range(2))
    return np.stack([image[:, (y + rows[:, None]) % height, (x + columns) % width] for y, x in chosen])
