"""What a strip is of a generator that was imported: it moves, morphs, fits, and is a function of its recipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.errors import GeneratorError, RecipeError
from tests.helpers.importing import Take
from tests.helpers.making import decode, frames, make_with
from tests.helpers.recipes import small
from tests.helpers.third_party import classes_int64, dcgan, latent_map, stylegan, w_plus


def test_a_loop_closes_and_frames_are_a_function_of_the_recipe(take: Take, tmp_path: Path) -> None:
    entry = take(dcgan).entry
    walk = frames(entry, tmp_path / "a", frames=24, speed=2.0).astype(int)
    steps = np.abs(np.diff(walk, axis=0)).mean(axis=(1, 2, 3))
    assert np.abs(walk[0] - walk[-1]).mean() < 2 * steps.max()  # the last frame leads into the first
    one = make_with(entry, small(entry, frames=24, speed=2.0), tmp_path / "b", only=[17])
    assert (decode((one.path / one.name(17)).read_bytes()) == walk[17]).all()


def test_seeds_classes_and_truncation_change_the_picture(take: Take, tmp_path: Path) -> None:
    entry = take(classes_int64).entry
    base = frames(entry, tmp_path / "a", frames=1)
    for number, change in enumerate(({"seed": 5}, {"label": "class-3"}, {"truncation": 0.2}, {"mix": 1.0})):
        assert (frames(entry, tmp_path / str(number), frames=1, **change) != base).any(), change
    other = frames(entry, tmp_path / "seed", frames=1, seed=1, seed_b=9, mix=1.0)
    assert (other == frames(entry, tmp_path / "seed b", frames=1, seed=9)).all()  # the morph arrives


def test_one_hot_classes_blend(take: Take, tmp_path: Path) -> None:
    entry = take(stylegan).entry
    values = {"frames": 1, "label": "class-1", "label_b": "class-4", "seed_b": 1}
    at = [frames(entry, tmp_path / str(mix), mix=mix, **values).astype(int) for mix in (0.0, 0.5, 1.0)]
    assert (at[0] != at[2]).any()
    assert np.abs(at[1] - at[0]).mean() < np.abs(at[2] - at[0]).mean()


def test_style_mixing_morphs_some_layers(take: Take, tmp_path: Path) -> None:
    entry = take(w_plus).entry
    made = {each: frames(entry, tmp_path / each, frames=1, mix=1.0, layers=each) for each in ("all", "coarse", "fine")}
    assert (made["all"] != made["coarse"]).any()
    assert (made["coarse"] != made["fine"]).any()


def test_what_is_not_used_is_in_no_key(take: Take) -> None:
    from models.job import Generation

    entry = take(dcgan).entry
    keys = [
        Generation.of(small(entry, **values), entry.card, Path("x")).keys()
        for values in ({}, {"seed_b": 4}, {"tile_scale": 2.0})
    ]
    assert keys[0] == keys[1] == keys[2]


@pytest.mark.parametrize("fit", ["fill", "stretch", "whole", "tile"])
def test_a_picture_fits_any_frame(fit: str, take: Take, tmp_path: Path) -> None:
    entry = take(dcgan).entry
    for number, size in enumerate(((16, 16), (64, 17), (7, 90))):
        made = frames(entry, tmp_path / str(number), frames=1, fit=fit, width=size[0], height=size[1])
        assert made.shape == (1, size[1], size[0], 4 if fit == "whole" else 3)
    if fit == "whole":
        assert made[0, 0, 0, 3] == 0
        assert made[0, 45, 3, 3] == 255


def test_a_map_of_latents_fills_the_frame_pixel_for_pixel(take: Take, tmp_path: Path) -> None:
    entry = take(latent_map).entry
    assert entry.card.stride == 4
    assert frames(entry, tmp_path, frames=1, width=70, height=33).shape == (1, 33, 70, 3)
    with pytest.raises(RecipeError, match="too large for one frame"):
        make_with(entry, small(entry, width=16000, height=16000), tmp_path)


def test_an_unknown_class(take: Take, tmp_path: Path) -> None:
    entry = take(classes_int64).entry
    with pytest.raises(GeneratorError, match="no style 'cheese'"):
        make_with(entry, small(entry, label="cheese"), tmp_path)
