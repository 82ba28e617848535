"""Real files with clicks at known times become keyframes at just these frames, at any frame rate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.audio_analysis import MEASURES
from models.audio_analysis.mix import RATE, Mixer, PlacedSound
from models.audio_analysis.reaction import TOLERANCE, Reaction, followed, kept
from models.errors import Canceled, MediaError, RecipeError
from models.imaging.png import png
from models.sound.files import wav
from models.worker.client import Client

CLICKS = (0.31, 1.01, 1.77, 2.503)


def sound(path: Path, samples: np.ndarray, rate: int = 48_000) -> Path:
    """A WAV file of mono samples."""
    path.write_bytes(wav(samples[None], rate))
    return path


@pytest.fixture(scope="module")
def clicks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four clicks of 1 ms in three seconds, in CD's sample rate."""
    samples = np.zeros(3 * 44_100)
    for time in CLICKS:
        samples[round(time * 44_100) : round(time * 44_100) + 44] = 0.5
    return sound(tmp_path_factory.mktemp("hearing") / "clicks.wav", samples, 44_100)


def values(reaction: Reaction) -> np.ndarray:
    """The curve that the keys draw, frame by frame."""
    frames, heights = zip(*reaction.keys(), strict=True)
    return np.interp(np.arange(reaction.frames), frames, heights)


def whole(path: Path, fps: float, seconds: float = 3.0, **more: Any) -> Reaction:
    """A reaction to a file that begins with the first frame."""
    pieces = more.pop("pieces", (PlacedSound(path, 0.0, 0.0, seconds),))
    return Reaction(pieces, round(seconds * fps), fps, **{"release": 0.0, **more})


@pytest.mark.parametrize("measure", ["level", "onset", "low", "mid", "high"])
@pytest.mark.parametrize("fps", [12.0, 24000 / 1001, 25.0, 120.0])
def test_a_click_is_a_key_in_its_frame(clicks: Path, fps: float, measure: str) -> None:
    found = values(whole(clicks, fps, measure=measure))
    expected = [int(time * fps) for time in CLICKS]
    assert found[expected] == pytest.approx(1.0, abs=0.25)
    peaks = [n for n in range(len(found)) if found[n] > 0.5 and found[n] == found[max(n - 2, 0) : n + 3].max()]
    assert peaks == expected
    before = [n - 1 for n in expected]
    assert found[before] == pytest.approx(0.0, abs=0.01)


def test_a_click_on_the_first_sample_of_a_frame_belongs_to_it(tmp_path: Path) -> None:
    samples = np.zeros(48_000)
    samples[12_000] = 0.9  # frame 6 at 24 frames a second
    samples[23_990] = 0.9  # the last of frame 11, but for 0.2 ms
    path = sound(tmp_path / "one.wav", samples)
    assert np.nonzero(values(whole(path, 24.0, 1.0)) > 0.5)[0].tolist() == [6, 11]
    for measure in MEASURES:  # bands are told apart a little late, but never early
        assert np.nonzero(values(whole(path, 24.0, 1.0, measure=measure)) > 0.5)[0].tolist()[0] == 6


def test_places_cuts_and_volumes_are_those_of_the_timeline(clicks: Path) -> None:
    """The file begins half a second before the first frame; it is heard from 0.4 to 2 s."""
    one = PlacedSound(clicks, -0.5, 0.4, 2.0, (1.0,))
    found = values(whole(clicks, 24.0, pieces=(one,)))
    assert np.nonzero(found > 0.5)[0].tolist() == [12, 30]
    fading = PlacedSound(clicks, 0.0, 0.0, 3.0, tuple(np.linspace(1, 0.1, 72)))
    found = values(whole(clicks, 24.0, pieces=(fading,)))
    heights = found[[int(time * 24) for time in CLICKS]]
    expected = 20 * np.log10(np.interp(np.array(CLICKS) * 24, np.arange(72), np.linspace(1, 0.1, 72)))
    assert heights == pytest.approx((expected - expected[0]) / 30 + 1, abs=0.03)


def test_files_add_up(clicks: Path) -> None:
    piece = PlacedSound(clicks, 0.0, 0.0, 3.0)
    alone, twice = (Mixer([piece] * n, 0.0, 24.0).read(3 * RATE) for n in (1, 2))
    assert np.allclose(twice, 2 * alone)
    parts = Mixer([piece], 0.0, 24.0)
    joined = np.concatenate([parts.read(n) for n in (7, 40_000, 3 * RATE - 40_007)], 1)
    assert np.array_equal(joined, alone)


def test_bands_hear_what_is_in_them(tmp_path: Path) -> None:
    times = np.arange(48_000) / 48_000
    tones = [np.sin(2 * np.pi * hertz * times) * 0.3 for hertz in (60, 1000, 8000)]
    path = sound(tmp_path / "tones.wav", np.concatenate(tones))
    for number, measure in enumerate(("low", "mid", "high")):
        found = values(whole(path, 24.0, measure=measure))
        loud = [found[24 * n + 4 : 24 * n + 20].mean() for n in range(3)]
        assert loud[number] > 0.95
        assert max(loud[:number] + loud[number + 1 :]) < 0.05


def test_attack_and_release_take_their_time_and_peaks_stay(clicks: Path) -> None:
    found = values(whole(clicks, 100.0, attack=0.2, release=0.5))
    peak = int(CLICKS[2] * 100)
    assert found[peak] == pytest.approx(1.0, abs=0.02)
    assert found[peak - 10] == pytest.approx(0.5, abs=0.03)
    assert found[peak + 25] == pytest.approx(0.5, abs=0.03)


def test_the_range_may_be_turned_around(clicks: Path) -> None:
    found = values(whole(clicks, 24.0, low=12.0, high=-12.0))
    assert (found.max(), found.min()) == pytest.approx((12.0, -12.0), abs=0.3)
    assert found[24] == pytest.approx(-12.0, abs=0.3)


def test_steady_noise_has_a_level_but_no_onsets(tmp_path: Path) -> None:
    path = sound(tmp_path / "noise.wav", np.random.default_rng(0).standard_normal(3 * 48_000) * 0.1)
    pieces = (PlacedSound(path, -0.5, -0.5, 3.0),)
    assert values(whole(path, 24.0, 2.0, pieces=pieces)).min() > 0.8
    with pytest.raises(MediaError, match="Nothing begins suddenly"):
        whole(path, 24.0, 2.0, pieces=pieces, measure="onset").keys()


def test_silence_and_files_without_sound_say_so(tmp_path: Path, clicks: Path) -> None:
    silent = sound(tmp_path / "silent.wav", np.zeros(48_000))
    with pytest.raises(MediaError, match="No sound is heard in these frames"):
        whole(silent, 24.0, 1.0).keys()
    with pytest.raises(MediaError, match="No sound is heard"):
        whole(clicks, 24.0, pieces=(PlacedSound(clicks, 0.0, 0.0, 3.0, (0.0,)),)).keys()
    with pytest.raises(MediaError, match=r"gone\.wav: file not found"):
        whole(tmp_path / "gone.wav", 24.0).keys()
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(MediaError, match=r"text\.wav: can't be read as sound"):
        whole(tmp_path / "text.wav", 24.0).keys()
    (tmp_path / "still.png").write_bytes(png(np.zeros((3, 8, 8), np.float32)))
    with pytest.raises(MediaError, match=r"still\.png: holds no sound"):
        whole(tmp_path / "still.png", 24.0).keys()
    for address in ("http://127.0.0.1:9/a.wav", "concat:a.wav|b.wav"):
        with pytest.raises(MediaError, match="file not found"):
            whole(Path(address), 24.0).keys()


def test_a_playlist_reaches_no_other_file(tmp_path: Path, clicks: Path) -> None:
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
    (tmp_path / "list.m3u8").write_text(text)
    with pytest.raises(MediaError, match=r"list\.m3u8"):
        whole(tmp_path / "list.m3u8", 24.0).keys()


def test_a_file_cut_off_is_heard_up_to_there(tmp_path: Path, clicks: Path) -> None:
    (tmp_path / "cut.wav").write_bytes(clicks.read_bytes()[: 44_100 * 3 * 2])
    found = values(whole(tmp_path / "cut.wav", 24.0))
    assert np.nonzero(found > 0.5)[0].tolist() == [7, 24, 42]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.floats(0, 20), st.floats(0, 20))
@settings(max_examples=60)
def test_a_followed_curve_is_the_lowest_that_is_slow_enough(raw: list[float], attack: float, release: float) -> None:
    found = followed(np.array(raw), attack, release)
    assert (found >= np.array(raw) - 1e-9).all()
    steps = np.diff(found)
    assert (steps <= (1 / attack if attack else 1) + 1e-9).all()
    assert (steps >= -(1 / release if release else 1) - 1e-9).all()
    assert found.max() == pytest.approx(max(raw))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=80))
@settings(max_examples=60)
def test_few_keys_draw_the_curve(raw: list[float]) -> None:
    frames = kept(np.array(raw), TOLERANCE)
    drawn = np.interp(np.arange(len(raw)), frames, np.array(raw)[frames])
    assert np.abs(drawn - raw).max() <= TOLERANCE + 1e-9


def test_a_ramp_needs_two_keys() -> None:
    assert kept(np.linspace(0, 1, 1000), TOLERANCE) == [0, 999]


def described(path: Path, **changes: Any) -> dict[str, Any]:
    """A reaction as it travels to the worker."""
    piece = {"path": str(path), "at": 0.0, "start": 0.0, "end": 3.0, "volume": [1.0]}
    return {"pieces": [piece], "frames": 72, "fps": 24.0, "release": 0.0, **changes}


@pytest.mark.parametrize(
    "change",
    [
        {"measure": "smell"}, {"frames": 0}, {"frames": 1e9}, {"fps": 0}, {"attack": -1}, {"release": 1e9},
        {"low": float("nan")}, {"floor": 0}, {"more": 1}, {"pieces": 3}, {"pieces": [{}]}, {"fps": "fast"},
        {"pieces": [{"path": "a", "at": float("inf"), "start": 0, "end": 1, "volume": [1]}]},
        {"pieces": [{"path": "a", "at": 0, "start": 0, "end": 1, "volume": []}]},
    ],
)  # fmt: skip
def test_malformed_requests_are_refused(change: dict[str, Any], clicks: Path) -> None:
    with pytest.raises(RecipeError):
        Reaction.from_mapping(described(clicks, **change))
    assert Reaction.from_mapping(described(clicks)).measure in MEASURES


def test_the_worker_listens_and_can_be_stopped(client: Client, clicks: Path) -> None:
    client.send("hear", "a", reaction=described(clicks))
    begun, heard = client.wait("a")
    assert begun["say"] == "begin"
    assert [frame for frame, value in heard["keys"] if value > 0.5] == [int(time * 24) for time in CLICKS]
    client.send("hear", "b", reaction=described(clicks, frames=0))
    with pytest.raises(RecipeError, match="0 frames can't be heard"):
        list(client.wait("b"))
    client.send("hear", "c", reaction=described(clicks))
    client.send("cancel", "c")
    with pytest.raises(Canceled):
        list(client.wait("c"))


def test_listening_stops_when_it_is_asked_to(clicks: Path) -> None:
    calls = []

    def tick() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise Canceled("Canceled.")

    with pytest.raises(Canceled):
        whole(clicks, 24.0, 60.0, pieces=(PlacedSound(clicks, 0.0, 0.0, 3.0),)).keys(tick)
    assert json.dumps(whole(clicks, 24.0).keys())  # plain numbers, as the worker sends them
