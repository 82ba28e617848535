"""Strangers' generators of sound: understood, heard at the right pitch and length, looped, and refused where wrong."""

from __future__ import annotations

import wave
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cards.card import Card
from models.cards.port import Port
from models.errors import GeneratorError, RecipeError, TooLarge
from models.importing import importer
from models.inference import arrays
from models.kinds import clip
from models.library import user
from models.library.catalog import Entry, Library
from models.sound import clips
from models.sound import loudness as meter
from models.sound.noise import RATE
from tests.helpers.importing import opened
from tests.helpers.making import decode, make_with
from tests.helpers.net import FLOAT, Net
from tests.helpers.recipes import small
from tests.helpers.third_party_sound import CLIPS, decoder, stereo, tone, wavegan
from tests.helpers.third_party_sound import wave as tiny

Take = Callable[..., importer.Imported]


def samples(data: bytes) -> np.ndarray:
    """A WAV file's samples `[channels, count]` in −1…1."""
    with wave.open(BytesIO(data)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (RATE, 3)
        whole = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
        return (np.pad(whole, ((0, 0), (1, 0))).view("<i4").reshape(-1, file.getnchannels()) / 2**31).T


def heard(entry: Entry, root: Path, **values: Any) -> np.ndarray:
    """A strip's samples; half a second unless told."""
    folder = make_with(entry, small(entry, **{"frames": 12, "fps": 24.0, **values}), root)
    return samples((folder.path / folder.name(0)).read_bytes())


def loudest(sound: np.ndarray) -> float:
    """The frequency of the highest peak of the spectrum, Hz."""
    window = np.hanning(sound.shape[1])
    spectrum = np.abs(np.fft.rfft(sound[0] * window))
    return float(np.argmax(spectrum) * RATE / sound.shape[1])


@pytest.mark.parametrize("name", CLIPS)
def test_a_generator_is_understood_and_makes_a_strip(name: str, take: Take, library: Path, tmp_path: Path) -> None:
    build, roles, rate, channels, size = CLIPS[name]
    found = take(build)
    card = found.entry.card
    assert card.kind == "clip"
    assert [port.role for port in card.inputs] == roles
    (output,) = (port for port in card.outputs if port.role == "sound")
    assert (output.rate, output.channels) == (rate, channels)
    assert found.notes.size == size
    assert ("guess" in found.notes.why) == (name != "stereo")

    (entry,) = Library((library,)).of_kind("clip")
    assert entry.card == card
    assert user.about(entry).seconds > 0
    shown = decode(user.preview(entry).read_bytes())
    assert shown.shape == (128, 128, 4)
    assert 0.02 < (shown[..., 3] > 0).mean() < 0.98  # a waveform, neither nothing nor all
    assert samples(user.heard(entry).read_bytes()).shape[0] == channels

    for seconds in (0.05, 0.5, 2.5):
        made = heard(entry, tmp_path / "cache", frames=round(seconds * 100), fps=100.0)
        assert made.shape == (channels, round(seconds * RATE))
        assert np.abs(made).max() > 0.01
        assert meter.measure(made, RATE)[1] <= -0.9
        assert np.abs(made.mean(axis=1)).max() < 1e-4


def test_the_rate_decides_the_pitch(take: Take, library: Path, tmp_path: Path) -> None:
    entry = take(tone, rate=8000).entry
    assert "guess" not in user.about(entry).why
    assert loudest(heard(entry, tmp_path / "a", frames=24)) == pytest.approx(500, abs=2)
    user.correct(entry, {"wave": {"rate": 44100}})
    (entry,) = Library((library,)).entries()
    assert loudest(heard(entry, tmp_path / "b", frames=24)) == pytest.approx(500 * 44100 / 8000, abs=6)


def test_what_the_network_makes_is_what_is_heard(take: Take, tmp_path: Path) -> None:
    """A known sound, whole: nothing but its level and the fades at its ends is changed."""
    entry = take(tone, rate=48_000).entry
    made = heard(entry, tmp_path, frames=16, fps=96.0, loop=False)[0]  # 8000 samples, as many as it makes
    wanted = np.sin(2 * np.pi * 500 * np.arange(8000) / 8000)
    inner = slice(100, 6900)
    gain = (made[inner] @ wanted[inner]) / (wanted[inner] @ wanted[inner])
    assert np.abs(made[inner] - gain * wanted[inner]).max() < 1e-3 * gain


def test_seeds_classes_truncation_and_knobs_change_the_sound(take: Take, tmp_path: Path) -> None:
    entry = take(stereo).entry
    base = heard(entry, tmp_path / "base")
    changes: list[dict[str, Any]] = [
        {"seed": 5}, {"label": "class-2"}, {"truncation": 0.1}, {"mix": 1.0}, {"knob_1": 1.0}, {"speed": 0.0},
        {"filling": "repeat"}, {"filling": "once"}, {"overlap": 0.5}, {"loop": False}, {"attack": 0.2},
    ]  # fmt: skip
    for number, change in enumerate(changes):
        assert (heard(entry, tmp_path / str(number), **change) != base).any(), change
    other = heard(entry, tmp_path / "seed", seed=1, seed_b=9, mix=1.0)
    assert (other == heard(entry, tmp_path / "seed b", seed=9)).all()  # the morph arrives


def test_once_is_followed_by_silence_and_repeat_by_the_same(take: Take, tmp_path: Path) -> None:
    entry = take(tiny, rate=16_000).entry  # 0.256 s
    once = heard(entry, tmp_path / "once", frames=24, filling="once")
    assert np.abs(once[:, round(0.3 * RATE) :]).max() < 2e-3  # but for the DC that is taken away
    assert np.abs(once[:, : round(0.25 * RATE)]).max() > 0.05
    again = heard(entry, tmp_path / "again", frames=24, filling="repeat", loop=False, overlap=0.0)
    hop = round(0.256 * RATE) - round(clips.SOFT * RATE) - 1
    first, second = again[0, 1000:9000], again[0, 1000 + hop : 9000 + hop]
    assert np.corrcoef(first, second)[0, 1] > 0.999
    evolving = heard(entry, tmp_path / "evolving", frames=24, loop=False, overlap=0.0, speed=8.0)
    assert abs(np.corrcoef(evolving[0, 1000:9000], evolving[0, 1000 + hop : 9000 + hop])[0, 1]) < 0.9


@pytest.mark.parametrize("build", [wavegan, decoder], ids=["vector", "sequence"])
def test_a_loop_leads_from_its_end_into_its_beginning(build: Any, take: Take, tmp_path: Path) -> None:
    entry = take(build, rate=16_000).entry
    made = heard(entry, tmp_path, frames=72)[0]
    step = np.abs(np.diff(made))
    assert abs(made[0] - made[-1]) <= step.max()
    rms = [float(np.sqrt((part**2).mean())) for part in (made[:480], made[-480:], made)]
    assert min(rms[:2]) > 0.2 * rms[2]  # no fade at its seam
    cut = heard(entry, tmp_path / "cut", frames=72, loop=False)[0]
    assert np.abs(cut[-20:]).max() < 0.1 * np.abs(cut).max()


def test_a_sequence_is_made_in_parts_and_moves_as_the_speed_says(take: Take, tmp_path: Path) -> None:
    entry = take(decoder, rate=16_000).entry
    assert entry.card.inputs[0].stride == 512
    still = heard(entry, tmp_path / "still", frames=48, speed=0.0, loop=False)[0]
    period = 512 * 3  # the same latents, so the same 512 samples again and again
    assert np.corrcoef(still[period * 5 : period * 6], still[period * 20 : period * 21])[0, 1] > 0.99
    moving = heard(entry, tmp_path / "moving", frames=48, speed=4.0, loop=False)[0]
    assert np.corrcoef(moving[period * 5 : period * 6], moving[period * 20 : period * 21])[0, 1] < 0.95
    long = clip.KIND.take(small(entry, frames=2400, fps=24.0), entry.card)  # 100 s
    assert long.steps * 512 / 16_000 < clip.PART + 1


def test_the_same_recipe_gives_the_same_file(take: Take, tmp_path: Path) -> None:
    entry = take(stereo).entry
    assert (heard(entry, tmp_path / "a", frames=40) == heard(entry, tmp_path / "b", frames=40)).all()


def test_a_sound_that_is_too_large_is_refused_before_it_is_made(library: Path, tmp_path: Path) -> None:
    net = Net()
    z = net.input("z", FLOAT, [1, 1])
    net.node("Expand", z, net.weight(values=np.array([1, 10**12], np.int64)), name="audio")
    net.output("audio", FLOAT, [1, 10**12])
    with pytest.raises(TooLarge, match=r"3725\.29 GB"):
        importer.take(net.save(tmp_path / "long.onnx"), library, opened, "cpu")
    assert list(library.iterdir()) == []


def spoiled(last: Callable[[Net, str], str]) -> Callable[[Path], Path]:
    def odd(path: Path) -> Path:
        net = Net()
        flat = net.node("MatMul", net.input("z", FLOAT, [1, 8]), net.weight(8, 4096))
        net.node("Identity", last(net, flat), name="audio")
        net.output("audio", FLOAT, None)
        return net.save(path)

    return odd


@pytest.mark.parametrize(
    ("last", "says"),
    [
        (lambda net, x: net.node("Log", net.node("Neg", net.node("Abs", x))), "invalid numbers"),
        (lambda net, x: net.node("Div", x, net.weight(values=np.float32(0))), "invalid numbers"),
        (
            lambda net, x: net.node("Slice", x, *(net.weight(values=np.array([0], np.int64)) for _ in range(2))),
            "is no|no picture",
        ),
        (lambda net, x: net.node("ReduceMean", x, keepdims=0), "none of its outputs"),
    ],
    ids=["nan", "infinite", "empty", "rank 0"],
)
def test_outputs_that_are_no_sounds(last: Any, says: str, take: Take, library: Path) -> None:
    with pytest.raises(GeneratorError, match=says):
        take(spoiled(last))
    assert list(library.iterdir()) == []


def test_numbers_that_turn_bad_later_are_refused_too(take: Take, tmp_path: Path) -> None:
    def root(path: Path) -> Path:
        net = Net()
        z, bias = net.input("z", FLOAT, [1, 8]), net.input("bias", FLOAT, [1])
        made = net.node("MatMul", z, net.weight(8, 4096))
        net.node("Add", made, net.node("Sqrt", bias), name="audio")
        net.output("audio", FLOAT, [1, 4096])
        return net.save(path)

    entry = take(root).entry
    with pytest.raises(GeneratorError, match="invalid numbers"):
        heard(
            Entry(entry.path, user.correct(entry, {"bias": {"low": -1.0, "high": 1.0}})), tmp_path, knob_1=-1.0
        )  # fmt: skip


@pytest.mark.parametrize(
    ("port", "says"),
    [
        (Port("x", "image", 3, shape=(1, 3, -1, -1)), "its input 'x' is image"),
        (Port("x", "state", 3, shape=(1, 3, 8)), "its input 'x' is state"),
        (Port("x", "latent_field", 3, shape=(1, 3, 8, -1)), "a vector, or a sequence"),
    ],
)
def test_inputs_that_a_sound_has_no_use_for(port: Port, says: str) -> None:
    card = Card("a", "clip", "A", "", "0" * 64, (port,), (Port("y", "sound", 1),), ())
    with pytest.raises(GeneratorError, match=says):
        clip.KIND.checked(small(Entry(Path(), card)), card)


def test_a_strip_that_is_too_long(take: Take, tmp_path: Path) -> None:
    entry = take(tiny).entry
    with pytest.raises(RecipeError, match="301 s is longer than a clip can be"):
        heard(entry, tmp_path, frames=301 * 24)


@pytest.mark.parametrize(
    ("shape", "layout", "wanted"),
    [
        ((8,), "nchw", (1, 8)), ((3, 8), "nchw", (1, 8)), ((3, 1, 8), "nchw", (1, 8)), ((3, 2, 8), "nchw", (2, 8)),
        ((3, 8, 2), "nhwc", (2, 8)), ((3, 8, 1), "nhwc", (1, 8)), ((1, 1, 1, 8), "nchw", (1, 8)),
        ((1, 2, 1, 8), "nchw", (2, 8)),
    ],
)  # fmt: skip
def test_every_shape_of_samples(shape: tuple[int, ...], layout: str, wanted: tuple[int, int]) -> None:
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape) / 100
    made = arrays.sound(Port("y", "sound", 1, layout=layout, shape=shape), values)
    assert made.shape == wanted
    assert made[0, 1] == pytest.approx(values[(0,) * (len(shape) - 2) + (1, 0)] if layout == "nhwc" else 0.01)


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.int32])
def test_whole_numbers_fill_the_range(dtype: Any) -> None:
    limits = np.iinfo(dtype)
    made = arrays.sound(Port("y", "sound", 1), np.array([limits.min, limits.max], dtype))
    assert made.tolist() == [[pytest.approx(-1, abs=1e-2), pytest.approx(1, abs=1e-2)]]


@pytest.mark.parametrize("shape", [(), (0,), (1, 0), (1, 3, 8), (2, 2, 2, 2)])
def test_shapes_that_are_no_samples(shape: tuple[int, ...]) -> None:
    with pytest.raises(GeneratorError, match=r"is not a sound|channels"):
        arrays.sound(Port("y", "sound", 1), np.zeros(shape, np.float32))


@settings(max_examples=30, deadline=None)
@given(rate=st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000]), hz=st.floats(50, 3000))
def test_a_rate_is_changed_and_the_sound_is_not(rate: int, hz: float) -> None:
    count = rate // 4
    made = clips.at_rate(np.sin(2 * np.pi * hz * np.arange(count) / rate)[None], rate)
    assert made.shape == (1, round(count * RATE / rate))
    wanted = np.sin(2 * np.pi * hz * np.arange(made.shape[1]) / RATE)
    inner = slice(made.shape[1] // 5, -made.shape[1] // 5)
    assert np.abs(made[0, inner] - wanted[inner]).max() < 0.01


@settings(max_examples=60, deadline=None)
@given(count=st.integers(2, 5000), length=st.integers(8, 4000), share=st.floats(0, 0.5), closed=st.booleans())
def test_clips_fill_any_strip_without_a_gap(count: int, length: int, share: float, closed: bool) -> None:
    fade = min(max(int(share * length), 1), length // 2, count // 2)
    places = clips.starts(count, length, fade, closed)
    made = clips.joined([np.ones((1, length))] * len(places), places, count, fade, closed)
    assert made.shape == (1, count)
    assert places == sorted(places)
    assert places[0] == 0
    assert places[-1] < count
    hops = np.diff([*places, count] if closed else places)
    if length - fade <= fade + 1 or min(hops, default=count) < fade:  # nothing but fades: three clips at a place
        return
    assert made.max() <= 1.5  # sine and cosine: at most √2
    if closed:
        assert made.min() > 0.7  # never a gap
    else:
        end = min(count, places[-1] + length - round(clips.SOFT * RATE) - 1)
        assert made[0, : max(0, end)].min(initial=1) > 0.7


@pytest.mark.parametrize(("count", "rate"), [(16384, 16000), (48000, 48000), (66150, 22050), (1000, 44100), (0, 44100)])
def test_the_rate_that_a_length_speaks_for(count: int, rate: int) -> None:
    assert clip.usual_rate(count) == rate
