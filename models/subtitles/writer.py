"""Write cues as SubRip, WebVTT or ASS: texts exactly, times to the millisecond (ASS: to the hundredth)."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

from ..errors import SubtitleError
from . import substation, tags, webvtt_text
from .cue import Cue, Look
from .times import times, unreadable

#: Formats by file name suffix.
FORMATS = ("srt", "vtt", "ass", "ssa")


def write(cues: Sequence[Cue], format: str) -> str:
    """Return the text of a file. A cue's `marked` text is written where it has one, else its text in tags for its look.

    Raises SubtitleError for another format.
    """
    ordered = sorted(cues, key=lambda cue: (cue.start, cue.end, cue.line))
    if format == "srt":
        return "\n".join(
            f"{number}\n{_time(cue.start, ',')} --> {_time(cue.end, ',')}\n{_tagged(cue, False)}\n"
            for number, cue in enumerate(ordered, 1)
        )
    if format == "vtt":
        parts = [
            f"{_time(c.start, '.')} --> {_time(c.end, '.')}{_settings(c.look)}\n{_tagged(c, True)}\n" for c in ordered
        ]
        return "\n".join(["WEBVTT\n", *parts])
    if format in ("ass", "ssa"):
        return substation.write(ordered, format)
    raise SubtitleError(f"Subtitles can't be written as {format[:20]!r}. Choose {', '.join(FORMATS)}.")


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{ms:03d}"


def _tagged(cue: Cue, vtt: bool) -> str:
    """Return a cue's text with tags: as its file had it where that says the same in this format, else from its look."""
    unmark = webvtt_text.unmark if vtt else tags.unmark
    if _whole(cue.marked, vtt):
        text, look, _ = unmark(cue.marked)
        if vtt:  # whose places are settings, beside the times
            look = replace(look, anchor=cue.look.anchor, position=cue.look.position)
        if (text, look) == (cue.text, cue.look):
            return cue.marked
    look = cue.look
    text = html.escape(cue.text, quote=False) if vtt else _escaped(cue.text)
    if vtt:  # an empty line would end the cue
        text = "\n".join(line or "\u00a0" for line in text.split("\n"))
    if look.color and not vtt:
        code = "".join(f"{round(part * 255):02x}" for part in look.color)
        text = f'<font color="#{code}">{text}</font>'
    for name, wanted in (("i", look.italic), ("b", look.bold)):
        text = f"<{name}>{text}</{name}>" if wanted else text
    if look.anchor and not vtt:
        text = f"{{\\an{look.anchor}}}{text}"
    return text


def _whole(marked: str, vtt: bool) -> bool:
    """Whether a text with tags can be written as it is: nothing in it ends the cue or begins another one."""
    if vtt:
        return bool(marked) and "-->" not in marked and all(marked.split("\n"))
    return bool(marked) and not any(map(_is_times, marked.split("\n")))


def _escaped(text: str) -> str:
    """Return a text that SubRip's readers take for just that: character references only where it needs them."""
    made = _without_times(text)
    if tags.unmark(made) != (text, Look(), []):
        made = _without_times(html.escape(text, quote=False).replace("\\", "&#92;"))
    return made


def _without_times(text: str) -> str:
    """Return a text without lines that would begin a cue."""
    lines = text.split("\n")
    return "\n".join(line.replace(">", "&gt;").replace(":", "&#58;") if _is_times(line) else line for line in lines)


def _is_times(line: str) -> bool:
    """Return whether a reader may take a line for one of times."""
    return times(line) is not None or unreadable(line, expected=True)


def _settings(look: Look) -> str:
    words = []
    if look.position:
        words += [f"line:{look.position[1]:.0%}", f"position:{look.position[0]:.0%}"]
    elif look.anchor > 3:
        words += ["line:0%" if look.anchor > 6 else "line:50%"]
    if look.anchor and look.anchor % 3 != 2:
        words += ["align:start" if look.anchor % 3 == 1 else "align:end"]
    return "".join(f" {word}" for word in words)
