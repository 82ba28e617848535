"""Choosing a seed by the network that judged the generator."""

from __future__ import annotations

from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import draw
from tests.helpers.blender.strips import add, frames_folders, part


def judged() -> dict[str, bool]:
    """Whether each texture generator has a critic."""
    library, critic = part("models.library.catalog").Library(), part("models.critic")
    return {entry.card.id: critic.beside(entry) is not None for entry in library.of_kind("texture")}


@pytest.mark.one_blender
@pytest.mark.parametrize("has", [True, False], ids=["with a critic", "without one"])
def test_the_button_is_there_for_generators_with_a_critic(scene: Any, has: bool) -> None:
    found = [id for id, critic in judged().items() if critic == has]
    if not found:
        pytest.skip("no generator that ships is so")
    settings = scene.latent_strips.texture
    settings.generator, settings.seed = found[0], 40
    assert ("latent_strips.best_seed" in draw()) == has
    if has:
        assert bpy.ops.latent_strips.best_seed(count=3) == {"FINISHED"}
        chosen = settings.seed
        assert chosen in (40, 41, 42)
        settings.seed = 40
        bpy.ops.latent_strips.best_seed(count=3)
        assert settings.seed == chosen
    else:
        with pytest.raises(RuntimeError, match="has no critic"):
            bpy.ops.latent_strips.best_seed(count=3)
        assert settings.seed == 40
    assert not frames_folders()


@pytest.mark.one_blender
def test_a_strip_knows_nothing_of_how_its_seed_was_chosen(scene: Any) -> None:
    assert add(seed=41, length=2).latent_seed == 41
    assert "critic" not in bpy.context.scene.sequence_editor.active_strip["latent_recipe"]
