"""What a kind of result is to the rest of the program."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from ..cards.card import Card
from ..errors import RecipeError
from ..imaging.png import pixels
from ..imaging.resample import resized
from ..parameters import Parameter
from ..recipe import Recipe

if TYPE_CHECKING:  # Blender's process plans jobs but never loads the runtime
    from ..inference.session import Session

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Placement:
    """How a picture that doesn't fill the frame lies in it, as only the worker finds out.

    `layout`, `width` and `height` complete the recipe; `center` is the picture's middle, px right of and above the
    frame's at full size; `missing` counts the characters that are in none of the fonts.
    """

    layout: str
    width: int
    height: int
    center: tuple[float, float]
    missing: int = 0


class Take(ABC):
    """One recipe of one generator, ready to be made file by file, in any order.

    `frame` counts the recipe's files from 0: the frames of a sequence, or the one file of a sound.
    """

    #: The recipe, complete and checked.
    recipe: Recipe
    #: Whether a frame costs less right after the one before it.
    in_order: ClassVar[bool] = False

    @abstractmethod
    def key(self, frame: int) -> str:
        """Return a text that names all that `frame` depends on: equal keys mean equal files."""

    def attach(self, files: Sequence[Path]) -> None:
        """Return the footage that a kind made from footage reads. Others need none. Raises MediaError."""
        return None

    def placement(self) -> Placement | None:
        """Return how the picture lies in the frame, None where it fills the frame."""
        return None

    @property
    def frame_size(self) -> tuple[int, int]:
        """Width and height of the frame in which the picture lies."""
        return self.recipe.width, self.recipe.height

    @abstractmethod
    def inputs(self, frame: int) -> Mapping[str, Array]:
        """Return what the network is given for `frame`."""

    def run(self, session: Session, frame: int) -> dict[str, Array]:
        """Return what the network returns for `frame`. Kinds that run it several times, or never, do so here."""
        return session.run(self.inputs(frame))

    @abstractmethod
    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        """Return the file of `frame`, in pieces, from what the network returned. Runs on another thread than the
        network.

        What is wrong with the outputs may be found as late as in the last piece. Raises GeneratorError.
        """

    def small(self, session: Session, frame: int, size: tuple[int, int]) -> Array:
        """Return the picture of `frame` in a smaller `size` (height, width): `[C,h,w]` in 0…1, straight alpha.

        It is what `finish` writes, made smaller; kinds that can do so sooner override this.
        """
        return shrunk(self.finish(frame, self.run(session, frame)), size)

    def draft(self, session: Session, frame: int, size: tuple[int, int], parts: int) -> Array | None:
        """Return a picture like that of `small` for about 1 / `parts`² of the work: the same things in the same size,
        but elsewhere. None where a kind can't tell what it will look like without making it.
        """
        return None

    def warning(self) -> str:
        """Return what whoever sees the files made so far should know of them; "" when there is nothing."""
        return ""


class Kind(ABC):
    """A kind of result: its name, its parameters, and how a recipe becomes files.

    `medium` says what Blender shows the files as: one image sequence, or one sound. `made_from` says what else than
    settings a strip of this kind needs: kinds made from "nothing" get an operator, a panel and a command by themselves;
    the others bring an operator of their own, which knows where to look. A kind that never `ships` a generator is for
    those that users import. `place` orders panels and menus. `chosen_by` is the parameter that a gallery offers.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    suffix: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]
    medium: ClassVar[Literal["image", "sound"]] = "image"
    made_from: ClassVar[Literal["nothing", "footage", "text"]] = "nothing"
    ships: ClassVar[bool] = True
    place: ClassVar[int] = 5
    chosen_by: ClassVar[str] = "style"

    @property
    def held(self) -> tuple[Parameter, ...]:
        """All that a recipe holds: the parameters, and what is filled in without being asked."""
        return self.parameters

    @property
    def has_origin(self) -> bool:
        """Whether frames can be made from before the beginning of what a strip shows (see `Recipe.origin`)."""
        return self.medium == "image" and self.made_from != "text"

    def count(self, recipe: Recipe) -> int:
        """How many files a recipe makes."""
        return recipe.frames if self.medium == "image" else 1

    def check_card(self, card: Card) -> None:  # noqa: B027 - most kinds look at the recipe and the card together
        """Raise GeneratorError for a generator of which no recipe of this kind could be made."""

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        """Return the recipe, complete and with every value in range. Raises RecipeError or GeneratorError."""
        if recipe.origin and not self.has_origin:
            raise RecipeError(f"Origin {recipe.origin} is not 0, where a {self.label.lower()} has to begin.")
        return recipe.checked(self.held)

    def drafted(self, recipe: Recipe, card: Card) -> Recipe:
        """Return the recipe as far as Blender's process can check it, quickly. Raises RecipeError or GeneratorError."""
        return self.checked(recipe, card)

    def is_draft(self, recipe: Recipe) -> bool:
        """Whether the worker still has to complete the recipe (see `Placement`)."""
        return False

    @abstractmethod
    def take(self, recipe: Recipe, card: Card) -> Take:
        """Check a recipe and prepare it to be made. Raises RecipeError or GeneratorError."""

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        """How a strip of this recipe is best shown: `name`, `blend` (a blend mode), `alpha` (bool)."""
        return {"name": card.label, "blend": "ALPHA_OVER", "alpha": False}

    def shown(self, parameter: Parameter, card: Card | None) -> str:
        """Return the label that panels show a parameter with; "" hides it, where this generator has no use for it."""
        return parameter.label


def shrunk(pieces: Iterable[bytes], size: tuple[int, int]) -> Array:
    """Return the picture of a PNG file that a take has written, in a smaller `size`: `[C,h,w]` in 0…1."""
    picture: Array = pixels(b"".join(pieces)).transpose(2, 0, 1).astype(np.float32)
    return resized(picture * np.float32(1 / 255), size)
