"""Networks that restyle footage come out in their own range of colors; what no strip can use is refused, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.cards.card import Card
from models.cards.port import Port
from models.errors import GeneratorError
from models.importing import feeds, ranges
from models.inference import arrays
from models.inference.arrays import Array
from models.kinds import kind
from models.library import user
from tests.helpers import footage
from tests.helpers.importing import Take, opened
from tests.helpers.making import decode
from tests.helpers.third_party_footage import matting
from tests.helpers.third_party_sound import wave
from tests.helpers.third_party_styles import STYLES, UNUSABLE, half_classifier, half_style, row, sketch, to_bytes

Build = Callable[[Path], Path]


def preview(take: Take, build: Build) -> tuple[Card, Array]:
    """The card of an imported network, and what it makes of the test picture, 0…1."""
    entry = take(build).entry
    return entry.card, decode(user.preview(entry).read_bytes())[..., :3] / np.float32(255)


@pytest.mark.parametrize("name", STYLES)
def test_colors_are_given_and_taken_in_the_range_that_a_network_was_trained_with(name: str, take: Take) -> None:
    build, low, high, is_normalized = STYLES[name]
    card, image = preview(take, build)
    assert card.kind == "restyle"
    for port in (*card.inputs, *card.outputs):
        assert (port.low, port.high, bool(port.mean)) == (low, high, is_normalized), port.name
    assert image.std() > 0.15  # gray fog has a twentieth
    assert 0.15 < np.median(image) < 0.85
    assert (image == 0).mean() + (image == 1).mean() < 0.6


def test_fast_neural_style_leaves_its_range(take: Take) -> None:
    """The networks of this test are as the real ones: they return colors from below −64 to beyond 320."""
    build = STYLES["rain_princess"][0]
    entry = take(build).entry
    (image,) = entry.card.inputs
    given = arrays.given(image, feeds.test_picture(image, 0))
    (made,) = opened(entry.path).run({image.name: given}).values()
    assert made.min() < -64
    assert made.max() > 320


def test_a_strip_of_an_imported_style_has_its_colors(take: Take, movie: Path) -> None:
    entry = take(STYLES["mosaic"][0]).entry
    (first, *_) = footage.frames(entry, footage.recipe_for(entry, [movie], 1), [movie])
    assert first[..., :3].std() > 25  # of 255
    assert 40 < np.median(first[..., :3]) < 215


def test_a_mask_of_a_network_that_returns_colors_too_is_its_mask(take: Take, movie: Path) -> None:
    entry = take(matting).entry
    assert [port.role for port in entry.card.outputs[:2]] == ["image", "mask"]
    made = footage.take_of(entry, footage.recipe_for(entry, [movie], 1), [movie]).made
    assert made.name == "pha"


def test_whole_numbers_out_do_not_decide_what_goes_in(take: Take) -> None:
    card, image = preview(take, to_bytes)
    assert [(port.low, port.high) for port in (*card.inputs, *card.outputs)] == [(0, 1), (0, 255)]
    assert image.std() > 0.15


def test_a_range_that_a_network_fails_on_is_not_its_range(take: Take) -> None:
    card, image = preview(take, half_style)
    assert (card.inputs[0].low, card.inputs[0].high) == (0, 1)
    assert image.std() > 0.15


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_no_strip_can_use_is_refused_with_its_reason(name: str, take: Take, library: Path) -> None:
    build, says = UNUSABLE[name]
    with pytest.raises(GeneratorError, match=says):
        take(build)
    assert list(library.iterdir()) == []


def test_what_looks_like_those_is_taken(take: Take) -> None:
    assert take(sketch).entry.card.kind == "footage_mask"
    for count in (12_000, 16_384):  # the second is 128 times 128, too, but noise
        assert take(row(count)).entry.card.kind == "clip"
    assert take(wave).entry.card.kind == "clip"


def test_a_card_of_a_network_that_no_strip_can_use_is_refused(take: Take, tmp_path: Path) -> None:
    path = half_classifier(tmp_path / "half_classifier.onnx")
    ports = Port("data", "image", 3, shape=(1, 3, 224, 224), dtype="float16"), Port("prob", "other", 1)
    card = Card("a", "footage_mask", "A", "", "0" * 64, ports[:1], ports[1:], ())
    user.store(path, card, user.ImportNotes())
    with pytest.raises(GeneratorError, match="it must take one picture and return one"):
        take(lambda _: path)
    vector = Port("v", "latent", 4, shape=(1, 4))
    with pytest.raises(GeneratorError, match=r"also 'v' \[1, 4\] \(a latent\)"):
        kind("restyle").check_card(Card("a", "restyle", "A", "", "", (*ports[:1], vector), ports[:1], ()))


def spread(low: float, high: float, far: float) -> Array:
    """Numbers of `low`…`high` and a few of ±`far`."""
    return np.concatenate((np.linspace(low, high, 1000), [far, -far])).astype(np.float32)


@pytest.mark.parametrize(
    ("numbers", "colors", "expected"),
    [
        (spread(0, 1, 5), True, ranges.UNIT),
        (spread(-0.4, 1.4, 3), True, ranges.UNIT),
        (spread(-1.2, 1.2, 4), True, ranges.SIGNED),
        (spread(-1.9, 1.9, 4), False, ranges.SIGNED),
        (spread(-2.1, 2.5, 4), True, ranges.NORMALIZED),
        (spread(-100, 400, 900), True, ranges.BYTES),
        (spread(40, 40.8, 41), True, ranges.BYTES),
        (spread(0, 200, 200), False, ranges.BYTES),
        (spread(-900, 1000, 1e6), True, None),
        (np.full(100, 5, np.float32), True, None),
    ],
)
def test_a_few_numbers_beyond_a_range_do_not_decide(
    numbers: Array, colors: bool, expected: ranges.Range | None
) -> None:
    found = ranges.ranged(numbers, Port("y", "image", 3), colors)
    assert found.low < found.high
    if expected:
        assert found == expected
    else:
        assert found not in ranges.STANDARD
        assert found.low > -1000
        assert found.high < 1100


def test_what_a_mask_keeps_may_be_small() -> None:
    numbers = np.zeros(10_000, np.float32)
    numbers[:20] = 255
    assert ranges.ranged(numbers, Port("y", "mask", 1), True) == ranges.BYTES
    assert ranges.ranged(numbers, Port("y", "image", 3), True) == ranges.UNIT


@pytest.mark.parametrize("shape", [(3, 1024, 1024), (1024, 1024, 3), (1, 2**20)])
def test_what_is_looked_at_lies_all_over_an_array(shape: tuple[int, ...]) -> None:
    places = np.indices(shape).reshape(3 if len(shape) == 3 else 2, -1)
    for axis, size in enumerate(shape):
        seen = np.unique(ranges.looked_at(places[axis].reshape(shape)))
        assert len(seen) >= min(size, 512), f"axis {axis}"
