"""A score as a Standard MIDI File (format 1), by mido: a track for each part, at the tempo that fits the cut.

Programs are those of General MIDI, level 1. Of mido only the part that writes files is used; it opens no port.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import mido

from .compose import PARTS, Note, ScorePlan, form

#: Ticks of a beat: a quarter of a millisecond to a millisecond each.
TICKS = 960
#: Channels of the parts, counted from 0: percussion is on General MIDI's tenth.
CHANNELS = {"melody": 0, "harmony": 1, "bass": 2, "percussion": 9}
#: Programs for melody, harmony and bass, counted from 0.
PROGRAMS = {"orchestra": (73, 48, 43), "piano": (0, 0, 32), "dream": (10, 89, 38), "synth": (81, 89, 38)}
_MAJOR = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR = ("Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm")


def written(notes: Iterable[Note], plan: ScorePlan, instruments: str) -> bytes:
    """Return the bytes of a file that lasts as long as the score.

    Every note ends by then, and before its key sounds again.
    """
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    end = plan.bars * 4 * TICKS
    conductor: list[tuple[int, int, mido.MetaMessage]] = [
        (0, 0, mido.MetaMessage("set_tempo", tempo=round(plan.bar / 4 * 1e6))),
        (0, 0, mido.MetaMessage("time_signature", numerator=4, denominator=4)),
        (0, 0, mido.MetaMessage("key_signature", key=(_MAJOR if plan.mode == "major" else _MINOR)[plan.key])),
    ]
    sections = form(plan.bars)
    for bar, name in enumerate(sections):
        if bar == 0 or sections[bar - 1] != name:
            conductor.append((bar * 4 * TICKS, 1, mido.MetaMessage("marker", text=name)))
    file.tracks.append(_track("score", conductor, end))
    by_part: dict[str, list[Note]] = {part: [] for part in PARTS}
    for note in notes:
        by_part[note.part].append(note)
    for part, mine in by_part.items():
        if mine:
            program = dict(zip(PARTS, PROGRAMS[instruments], strict=False)).get(part, 0)
            start = (0, 0, mido.Message("program_change", channel=CHANNELS[part], program=program))
            file.tracks.append(_track(part, [start, *_events(mine, plan, end)], end))
    out = BytesIO()
    file.save(file=out)
    return out.getvalue()


def _events(notes: list[Note], plan: ScorePlan, end: int) -> list[tuple[int, int, mido.Message]]:
    """(tick, order, message): what ends comes before what begins in the same tick."""
    spans: dict[int, list[list[int]]] = {}  # of each key: [on, off, velocity]
    tick = plan.bar / 4 / TICKS
    for note in sorted(notes, key=lambda note: note.start):
        on = min(round(note.start / tick), end - 1)
        span = [on, min(max(round((note.start + note.length) / tick), on + 1), end), round(1 + 126 * note.velocity)]
        row = spans.setdefault(note.pitch, [])
        if row and row[-1][0] == on:  # the same key twice at once
            row[-1] = [on, max(row[-1][1], span[1]), max(row[-1][2], span[2])]
            continue
        if row:
            row[-1][1] = min(row[-1][1], on)
        row.append(span)
    found = []
    channel = CHANNELS[notes[0].part]
    for pitch, row in spans.items():
        for on, off, velocity in row:
            found.append((on, 1, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)))
            found.append((off, 0, mido.Message("note_off", channel=channel, note=pitch, velocity=0)))
    return found


def _track(name: str, events: list[tuple[int, int, mido.Message]], end: int) -> mido.MidiTrack:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)])
    before = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - before))
        before = tick
    track.append(mido.MetaMessage("end_of_track", time=end - before))
    return track
