"""Formats that write each cue in a line of its own: MicroDVD, MPL2 and TMP.

Formats: https://en.wikipedia.org/wiki/MicroDVD, https://otsaloma.io/gaupol (MPL2, TMP).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from . import limits
from .cue import Cue
from .styled import Styled
from .summary import Summary
from .tags import feed
from .times import clock

_FRAMES = re.compile(r"[ \t]{0,9}\{[ \t]{0,3}(\d{1,9})[ \t]{0,3}\}[ \t]{0,3}\{[ \t]{0,3}(\d{0,9})[ \t]{0,3}\}")
_TENTHS = re.compile(r"[ \t]{0,9}\[(\d{1,9})\][ \t]{0,3}\[(\d{0,9})\]")
_CLOCK = re.compile(r"[ \t]{0,9}\d{1,2}:\d{2}:\d{2}[:=]")
_RATE = re.compile(r"(\d{1,3}(?:[.,]\d{1,9})?)[ \t]{0,9}(?:fps)?")
#: Control codes of MicroDVD, such as `{y:i}` or `{c:$0000ff}`; of the whole cue where the letter is large.
_CODE = re.compile(r"\{([a-zA-Z]):([^{}]{0,200})\}")
_STYLES = {"i": "italic", "b": "bold"}
#: How long a cue is shown for whose end a file doesn't tell, ms: this, and so much for each character.
SHOWN, READING = 500, 67


@dataclass(frozen=True)
class _Line:
    """A cue's number of line (from 1), start and end (None: until the next one begins) and text as it is written."""

    number: int
    start: int
    end: int | None
    text: str


def format_of(text: str) -> str | None:
    """Which of these formats a text has, by its first lines that are not empty; None for none of them."""
    lines = [line for line in text[:20_000].split("\n") if line.strip()][:20]
    for name, pattern in (("microdvd", _FRAMES), ("mpl2", _TENTHS), ("tmp", _CLOCK)):
        if sum(pattern.match(line) is not None for line in lines) > len(lines) / 3:
            return name
    return None


def parse(text: str, format: str, fps: Fraction, summary: Summary) -> list[Cue]:
    """Return the cues of a text in the format of that name. `fps` is for a MicroDVD file that doesn't tell its own."""
    if format == "microdvd":
        said = _rate(text)
        if said is None:
            summary.remarks.append(f"It counts frames and doesn't say at which rate; {float(fps):.6g} fps is taken.")
        else:
            text = _without_first(text)
        return _cues(text, lambda line: _microdvd(line, said or fps), _controlled, summary)
    if format == "mpl2":
        return _cues(text, _mpl2, _slashed, summary)
    return _cues(text, _tmp, feed, summary)


def _cues(
    text: str,
    read: Callable[[str], tuple[int, int | None, str] | None],
    show: Callable[[Styled, str], None],
    summary: Summary,
) -> list[Cue]:
    found: list[_Line] = []
    for number, written in enumerate(text.split("\n"), 1):
        if (parts := read(written)) is not None:
            found.append(_Line(number, *parts))
            limits.check(len(found))
        elif written.strip():
            summary.drop("the line can't be read", number)
    starts = sorted({line.start for line in found})
    after = dict(pairwise(starts))
    cues = []
    for line in found:
        state = Styled()
        for n, part in enumerate(line.text[: limits.MAX_RAW].split("|")):
            state.add("\n" if n else "")
            show(state, part.strip())
        plain, look, lost = state.done()
        for what in lost:
            summary.change(f"{what} is not shown", line.number)
        end = line.end
        if end is None:
            end = line.start + SHOWN + READING * len(plain)
            end = min(end, after.get(line.start, end))
        cues.append(Cue(line.start, end, plain, look, line=line.number))
    return cues


def _without_first(text: str) -> str:
    """Return a text whose first line that is not empty is empty."""
    lines = text.split("\n")
    first = next(n for n, line in enumerate(lines) if line.strip())
    return "\n".join([*lines[:first], "", *lines[first + 1 :]])


def _rate(text: str) -> Fraction | None:
    """Frames a second as the first line tells them: `{1}{1}23.976`."""
    first = next(line for line in text.split("\n") if line.strip())
    found = _FRAMES.match(first)
    if not found or found.groups() not in (("1", "1"), ("0", "0"), ("1", ""), ("0", "")):
        return None
    said = _RATE.fullmatch(first[found.end() :].strip())
    rate = Fraction(said.group(1).replace(",", ".")) if said else Fraction(0)
    return rate if 1 <= rate <= 999 else None


def _microdvd(line: str, fps: Fraction) -> tuple[int, int | None, str] | None:
    found = _FRAMES.match(line)
    if not found:
        return None
    start, end = (round(int(part) * 1000 / fps) if part else None for part in found.groups())
    return start or 0, end, line[found.end() :]


def _controlled(state: Styled, line: str) -> None:
    """Add a line of MicroDVD. A code of a small letter holds for this line, one of a large letter from here on."""
    kept = state.bold, state.italic, state.color
    for letter, value in _CODE.findall(line):
        if letter in "yY":
            for style in value.lower().split(","):
                if style in _STYLES:
                    setattr(state, _STYLES[style], True)
                else:
                    state.lose("underline" if style == "u" else "strikeout" if style == "s" else f"{{{letter}:…}}")
        elif letter in "cC" and re.fullmatch(r"\$[0-9a-fA-F]{6}", value):
            state.paint(value[5:7] + value[3:5] + value[1:3])
        else:
            state.lose("font face or size" if letter in "fFsS" else f"{{{letter}:…}}")
        if letter.isupper():
            kept = state.bold, state.italic, state.color
    feed(state, _CODE.sub("", line))
    state.bold, state.italic, state.color = kept


def _mpl2(line: str) -> tuple[int, int | None, str] | None:
    found = _TENTHS.match(line)
    if not found:
        return None
    start, end = (int(part) * 100 if part else None for part in found.groups())
    return start or 0, end, line[found.end() :]


def _slashed(state: Styled, line: str) -> None:
    """Add a line of MPL2: one that begins with a slash is italic."""
    state.italic = line.startswith("/")
    feed(state, line[1:].lstrip() if state.italic else line)
    state.italic = False


def _tmp(line: str) -> tuple[int, int | None, str] | None:
    found = _CLOCK.match(line)
    time = clock(line[: found.end() - 1].strip()) if found else None
    return (time[0], None, line[found.end() :]) if found and time else None
