"""Scores: on the scale, voices that move little, a cadence on the last frame, no stuck notes, accents in place."""

from __future__ import annotations

import wave
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cache import clean
from models.errors import RecipeError
from models.kinds import kind
from models.kinds.music import MOODS, from_array, planned
from models.library.catalog import Library
from models.music import midi
from models.music.compose import PARTS, Note, ScorePlan, fitted, form
from models.music.harmony import SCALES, sequence, symbol, tones, voiced
from models.music.play import played
from models.music.tones import INSTRUMENTS, tone
from models.recipe import Recipe
from models.sound import loudness as meter
from models.sound.noise import RATE
from models.worker.client import Client
from tests.helpers.making import make, session
from tests.helpers.recipes import raw, small

(ENTRY,) = Library().of_kind("music")


def score(**values: Any) -> Recipe:
    """Twelve seconds at 24 frames a second, unless told."""
    return small(ENTRY, **{"frames": 288, "fps": 24.0, **values})


@cache
def notes(mood: str, seed: int, frames: int = 288) -> tuple[Note, ...]:
    take = kind("music").take(score(mood=mood, seed=seed, frames=frames), ENTRY.card)
    return tuple(from_array(take.run(session(ENTRY.path, 1), 0)["notes"]))


def plan(mood: str, seed: int, frames: int = 288) -> Any:
    return planned(kind("music").checked(score(mood=mood, seed=seed, frames=frames), ENTRY.card))


def samples(recipe: Recipe, root: Path) -> np.ndarray:
    (name,) = make(recipe, root).names()
    with wave.open(BytesIO((make(recipe, root).path / name).read_bytes())) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
    return (np.pad(data, ((0, 0), (1, 0))).view("<i4").ravel() / 2**31).reshape(-1, 2).T


every_mood = pytest.mark.parametrize("mood", MOODS)


@every_mood
def test_melodies_keep_to_the_scale_and_nothing_is_stuck(mood: str) -> None:
    found, asked = notes(mood, 1), plan(mood, 1)
    melody = [note for note in found if note.part == "melody"]
    inside = [(note.pitch - asked.key) % 12 in SCALES[asked.mode] for note in melody]
    assert len(melody) > 1.5 * asked.bars
    assert np.mean(inside) >= 0.95
    assert {note.part for note in found} <= set(PARTS)
    for note in found:
        assert 0 <= note.start < asked.seconds
        assert 0 < note.length <= 2 * asked.bar + 1.6
        assert 20 <= note.pitch <= 100
        assert 0 < note.velocity <= 1
    for part in ("melody", "bass"):  # one voice: a note ends before the next one begins
        row = [note for note in found if note.part == part]
        assert all(a.start + a.length <= b.start + 1e-6 for a, b in pairwise(row))


@every_mood
def test_a_score_ends_with_a_cadence_on_its_last_frame(mood: str) -> None:
    found, asked = notes(mood, 2), plan(mood, 2)
    assert asked.bar * asked.bars == pytest.approx(288 / 24)
    last = [note for note in found if note.part == "harmony" and note.start + note.length > asked.seconds - 0.01]
    assert {(note.pitch - asked.key) % 12 for note in last} == set(tones(symbol(0, asked.mode)))
    assert max(note.start + note.length for note in found if note.part == "bass") == pytest.approx(asked.seconds)
    basses = [note for note in found if note.part == "bass"]
    before = [note for note in basses if note.start < asked.seconds - asked.bar - 1e-6][-1]
    assert (basses[-1].pitch - asked.key) % 12 == 0
    assert (before.pitch - asked.key) % 12 in tones(symbol(7, "major"))


def test_voices_move_little() -> None:
    found = _chords(notes("hopeful", 4, 960))
    moves = [sum(abs(a - b) for a, b in zip(x, y, strict=True)) / 3 for x, y in pairwise(found)]
    assert np.mean(moves) < 3
    assert max(moves) <= 7


def _chords(found: tuple[Note, ...]) -> list[tuple[int, ...]]:
    starts = sorted({note.start for note in found if note.part == "harmony"})
    return [tuple(sorted(n.pitch for n in found if n.part == "harmony" and n.start == start)) for start in starts]


def test_accents_fall_on_their_frames(tmp_path: Path) -> None:
    values = np.zeros(288)
    values[[50, 171]] = 1
    take = kind("music").take(score(mood="calm", accent=values), ENTRY.card)
    found = from_array(take.run(session(ENTRY.path, 1), 0)["notes"])
    hits = sorted({note.start for note in found if note.part == "percussion"})
    assert [abs(hit * 24 - frame) < 1 for hit, frame in zip(hits, (50, 171), strict=True)] == [True, True]


def test_a_score_is_heard_whole_and_its_stems_add_up_to_it(tmp_path: Path) -> None:
    asked = {"mood": "epic", "frames": 120}
    whole = samples(score(**asked), tmp_path)
    assert whole.shape == (2, 5 * RATE)
    loudness, peak = meter.measure(whole, RATE)
    assert peak <= -0.9
    assert loudness <= -15.8
    assert np.abs(whole[:, -20:]).max() < 1e-3
    stems = sum(samples(score(**asked, stem=part), tmp_path) for part in PARTS)
    assert np.abs(stems - whole).max() < 1e-3


@pytest.mark.parametrize(("fps", "frames"), [(12.0, 49), (120.0, 487), (29.97, 121)])
def test_a_score_is_as_long_as_its_frames(fps: float, frames: int, tmp_path: Path) -> None:
    assert samples(score(fps=fps, frames=frames), tmp_path).shape == (2, round(frames / fps * RATE))


def test_the_same_seed_gives_the_same_score_and_another_another(tmp_path: Path) -> None:
    first = [make(score(frames=96, mood="bright"), tmp_path / n).path / "0001.wav" for n in "ab"]
    assert first[0].read_bytes() == first[1].read_bytes()
    assert notes("calm", 1) != notes("calm", 2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"frames": 10}, "too short for a score"),
        ({"frames": 90_000}, "longer than a score can be"),
        ({"tempo": 500.0}, "Tempo: 500 is outside"),
        ({"mood": "angry"}, "not one of calm"),
    ],
)
def test_what_cannot_be_made_says_so(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=says):
        make(score(**change), tmp_path)


def read(data: bytes) -> tuple[mido.MidiFile, list[Note]]:
    """A MIDI file and its notes in seconds. Fails for notes that begin twice, never end, or end without a beginning."""
    file = mido.MidiFile(file=BytesIO(data))
    (tempo,) = [m.tempo for track in file.tracks for m in track if m.type == "set_tempo"]
    found = []
    for track in file.tracks:
        name, tick, on = track[0].name, 0, {}
        for message in track:
            tick += message.time
            at = mido.tick2second(tick, file.ticks_per_beat, tempo)
            if message.type == "note_on" and message.velocity:
                assert message.note not in on, (name, at)
                on[message.note] = (at, message.velocity)
            elif message.type in ("note_on", "note_off"):
                start, velocity = on.pop(message.note)
                assert at > start
                found.append(Note(start, at - start, message.note, velocity / 127, name))
        assert not on, f"{name}: {on} never end"
        assert track[-1].type == "end_of_track"
    return file, sorted(found, key=lambda note: (note.start, PARTS.index(note.part), note.pitch))


@pytest.mark.parametrize("name", INSTRUMENTS)
@pytest.mark.parametrize("pitch", [28, 60, 96])
def test_an_instrument_has_its_pitch_and_ends(name: str, pitch: int) -> None:
    made = tone(name, pitch, RATE, 0.7)
    assert made.shape[0] in (1, 2)
    assert abs(made[0, -1]) < 1e-6
    assert 0.05 < np.abs(made).max() < 2.5
    held = made.mean(0)[RATE // 4 : RATE // 4 + RATE // 2]
    spectrum = np.abs(np.fft.rfft(held * np.hanning(len(held)), 8 * len(held)))
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    near = np.abs(np.fft.rfftfreq(8 * len(held), 1 / RATE) / frequency - 1) < 0.03
    assert spectrum[near].max() > 0.3 * spectrum.max()
    assert spectrum[: int(np.argmax(near)) // 2].max() < 0.1 * spectrum.max()  # nothing below it


def test_what_is_struck_dies_from_the_top_and_harder_is_brighter() -> None:
    def bright(sound: np.ndarray) -> float:
        size = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        return float((size * np.arange(len(size))).sum() / size.sum())

    made = tone("piano", 60, 2 * RATE, 0.7)[0]
    assert bright(made[RATE // 4 : RATE // 2]) > 1.1 * bright(made[RATE : RATE + RATE // 4])
    assert bright(tone("strings", 60, RATE, 1.0)[0]) > 1.1 * bright(tone("strings", 60, RATE, 0.3)[0])


def test_players_are_on_a_stage_and_accents_on_time() -> None:
    chord = [Note(0.5, 0.5, pitch, 0.5, "harmony") for pitch in (52, 76)]
    low, high = (played([note], ("flute", "piano", "bass"), RATE)["harmony"] for note in chord)
    power = [(part**2).sum(1) for part in (low, high)]
    assert power[0][1] > 1.5 * power[0][0]
    assert power[1][0] > 1.5 * power[1][1]
    hits = [Note(n, 0.2, 36, loud, "percussion") for n, loud in enumerate((0.95, 0.5, 0.5), 1)]
    (drums,) = played(hits, ("flute", "piano", "bass"), 4 * RATE)["percussion"][:1]
    starts = [int(np.argmax(np.abs(drums[n * RATE - 600 :]) > 1e-6)) - 600 for n in (1, 2, 3)]
    assert 0 <= starts[0] < 5
    assert all(abs(start) <= 600 for start in starts)
    assert starts[1] != starts[2]


@every_mood
def test_the_midi_file_has_the_notes_and_ends_with_the_cut(mood: str) -> None:
    values = np.zeros(288)
    values[[50, 171]] = 1
    take = kind("music").take(score(mood=mood, accent=values), ENTRY.card)
    file, found = read(take.midi(session(ENTRY.path, 1)))
    asked = planned(take.recipe)
    assert file.length == pytest.approx(12.0, abs=0.002)
    assert [track[0].name for track in file.tracks][:4] == ["score", "melody", "harmony", "bass"]
    (tempo,) = [m.tempo for m in file.tracks[0] if m.type == "set_tempo"]
    assert mido.tempo2bpm(tempo) == pytest.approx(240 / asked.bar, rel=1e-5)
    played = from_array(take.run(session(ENTRY.path, 1), 0)["notes"])
    ours = {(note.part, note.pitch, round(note.start, 2)) for note in played}
    theirs = {(note.part, note.pitch, round(note.start, 2)) for note in found}
    assert {(p, n, round(t + d, 2)) for p, n, t in theirs for d in (-0.01, 0, 0.01)} >= ours
    assert len(theirs) == len(ours)
    assert max(note.start + note.length for note in found) <= 12.002


def test_a_stem_has_its_own_midi_file() -> None:
    take = kind("music").take(score(mood="epic", stem="bass"), ENTRY.card)
    _, found = read(take.midi(session(ENTRY.path, 1)))
    assert {note.part for note in found} == {"bass"}


notes_of_any_kind = st.lists(
    st.builds(
        Note, st.floats(0, 9.999), st.floats(0.001, 30), st.integers(0, 127), st.floats(0, 1), st.sampled_from(PARTS)
    ),
    max_size=40,
)


@given(notes_of_any_kind, st.integers(2, 20), st.integers(0, 11), st.sampled_from(["major", "minor"]))
@settings(max_examples=60, deadline=None)
def test_no_note_is_ever_stuck(notes: list[Note], bars: int, key: int, mode: str) -> None:
    plan = ScorePlan(10.0, bars, mode, key, 0.5, 0.5)
    file, found = read(midi.written(notes, plan, "piano"))
    assert file.length == pytest.approx(10.0, abs=0.01)
    assert {(note.part, note.pitch) for note in found} == {(note.part, note.pitch) for note in notes}
    assert all(note.start + note.length <= 10.01 for note in found)


def test_the_worker_writes_it_beside_the_sound(client: Client, tmp_path: Path) -> None:
    recipe = score(frames=96)
    client.send("midi", "a", recipe=raw(recipe), root=str(tmp_path))
    path = Path(list(client.wait("a"))[-1]["path"])
    assert path == make(recipe, tmp_path).path / "0001.mid"
    assert read(path.read_bytes())[0].length == pytest.approx(4.0, abs=0.002)
    assert clean(tmp_path, [])[0] == 1
    assert not list(tmp_path.iterdir())
    sound, *_ = Library().of_kind("sound")
    client.send("midi", "b", recipe=raw(small(sound, style="rain")), root=str(tmp_path))
    with pytest.raises(RecipeError, match="A sound has no notes"):
        list(client.wait("b"))


@given(st.floats(1, 900), st.floats(30, 240))
@settings(max_examples=50)
def test_whole_bars_fill_any_length(seconds: float, tempo: float) -> None:
    bars = fitted(seconds, tempo)
    assert bars >= 2
    assert len(form(bars)) == bars
    assert form(bars)[-1] == "end"


def test_the_chain_reaches_its_cadence_from_anywhere() -> None:
    table = np.full((48, 48, 48), 1 / 48)
    for length in range(2, 20):
        found = sequence(table, length, "minor", np.random.default_rng(length))
        assert len(found) == length
        assert found[-2:] == [symbol(7, "major"), symbol(0, "minor")]
    assert all(len(chord) == 3 and list(chord) == sorted(chord) for chord in voiced(found, 5))


def test_melodies_move_by_step_more_often_than_not() -> None:
    moves = []
    for mood in MOODS:
        melody = [note.pitch for note in notes(mood, 3, 1200) if note.part == "melody"]
        moves += [abs(a - b) for a, b in pairwise(melody)]
    assert np.mean(np.array(moves) <= 2) > 0.6
