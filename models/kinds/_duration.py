"""How long a sound is: as long as its strip's frames."""

from __future__ import annotations

from ..errors import RecipeError
from ..recipe import Recipe
from ..sound.noise import RATE


def length_of(recipe: Recipe) -> int:
    """Return samples of a recipe's sound: as long as its frames, to the nearest sample. Raises RecipeError."""
    count = round(recipe.frames / recipe.fps * RATE)
    if count < 1:
        raise RecipeError(
            f"{recipe.frames} frames at {recipe.fps:g} frames per second are shorter than one audio "
            "sample. Make the strip longer."
        )
    return count


def check_length(recipe: Recipe, longest: float, what: str, advice: str) -> float:
    """Seconds of a recipe's sound. Raises RecipeError where that is longer than `longest` s, or no sample."""
    seconds = recipe.frames / recipe.fps
    if seconds > longest:
        raise RecipeError(f"{seconds:.0f} s is longer than {what}: {longest:.0f} s. {advice}")
    length_of(recipe)
    return seconds
