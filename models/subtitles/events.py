"""All other formats, by pysubs2: ASS, SSA, MicroDVD, MPL2, TMP, TTML, SAMI."""

from __future__ import annotations

import warnings
from fractions import Fraction

import pysubs2

from ..errors import SubtitleError
from .cue import Cue
from .substation import base_look, header_of, origin_of, screen
from .summary import Summary
from .tags import unmark

#: An events section that says what its lines hold, for lines that are read one by one.
_BARE = "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
_FORMAT = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"


def parse(text: str, fps: Fraction, summary: Summary) -> list[Cue]:
    """The cues of a text in any of these formats. Raises SubtitleError when it is in none."""
    substation = "[Script Info]" in text or "[Events]" in text
    lines = [n for n, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith("Dialogue:")]
    try:
        found = _load(text, fps)
    except pysubs2.exceptions.FormatAutodetectionError:
        raise SubtitleError(
            "This is not a subtitle file that is known: it has neither times with an arrow nor the sections of ASS, "
            "and is no WebVTT, MicroDVD, MPL2, TMP, TTML or SAMI."
        ) from None
    except Exception as error:
        if not substation:
            raise SubtitleError(f"The file is damaged ({type(error).__name__}: {str(error)[:100]}).") from error
        summary.remarks.append(f"Its styles can't be read ({str(error)[:80]}); the cues are shown without them.")
        found = _salvaged(text, summary)
        lines = lines[: len(found)] if len(lines) == len(found) else [0] * len(found)
    summary.format = found.format or "ass"
    size = screen(found)
    kept = _kept_header(found, summary) if substation else None
    cues, spoken = [], [event for event in found if not event.is_comment]
    if len(spoken) < len(found):
        summary.remarks.append(f"{len(found) - len(spoken)} comment lines are neither shown nor exported.")
    if substation and len(lines) > len(spoken):
        summary.remarks.append(f"{len(lines) - len(spoken)} Dialogue lines can't be read.")
    for number, event in enumerate(spoken):
        line = lines[number] if len(lines) == len(spoken) else number + 1
        style = found.styles.get(event.style)
        plain, look, lost = unmark(event.text, base_look(style), size)
        for what in lost:
            summary.change(f"{what} is not shown", line)
        if "drawing" in lost and not plain.strip():
            summary.drop("a drawing, which is no text", line)
            continue
        origin = None if kept is None else origin_of(event, kept)
        if origin and event.text and not origin.marked:
            summary.change("its tags are too long to be kept for export", line)
        cues.append(Cue(event.start, event.end, plain, look, line=line, origin=origin))
    return cues


def _kept_header(found: pysubs2.SSAFile, summary: Summary) -> str:
    """What is kept for writing such a file again."""
    header = header_of(found)
    if not header:
        summary.remarks.append("Its styles are too many to be kept; an export will have plain ones.")
    for name, parts in (("fonts", found.fonts_opaque), ("pictures", found.graphics_opaque)):
        if parts:
            summary.remarks.append(f"{len(parts)} {name} inside the file are not kept.")
    return header


def _load(text: str, fps: Fraction, format: str | None = None) -> pysubs2.SSAFile:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pysubs2.SSAFile.from_string(text, format_=format, fps=float(fps))


def _salvaged(text: str, summary: Summary) -> pysubs2.SSAFile:
    """The events alone, each line by itself."""
    section = text.partition("[Events]")[2]
    format_line = next((line + "\n" for line in section.split("\n") if line.startswith("Format:")), _FORMAT)
    kind = "ssa" if "Marked" in format_line else "ass"
    whole = pysubs2.SSAFile()
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("Dialogue:"):
            try:
                whole.events += _load(_BARE + format_line + line + "\n", Fraction(25), kind).events
            except Exception:  # noqa: BLE001 - as above
                summary.drop("the line can't be read", number)
    return whole
