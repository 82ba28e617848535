"""What the kinds that are made from footage share: which networks can serve them, and what their recipes hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from ..cards.card import Card
from ..cards.port import Port
from ..errors import GeneratorError
from ..parameters import Parameter
from ..recipe import Recipe
from ._base import Kind
from ._footage_settings import SOURCE

#: Roles of inputs that there is something for.
GIVEN = ("image", "state", "number", "switch", "style")


class FootageKind(Kind):
    """A kind that is made from footage."""

    made_from = "footage"
    suffix = ".png"
    made: ClassVar[tuple[str, ...]]

    @property
    def held(self) -> tuple[Parameter, ...]:
        return (*self.parameters, *SOURCE)

    def check_card(self, card: Card) -> None:
        pictures = [port for port in card.outputs if port.role in self.made]
        if len(card.ports("image")) != 1 or not pictures:
            raise GeneratorError(
                f"{card.label} can't make a {self.label.lower()}: it must take one picture and "
                "return one. Choose another generator."
            )
        if len(card.ports("state")) != len([port for port in card.outputs if port.role == "state"]):
            raise GeneratorError(f"{card.label}: its state outputs don't match its state inputs. Edit its card.")
        check_inputs(card.inputs, card.label)

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        self.check_card(card)
        settings = dict(recipe.settings)
        if card.styles:
            settings["style"] = settings.get("style") or card.styles[0].name
            card.style(str(settings["style"]))
        return super().checked(replace(recipe, settings=settings), card)


def check_picture(port: Port) -> None:
    """Raise GeneratorError for an input that is said to be a picture but isn't."""
    if len(port.shape) != 4:
        raise GeneratorError(
            f"The input {port.name[:64]!r} is not a picture: it has {len(port.shape)} dimensions instead of 4."
        )


def check_inputs(ports: Sequence[Port], name: str) -> None:
    """Raise GeneratorError for inputs that a strip made from footage has nothing for; `name` is the network's."""
    several = [port for port in ports if port.role == "image"][1:]
    other = [port for port in ports if port.role not in GIVEN]
    if extra := next(iter([*other, *several]), None):
        what = "a second picture" if extra in several else f"a {extra.role.replace('_', ' ')}"
        raise GeneratorError(
            f"{name} takes a picture and also {extra.name[:64]!r} {list(extra.shape)} ({what}), which footage doesn't "
            "have. Export it with that input as a constant, or correct its role on a card beside it."
        )
