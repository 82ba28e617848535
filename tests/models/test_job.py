"""A job makes what is missing and no more, keeps what is whole, and can be stopped."""

from __future__ import annotations

import time
from itertools import combinations_with_replacement
from pathlib import Path

import pytest

from models.cache import Folder
from models.errors import Canceled, RecipeError
from models.job import Generation
from models.kinds import kind
from models.library.catalog import Entry
from tests.helpers.making import make, pngs, session
from tests.helpers.recipes import FIRSTS, Build


@pytest.fixture(scope="module", params=FIRSTS, ids=lambda entry: entry.card.id)
def entry(request: pytest.FixtureRequest) -> Entry:
    """The first generator of each kind: what a job plans, keeps and makes depends on no more than that."""
    found: Entry = request.param
    return found


def test_a_job_writes_nothing_before_it_is_made(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    job = Generation.of(recipe(), entry.card, tmp_path)
    assert not list(tmp_path.iterdir())
    assert job.check(lambda: None) == ([0, 1, 2, 3], [])


def test_the_folder_tells_what_it_holds(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    folder = make(recipe(seed=42), tmp_path)
    style = entry.card.styles[0].name
    assert folder.path.name.startswith(f"{style}-42-")
    assert (folder.path / "recipe.json").read_text() == Generation.of(
        recipe(seed=42), entry.card, tmp_path
    ).recipe.canonical()


def test_nothing_is_made_twice(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    make(recipe(), tmp_path)

    def no_session() -> None:
        raise AssertionError("the network is not needed")

    job = Generation.of(recipe(), entry.card, tmp_path)
    assert job.make(no_session, lambda *_: None, lambda: None) == 0  # type: ignore[arg-type]


def test_unsound_frames_are_made_again(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    folder = make(recipe(), tmp_path)
    before = pngs(folder.path)
    (folder.path / "0001.png").unlink()
    (folder.path / "0002.png").write_bytes(before["0002.png"][:100])
    (folder.path / "0003.png").write_bytes(before["0004.png"])
    job = Generation.of(recipe(), entry.card, tmp_path)
    assert job.check(lambda: None) == ([0], [1, 2])
    told: list[tuple[int, int, int]] = []
    made = job.make(lambda: session(entry.path, 1), lambda *what: told.append(what), lambda: None)
    assert made == 3
    assert sorted(frame for frame, _, _ in told) == [0, 1, 2]
    assert [(done, total) for _, done, total in told] == [(1, 3), (2, 3), (3, 3)]
    assert pngs(folder.path) == before


def test_frames_from_the_playhead_come_first(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    order: list[int] = []
    job = Generation.of(recipe(frames=12), entry.card, tmp_path)
    job.make(lambda: session(entry.path, 1), lambda frame, *_: order.append(frame), lambda: None, start=8)
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
            return session(entry.path, 1).run(inputs)  # type: ignore[arg-type]

    told: list[int] = []
    job = Generation.of(recipe(**morph, mix=[0, 0, 0.25, 1]), entry.card, tmp_path)
    assert job.make(Counted, lambda _, done, total: told.append(done), lambda: None) == 4  # type: ignore[arg-type]
    assert len(asked) == 1
    assert told == [1, 2, 3, 4]


def test_stopping_keeps_what_is_made(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    def stop(_: int, done: int, __: int) -> None:
        if done == 3:
            raise Canceled("enough")

    job = Generation.of(recipe(frames=20), entry.card, tmp_path)
    with pytest.raises(Canceled):
        job.make(lambda: session(entry.path, 1), stop, lambda: None)
    missing, changed = job.check(lambda: None)
    assert changed == []
    assert 3 <= 20 - len(missing) <= 6
    assert not list(job.folder.path.glob(".*"))


def test_reading_many_files_can_be_stopped(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    folder = make(recipe(), tmp_path)

    def stop() -> None:
        raise Canceled("enough")

    with pytest.raises(Canceled):
        Generation.of(recipe(), entry.card, tmp_path).check(stop)
    assert len(pngs(folder.path)) == 4


def test_four_times_as_many_frames_are_planned_in_about_four_times_as_long(
    entry: Entry, recipe: Build, tmp_path: Path
) -> None:
    def seconds(frames: int) -> float:
        asked = recipe(frames=frames)
        before = time.process_time()
        assert len(set(Generation.of(asked, entry.card, tmp_path).keys())) == frames
        return time.process_time() - before

    few, many = (min(seconds(frames) for _ in range(2)) for frames in (2_000, 8_000))
    assert many < 8 * few  # sixteen times, if each looked at all others


def test_a_hundred_thousand_frames_are_taken_and_a_million_refused(recipe: Build) -> None:
    assert recipe(frames=100_000).frames == 100_000
    with pytest.raises(RecipeError, match="Length 1000000 "):
        recipe(frames=1_000_000)


def test_folders_of_equal_name_need_equal_recipes(entry: Entry, recipe: Build, tmp_path: Path) -> None:
    def path(**values: object) -> Path:
        folder: Folder = Generation.of(recipe(**values), entry.card, tmp_path).folder
        return folder.path

    tile = next(parameter.default for parameter in kind(entry.card.kind).parameters if parameter.name == "tile_x")
    assert path() == path(style=entry.card.styles[0].name, mix=0.0)
    assert len({path(), path(seed=2), path(frames=5), path(width=65), path(mix=0.1), path(tile_x=not tile)}) == 6
