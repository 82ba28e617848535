"""Sounds: exact lengths, loops that close, levels, controls that do what they say, and the same bytes every time."""

from __future__ import annotations

import wave
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import GeneratorError, MediaError, RecipeError
from models.kinds import kind
from models.library.catalog import Entry, Library
from models.recipe import Recipe
from models.sound import levels, render, room
from models.sound import loudness as meter
from models.sound.bands import BANDS, CELLS, CENTERS, band_of, event_edges, frequency_of
from models.sound.files import wav
from models.sound.noise import RATE, colored
from models.sound.shape import Controls, shaped
from models.sound.tones import partials
from models.worker.client import Client
from tests.helpers.making import make
from tests.helpers.recipes import raw, small

MAKERS = Library().of_kind("sound")
every_maker = pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.card.id)


def every_style(lasting: bool = False) -> Any:
    """Each style, or each of those that go on, of each generator of sounds."""
    pairs = [(maker, style) for maker in MAKERS for style in maker.card.styles if style.persistence or not lasting]
    cases = [pytest.param(maker, style.name, id=f"{maker.card.id}-{style.name}") for maker, style in pairs]
    return pytest.mark.parametrize(("maker", "style"), cases)


def sound(maker: Entry = MAKERS[0], **values: Any) -> Recipe:
    """Half a second at 24 frames a second, unless told."""
    return small(maker, **{"frames": 12, "fps": 24.0, **values})


def heard(recipe: Recipe, root: Path) -> np.ndarray:
    """The samples `[channels, count]` in −1…1 of a recipe's file."""
    folder = make(recipe, root)
    (name,) = folder.names()
    with wave.open(BytesIO((folder.path / name).read_bytes())) as file:
        assert (file.getframerate(), file.getsampwidth()) == (RATE, 3)
        data = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
        channels = file.getnchannels()
    whole = np.pad(data, ((0, 0), (1, 0))).view("<i4").ravel() / 2**31
    return whole.reshape(-1, channels).T


def centroid(samples: np.ndarray) -> float:
    """The mean frequency of the power, Hz."""
    power = np.abs(np.fft.rfft(samples.mean(0))) ** 2
    return float((power * np.fft.rfftfreq(samples.shape[1], 1 / RATE)).sum() / power.sum())


@pytest.mark.one_python
def test_families_know_the_same_classes() -> None:
    """A strip keeps its class when its generator is changed."""
    assert {entry.card.id for entry in MAKERS} >= {"latent_sounds", "statistical_sounds", "markov_sounds"}
    first, *rest = ([(style.name, bool(style.persistence)) for style in maker.card.styles] for maker in MAKERS)
    assert all(styles == first for styles in rest)


@every_style()
def test_a_sound_is_heard_at_its_length_without_clipping_or_dc(maker: Entry, style: str, tmp_path: Path) -> None:
    found = heard(sound(maker, style=style, frames=24), tmp_path)
    assert found.shape == (2, RATE)
    assert np.abs(found).max() > 0.01
    loudness, peak = meter.measure(found, RATE)
    assert peak <= levels.CEILING + 0.1
    assert loudness <= -20 + 0.2
    assert np.abs(found.mean(1)).max() < 1e-5


@pytest.mark.parametrize(
    ("fps", "frames", "count"), [(24, 100, 200_000), (12, 1, 4000), (120, 7, 2800), (29.97, 30, 48048)]
)
def test_the_length_is_exact(fps: float, frames: int, count: int, tmp_path: Path) -> None:
    assert heard(sound(style="beep", fps=fps, frames=frames), tmp_path).shape[1] == count


@every_style()
def test_the_same_recipe_gives_the_same_bytes(maker: Entry, style: str, tmp_path: Path) -> None:
    first, again = (make(sound(maker, style=style, seed=5, frames=6), tmp_path / n) for n in "ab")
    assert (first.path / "0001.wav").read_bytes() == (again.path / "0001.wav").read_bytes()


def test_the_worker_makes_what_this_process_makes_and_verifies_it(client: Client, tmp_path: Path) -> None:
    recipe = sound(style="rain")
    client.send("make", "a", recipe=raw(recipe), root=str(tmp_path / "worker"))
    begin, frame, done = client.wait("a")
    assert (begin["total"], frame["done"], done["made"]) == (1, 1, 1)
    theirs = Path(done["folder"]) / "0001.wav"
    assert theirs.read_bytes() == (make(recipe, tmp_path / "here").path / "0001.wav").read_bytes()
    theirs.write_bytes(b"x")
    client.send("verify", "b", recipe=raw(recipe), root=str(tmp_path / "worker"))
    assert list(client.wait("b"))[-1]["changed"] == [0]


@every_maker
@pytest.mark.parametrize("style", ["impact", "rain"])
def test_seeds_takes_and_settings_make_a_difference(maker: Entry, style: str, tmp_path: Path) -> None:
    base = heard(sound(maker, style=style, frames=24), tmp_path)  # long enough for what swells to end
    changes: list[dict[str, Any]] = [{"seed": 2}, {"take": 1}, {"style": "laser"}, {"pitch": 5.0}, {"variation": 2.0}]
    changes += [{"tail": 2.0}] if style == "impact" else [{"force": 0.0}]
    for n, change in enumerate(changes):
        other = heard(sound(maker, **{"style": style, "frames": 24, **change}), tmp_path / str(n))
        assert np.abs(base - other).max() > 1e-3, change


@pytest.mark.one_python
@every_maker
def test_a_morph_starts_at_one_sound_and_ends_at_the_other(maker: Entry, tmp_path: Path) -> None:
    centroids = [
        centroid(heard(sound(maker, style="wind", style_b="fire", mix=mix, seed=3, frames=48), tmp_path / str(mix)))
        for mix in (0.0, 0.5, 1.0)
    ]
    plain = [centroid(heard(sound(maker, style=s, seed=3, frames=48), tmp_path / s)) for s in ("wind", "fire")]
    assert centroids[0] == pytest.approx(plain[0], rel=0.01)
    assert centroids[0] != pytest.approx(centroids[2], rel=0.01)


@pytest.mark.one_python
@pytest.mark.parametrize(("control", "low", "high"), [("pitch", -12.0, 12.0), ("brightness", -1.0, 1.0)])
@pytest.mark.parametrize("style", ["rain", "explosion"])
@every_maker
def test_higher_is_higher(maker: Entry, control: str, low: float, high: float, style: str, tmp_path: Path) -> None:
    dull, bright = (
        centroid(heard(sound(maker, style=style, frames=24, **{control: value}), tmp_path / str(value)))
        for value in (low, high)
    )
    assert bright > dull * 1.3


def test_what_is_far_is_duller_and_what_is_large_is_deeper(tmp_path: Path) -> None:
    near, far, large = (
        centroid(heard(sound(style="impact", frames=24, **change), tmp_path / name))
        for name, change in (("a", {}), ("b", {"distance": 0.9}), ("c", {"heft": 1.0}))
    )
    assert far < near
    assert large < near


def test_attack_fades_in_and_tail_rings_on(tmp_path: Path) -> None:
    plain, slow, long = (
        heard(sound(style="explosion", frames=48, **change), tmp_path / name).mean(0) ** 2
        for name, change in (("a", {}), ("b", {"attack": 0.5}), ("c", {"tail": 4.0}))
    )
    first, late = slice(0, RATE // 10), slice(RATE, None)
    assert slow[first].sum() / slow.sum() < 0.1 * plain[first].sum() / plain.sum()
    assert long[late].sum() / long.sum() > 1.5 * plain[late].sum() / plain.sum()


@pytest.mark.one_python
@pytest.mark.parametrize("style", ["rain", "laser", "engine"])
def test_another_take_is_nearer_than_another_seed(style: str, tmp_path: Path) -> None:
    def spectrum(name: str, **change: Any) -> np.ndarray:
        found = heard(sound(style=style, frames=24, channels="mono", **change), tmp_path / name)[0]
        power = np.abs(np.fft.rfft(found)) ** 2
        return np.array([10 * np.log10(part.mean() + 1e-9) for part in np.array_split(power[20:16_000], 64)])

    near, far = [], []
    for seed in range(1, 7):
        base = spectrum(f"{seed}", seed=seed)
        near.append(np.abs(base - spectrum(f"{seed}-take", seed=seed, take=1)).mean())
        far.append(np.abs(base - spectrum(f"{seed}-other", seed=seed + 100)).mean())
    assert np.mean(near) < np.mean(far)


@pytest.mark.one_python
@pytest.mark.parametrize("seconds", [3, 6])
def test_a_launch_ignites_rises_and_recedes_over_its_strip(seconds: int, tmp_path: Path) -> None:
    """Its parts follow the strip's length: the loudest is in the middle, and the end is far away."""
    found = [heard(sound(style="spaceship_launch", frames=24 * seconds, seed=n), tmp_path / str(n)) for n in range(4)]
    parts = np.array_split(np.stack(found), 10, axis=2)
    level = [10 * np.log10((part**2).mean() + 1e-12) for part in parts]
    assert level[0] > max(level) - 20  # it is heard from the start
    assert 1 <= int(np.argmax(level)) <= 6
    assert level[-1] < max(level) - 10


def test_when_an_event_is_over_there_is_silence(tmp_path: Path) -> None:
    found = heard(sound(style="beep", frames=96), tmp_path)
    assert np.abs(found[:, -RATE // 2 :]).max() < 1e-4 * np.abs(found).max()


@pytest.mark.one_python
@every_style(lasting=True)
def test_a_loop_closes(maker: Entry, style: str, tmp_path: Path) -> None:
    """The step over the seam is like the steps inside, in the sound and in its level."""
    found = heard(sound(maker, style=style, frames=72), tmp_path)[0]
    steps = np.abs(np.diff(found))
    assert abs(found[0] - found[-1]) <= np.quantile(steps, 0.9999)
    size = RATE // 10
    level = 10 * np.log10(
        (np.roll(found, size // 2)[: len(found) // size * size].reshape(-1, size) ** 2).mean(1) + 1e-9
    )
    assert abs(level[0] - level[1]) < 6 + 3 * np.abs(np.diff(level)).mean()


@pytest.mark.one_python
def test_footsteps_walk_and_repetitions_differ(tmp_path: Path) -> None:
    found = heard(sound(style="footsteps", frames=96), tmp_path).mean(0)
    once = heard(sound(style="footsteps", frames=96, rhythm="once"), tmp_path / "once").mean(0)
    late = RATE * 3
    assert (found[late:] ** 2).mean() > 10 * (once[late:] ** 2).mean() + 1e-9


def test_mono_and_stereo(tmp_path: Path) -> None:
    assert heard(sound(style="wind", channels="mono"), tmp_path).shape[0] == 1
    narrow = heard(sound(style="wind", stereo_width=0.0), tmp_path / "n")
    wide = heard(sound(style="wind", stereo_width=1.0), tmp_path / "w")
    assert np.allclose(narrow[0], narrow[1])
    assert abs(np.corrcoef(wide)[0, 1]) < 0.6 < 0.999


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"frames": 100_000}, RecipeError, "longer than an effect can be"),
        ({"style": "cheese"}, GeneratorError, "no style 'cheese'"),
        ({"loudness": 3.0}, RecipeError, "outside"),
        ({"frames": 1, "fps": 1000.0, "tail": 0.0}, RecipeError, "Tail"),
    ],
)
def test_what_cannot_be_made_says_so(change: dict[str, Any], error: type[Exception], says: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=says):
        make(sound(**{"style": "rain", **change}), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_texture_generator_is_no_sound_generator(texture: Entry) -> None:
    recipe = sound(style="rain")
    with pytest.raises(GeneratorError, match="can't generate sounds"):
        kind("sound").checked(recipe, texture.card)


@given(st.floats(30, 15_000))
@settings(max_examples=30)
def test_bands_and_hertz_are_each_others_inverse(frequency: float) -> None:
    assert float(frequency_of(band_of(frequency))) == pytest.approx(frequency, rel=1e-9)


@pytest.mark.parametrize("quick", [False, True])
def test_noise_has_the_power_that_its_bands_ask_for(quick: bool) -> None:
    level = np.full((BANDS, 2), -80.0)
    level[32:48] = -20.0
    made = colored(level, np.array([0.0, 1.0]), RATE, [np.random.default_rng(0)], quick)
    assert 10 * np.log10((made**2).mean() / 16) == pytest.approx(-20, abs=1.0)
    assert CENTERS[36] < centroid(made) < CENTERS[44]


@pytest.mark.parametrize("band", [8, 20])
def test_what_happens_once_begins_sooner_than_what_goes_on_would(band: int) -> None:
    level = np.full((BANDS, 1000), -80.0)
    level[band - 3 : band + 4, 500:] = -20.0  # from half a second on
    times, before = (np.arange(1000) + 0.5) / 1000, []
    for quick in (False, True):
        made = colored(level, times, RATE, [np.random.default_rng(n) for n in range(8)], quick)
        before.append((made[:, : round(0.497 * RATE)] ** 2).mean())
    assert before[1] < 0.5 * before[0]


def test_no_silence_is_made_after_what_happens_once() -> None:
    """It would take as long to make as sound does; what is heard is the same, however long the strip."""
    grid = np.zeros((4, BANDS, CELLS))
    grid[0] = -80.0
    grid[0, 20:40, :30] = np.linspace(0, -60, 30)
    short, long = (render.event(grid, count, 0.5, Controls(), 1.0, 3) for count in (RATE // 2, 5 * RATE))
    (heard,) = np.nonzero(long.any(0))
    assert event_edges()[30] < heard[-1] / RATE < event_edges()[34]
    assert np.array_equal(short, long[:, : RATE // 2])


def test_what_happens_once_is_as_loud_in_every_window_as_its_levels_say() -> None:
    """By chance noise has its loudest moment anywhere, and an attack would last until then."""
    level, times = np.full((BANDS, 2), -20.0), np.array([0.0, 1.0])
    loudest = []
    for quick in (False, True):
        made = colored(level, times, RATE, [np.random.default_rng(n) for n in range(4)], quick)
        power = (made[:, : RATE // 480 * 480].reshape(4, -1, 480) ** 2).mean(2)  # of ten milliseconds
        loudest.append(10 * np.log10(power[:, 2:-2].max() / power.mean()))
    assert loudest[1] < 0.7 * loudest[0]


def test_a_partial_is_only_there_while_its_cells_are() -> None:
    level, times = np.full((BANDS, 100), -120.0), (np.arange(100) + 0.5) / 100
    level[10, 40:60] = -6.0
    made = partials(level, np.full((BANDS, 100), 440.0), times, RATE - 7, np.random.default_rng(0))
    assert made.shape == (RATE - 7,)
    assert not made[: round(0.39 * RATE)].any()
    assert not made[round(0.61 * RATE) :].any()
    assert np.abs(made[RATE // 2 :]).max() == pytest.approx(10 ** (-6 / 20) * 2**0.5, rel=0.01)


def test_a_partial_has_its_frequency_power_and_closes() -> None:
    level, frequency = np.full((BANDS, 2), -200.0), np.full((BANDS, 2), 440.3)
    level[10] = -6.0
    made = partials(level, frequency, np.array([0.0, 1.0]), RATE, np.random.default_rng(0), closed=True)
    assert 10 * np.log10((made**2).mean()) == pytest.approx(-6, abs=0.05)
    assert int(np.abs(np.fft.rfft(made)).argmax()) == 440
    assert abs(made[0] - made[-1]) < 2 * np.abs(np.diff(made)).max()


@given(st.floats(-36, 36), st.floats(-2, 2), st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_shaping_is_finite_whatever_the_controls(pitch: float, brightness: float, distance: float) -> None:
    rng = np.random.default_rng(0)
    grid = np.stack((rng.uniform(-80, 0, (BANDS, CELLS)), rng.random((BANDS, CELLS)), *np.zeros((2, BANDS, CELLS))))
    found = shaped(grid, event_edges(), Controls(pitch, brightness, distance), rng)
    assert all(np.isfinite(part).all() for part in (found.noise, found.tone, found.frequency))
    assert found.frequency.min() > 0


@given(st.integers(1, 200_000))
@settings(max_examples=20, deadline=None)
def test_a_space_answers_for_as_long_as_it_is_listened_to(count: int) -> None:
    """The answer to a click is the space itself, whatever the length, and nothing of its end comes round."""
    click = np.zeros((1, count))
    click[0, 0] = 1
    (found,) = room.reverberation(click, np.random.default_rng(0))
    (long,) = room.reverberation(np.pad(click, ((0, 0), (0, 200_000))), np.random.default_rng(0))
    assert np.abs(found - long[:count]).max() < 1e-5


def test_files_of_impossible_shapes_are_refused() -> None:
    for shape in ((3, 10), (2, 0), (5,)):
        with pytest.raises(MediaError, match="can't be written"):
            wav(np.zeros(shape), RATE)


def test_silence_stays_silence_and_loudness_is_reached() -> None:
    assert not levels.at_loudness(np.zeros((2, 100)), -20).any()
    noise = np.random.default_rng(0).standard_normal((1, RATE)) * 0.1
    loudness, _ = meter.measure(levels.at_loudness(noise, -24), RATE)
    assert loudness == pytest.approx(-24, abs=0.1)
