"""Masks of what footage shows, from any network that turns a picture into a mask (see `_footage`)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ..cards.card import Card
from ..footage.placed_frame import PlacedFrame
from ..imaging.png import png_of_bands
from ..imaging.resample import blurred, resized_bands
from ..parameters import Choice, Parameter
from ..recipe import Recipe
from ._base import Array
from ._footage import FootageTake
from ._footage_kind import FootageKind
from ._footage_settings import DETAIL, SMOOTHING

PARAMETERS = (
    Parameter("style", "style", "", "Find", "What the mask keeps, for generators that can find several things"),
    DETAIL,
    Parameter("invert", "bool", False, "Invert", "Swap what is kept and what is removed"),
    Parameter(
        "grow", "float", 0.0, "Grow", "Pixels to expand the mask by. Negative values shrink it",
        -200.0, 200.0, -30.0, 30.0, animatable=True, group="edge",
    ),
    Parameter(
        "feather", "float", 0.0, "Feather", "Width of the soft edge in pixels",
        0.0, 200.0, 0.0, 60.0, animatable=True, group="edge",
    ),
    SMOOTHING,
    Parameter(
        "mask_shown", "choice", "luma", "Picture", "Content of the image files", group="output",
        choices=(
            Choice("luma", "White on Black", "Luminance, as Mask modifiers read it"),
            Choice("alpha", "White with Alpha", "Transparent where nothing is kept"),
        ),
    ),
)  # fmt: skip


class MaskTake(FootageTake):
    """A mask of footage, ready to be made."""

    result = "mask"

    def beside(self, placed_frame: PlacedFrame, frame: int) -> dict[str, Array]:
        return {} if placed_frame.alpha is None else {"alpha": placed_frame.alpha}

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        kept = _kept(resized_bands(outputs["mask"][:1], self.size), outputs.get("alpha"))
        grow, feather = self.recipe.track("grow", frame), self.recipe.track("feather", frame)
        if grow or feather:
            kept = iter([_edged(np.concatenate(list(kept), axis=1)[0], grow, feather)[None]])
        if self.recipe.settings["invert"]:
            kept = (1 - band for band in kept)
        if self.recipe.settings["mask_shown"] == "alpha":
            return png_of_bands(map(_white, kept), self.size, 2, packed=True)
        return png_of_bands(kept, self.size, 1, packed=True)


class FootageMask(FootageKind):
    """Masks of footage."""

    name = "footage_mask"
    label = "Footage Mask"
    description = (
        "Mask of what a strip shows. People finds persons, the keyer works on green and blue screens and on bright or "
        "dark areas, Latent Subjects finds moving things"
    )
    parameters = PARAMETERS
    made = ("mask", "image")

    def take(self, recipe: Recipe, card: Card) -> MaskTake:
        return MaskTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        return {"name": f"{card.label} mask", "blend": "ALPHA_OVER", "alpha": recipe.settings["mask_shown"] == "alpha"}

    def shown(self, parameter: Parameter, card: Card | None) -> str:
        styled = card is not None and bool(card.styles)
        return parameter.label if styled or parameter.type != "style" else ""


KIND = FootageMask()


def _kept(bands: Iterable[Array], alpha: Array | None) -> Iterator[Array]:
    """Yield a mask `[1,rows,W]` in 0…1, band by band, that keeps nothing where there is no picture."""
    first = 0
    for band in bands:
        mask = np.clip(band, 0.0, 1.0)
        if alpha is not None:
            mask *= alpha[:, first : first + band.shape[1]]
        first += band.shape[1]
        yield mask


def _white(band: Array) -> Array:
    """White, as visible as a mask is."""
    return np.concatenate((np.ones_like(band), band))


def _edged(mask: Array, grow: float, feather: float) -> Array:
    """Return a mask `[H,W]` with its edge moved by `grow` px and faded over `feather` px."""
    mask = _grown(mask, grow) if grow else mask
    return blurred(mask, feather / 2) if feather else mask


def _grown(mask: Array, px: float) -> Array:
    """Return the edge moved outwards by `px`, or inwards: the blurred mask, cut at another level.

    A straight edge blurred by a Gaussian of deviation s has the level Φ(−x/s) at the distance x: cutting there moves
    it by x. The mask's own softness is kept to about a px.
    """
    sigma = max(abs(px), 1.0)
    soft = blurred(mask, sigma)
    level = 0.5 * (1 - math.erf(px / sigma / math.sqrt(2)))
    width = min(0.24 / sigma, level, 1 - level)  # one px of the blurred slope there, and 0 and 1 stay what they are
    return np.clip((soft - np.float32(level)) / np.float32(2 * width) + np.float32(0.5), 0.0, 1.0)
