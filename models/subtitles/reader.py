"""Read a subtitle file, whatever it is, and account for each of its cues."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from ..errors import SubtitleError
from ..text.invisible import visible
from . import limits, one_line, sami, subrip, substation_events, ttml, webvtt
from .cue import Cue
from .encoding import ENCODINGS, decode
from .limits import MAX_BYTES, MAX_TEXT
from .summary import Summary

__all__ = ["ENCODINGS", "MAX_BYTES", "MAX_TEXT", "Track", "read"]

#: Line ends of other systems and of Unicode, and control characters, which nobody can see.
_LINE_ENDS = re.compile("[\x0b\x0c\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
#: Name, whether a text is of it, and its reader.
_FORMATS = (
    ("vtt", webvtt.is_vtt, webvtt.parse),
    ("ttml", ttml.is_ttml, ttml.parse),
    ("sami", sami.is_sami, sami.parse),
    ("srt", subrip.is_srt, subrip.parse),
)


@dataclass(frozen=True)
class Track:
    """The cues of a file in the file's order, and what became of the others."""

    cues: tuple[Cue, ...]
    summary: Summary


def read(data: bytes, encoding: str = "", fps: Fraction = Fraction(25)) -> Track:
    """Read a subtitle file. `encoding` overrides detection; `fps` is for formats that count frames.

    Raises SubtitleError when nothing in it is a cue, and TooManyCues. What is dropped or changed is in the summary,
    with its line and the reason.
    """
    if len(data) >= MAX_BYTES:
        raise SubtitleError(
            f"The file has {len(data) / 1e6:.0f} MB; subtitle files under {MAX_BYTES // 10**6} MB are read."
        )
    if not data.strip(b"\0 \t\r\n"):
        raise SubtitleError("The file is empty.")
    text, found, remark = decode(data, encoding)
    summary = Summary(encoding=found, remarks=[remark] if remark else [])
    if "\0" in text:
        summary.remarks.append(f"{text.count(chr(0))} NUL characters were left out.")
    if "\ufffd" in text:
        summary.remarks.append(
            f"{text.count(chr(0xFFFD))} bytes are not {found} and show as \ufffd; choose the encoding."
        )
    # Two returns before a line feed come from files that were converted twice.
    text = _UNSEEN.sub(_meant, text).replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    cues = _parsed(text, fps, summary)
    limits.check(len(cues))
    kept = tuple(sound for cue in cues if (sound := _sound(cue, summary)))
    summary.kept = len(kept)
    if not kept and not summary.dropped and summary.format != "vtt":
        raise SubtitleError("The file has no cues.")
    return Track(kept, summary)


def _meant(found: re.Match[str]) -> str:
    """Return what a control character was meant to be: of the second set a sign of Windows-1252, as HTML reads it."""
    code = ord(found.group())
    return bytes([code]).decode("cp1252", "ignore") if code > 0x7F else ""


def _parsed(text: str, fps: Fraction, summary: Summary) -> list[Cue]:
    if substation_events.is_substation(text):
        return substation_events.parse(text, summary)
    for name, fits, parse in _FORMATS:
        if fits(text):
            summary.format = name
            return parse(text, summary)
    if found := one_line.format_of(text):
        summary.format = found
        return one_line.parse(text, found, fps, summary)
    raise SubtitleError(
        "This is not a subtitle file: it has neither times with an arrow nor the sections of ASS, and it is not "
        "WebVTT, MicroDVD, MPL2, TMP, TTML or SAMI. Save it in one of these formats."
    )


def _sound(cue: Cue, summary: Summary) -> Cue | None:
    """Return the cue with times and a text that can be shown, or None."""
    text = _LINE_ENDS.sub("\n", _UNSEEN.sub(_meant, cue.text)).replace("\t", " ")
    if len(text) > MAX_TEXT:
        summary.change(f"only the first {MAX_TEXT} characters were kept", cue.line)
        text = text.strip()[:MAX_TEXT]
    if not visible(text).strip():
        summary.drop("it has no text", cue.line)
        return None
    if "\ufffd" in text:
        summary.change("it has bytes that stand for nothing in this encoding; they show as \ufffd", cue.line)
    start, end = cue.start, cue.end
    if start < 0 or end < 0:
        if max(start, end) <= 0:
            summary.drop("it ends before the film begins", cue.line)
            return None
        summary.change("a negative time became 0", cue.line)
        start, end = max(start, 0), max(end, 0)
    if end < start:
        summary.change("it ended before it began; the times were exchanged", cue.line)
        start, end = end, start
    return replace(cue, start=start, end=end, text=text)
