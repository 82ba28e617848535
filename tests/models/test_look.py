"""The quick look is the frame itself, only smaller: the same picture in the same place, from the same settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.cache.mark import is_placeholder
from models.errors import CacheError, GeneratorMissing, RecipeError
from models.imaging.png import pixels, png
from models.imaging.resample import resized
from models.job import Generation
from models.library.catalog import Entry, Library
from models.recipe import Recipe
from models.worker import look
from models.worker.client import Client
from tests.helpers.making import decode, make_with, session
from tests.helpers.recipes import ENTRIES, FIRSTS, raw, small

SIZE = {"width": 640, "height": 360, "frames": 3}


def visible(picture: np.ndarray) -> np.ndarray:
    """A picture as it is seen: where nothing is, colors may be anything."""
    picture = np.clip(picture, 0, 1)
    return np.concatenate((picture[:3] * picture[3:], picture[3:])) if len(picture) == 4 else picture


def looked(client: Client, recipe: Recipe, file: Path, **more: Any) -> np.ndarray:
    """The quick look as the worker writes it: `uint8 [h,w,4]`, from the top."""
    client.send("look", "a", recipe=raw(recipe), file=str(file), **more)
    *_, seen = [event for event in client.wait("a") if event["say"] == "seen"]
    return np.frombuffer(file.read_bytes(), np.uint8).reshape(seen["height"], seen["width"], 4)[::-1]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.card.id)
def test_it_is_the_frame_made_smaller(entry: Entry, tmp_path: Path) -> None:
    recipe = small(entry, **SIZE)
    folder = make_with(entry, recipe, tmp_path, only=[1])
    whole = np.asarray(decode((folder.path / folder.name(1)).read_bytes()).transpose(2, 0, 1), np.float32) / 255
    found = Generation.of(recipe, entry.card, tmp_path).take.small(session(entry.path, 1), 1, (270, 480))
    wanted = resized(whole, (270, 480))
    assert np.abs(visible(found) - visible(wanted)).mean() < 0.012


@pytest.mark.parametrize("entry", FIRSTS, ids=lambda entry: entry.card.id)
def test_the_worker_writes_it_and_a_placeholder_of_full_size(client: Client, entry: Entry, tmp_path: Path) -> None:
    found = looked(client, small(entry, **SIZE), tmp_path / "look", frame=1)
    assert found.shape == (270, 480, 4)
    assert (found[..., 3] == 255).all()
    assert found[..., 0].std() > 5
    assert is_placeholder(tmp_path / "look.png")
    shown = decode((tmp_path / "look.png").read_bytes())
    assert shown.shape[:2] == (360, 640)
    if shown.shape[2] == 3:
        assert np.abs(shown[::4, ::4].astype(int) - found[::3, ::3, :3]).max() == 0
    assert {path.name for path in tmp_path.iterdir()} == {"look", "look.png"}


@pytest.mark.parametrize("entry", Library().of_kind("texture"), ids=lambda entry: entry.card.id)
def test_a_draft_looks_like_the_frame_for_a_part_of_the_work(entry: Entry, tmp_path: Path) -> None:
    by = "frame" if entry == FIRSTS[0] else "pixels"
    take = Generation.of(small(entry, **SIZE | {"height": 640}, scale_by=by), entry.card, tmp_path).take
    network = session(entry.path, 1)
    sizes: list[int] = []
    run = network.run

    class Counting:
        def run(self, feeds: Any) -> Any:
            found = run(feeds)
            sizes.append(next(iter(found.values())).size)
            return found

    whole, draft = take.small(Counting(), 1, (480, 480)), take.draft(Counting(), 1, (480, 480), 2)  # type: ignore[arg-type]
    assert draft is not None
    assert draft.shape == whole.shape
    whole, draft = visible(whole), visible(draft)
    assert sizes[1] < 0.4 * sizes[0]
    assert np.abs(draft.mean(axis=(1, 2)) - whole.mean(axis=(1, 2))).max() < 0.25
    for axis in (1, 2):  # what lies beside each other fits, and things are as large as they will be
        steps = np.abs(np.diff(draft, axis=axis))
        assert steps.take(239, axis=axis).mean() < 2 * steps.mean() + 0.01
        assert steps.mean() == pytest.approx(np.abs(np.diff(whole, axis=axis)).mean(), rel=0.6)


def test_a_slow_picture_is_seen_as_a_draft_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, seen = FIRSTS[0], []
    job = Generation.of(small(entry, **SIZE), entry.card, tmp_path)

    def looked(speed: float) -> int:
        monkeypatch.setitem(look._speeds, entry.card.digest, speed)
        seen.clear()
        look.look(job, session(entry.path, 1), 0, tmp_path / "look", lambda *size: seen.append(size))
        return len(seen)

    assert looked(1e-9) == 1
    assert looked(1e-5) == 2
    assert set(seen) == {(480, 270)}


def test_small_frames_stay_as_they_are(client: Client, tmp_path: Path) -> None:
    assert looked(client, small(FIRSTS[0]), tmp_path / "look").shape == (48, 64, 4)


def test_what_is_wrong_arrives_as_an_error_and_the_worker_goes_on(client: Client, tmp_path: Path) -> None:
    sound = next(entry for entry in Library().entries() if entry.card.kind == "sound")
    with pytest.raises(RecipeError, match="no picture"):
        looked(client, small(sound), tmp_path / "look")
    with pytest.raises(GeneratorMissing):
        looked(client, replace(small(FIRSTS[0]), digest="0" * 64), tmp_path / "look")
    with pytest.raises(CacheError, match="can't be written"):
        looked(client, small(FIRSTS[0]), tmp_path / "nowhere" / "look")
    assert looked(client, small(FIRSTS[0]), tmp_path / "look").any()


def test_the_newest_of_many_is_seen_and_those_before_it_are_dropped(client: Client, tmp_path: Path) -> None:
    for seed in range(20):
        client.send("look", str(seed), recipe=raw(small(FIRSTS[0], **SIZE, seed=seed)), file=str(tmp_path / str(seed)))
        if seed:
            client.send("cancel", str(seed - 1))
    assert {event["say"] for event in client.wait("19")} == {"seen", "looked"}
    assert len([path for path in tmp_path.iterdir() if path.suffix == ".png"]) < 10


def test_squares_are_seen_through_what_is_transparent() -> None:
    squares = look._ground((40, 40), None)
    assert np.unique(squares).tolist() == pytest.approx([look.DARK, look.LIGHT])
    assert (look.over(np.zeros((4, 40, 40), np.float32), squares, False)[:3] == squares).all()
    gray = np.full((1, 40, 40), 0.5, np.float32)
    assert look.over(gray, squares, False)[:, 0, 0].tolist() == [0.5, 0.5, 0.5, 1.0]
    assert (look.over(gray, squares, True)[:3] == squares * 0.5).all()
    assert look.over(np.ones((2, 40, 40), np.float32), squares, False).min() == 1.0


def test_what_lies_below_is_seen_as_far_as_it_is_visible(tmp_path: Path) -> None:
    straight = np.ones((4, 40, 40), np.float32)
    straight[3, :, 20:] = 0.0  # as light on black is stored: white, and where it is dark transparent
    (tmp_path / "light.png").write_bytes(png(straight))
    ground = look._ground((40, 40), (tmp_path / "light.png", 0))
    assert ground[:, :, :18].min() > 0.99
    assert np.abs(ground - look._ground((40, 40), None))[:, :, 22:].max() < 0.01


@pytest.mark.parametrize("offset", [(0, 0), (5, -3), (-100, 100)])
def test_a_text_lies_in_the_frame_where_it_will(offset: tuple[int, int]) -> None:
    frame = look.placed(np.ones((4, 10, 20), np.float32), (90, 160), offset)
    rows, columns = np.nonzero(frame[0])
    if abs(offset[0]) < 50:
        middle = 45 - offset[1], 80 + offset[0]
        assert (rows.mean() + 0.5, columns.mean() + 0.5) == middle
        assert len(rows) == 200
    assert frame.shape == (4, 90, 160)


def test_footage_is_seen_through_it_and_what_cant_be_read_is_not(client: Client, movie: Path, tmp_path: Path) -> None:
    entry = next(entry for entry in Library().of_kind("texture") if entry.card.styles[0].alpha)
    recipe = small(entry, **SIZE)
    alone = looked(client, recipe, tmp_path / "look")
    shown = [looked(client, recipe, tmp_path / "look", below=[str(movie), n]) for n in (0, 12)]
    assert len({picture.tobytes() for picture in (alone, *shown)}) == 3
    (tmp_path / "damaged.mkv").write_bytes(b"x" * 100)
    assert (looked(client, recipe, tmp_path / "look", below=[str(tmp_path / "damaged.mkv"), 0]) == alone).all()


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("packed", [False, True])
def test_our_own_pictures_are_read_back(depth: int, channels: int, packed: bool) -> None:
    picture = np.random.default_rng(0).random((channels, 40, 7), dtype=np.float32)
    found = pixels(png(picture, depth, packed)).transpose(2, 0, 1)
    assert np.abs(found / 255 - picture).max() < (1 / 255 if depth == 16 else 0.51 / 255)
