"""SubRip and WebVTT, line by line. Whatever is not taken over is told with its line and reason.

(pysubs2 reads these too, but passes over what it can't read in silence, takes WebVTT's notes for text, and drops empty
lines; it does read all the other formats here.) Formats: https://en.wikipedia.org/wiki/SubRip and W3C WebVTT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .cue import Cue, Look
from .summary import Summary
from .tags import unmark

_ARROW = re.compile(r"\s*(?:-{1,2}|–|—)>\s*")
_TIME = re.compile(r"(-?)(?:(\d{1,6}):)?(\d{1,3}):(\d{1,3})(?:[.,:](\d{1,6}))?")
_COUNTER = re.compile(r"\s*\d+\s*")
_SKIPPED = ("NOTE", "STYLE", "REGION")


def is_vtt(text: str) -> bool:
    """Whether a text is WebVTT by its first line."""
    return text.lstrip("\ufeff \n").startswith("WEBVTT")


def is_srt(text: str) -> bool:
    """Whether a text has a line of SubRip times."""
    return any(_times(line) is not None for line in text.split("\n") if "-->" in line)


def parse(text: str, vtt: bool, summary: Summary) -> list[Cue]:
    """The cues of a text whose lines end in `\\n`. What can't be read is noted in `summary`."""
    lines = text.split("\n")
    marks = list(_marks(lines, vtt, summary))
    cues = []
    for number, (line, start, end, settings) in enumerate(marks):
        until = marks[number + 1][0] if number + 1 < len(marks) else len(lines)
        body = (
            _vtt_body(lines[line + 1 : until]) if vtt else _srt_body(lines[line + 1 : until], number + 1 < len(marks))
        )
        marked = "\n".join(body)
        plain, look, lost = unmark(marked)
        for what in lost:
            summary.change(f"{what} is not shown", line + 1)
        if settings:
            look = _placed(look, settings, line + 1, summary)
        cues.append(Cue(start, end, plain, look, marked, line + 1))
    return cues


def _marks(lines: list[str], vtt: bool, summary: Summary) -> Iterator[tuple[int, int, int, str]]:
    """(line from 0, start, end, settings) of every line of times."""
    skipping = fresh = False
    for number, line in enumerate(lines):
        if vtt and (number == 0 or fresh) and line.split(" ")[0].split("\t")[0] in _SKIPPED:
            skipping = True
        fresh = not line.strip()
        skipping = skipping and not fresh
        if skipping or not _ARROW.search(line):
            continue
        times = _times(line)
        if times is None:
            # An arrow in the text is text, unless the line begins as times do.
            if re.match(r"\s*-?\d+[:.,]\d", line) or (vtt and re.match(r"\s*\d", line)):
                summary.drop("the times can't be read", number + 1)
            continue
        yield number, *times


def _times(line: str) -> tuple[int, int, str] | None:
    parts = _ARROW.split(line, maxsplit=1)
    if len(parts) != 2:
        return None
    right = parts[1].split(None, 1)
    first, second = _ms(parts[0].strip()), _ms(right[0]) if right else None
    if first is None or second is None:
        return None
    return first, second, right[1].strip() if len(right) > 1 else ""


def _ms(text: str) -> int | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    sign, hours, minutes, seconds, part = found.groups()
    ms = round(int(part or 0) * 10.0 ** (3 - len(part or "")))
    total = ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + ms
    return -total if sign else total


def _srt_body(lines: list[str], more: bool) -> list[str]:
    """A cue's lines: up to the counter of the next cue, without the empty lines around."""
    last = max((n for n, line in enumerate(lines) if line.strip()), default=-1)
    if more and last >= 0 and _COUNTER.fullmatch(lines[last]) and (last == 0 or not lines[last - 1].strip()):
        last -= 1
    return _trimmed(lines[: last + 1])


def _vtt_body(lines: list[str]) -> list[str]:
    """A cue's lines: WebVTT ends it at the first empty one, and what precedes the next times may be its name."""
    end = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
    return _trimmed(lines[:end])


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    while lines and not lines[0].strip():
        lines = lines[1:]
    return lines


def _placed(look: Look, settings: str, line: int, summary: Summary) -> Look:
    """A look with WebVTT's cue settings, such as `line:0 align:left`."""
    said = dict(part.split(":", 1) for part in settings.split() if ":" in part)
    column = {"start": 1, "left": 1, "end": 3, "right": 3}.get(said.get("align", "").lower(), 2)
    row, found = 0, re.fullmatch(r"(-?[\d.]+)(%?)(?:,\w+)?", said.get("line", ""))
    position = None
    if found:
        value = float(found.group(1)) if found.group(1).count(".") < 2 and found.group(1) not in ("-", ".") else 0.0
        share = value / 100 if found.group(2) else (0.05 * value if value >= 0 else 1 + 0.05 * value)
        row = 2 if share < 0.5 else 0
        position = (_percent(said.get("position", "")), min(max(share, 0.0), 1.0))
    for name in sorted(said.keys() - {"align", "line", "position"}):
        summary.change(f"cue setting {name[:20]} is not shown", line)
    if column == 2 and row == 0 and position is None:
        return look
    return replace(look, anchor=look.anchor or column + 3 * row, position=look.position or position)


def _percent(text: str) -> float:
    found = re.match(r"(\d{1,3}(?:\.\d+)?)%", text)
    return min(float(found.group(1)) / 100, 1.0) if found else 0.5
