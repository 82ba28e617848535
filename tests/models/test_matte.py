"""What a matte promises: empty at 0, full at 1, just so much in between, and nothing that goes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import GeneratorError
from models.job import Generation
from models.kinds import kind
from models.kinds._coverage import around, covered, from_edges, front, led, ranks, towards
from models.library.catalog import Entry, Library
from models.recipe import Recipe
from tests.helpers.making import Pictures, session
from tests.helpers.recipes import small

STYLES = [(entry, style.name) for entry in Library().of_kind("matte") for style in entry.card.styles]
every_style = pytest.mark.parametrize(("matte", "style"), STYLES, ids=[style for _, style in STYLES])
GROWTHS = ("none", "direction", "point", "edges")
fields = st.builds(
    lambda seed, even: np.random.default_rng(seed).standard_normal((12, 17)).astype(np.float32).round(even),
    st.integers(0, 10**6),
    st.integers(0, 6),
)


@pytest.fixture(scope="module")
def matte() -> Entry:
    return Library().of_kind("matte")[0]


@pytest.fixture
def gray(matte: Entry, pictures: Pictures) -> Callable[..., np.ndarray]:
    """`gray(coverage=0.5)`: the frames of such a matte, `[N,H,W]` in 0…1, standing still."""

    def made(**values: object) -> np.ndarray:
        return pictures(small(matte, **{"speed": 0, "width": 96, "scale": 0.5, "depth": "16", **values}))[..., 0]

    return made


@pytest.mark.one_python
@every_style
def test_every_style_runs_from_empty_to_full_and_no_pixel_goes_back(
    matte: Entry, style: str, pictures: Pictures
) -> None:
    growing = np.linspace(0, 1, 9)
    made = pictures(small(matte, style=style, frames=9, coverage=growing, speed=0, width=96, scale=0.5, depth="16"))[
        ..., 0
    ]
    assert made[0].max() == 0
    assert made[-1].min() == 1
    assert (np.diff(made, axis=0) >= 0).all()
    assert np.abs(made.mean(axis=(1, 2)) - growing).max() < 0.1  # edges are wide in so small a frame
    assert made[4].std() > 0


@pytest.mark.parametrize("growth", GROWTHS)
@pytest.mark.parametrize("softness", [0, 1])
def test_growth_and_softness_keep_both_ends_exact(
    gray: Callable[..., np.ndarray], growth: str, softness: float
) -> None:
    made = gray(frames=5, coverage=[0, 0.1, 0.5, 0.9, 1], growth=growth, softness=softness, angle=30.0, led=0.8)
    assert made[0].max() == 0
    assert made[-1].min() == 1
    assert (np.diff(made, axis=0) >= 0).all()


def test_growth_begins_where_it_is_told(gray: Callable[..., np.ndarray]) -> None:
    right, up, point, edges = (
        gray(frames=1, coverage=0.3, led=0.95, softness=0.0, **where)[0]
        for where in (
            {"growth": "direction"},
            {"growth": "direction", "angle": 90.0},
            {"growth": "point", "origin_x": 1.0, "origin_y": 1.0},
            {"growth": "edges"},
        )
    )
    assert right[:, :12].min() > 0.5 > right[:, -12:].max()
    assert up[-6:].min() > 0.5 > up[:6].max()
    assert point[:6, -12:].min() > 0.5 > point[-6:, :12].max()
    assert edges[0].mean() > 0.9
    assert edges[16:32, 32:64].max() < 0.5


def test_inverting_swaps_covered_and_uncovered(gray: Callable[..., np.ndarray]) -> None:
    assert np.abs(1 - gray(invert=True) - gray()).max() < 2 / 65535


def test_a_moving_matte_covers_just_as_much_in_every_frame_and_closes_its_loop(
    matte: Entry, pictures: Pictures
) -> None:
    made = pictures(small(matte, frames=16, coverage=0.4, softness=0.1, scale=0.5, depth="16"))[..., 0]
    shares = made.mean(axis=(1, 2))
    assert np.ptp(shares) < 0.02
    *steps, closing = np.abs(np.roll(made, -1, axis=0) - made).mean(axis=(1, 2))
    assert 0 < closing <= max(steps) * 1.2


def test_a_tileable_matte_has_no_seam(matte: Entry, pictures: Pictures) -> None:
    soft = {"softness": 1.0, "frames": 8, "speed": 16, "loop": False, "tile_x": True, "tile_y": True, "depth": "16"}
    made = pictures(small(matte, width=160, height=128, **soft))[..., 0]
    for axis in (1, 2):
        steps = np.abs(np.roll(made, -1, axis) - made).mean(axis=tuple({0, 1, 2} - {axis}))
        assert steps[-1] < 1.5 * steps[:-1].max()


def test_white_with_alpha_and_glow_are_pictures_with_alpha(matte: Entry, pictures: Pictures) -> None:
    still = {"speed": 0, "scale": 0.5, "frames": 3, "coverage": [0, 0.5, 1], "depth": "16"}
    luma, alpha, glow = (pictures(small(matte, shown=shown, **still)) for shown in ("luma", "alpha", "glow"))
    assert np.array_equal(luma[..., 0], alpha[..., -1])
    assert (alpha[..., :-1] == 1).all()
    assert glow[[0, 2], ..., 3].max() == 0  # a burn has no embers before it begins and after it ends
    assert glow[1, ..., 3].max() > 0.5
    warm = glow[1][glow[1, ..., 3] > 0.1]
    assert (warm[:, 0] >= warm[:, 2]).all()


def test_a_field_that_stands_still_is_made_once(matte: Entry) -> None:
    runs = []

    class Counting:
        def run(self, inputs: object) -> dict[str, np.ndarray]:
            runs.append(1)
            return session(matte.path, 2).run(inputs)  # type: ignore[arg-type]

    take = kind("matte").take(small(matte, frames=8, coverage=np.linspace(0, 1, 8), speed=0), matte.card)
    for frame in range(8):
        take.run(Counting(), frame)  # type: ignore[arg-type]
    assert len(runs) == 1


def test_changed_coverage_touches_its_own_frames_only(matte: Entry, tmp_path: object) -> None:
    before, after = (
        Generation.of(small(matte, coverage=coverage), matte.card, tmp_path).keys()  # type: ignore[arg-type]
        for coverage in ([0, 0.2, 0.6, 1], [0, 0.2, 0.7, 1])
    )
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False, True]


def test_a_texture_generator_makes_no_mattes(matte: Entry) -> None:
    texture = Library().of_kind("texture")[0]
    recipe = replace(small(matte), generator=texture.card.id, digest=texture.card.digest)
    with pytest.raises(GeneratorError, match="can't generate mattes"):
        kind("matte").take(recipe, texture.card)


def test_values_that_are_no_numbers_are_never_shown(matte: Entry) -> None:
    take = kind("matte").take(Recipe("matte", matte.card.id, matte.card.digest, 32, 32, 1, 25), matte.card)
    (port,) = matte.card.outputs
    with pytest.raises(GeneratorError, match="at frame 1"):
        list(take.finish(0, {port.name: np.full((1, 1, 32, 32), np.nan, np.float32)}))


@given(fields)
def test_ranks_keep_the_order_and_fill_the_range(field: np.ndarray) -> None:
    order = ranks(field)
    assert order.min() >= 0
    assert order.max() <= 1
    place = np.argsort(field, axis=None)
    assert (np.diff(order.ravel()[place]) >= -1e-6).all()
    if np.ptp(field) > 0:
        assert order.min() == 0
        assert order.max() > 1 - 1 / 8


@given(fields, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_coverage_is_exact_at_both_ends_and_monotone(field: np.ndarray, a: float, b: float, soft: float) -> None:
    order = led(ranks(field), ranks(towards(field.shape, 45)), 0.5)
    less, more = (covered(order, value, soft) for value in sorted((a, b)))
    assert (more >= less).all()
    assert covered(order, 0, soft).max() == 0
    assert covered(order, 1, soft).min() == 1
    width = max(soft, 0.01)
    assert front(order, 0, width).max() == front(order, 1, width).max() == 0


@given(st.integers(1, 9), st.integers(1, 9), st.floats(-360, 360))
def test_places_are_in_range_for_any_frame(height: int, width: int, degrees: float) -> None:
    for place in (towards((height, width), degrees), around((height, width), 0.2, 1.5), from_edges((height, width))):
        assert place.shape == (height, width)
        assert place.min() >= -1e-5
        assert place.max() <= 1 + 1e-5
