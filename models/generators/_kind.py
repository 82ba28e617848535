"""What a kind of result is to the rest of the program."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from ..card import Card
from ..parameters import Parameter
from ..recipe import Recipe

Array = npt.NDArray[np.float32]


class Take(ABC):
    """One recipe of one generator, ready to be made frame by frame, in any order."""

    @abstractmethod
    def key(self, frame: int) -> str:
        """A text that names all that `frame` depends on: equal keys mean equal files."""

    @abstractmethod
    def inputs(self, frame: int) -> Mapping[str, Array]:
        """What the network is given for `frame`."""

    @abstractmethod
    def finish(self, frame: int, outputs: Mapping[str, Array]) -> bytes:
        """The file of `frame`, from what the network returned. Runs on another thread than the network."""


class Kind(ABC):
    """A kind of result: its name, its parameters, and how a recipe becomes files."""

    name: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    suffix: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        """The recipe, complete and with every value in range. Raises RecipeError or GeneratorError."""
        return recipe.checked(self.parameters)

    @abstractmethod
    def take(self, recipe: Recipe, card: Card) -> Take:
        """Prepare a (checked) recipe to be made."""

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        """How a strip of this recipe is best shown: `name`, `blend` (a blend mode), `alpha` (bool)."""
        return {"name": card.label, "blend": "ALPHA_OVER", "alpha": False}
