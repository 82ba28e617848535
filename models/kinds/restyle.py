"""Footage in another look, from any network that turns a picture into a picture (see `_footage`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..cards.card import Card
from ..footage.placed_frame import PlacedFrame
from ..imaging.png import png_of_bands
from ..imaging.resample import resized_bands
from ..parameters import Parameter
from ..recipe import Recipe
from ._base import Array
from ._footage import FootageTake
from ._footage_kind import FootageKind
from ._footage_settings import DETAIL, SMOOTHING
from ._latent_inputs import TURNED, shown

PARAMETERS = (
    Parameter("style", "style", "", "Filter", "Restyle filter, for generators that have several"),
    replace(DETAIL, default=1080),
    Parameter(
        "amount", "float", 1.0, "Strength", "Blend from the footage itself (0) to the restyled picture (1)",
        0.0, 1.0, unit="factor", animatable=True,
    ),
    SMOOTHING,
    *TURNED,
)  # fmt: skip


class RestyleTake(FootageTake):
    """Footage in another look, ready to be made."""

    result = "image"

    def beside(self, placed_frame: PlacedFrame, frame: int) -> dict[str, Array]:
        if placed_frame.alpha is None:
            return {} if self.recipe.track("amount", frame) == 1 else {"source": placed_frame.whole[:3]}
        return {"source": placed_frame.whole}

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        image, source = outputs["image"], outputs.get("source")
        looks = (_colored(band) for band in resized_bands(image, self.size))
        if source is None:
            return png_of_bands(looks, self.size, 3)
        mixed = _mixed(looks, source, np.float32(self.recipe.track("amount", frame)))
        return png_of_bands(mixed, self.size, len(source))


class Restyle(FootageKind):
    """Footage in another look."""

    name = "restyle"
    label = "Restyle"
    description = "Restyle what a strip shows: painted, drawn, or by an imported network"
    parameters = PARAMETERS
    made = ("image",)

    def take(self, recipe: Recipe, card: Card) -> RestyleTake:
        return RestyleTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        style = str(recipe.settings["style"])
        name = f"{card.label}: {card.style(style).label}" if card.styles else card.label
        return {"name": name, "blend": "ALPHA_OVER", "alpha": True}

    def shown(self, parameter: Parameter, card: Card | None) -> str:
        return "" if card is None or (parameter.type == "style" and not card.styles) else shown(parameter, card)


KIND = Restyle()


def _colored(band: Array) -> Array:
    """Colors in 0…1 of a band of 1, 3 or 4 channels."""
    return np.clip(band[:3] if len(band) > 1 else np.repeat(band, 3, axis=0), 0.0, 1.0)


def _mixed(looks: Iterable[Array], source: Array, strength: np.float32) -> Iterator[Array]:
    """Yield the new look `[3,rows,W]`, band by band, over the footage `[3 or 4, H, W]`, which gives the alpha."""
    first = 0
    for look in looks:
        below = source[:, first : first + look.shape[1]]
        first += look.shape[1]
        alpha = below[3:]
        own = below[:3] / np.maximum(alpha, 1e-6) if len(alpha) else below[:3]
        yield np.concatenate((own + (look - own) * strength, alpha))
