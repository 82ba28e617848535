"""One recipe, one result: whole or in chunks, in any order, with any number of threads, interrupted or not."""

from __future__ import annotations

from itertools import combinations_with_replacement
from pathlib import Path

import pytest

from models.cache import Folder
from models.errors import Canceled, RecipeError
from models.job import Job
from models.kinds import kind
from models.library.catalog import Entry
from tests.helpers.making import contents, make, pngs, session
from tests.helpers.recipes import Build

SIZE = {"width": 160, "height": 96}  # large enough for onnxruntime to divide between threads


def test_a_job_writes_nothing_before_it_is_made(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    job = Job.of(recipe(), entry.card, tmp_path)
    assert not list(tmp_path.iterdir())
    assert job.check(lambda: None) == ([0, 1, 2, 3], [])


def test_the_folder_tells_what_it_holds(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    folder = make(recipe(seed=42), tmp_path)
    style = entry.card.styles[0].name
    assert folder.path.name.startswith(f"{style}-42-")
    assert (folder.path / "recipe.json").read_text() == Job.of(recipe(seed=42), entry.card, tmp_path).recipe.canonical()


def test_the_same_recipe_gives_the_same_bytes(recipe: Build, tmp_path: Path) -> None:
    assert contents(make(recipe(), tmp_path / "a").path).keys() == contents(make(recipe(), tmp_path / "b").path).keys()
    assert pngs(tmp_path / "a" / folder_name(tmp_path / "a")) == pngs(tmp_path / "b" / folder_name(tmp_path / "b"))


def folder_name(root: Path) -> str:
    (folder,) = root.iterdir()
    return folder.name


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


def test_nothing_is_made_twice(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    make(recipe(), tmp_path)

    def no_session() -> None:
        raise AssertionError("the network is not needed")

    job = Job.of(recipe(), entry.card, tmp_path)
    assert job.make(no_session, lambda *_: None, lambda: None) == 0  # type: ignore[arg-type]


def test_unsound_frames_are_made_again(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    folder = make(recipe(), tmp_path)
    before = pngs(folder.path)
    (folder.path / "0001.png").unlink()
    (folder.path / "0002.png").write_bytes(before["0002.png"][:100])
    (folder.path / "0003.png").write_bytes(before["0004.png"])
    job = Job.of(recipe(), entry.card, tmp_path)
    assert job.check(lambda: None) == ([0], [1, 2])
    told: list[tuple[int, int, int]] = []
    made = job.make(lambda: session(entry.path, 2), lambda *what: told.append(what), lambda: None)
    assert made == 3
    assert sorted(frame for frame, _, _ in told) == [0, 1, 2]
    assert [(done, total) for _, done, total in told] == [(1, 3), (2, 3), (3, 3)]
    assert pngs(folder.path) == before


def test_frames_from_the_playhead_come_first(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    order: list[int] = []
    job = Job.of(recipe(frames=12), entry.card, tmp_path)
    job.make(lambda: session(entry.path, 2), lambda frame, *_: order.append(frame), lambda: None, start=8)
    assert set(order[:4]) <= {8, 9, 10, 11, 0, 1}  # two encoders may overtake each other
    assert sorted(order) == list(range(12))


def test_equal_frames_of_another_recipe_are_taken_over(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    # Of styles that move alike: after a mix of others, all that follows lies elsewhere.
    pairs = combinations_with_replacement(entry.card.styles, 2)
    alike = [(a.name, b.name) for a, b in pairs if (a.drift, a.rate) == (b.drift, b.rate)]
    first, second = next((pair for pair in alike if pair[0] != pair[1]), alike[0])
    morph = {"style": first, "style_b": second}
    make(recipe(**morph, mix=[0, 0, 0.5, 1]), tmp_path)
    asked: list[dict[str, object]] = []

    class Counted:
        def run(self, inputs: dict[str, object]) -> object:
            asked.append(inputs)
            return session(entry.path, 2).run(inputs)  # type: ignore[arg-type]

    told: list[int] = []
    job = Job.of(recipe(**morph, mix=[0, 0, 0.25, 1]), entry.card, tmp_path)
    assert job.make(Counted, lambda _, done, total: told.append(done), lambda: None) == 4  # type: ignore[arg-type]
    assert len(asked) == 1
    assert told == [1, 2, 3, 4]


def test_stopping_keeps_what_is_made(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    def stop(_: int, done: int, __: int) -> None:
        if done == 3:
            raise Canceled("enough")

    job = Job.of(recipe(frames=20), entry.card, tmp_path)
    with pytest.raises(Canceled):
        job.make(lambda: session(entry.path, 2), stop, lambda: None)
    missing, changed = job.check(lambda: None)
    assert changed == []
    assert 3 <= 20 - len(missing) <= 6
    assert not list(job.folder.path.glob(".*"))


def test_reading_many_files_can_be_stopped(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    folder = make(recipe(), tmp_path)

    def stop() -> None:
        raise Canceled("enough")

    with pytest.raises(Canceled):
        Job.of(recipe(), entry.card, tmp_path).check(stop)
    assert len(pngs(folder.path)) == 4


def test_a_hundred_thousand_frames_are_planned_in_seconds(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    job = Job.of(recipe(frames=100_000), entry.card, tmp_path)
    assert len(set(job.keys())) == 100_000
    assert job.folder.name(99_999) == "100000.png"
    with pytest.raises(RecipeError, match="Length 1000000 "):
        recipe(frames=1_000_000)


def test_folders_of_equal_name_need_equal_recipes(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    def path(**values: object) -> Path:
        folder: Folder = Job.of(recipe(**values), entry.card, tmp_path).folder
        return folder.path

    tile = next(parameter.default for parameter in kind(entry.card.kind).parameters if parameter.name == "tile_x")
    assert path() == path(style=entry.card.styles[0].name, mix=0.0)
    assert len({path(), path(seed=2), path(frames=5), path(width=65), path(mix=0.1), path(tile_x=not tile)}) == 6
