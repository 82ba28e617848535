"""How texts lie in their boxes, as the worker has said in this session. Nothing is set in Blender's process.

A recipe of a text is a draft until its layout is known here, or from the strip that it is made for.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from ....models.kinds import Placement, kind
from ....models.recipe import Recipe
from ....models.text.folders import FONTS, path_of
from ....models.text.spec import Spec
from ....models.worker.child import Event
from ..preferences import font_folders

#: As many layouts are remembered.
MOST = 4096
_known: dict[str, Placement] = {}


def learn(recipe: Recipe, event: Event) -> Recipe:
    """Remember what the worker says of how the text of a recipe lies, and return the complete recipe."""
    x, y = event["center"]
    placement = Placement(event["layout"], event["width"], event["height"], (float(x), float(y)), event["missing"])
    for layout in (_layout(recipe), placement.layout):
        _known.pop(layout, None)
        _known[layout] = placement
    while len(_known) > MOST:
        del _known[next(iter(_known))]
    return _filled(recipe, placement)


def known(layout: str) -> Placement | None:
    """Return how the text of a layout (as `Spec` writes it) lies, None while the worker hasn't said so."""
    return _known.get(layout)


def completed(recipe: Recipe, before: Recipe | None = None) -> Recipe:
    """Return a draft as what it is a draft of, as far as that is known; other recipes as they are.

    `before` is what the strip was made from: it keeps its fonts where neither the text nor the chosen font changed.
    """
    if not kind(recipe.kind).is_draft(recipe):
        return recipe
    if before is not None and before.kind == recipe.kind and not kind(before.kind).is_draft(before):
        layout = _layout(before)
        if _layout(recipe) in (layout, _chosen(layout)) and _has_fonts(layout):
            return _filled(recipe, Placement(layout, before.width, before.height, (0.0, 0.0)))
    found = known(_layout(recipe))
    return _filled(recipe, found) if found and _has_fonts(found.layout) else recipe


def _filled(recipe: Recipe, placement: Placement) -> Recipe:
    settings = {**recipe.settings, "layout": placement.layout}
    return replace(recipe, width=placement.width, height=placement.height, settings=settings)


def _layout(recipe: Recipe) -> str:
    return str(recipe.settings.get("layout", ""))


@lru_cache(maxsize=MOST)
def _chosen(layout: str) -> str:
    """Return a layout as a draft has it, with the font that was chosen alone."""
    spec = Spec.from_json(layout)
    return replace(spec, fonts=spec.fonts[:1]).json()


def _has_fonts(layout: str) -> bool:
    FONTS[:] = font_folders()
    return all(path_of(digest) for digest in Spec.from_json(layout).fonts)
