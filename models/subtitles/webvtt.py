"""WebVTT by the algorithm of its specification (W3C WebVTT, 6.1 to 6.3), with times read as leniently as SubRip's.

A block ends at a line that is quite empty; one blank makes it a line of text. An arrow begins a cue in the first or the
second line of a block and ends the block anywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from . import limits
from .cue import Cue, Look
from .subrip import trimmed
from .summary import UNREADABLE_TIMES, Summary
from .times import times
from .webvtt_text import unmark

_SIGNATURE = re.compile(r"\ufeff?\n{0,9}WEBVTT(?:[ \t\n]|$)")
_ARROW = "-->"
_LINE = re.compile(r"(-?)(\d{1,6}(?:\.\d{1,6})?)(%?)(?:,\w{0,20})?")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%(?:,[\w-]{0,20})?")
_COLUMNS = {"start": 1, "left": 1, "end": 3, "right": 3}
#: The part of the frame's height that a line number stands for.
_ROW = 0.05


def is_vtt(text: str) -> bool:
    """Whether a text is WebVTT by its first line; empty lines before it are overlooked."""
    return bool(_SIGNATURE.match(text))


def parse(text: str, summary: Summary) -> list[Cue]:
    """Return the cues of a text whose lines end in `\\n`.

    What can't be read is noted in `summary`. Raises TooManyCues.
    """
    lines = text.split("\n")
    at = _end(lines, next(n for n, line in enumerate(lines) if line.lstrip("\ufeff")) + 1)
    cues: list[Cue] = []
    while at < len(lines):
        if lines[at]:
            at = _block(lines, at, cues, summary)
            limits.check(len(cues))
        else:
            at += 1
    return cues


def _end(lines: Sequence[str], at: int) -> int:
    """Return the line that ends what goes on at `at`: an empty one, one with an arrow, or that after the last."""
    while at < len(lines) and lines[at] and _ARROW not in lines[at]:
        at += 1
    return at


def _block(lines: Sequence[str], first: int, cues: list[Cue], summary: Summary) -> int:
    """Read the block that begins at a line and return where it ends."""
    at = next((n for n in (first, first + 1) if _ARROW in "".join(lines[n : n + 1])), None)
    if at is None:
        end = _end(lines, first)
        _no_cue(lines[first], first + 1, not cues, summary)
        return end
    end = _end(lines, at + 1)
    found = times(lines[at])
    if found is None:
        summary.drop(UNREADABLE_TIMES, at + 1)
        return end
    marked = trimmed(lines[at + 1 : _text_end(lines, at + 1, end)])
    plain, look, lost = unmark(marked[: limits.MAX_RAW])
    for what in lost:
        summary.change(f"{what} is not shown", at + 1)
    look = _placed(look, found.rest, at + 1, summary)
    kept = marked if len(marked) <= limits.MAX_RAW else ""
    cues.append(Cue(found.start, found.end, plain, look, kept, at + 1))
    return end


def _text_end(lines: Sequence[str], begin: int, end: int) -> int:
    """Where a cue's text ends. The next cue may follow without an empty line: then its name is none of the text."""
    if end == len(lines) or not lines[end] or end == begin:
        return end
    named = lines[end - 1].strip().isdigit() or (end - begin > 1 and not lines[end - 2].strip())
    return end - 1 if named else end


def _no_cue(line: str, number: int, before: bool, summary: Summary) -> None:
    """Say what is lost with a block that is not a cue."""
    word = line.split(maxsplit=1)[0] if line.strip() else ""
    if word in ("STYLE", "REGION") and line.strip() == word:
        summary.drop(f"a {word} block is not followed" + ("" if before else ", and stands after a cue"), number)
    elif word != "NOTE":
        summary.drop("a block without times", number)


def _placed(look: Look, settings: str, line: int, summary: Summary) -> Look:
    """Return a look with cue settings, such as `line:0 align:left`; malformed ones count as none, as in browsers."""
    said = dict(part.split(":", 1) for part in settings.split() if ":" in part)
    column = _COLUMNS.get(said.get("align", ""), 2)
    row, place = 0, None
    across = _share(_PERCENT.fullmatch(said.get("position", "")))
    if found := _LINE.fullmatch(said.get("line", "")):
        sign, digits, percent = found.groups()
        value = float(digits) * (-1 if sign else 1)
        share = value / 100 if percent else (_ROW * value if not sign else 1 + _ROW * value)
        row = 2 if share < 0.5 else 0
        place = (0.5 if across is None else across, min(max(share, 0.0), 1.0))
    elif across is not None and across != {1: 0.0, 2: 0.5, 3: 1.0}[column]:
        summary.change("cue setting position is not shown", line)
    for name in ("region", "vertical", "size"):
        if said.get(name, "100%") != "100%" and (name != "size" or _PERCENT.fullmatch(said[name])):
            summary.change(f"cue setting {name} is not shown", line)
    if column == 2 and row == 0 and place is None:
        return look
    return replace(look, anchor=column + 3 * row, position=place)


def _share(found: re.Match[str] | None) -> float | None:
    value = float(found.group(1)) / 100 if found else None
    return value if value is None or value <= 1 else None
