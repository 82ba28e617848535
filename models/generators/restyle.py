"""Footage in another look, from any network that turns a picture into a picture (see `_footage`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..card import Card
from ..parameters import Parameter
from ..recipe import Recipe
from ..resample import resized
from ._footage import DETAIL, SMOOTHING, FootageKind, FootageTake
from ._kind import Array

PARAMETERS = (
    Parameter("style", "style", "", "Look", "The look, where the generator knows several"),
    replace(DETAIL, default=720),
    Parameter(
        "amount", "float", 1.0, "Strength", "How much of the new look is seen, over the footage itself",
        0.0, 1.0, unit="factor", animatable=True,
    ),
    SMOOTHING,
)  # fmt: skip


class RestyleTake(FootageTake):
    """Footage in another look, ready to be made."""

    result = "image"

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        from .. import media  # only the worker encodes; Blender's own process never loads the codecs

        image = resized(outputs["image"], self.size)
        image = np.clip(image[:3] if len(image) > 1 else np.repeat(image, 3, axis=0), 0.0, 1.0)
        source, strength = outputs["source"], np.float32(self.recipe.track("amount", frame))
        alpha = source[3:]
        own = source[:3] / np.maximum(alpha, 1e-6)
        mixed = own + (image - own) * strength
        return [media.png(mixed if alpha.min() >= 1 else np.concatenate((mixed, alpha)))]


class Restyle(FootageKind):
    """Footage in another look."""

    name = "restyle"
    label = "Restyle"
    description = "What a strip shows, in another look"
    parameters = PARAMETERS
    made = ("image",)
    ships = False

    def take(self, recipe: Recipe, card: Card) -> RestyleTake:
        return RestyleTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        return {"name": card.label, "blend": "ALPHA_OVER", "alpha": True}


KIND = Restyle()
