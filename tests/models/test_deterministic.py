"""One recipe, one result, whatever the generator: whole or in chunks, in any order, with any number of threads."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.making import contents, make, pngs
from tests.helpers.recipes import Build

SIZE = {"width": 160, "height": 96}  # large enough for onnxruntime to divide between threads


def test_the_same_recipe_gives_the_same_bytes(recipe: Build, tmp_path: Path) -> None:
    one, other = (make(recipe(), tmp_path / name).path for name in ("a", "b"))
    assert one.name == other.name
    assert contents(one).keys() == contents(other).keys()
    assert pngs(one) == pngs(other)


def test_other_seeds_give_other_frames(recipe: Build, tmp_path: Path) -> None:
    frames = [set(pngs(make(recipe(seed=seed), tmp_path).path).values()) for seed in (1, 2)]
    assert frames[0].isdisjoint(frames[1])


def test_chunks_in_any_order_give_the_same_bytes(recipe: Build, tmp_path: Path) -> None:
    asked = recipe(frames=6, drift_x=0.3, **SIZE)
    whole = make(asked, tmp_path / "whole")
    for chunk in ([5], [2, 0], [4, 3, 3], [], [1, 99, -7]):
        parts = make(asked, tmp_path / "parts", only=chunk)
    assert pngs(parts.path) == pngs(whole.path)


def test_threads_do_not_change_a_bit(recipe: Build, tmp_path: Path) -> None:
    # The runtime cuts pictures of less than 9×16 cells so that sums may come out a last bit different.
    size = {**SIZE, "frames": 2, "width": 512, "height": 288}
    one, two = (make(recipe(**size), tmp_path / str(threads), threads=threads) for threads in (1, 2))
    assert pngs(one.path) == pngs(two.path)
