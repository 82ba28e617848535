"""Text overlays: letters that burn, freeze, glow or grow moss, where a text strip shows them.

The network gets the letters' coverage, the distances around them and noise that rises, and returns premultiplied RGBA
for the text's box. Setting text takes time and loads much, so Blender's process only drafts recipes: a draft has no
size, and its layout only the font that was chosen. Whoever makes it completes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..cards.card import Card
from ..errors import GeneratorError, RecipeError
from ..recipe import Recipe
from ..text.spec import Spec
from ._base import Kind
from ._text_settings import PARAMETERS
from ._text_take import TextTake, measured, with_all_fonts

#: The most pixels of a box.
MAX_PIXELS = 5120 * 2880
#: Width and height of a draft, px. No box is that small.
UNKNOWN = 1


class TextEffect(Kind):
    """Texts whose letters are made of something."""

    name = "text_effect"
    label = "Text"
    description = "Styled text in place of a text strip"
    suffix = ".png"
    parameters = PARAMETERS
    made_from = "text"

    def drafted(self, recipe: Recipe, card: Card) -> Recipe:
        """Check all but the text's size, and mark it as not yet known: only the worker sets text."""
        roles = [port.role for port in card.inputs]
        if not card.styles or sorted(roles) != ["latent_field", "strength", "style", "text_fields"]:
            raise GeneratorError(f"{card.label} can't style text: it needs styles and its four picture inputs.")
        settings = dict(recipe.settings)
        settings["style"] = settings.get("style") or card.styles[0].name
        card.style(str(settings["style"]))
        Spec.from_json(str(settings.get("layout", "")))
        return super().checked(replace(recipe, settings=settings, width=UNKNOWN, height=UNKNOWN), card)

    def is_draft(self, recipe: Recipe) -> bool:
        return (recipe.width, recipe.height) == (UNKNOWN, UNKNOWN)

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        draft = self.drafted(recipe, card)
        layout = str(draft.settings["layout"])
        if self.is_draft(recipe):
            layout = with_all_fonts(layout)
        box = measured(layout)[2]
        if box.width * box.height > MAX_PIXELS:
            raise RecipeError("The text is too large for one frame. Make its font smaller.")
        return replace(draft, width=box.width, height=box.height, settings={**draft.settings, "layout": layout})

    def take(self, recipe: Recipe, card: Card) -> TextTake:
        return TextTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        spec = Spec.from_json(str(recipe.settings["layout"]))
        label, words = card.style(str(recipe.settings["style"])).label, " ".join(spec.text.split())[:24]
        return {"name": f"{label}: {words}", "blend": "ALPHA_OVER", "alpha": True}


KIND = TextEffect()
