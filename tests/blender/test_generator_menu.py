"""Choosing another generator of the same kind: the menus follow, and the choice is part of the recipe."""

from __future__ import annotations

from typing import Any

import bpy

from tests.helpers.blender.panels import draw
from tests.helpers.blender.strips import add, digests, part

INSTANT = "instant_textures"


def cards() -> dict[str, Any]:
    """The cards of the texture generators, in the order they are offered."""
    return {entry.card.id: entry.card for entry in part("models.library.catalog").Library().of_kind("texture")}


def only_of(one: str, other: str) -> str:
    """A style that one generator has and another lacks."""
    names = [{style.name for style in cards()[id].styles} for id in (one, other)]
    return sorted(names[0] - names[1])[0]


def test_a_trained_generator_is_the_default_one(scene: Any) -> None:
    first = next(iter(cards()))
    assert first != INSTANT
    assert scene.latent_strips.texture.generator == first
    assert add().latent_generator == first


def test_the_panel_offers_the_generators(scene: Any) -> None:
    assert "generator" in draw()
    add()
    assert "latent_generator" in draw()


def test_the_menu_of_styles_follows_the_generator(scene: Any) -> None:
    settings, first = scene.latent_strips.texture, next(iter(cards()))
    settings.style = only_of(first, INSTANT)
    settings.generator = INSTANT
    assert settings.style == cards()[INSTANT].styles[0].name
    settings.style = own = only_of(INSTANT, first)
    assert settings.style == own
    settings.generator = first
    assert settings.style == cards()[first].styles[0].name


def test_a_strip_is_made_by_the_generator_that_was_chosen_and_remade_by_another(scene: Any) -> None:
    first, style = next(iter(cards())), only_of(INSTANT, next(iter(cards())))
    strip = add(generator=INSTANT, style=style, length=2)
    assert (strip.latent_generator, strip.latent_style) == (INSTANT, style)
    before = digests(strip)
    assert len(set(before)) == 2
    strip.latent_generator = first
    assert strip.latent_style == cards()[first].styles[0].name
    assert bpy.ops.latent_strips.regenerate() == {"FINISHED"}
    assert not set(before) & set(digests(strip))
