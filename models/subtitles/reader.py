"""Read a subtitle file, whatever it is, and account for each of its cues."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from ..errors import SubtitleError
from . import blocks, events
from .cue import Cue
from .encoding import ENCODINGS, decode
from .summary import Summary

__all__ = ["ENCODINGS", "MAX_BYTES", "Track", "read"]

#: The largest file read, in bytes: a film's subtitles are a thousandth of it.
MAX_BYTES = 50_000_000
#: The longest text of a cue kept, in characters.
MAX_TEXT = 3000


@dataclass(frozen=True)
class Track:
    """The cues of a file in the file's order, and what became of the others."""

    cues: tuple[Cue, ...]
    summary: Summary


def read(data: bytes, encoding: str = "", fps: Fraction = Fraction(25)) -> Track:
    """Read a subtitle file. `encoding` overrides detection; `fps` is for formats that count frames.

    Raises SubtitleError when nothing in it is a cue. What is dropped or changed is in the summary, with its line and
    the reason.
    """
    if len(data) >= MAX_BYTES:
        raise SubtitleError(
            f"The file has {len(data) / 1e6:.0f} MB; subtitle files under {MAX_BYTES // 10**6} MB are read."
        )
    if not data.strip(b"\0 \t\r\n"):
        raise SubtitleError("The file is empty.")
    text, found = decode(data, encoding)
    summary = Summary(encoding=found)
    if "\0" in text:
        summary.remarks.append(f"{text.count(chr(0))} NUL characters were left out.")
    if "\ufffd" in text:
        summary.remarks.append(
            f"{text.count(chr(0xFFFD))} bytes are not {found} and show as \ufffd; choose the encoding."
        )
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if "[Script Info]" not in text and "[Events]" not in text and (blocks.is_vtt(text) or blocks.is_srt(text)):
        vtt = blocks.is_vtt(text)
        summary.format = "vtt" if vtt else "srt"
        cues = blocks.parse(text, vtt, summary)
    else:
        cues = events.parse(text, fps, summary)
    kept = tuple(sound for cue in cues if (sound := _sound(cue, summary)))
    summary.kept = len(kept)
    if not kept and not summary.dropped and summary.format != "vtt":
        raise SubtitleError("The file has no cues.")
    return Track(kept, summary)


def _sound(cue: Cue, summary: Summary) -> Cue | None:
    """The cue with times and a text that can be shown, or None."""
    if not cue.text.strip():
        summary.drop("it has no text", cue.line)
        return None
    if "\ufffd" in cue.text:
        summary.change("it has bytes that are no letters in this encoding; they show as \ufffd", cue.line)
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
    text = cue.text
    if len(text) > MAX_TEXT:
        summary.change(f"only the first {MAX_TEXT} characters were kept", cue.line)
        text = text[:MAX_TEXT]
    return replace(cue, start=start, end=end, text=text)
