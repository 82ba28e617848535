"""Read ASS and SSA: events line by line, so that a damaged one costs no other; styles by pysubs2.

Format: the specification of ASS that comes with Aegisub. Nothing but braces is markup in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pysubs2

from . import limits
from .cue import Cue, Origin
from .substation import MAX_MARKED, base_look, header_of, heading, parsed, screen
from .summary import UNREADABLE_TIMES, Summary
from .tags import unmark_ass
from .times import whole

_ASS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_SSA = ("marked", *_ASS[1:])
_DIALOGUE = re.compile(r"[ \t]{0,9}Dialogue:[^,]{0,40},[ \t]{0,9}\d{1,2}:\d", re.IGNORECASE)
_EVENT = re.compile(r"(dialogue|comment|picture|sound|movie|command)[ \t]{0,9}:", re.IGNORECASE)


@dataclass
class _File:
    """A file's header lines (number from 1, text), its events (number, kind, text), and how those are written."""

    header: list[tuple[int, str]] = field(default_factory=list)
    events: list[tuple[int, str, str]] = field(default_factory=list)
    names: tuple[str, ...] = ()
    kind: str = "ass"
    attached: dict[str, int] = field(default_factory=dict)


def is_substation(text: str) -> bool:
    """Whether a text is ASS or SSA: it begins with a section of theirs, or with an event."""
    first = next((line for line in text[:20_000].split("\n") if line.strip(" \t\ufeff;") and line[:1] != ";"), "")
    return heading(first) in ("script info", "events", "v4+ styles", "v4 styles") or bool(_DIALOGUE.match(first))


def parse(text: str, summary: Summary) -> list[Cue]:
    """Return the cues of a text. What can't be read is noted in `summary`. Raises TooManyCues."""
    file = _parted(text)
    limits.check(sum(kind == "dialogue" for _, kind, _ in file.events))
    summary.format = file.kind
    found = _header(file, summary)
    header, size = header_of(found), screen(found)
    if not header:
        summary.remarks.append("Its styles are too many to be kept; an export will have plain ones.")
    for name, count in file.attached.items():
        summary.remarks.append(f"{count} {name} inside the file are not kept.")
    cues = []
    for number, kind, said in file.events:
        if kind != "dialogue":
            continue
        fields = dict(zip(file.names, said.split(",", len(file.names) - 1), strict=False))
        start, end = whole(fields.get("start", "")), whole(fields.get("end", ""))
        if start is None or end is None or "text" not in fields:
            summary.drop(UNREADABLE_TIMES if "text" in fields else "the line can't be read", number)
            continue
        style = found.styles.get(fields.get("style", "").strip().lstrip("*"))
        plain, look, lost = unmark_ass(fields["text"][: limits.MAX_RAW], base_look(style), size)
        for what in lost:
            summary.change(f"{what} is not shown", number)
        if "drawing" in lost and not plain.strip():
            summary.drop("a drawing, which is not text", number)
            continue
        origin = _origin(fields, header)
        if fields["text"] and not origin.marked:
            summary.change("its tags are too long to be kept for export", number)
        cues.append(Cue(start, end, plain, look, line=number, origin=origin))
    if comments := sum(kind != "dialogue" for _, kind, _ in file.events):
        summary.remarks.append(f"{comments} comment lines are neither shown nor exported.")
    return cues


def _parted(text: str) -> _File:
    file = _File()
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if name := heading(bare):
            section = name
        if section in ("fonts", "graphics"):
            word = "fonts" if section == "fonts" else "pictures"
            file.attached[word] = file.attached.get(word, 0) + bare.startswith(("fontname:", "filename:"))
        elif event := _EVENT.match(bare):
            file.events.append((number, event.group(1).lower(), bare[event.end() :].strip()))
        elif section == "events":
            if bare[:7].lower() == "format:":
                file.names = _names(bare[7:])
        else:
            file.header.append((number, bare))
            if bare[:10].lower() == "[v4 styles" or re.match(r"scripttype:\s{0,9}v4\.00$", bare, re.IGNORECASE):
                file.kind = "ssa"
    if not file.names:
        marked = file.kind == "ssa" or any(said[:7].lower() == "marked=" for _, _, said in file.events[:1])
        file.names = _SSA if marked else _ASS
    return file


def _names(said: str) -> tuple[str, ...]:
    """Return the fields of events in their order; () where these can't be."""
    names = tuple({"actor": "name"}.get(name, name) for part in said.split(",")[:30] if (name := part.strip().lower()))
    return names if {"start", "end"} <= set(names) and names[-1:] == ("text",) else ()


def _header(file: _File, summary: Summary) -> pysubs2.SSAFile:
    """All but the events; of the styles those that can be read."""
    lines = [line for _, line in file.header]
    found = parsed("\n".join(lines), file.kind)
    if found is not None:
        return found
    found = parsed("\n".join(line for line in lines if not _is_style(line)), file.kind) or pysubs2.SSAFile()
    lost = []
    for number, line in file.header:
        if _is_style(line):
            one = parsed(line, file.kind)
            found.styles.update(one.styles if one else {})
            lost += [] if one else [str(number)]
    more = " and more" if len(lost) > 5 else ""
    places = ", ".join(lost[:5]) + more
    summary.remarks.append(f"Some styles can't be read (lines {places}); cues are shown without them.")
    return found


def _is_style(line: str) -> bool:
    return line.startswith("Style:")


def _origin(fields: dict[str, str], header: str) -> Origin:
    """Return what an event says beside its times, its text and its look."""
    left, right, vertical = (_number(fields.get(name, "")) for name in ("marginl", "marginr", "marginv"))
    words = [fields.get(name, "") for name in ("style", "name", "effect")]
    style, name, effect = (word if len(word) <= MAX_MARKED else "" for word in words)
    marked = fields["text"] if len(fields["text"]) <= MAX_MARKED else ""
    return Origin(header, marked, style, _number(fields.get("layer", "")), name, (left, right, vertical), effect)


def _number(text: str) -> int:
    """Return a whole number that a field holds, or 0."""
    found = re.fullmatch(r"\s{0,9}(-?\d{1,5})\s{0,9}", text)
    return int(found.group(1)) if found else 0
