"""Songs as compressed MusicXML (the OpenScore Lieder corpus, CC0) read into grids like those of the chorales.

Only what a chain of chords can be learned from is taken: pitches, where they lie in their bar, and which is the lowest.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from ..data import DataError
from .chorales import STEPS, Corpus, Floats, Tune, key_of

#: Bars that are as long as the chorales' or half as long: two halves of such a bar have a chord each, as there.
METRES = {"4/4": 4, "2/2": 4, "2/4": 2}
#: Voices of a grid: the highest, the lowest, and those between them.
VOICES = 6
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def read(path: Path) -> Tune | None:
    """(grid `[steps, 6]` of MIDI numbers, tonic, mode) of a song; None where its metre is another. Raises DataError."""
    try:
        with zipfile.ZipFile(path) as archive:
            container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
            (root,) = container.findall(".//{*}rootfile[@full-path]")[:1]
            score = ElementTree.fromstring(archive.read(root.attrib["full-path"]))
        metres = {f"{time.findtext('beats')}/{time.findtext('beat-type')}" for time in score.iter("time")}
        if len(metres) != 1 or not metres <= METRES.keys():
            return None
        steps = METRES[metres.pop()] * STEPS // 4
        sounding = [note for part in score.findall("part") for note in _notes(part, steps)]
    except (OSError, zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, AttributeError) as error:
        raise DataError(f"{path}: can't be read as MusicXML ({str(error)[:80]}). Remove or replace it.") from error
    grid = _grid(sounding)
    if not (grid > 0).any():
        raise DataError(f"{path}: holds no notes. Remove or replace it.")
    return grid, *key_of(grid)


def corpus(paths: Iterable[Path]) -> Corpus:
    """All songs that can be read, the last of each ten held out. Tells how many were left out, and why.
    Raises DataError where fewer than two are left.
    """
    found, damaged, other = [], 0, 0
    for path in paths:
        try:
            song = read(path)
        except DataError as error:
            print(error)
            damaged += 1
            continue
        if song is None:
            other += 1
        else:
            found.append(song)
    print(f"{len(found)} songs read; left out: {damaged} damaged, {other} in other or changing metres")
    if len(found) < 2:
        raise DataError("At least two songs are needed. Is the folder that of the .mxl files?")
    held = range(9, len(found), 10) or [len(found) - 1]
    return Corpus([song for n, song in enumerate(found) if n not in held], [found[n] for n in held])


def _notes(part: ElementTree.Element, steps: int) -> Iterator[tuple[int, int, int]]:
    """(first sixteenth, the one after the last, MIDI number) of each note; bars have `steps` sixteenths.

    Every bar begins where it would if all were whole, so that halves of bars stay halves; an upbeat ends its bar.
    """
    divisions = 1.0
    for number, bar in enumerate(part.findall("measure")):
        at, before = 0.0, 0.0
        found: list[tuple[float, float, int]] = []
        for element in bar:
            if element.tag == "attributes":
                divisions = float(element.findtext("divisions") or divisions)
            lasts = float(element.findtext("duration") or 0) / divisions * STEPS / 4
            if element.tag == "backup":
                at -= lasts
            elif element.tag == "forward":
                at += lasts
            elif element.tag == "note" and element.find("grace") is None:
                if element.find("chord") is None:
                    before, at = at, at + lasts
                if (pitch := element.find("pitch")) is not None:
                    found.append((before, before + lasts, _midi(pitch)))
        late = steps - max((end for _, end, _ in found), default=steps) if bar.get("implicit") == "yes" else 0
        first = number * steps + max(0, round(late))
        for start, end, midi in found:
            if 0 <= start < steps:
                yield first + round(start), first + max(round(end), round(start) + 1), midi


def _midi(pitch: ElementTree.Element) -> int:
    named = _SEMITONES[(pitch.findtext("step") or "").strip()] + round(float(pitch.findtext("alter") or 0))
    return 12 * (int(pitch.findtext("octave") or "") + 1) + named


def _grid(notes: list[tuple[int, int, int]]) -> Floats:
    rows: list[set[int]] = [set() for _ in range(max((end for _, end, _ in notes), default=0))]
    for start, end, midi in notes:
        for row in rows[start:end]:
            row.add(midi)
    grid = np.full((len(rows), VOICES), -1)
    for line, row in zip(grid, rows, strict=True):
        high = sorted(row, reverse=True)
        if high:
            line[-1] = high[-1]
            line[: min(len(high), VOICES) - 1] = high[: min(len(high), VOICES) - 1]
    return grid
