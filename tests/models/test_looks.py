"""The painted looks that ship: each changes a picture in its own way, at any size, up to its edges, and holds still."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.inference.session import Session
from models.job import Generation
from models.library.catalog import Entry, Library
from tests.helpers.footage import frames, recipe_for, take_of
from tests.helpers.movies import SIZE, write

ENTRY = next(each for each in Library().of_kind("restyle") if each.card.id == "painted_looks")
STYLES = [style.name for style in ENTRY.card.styles]
KNOBS = [port.name for port in ENTRY.card.ports("number")]
every_style = pytest.mark.parametrize("style", STYLES)


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(ENTRY.path, 1)


def scene(size: tuple[int, int], noise: float = 0.0) -> np.ndarray:
    """A disc before a ground that becomes brighter, `[3,H,W]`."""
    y, x = np.mgrid[: size[0], : size[1]] / max(size)
    disc = np.hypot(y - 0.25, x - 0.5) < 0.18
    picture = np.stack((0.2 + 0.6 * x, 0.3 + 0.3 * y, np.full_like(x, 0.5)))
    picture[:, disc] = np.array((0.45, 0.05, 0.1))[:, None]
    picture += np.random.default_rng(3).normal(0, noise, picture.shape) if noise else 0
    return picture.clip(0, 1).astype(np.float32)


def styled(session: Session, picture: np.ndarray, style: str, **knobs: float) -> np.ndarray:
    feeds = {
        port.name: np.array([knobs.get(port.name, port.default)], np.float32) for port in ENTRY.card.ports("number")
    }
    feeds["style"] = np.array([ENTRY.card.style(style).vector], np.float32)
    made: np.ndarray = session.run({"image": picture[None], **feeds})["styled"][0]
    return made


def test_it_is_what_a_first_click_gives_and_has_five_looks_or_more() -> None:
    assert Library().of_kind("restyle")[0] == ENTRY
    assert len(STYLES) >= 5


@every_style
@pytest.mark.parametrize("size", [(2, 2), (6, 4), (66, 34), (180, 320)])
def test_any_size_comes_out_as_it_went_in(session: Session, style: str, size: tuple[int, int]) -> None:
    made = styled(session, scene(size), style)
    assert made.shape == (3, *size)
    assert np.isfinite(made).all()
    assert 0 <= made.min() <= made.max() <= 1


def test_looks_differ_from_the_picture_and_from_each_other(session: Session) -> None:
    picture = scene((180, 320))
    made = [picture, *(styled(session, picture, style) for style in STYLES)]
    for n, one in enumerate(made):
        for other in made[:n]:
            assert np.abs(one - other).mean() > 0.02


@every_style
def test_an_even_picture_is_even_up_to_its_edges(session: Session, style: str) -> None:
    """Apart from what it lies on, which is the same all over."""
    made = styled(session, np.full((3, 192, 192), 0.6, np.float32), style).mean(axis=0)
    inner = made[48:144, 48:144]
    for edge in (made[:8], made[-8:], made[:, :8], made[:, -8:]):
        assert abs(edge.mean() - inner.mean()) < 0.02 + inner.std() / 4


@every_style
def test_grain_of_the_footage_is_not_made_stronger(session: Session, style: str) -> None:
    """Between two frames that differ in their grain alone; hatching and dots, which are black or white, excepted."""
    clean = scene((180, 320))
    first, second = (
        (clean + np.random.default_rng(seed).normal(0, 0.01, clean.shape)).clip(0, 1).astype(np.float32)
        for seed in (1, 2)
    )
    given = np.abs(first - second).mean()
    made = np.abs(styled(session, first, style) - styled(session, second, style)).mean()
    assert made < given * (2 if style in ("ink", "comic") else 1)


@every_style
@pytest.mark.parametrize("knob", KNOBS)
def test_knobs_change_nothing_into_nonsense(session: Session, style: str, knob: str) -> None:
    port = next(port for port in ENTRY.card.ports("number") if port.name == knob)
    made = [styled(session, scene((90, 160)), style, **{knob: value}) for value in (port.low, port.high)]
    assert all(np.isfinite(each).all() for each in made)


@pytest.mark.parametrize(
    ("style", "knob"),
    [
        ("oil", "Brush size"), ("cel", "Line width"), ("cel", "Line strength"), ("cel", "Tones"),
        ("watercolour", "Texture"), ("comic", "Colourfulness"),
    ],
)  # fmt: skip
def test_each_knob_does_something_where_it_should(session: Session, style: str, knob: str) -> None:
    port = next(port for port in ENTRY.card.ports("number") if port.name == knob)
    low, high = (styled(session, scene((180, 320), 0.05), style, **{knob: value}) for value in (port.low, port.high))
    assert np.abs(low - high).mean() > 0.003


def test_cel_animation_has_fewer_tones_and_dark_lines(session: Session) -> None:
    ramp = np.broadcast_to(np.linspace(0.1, 0.9, 320, dtype=np.float32), (3, 180, 320))
    made = styled(session, np.ascontiguousarray(ramp), "cel", **{"Line strength": 0.0}).mean(axis=0)
    assert (np.abs(np.diff(made[90, 20:300])) < 1e-3).mean() > 0.6
    disc = styled(session, scene((180, 320)), "cel")
    plain = styled(session, scene((180, 320)), "cel", **{"Line strength": 0.0})
    darker = (plain - disc).max(axis=0) > 0.2
    assert 0.005 < darker.mean() < 0.1


def test_a_knob_that_is_keyframed_changes_its_frames_alone(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mkv")
    still = recipe_for(ENTRY, [film], 4, style="comic")
    turned = type(still)(**{**vars(still), "tracks": {**still.tracks, "knob_6": (0.0, 0.0, -1.0, 0.0)}})
    keys = [Generation.of(recipe, ENTRY.card, tmp_path).keys() for recipe in (still, turned)]
    assert [a == b for a, b in zip(*keys, strict=True)] == [True, True, False, True]
    colors = [np.ptp(frame[..., :3].astype(int), axis=2).mean() for frame in frames(ENTRY, turned, [film])]
    assert colors[2] < 3 < min(colors[0], colors[1], colors[3]) - 5
    number = {port.name: index for index, port in enumerate(ENTRY.card.ports("number"), 1)}["Colourfulness"]
    assert number == 6


def test_what_is_made_is_as_large_as_the_frame(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mkv")
    recipe = recipe_for(ENTRY, [film], 1, style="oil", sight=33)
    take = take_of(ENTRY, recipe, [film])
    given = take.inputs(0)["image"].shape
    assert (given[2] % 2, given[3] % 2) == (0, 0)
    assert frames(ENTRY, recipe, [film])[0].shape[:2] == SIZE[::-1]


def test_the_file_is_small() -> None:
    assert ENTRY.path.stat().st_size < 60_000
    assert isinstance(ENTRY, Entry)
